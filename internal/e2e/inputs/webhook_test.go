package inputs_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"roomkeeper/internal/world"
	"roomkeeper/sandbox/crm"
)

// TestBadWebhooks: each of these asks for the channel of account 1 or has it in
// its batch; none is taken.
func TestBadWebhooks(t *testing.T) { world.OnEach(t, badWebhooks) }

func badWebhooks(t *testing.T, p world.Platform) {
	w := world.Start(t, p, 5, 3)
	none, wrong, garbage := "", "v1,n+8Ro6fYyxo8DvXSl6IBnofWOTXF8zZ2+GuaVuVV+iU=", "v2,zzz v1,%%%"
	batch := func(second string) string { return "[" + world.Requested(1) + "," + second + "]" }
	full := "[" + strings.Repeat(world.Requested(1)+",", 100) + world.Requested(1) + "]"
	cases := []struct {
		name   string
		d      world.Delivery
		status int
		field  string
		index  int // -1: none
		detail string
	}{
		{"unknown source", world.Delivery{Source: "erp", Body: world.Requested(1)}, 404, "", -1, "no such source"},
		{"too large", world.Delivery{Body: `{"type":"ping","x":"` + strings.Repeat("x", 1<<20) + `"}`}, 413, "", -1, "1 MiB"},
		{"too large and not signed", world.Delivery{Signature: &none, Body: strings.Repeat(" ", 1<<20+1)}, 413, "", -1, "1 MiB"},
		{"no signature", world.Delivery{Signature: &none, Body: world.Requested(1)}, 401, "", -1, "signature"},
		{"signature of something else", world.Delivery{Signature: &wrong, Body: world.Requested(1)}, 401, "", -1, "signature"},
		{"no signature at all", world.Delivery{Signature: &garbage, Body: world.Requested(1)}, 401, "", -1, "signature"},
		{"old", world.Delivery{Ago: 5*time.Minute + 10*time.Second, Body: world.Requested(1)}, 401, "", -1, "time"},
		{"from the future", world.Delivery{Ago: -5*time.Minute - 10*time.Second, Body: world.Requested(1)}, 401, "", -1, "time"},
		{"not JSON and not signed", world.Delivery{Signature: &none, Body: "{"}, 401, "", -1, "signature"},
		{"not JSON", world.Delivery{Body: world.Requested(1)[1:]}, 400, "", -1, "not JSON"},
		{"empty", world.Delivery{Body: ""}, 400, "", -1, "not JSON"},
		{"more after the end", world.Delivery{Body: world.Requested(1) + world.Requested(1)}, 400, "", -1, "not JSON"},
		{"no object", world.Delivery{Body: `"hello"`}, 422, "body", -1, "object"},
		{"unknown kind", world.Delivery{Body: strings.Replace(world.Requested(1), "account", "invoice", 1)}, 422, "data.kind", -1, "in use are account, account_pool"},
		{"no kind", world.Delivery{Body: `{"type":"channel.requested","data":{"record_id":"1"}}`}, 422, "data.kind", -1, "missing"},
		{"no record", world.Delivery{Body: `{"type":"channel.requested","data":{"kind":"account"}}`}, 422, "data.record_id", -1, "missing"},
		{"no data", world.Delivery{Body: `{"type":"channel.requested"}`}, 422, "data", -1, "missing"},
		{"no type", world.Delivery{Body: `{"data":{"kind":"account","record_id":"1"}}`}, 422, "type", -1, "missing"},
		{"empty batch", world.Delivery{Body: "[]"}, 422, "body", -1, "batch of 0"},
		{"batch of 101", world.Delivery{Body: full}, 422, "body", -1, "batch of 101"},
		{"mistake in a batch", world.Delivery{Body: batch(`{"type":"team.changed","data":{"kind":"account"}}`)}, 422, "data.record_id", 1, "missing"},
		{"unknown kind in a batch", world.Delivery{Body: batch(`{"type":"team.changed","data":{"kind":"x","record_id":"1"}}`)}, 422, "data.kind", 1, "in use"},
		{"no object in a batch", world.Delivery{Body: batch("7")}, 422, "body", 1, "object"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			status, p := w.Post(t, c.d)
			if status != c.status || p.Field != c.field || !strings.Contains(p.Detail, c.detail) || p.RetryAfter != "" {
				t.Errorf("%d %+v, want %d about %q with %q", status, p, c.status, c.field, c.detail)
			}
			if index := append([]int{-1}, deref(p.Index)...); index[len(index)-1] != c.index {
				t.Errorf("index %v, want %d", deref(p.Index), c.index)
			}
		})
	}
	// Taken and done with: what was refused before would have been done by now.
	if status, _ := w.Post(t, world.Delivery{Body: world.Requested(2)}); status != http.StatusNoContent {
		t.Fatalf("a good one: %d", status)
	}
	w.WaitState(t, world.Account(2), "active")
	if g := w.Group(t, world.Account(1)); g != nil {
		t.Errorf("something of a refused webhook was taken: %+v", g)
	}
}

func deref(index *int) []int {
	if index == nil {
		return nil
	}
	return []int{*index}
}

// TestHarmlessWebhooks are taken and do nothing.
func TestHarmlessWebhooks(t *testing.T) { world.OnEach(t, harmlessWebhooks) }

func harmlessWebhooks(t *testing.T, p world.Platform) {
	w := world.Start(t, p, 5, 3)
	for name, d := range map[string]world.Delivery{
		"unknown type": {Body: `{"type":"record.painted","data":{"kind":"invoice","colour":"red"}}`},
		"ping":         {Body: `{"type":"ping"}`},
		"no group":     {Body: `{"type":"team.changed","data":{"kind":"account","record_id":"1"}}`},
		"no record":    {Body: `{"type":"team.changed","data":{"kind":"account","record_id":"no such"}}`},
		"just in time": {Ago: 4*time.Minute + 50*time.Second, Body: `{"type":"ping"}`},
		"signed twice": {ID: "evt_twice", At: time.Unix(time.Now().Unix(), 0), Body: `{"type":"ping"}`},
	} {
		if name == "signed twice" {
			right, err := crm.Sign(world.WebhookSecret, d.ID, d.At, []byte(d.Body))
			if err != nil {
				t.Fatal(err)
			}
			both := "v1,AAAA " + right
			d.Signature = &both
		}
		if status, p := w.Post(t, d); status != http.StatusNoContent {
			t.Errorf("%s: %d %+v", name, status, p)
		}
	}
	if channels := w.Chat.State(t).Own(); len(channels) != 0 {
		t.Errorf("channels were made: %v", channels)
	}
}

// TestRepeatedWebhook: the same request again is answered like the first and
// changes nothing, one by one and in a batch, before and after a restart.
func TestRepeatedWebhook(t *testing.T) { world.OnEach(t, repeatedWebhook) }

func repeatedWebhook(t *testing.T, p world.Platform) {
	w := world.Start(t, p, 5, 3)
	w.Open(t, world.Account(1))
	w.WaitState(t, world.Account(1), "active")
	note := func(text string) string {
		return fmt.Sprintf(`{"type":"notification","data":{"kind":"account","record_id":"1","notification":{"topic":"news","title":%q}}}`, text)
	}
	single := world.Delivery{ID: "evt_single", Body: note("once")}
	batch := world.Delivery{ID: "evt_batch", Body: "[" + note("first") + "," + note("second") + "]"}
	send := func() {
		t.Helper()
		for _, d := range []world.Delivery{single, batch, single} {
			if status, p := w.Post(t, d); status != http.StatusNoContent {
				t.Errorf("%d %+v", status, p)
			}
		}
	}
	send()
	w.Chat.Answered(t, world.Post, 4) // three and the details card
	if err := w.Stop(t); err != nil {
		t.Fatal(err)
	}
	w.Restart(t)
	send()
	w.Quiet(t, world.Patience)
	for _, title := range []string{"once", "first", "second"} {
		if n := w.Chat.State(t).Posts(title); n != 1 {
			t.Errorf("%q was posted %d times", title, n)
		}
	}
}
