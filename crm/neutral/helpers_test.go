package neutral_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/crm/neutral"
)

func kinds() connector.Policies {
	return connector.Policies{
		{Kind: connector.KindAccount, Aliases: []string{"AccountObj", "company"}},
		{Kind: connector.KindOpportunity},
	}
}

func secret() []byte {
	key, err := base64.StdEncoding.DecodeString(vectorSecret)
	if err != nil {
		panic(err)
	}
	return key
}

func sign(key []byte, id string, at int64, body string) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + strconv.FormatInt(at, 10) + "." + body))
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// receiver is the receiver of a CRM that can be asked.
func receiver(t testing.TB, secrets ...[]byte) connector.Receiver {
	t.Helper()
	return driver(t, neutral.Options{Name: "crm", Secrets: secrets, Kinds: kinds(), URL: "http://crm.test"}).Receiver
}

// factReceiver is the receiver of a CRM that cannot be asked.
func factReceiver(t testing.TB) connector.Receiver {
	t.Helper()
	return driver(t, neutral.Options{Name: "crm", Secrets: [][]byte{secret()}, Kinds: kinds(), Facts: &memory{}}).Receiver
}

func driver(t testing.TB, o neutral.Options) connector.CRM {
	t.Helper()
	ports, err := neutral.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return ports
}

// now is when every signed body of the tests arrives.
func now() time.Time { return time.Unix(vectorUnix, 0).Add(10 * time.Second) }

// send signs body and hands it to r; media may be empty.
func send(r connector.Receiver, media, body string) ([]connector.Event, error) {
	header := http.Header{}
	header.Set("Content-Type", media)
	header.Set("Webhook-Id", "evt_1")
	header.Set("Webhook-Timestamp", strconv.Itoa(vectorUnix))
	header.Set("Webhook-Signature", sign(secret(), "evt_1", vectorUnix, body))
	return r.Receive(header, []byte(body), now())
}

func account(id string) connector.RecordKey {
	return connector.RecordKey{CRM: "crm", Kind: connector.KindAccount, ID: id}
}
