package neutral_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"roomkeeper/connector"
)

func benchmark(b *testing.B, r connector.Receiver, body string) {
	b.Helper()
	header := http.Header{
		"Webhook-Id": {"evt_1"}, "Webhook-Timestamp": {strconv.Itoa(vectorUnix)},
		"Webhook-Signature": {sign(secret(), "evt_1", vectorUnix, body)},
	}
	raw, at := []byte(body), time.Unix(vectorUnix, 0)
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Receive(header, raw, at); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReceiveThin(b *testing.B) { benchmark(b, receiver(b, secret()), vectorBody) }

func BenchmarkReceiveBatchOf100(b *testing.B) {
	benchmark(b, receiver(b, secret()), "["+strings.Repeat(vectorBody+",", 99)+vectorBody+"]")
}

func BenchmarkReceiveFatTeamOf500(b *testing.B) {
	entries := make([]string, 500)
	for i := range entries {
		entries[i] = fmt.Sprintf(`{"principal":{"type":"user","id":"%d","name":"Somebody"},"role":"member","access":"read"}`, i)
	}
	benchmark(b, factReceiver(b), `{"type":"team.changed","data":{"kind":"account","record_id":"4","team":[`+strings.Join(entries, ",")+`]}}`)
}
