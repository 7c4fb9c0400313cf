package app_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"roomkeeper/sandbox/crm"
	"roomkeeper/sandbox/slack"
)

// delivery is one webhook as it is sent; zero fields are right.
type delivery struct {
	source    string // "crm"
	id        string // a fresh one
	at        time.Time
	signature *string // what the secret makes
	body      string
}

// refusal is an answer that is no success (RFC 9457).
type refusal struct {
	Type, Title, Detail, Field string
	Status                     int
	Index                      *int
	Request                    string `json:"request_id"`

	retryAfter string
}

// post delivers a webhook and returns the status with what was said.
func (c *service) post(t *testing.T, d delivery) (int, refusal) {
	t.Helper()
	if d.source == "" {
		d.source = "crm"
	}
	if d.id == "" {
		d.id = "evt_" + strconv.FormatInt(time.Now().UnixNano(), 36)
	}
	if d.at.IsZero() {
		d.at = time.Now()
	}
	signature, err := crm.Sign(webhookSecret, d.id, d.at, []byte(d.body))
	if err != nil {
		t.Fatal(err)
	}
	if d.signature != nil {
		signature = *d.signature
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.url+"/webhooks/crm/"+d.source, strings.NewReader(d.body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("webhook-id", d.id)
	req.Header.Set("webhook-timestamp", strconv.FormatInt(d.at.Unix(), 10))
	if signature != "" {
		req.Header.Set("webhook-signature", signature)
	}
	return answered(t, req)
}

// answered makes a call and reads the problem in its answer, which is
// anything but 2xx and has to be well formed.
func answered(t *testing.T, req *http.Request) (int, refusal) {
	t.Helper()
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	if err != nil {
		t.Fatal(err)
	}
	r := refusal{retryAfter: answer.Header.Get("Retry-After")}
	if answer.StatusCode == http.StatusNoContent {
		if len(body) > 0 {
			t.Errorf("204 with a body: %s", body)
		}
		return answer.StatusCode, r
	}
	if kind := answer.Header.Get("Content-Type"); kind != "application/problem+json" {
		t.Errorf("%d is %s: %s", answer.StatusCode, kind, body)
	}
	if err := json.Unmarshal(body, &r); err != nil {
		t.Fatalf("%d: %v: %s", answer.StatusCode, err, body)
	}
	if r.Type == "" || r.Title != http.StatusText(answer.StatusCode) || r.Detail == "" || r.Status != answer.StatusCode ||
		r.Request == "" || r.Request != answer.Header.Get("X-Request-Id") {
		t.Errorf("%d: the problem is not whole: %s", answer.StatusCode, body)
	}
	return answer.StatusCode, r
}

// requested asks for the channel of an account.
func requested(n int) string {
	return fmt.Sprintf(`{"type":"channel.requested","data":{"kind":"account","record_id":"%d"}}`, n)
}

// TestBadWebhooks: each of these asks for the channel of account 1 or has it in
// its batch; none is taken.
func TestBadWebhooks(t *testing.T) {
	w := startWorld(t, 5, 3)
	none, wrong, garbage := "", "v1,n+8Ro6fYyxo8DvXSl6IBnofWOTXF8zZ2+GuaVuVV+iU=", "v2,zzz v1,%%%"
	batch := func(second string) string { return "[" + requested(1) + "," + second + "]" }
	full := "[" + strings.Repeat(requested(1)+",", 100) + requested(1) + "]"
	cases := []struct {
		name   string
		d      delivery
		status int
		field  string
		index  int // -1: none
		detail string
	}{
		{"unknown source", delivery{source: "erp", body: requested(1)}, 404, "", -1, "no such source"},
		{"too large", delivery{body: `{"type":"ping","x":"` + strings.Repeat("x", 1<<20) + `"}`}, 413, "", -1, "1 MiB"},
		{"too large and not signed", delivery{signature: &none, body: strings.Repeat(" ", 1<<20+1)}, 413, "", -1, "1 MiB"},
		{"no signature", delivery{signature: &none, body: requested(1)}, 401, "", -1, "signature"},
		{"signature of something else", delivery{signature: &wrong, body: requested(1)}, 401, "", -1, "signature"},
		{"no signature at all", delivery{signature: &garbage, body: requested(1)}, 401, "", -1, "signature"},
		{"old", delivery{at: time.Now().Add(-5*time.Minute - 10*time.Second), body: requested(1)}, 401, "", -1, "time"},
		{"from the future", delivery{at: time.Now().Add(5*time.Minute + 10*time.Second), body: requested(1)}, 401, "", -1, "time"},
		{"not JSON and not signed", delivery{signature: &none, body: "{"}, 401, "", -1, "signature"},
		{"not JSON", delivery{body: requested(1)[1:]}, 400, "", -1, "not JSON"},
		{"empty", delivery{body: ""}, 400, "", -1, "not JSON"},
		{"more after the end", delivery{body: requested(1) + requested(1)}, 400, "", -1, "not JSON"},
		{"no object", delivery{body: `"hello"`}, 422, "body", -1, "object"},
		{"unknown kind", delivery{body: strings.Replace(requested(1), "account", "invoice", 1)}, 422, "data.kind", -1, "in use are account, account_pool"},
		{"no kind", delivery{body: `{"type":"channel.requested","data":{"record_id":"1"}}`}, 422, "data.kind", -1, "missing"},
		{"no record", delivery{body: `{"type":"channel.requested","data":{"kind":"account"}}`}, 422, "data.record_id", -1, "missing"},
		{"no data", delivery{body: `{"type":"channel.requested"}`}, 422, "data", -1, "missing"},
		{"no type", delivery{body: `{"data":{"kind":"account","record_id":"1"}}`}, 422, "type", -1, "missing"},
		{"empty batch", delivery{body: "[]"}, 422, "body", -1, "batch of 0"},
		{"batch of 101", delivery{body: full}, 422, "body", -1, "batch of 101"},
		{"mistake in a batch", delivery{body: batch(`{"type":"team.changed","data":{"kind":"account"}}`)}, 422, "data.record_id", 1, "missing"},
		{"unknown kind in a batch", delivery{body: batch(`{"type":"team.changed","data":{"kind":"x","record_id":"1"}}`)}, 422, "data.kind", 1, "in use"},
		{"no object in a batch", delivery{body: batch("7")}, 422, "body", 1, "object"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			status, p := w.post(t, c.d)
			if status != c.status || p.Field != c.field || !strings.Contains(p.Detail, c.detail) || p.retryAfter != "" {
				t.Errorf("%d %+v, want %d about %q with %q", status, p, c.status, c.field, c.detail)
			}
			if index := append([]int{-1}, deref(p.Index)...); index[len(index)-1] != c.index {
				t.Errorf("index %v, want %d", deref(p.Index), c.index)
			}
		})
	}
	// Taken and done with: what was refused before would have been done by now.
	if status, _ := w.post(t, delivery{body: requested(2)}); status != http.StatusNoContent {
		t.Fatalf("a good one: %d", status)
	}
	w.waitState(t, account(2), "active")
	if g := w.group(t, account(1)); g != nil {
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
func TestHarmlessWebhooks(t *testing.T) {
	w := startWorld(t, 5, 3)
	for name, d := range map[string]delivery{
		"unknown type": {body: `{"type":"record.painted","data":{"kind":"invoice","colour":"red"}}`},
		"ping":         {body: `{"type":"ping"}`},
		"no group":     {body: `{"type":"team.changed","data":{"kind":"account","record_id":"1"}}`},
		"no record":    {body: `{"type":"team.changed","data":{"kind":"account","record_id":"no such"}}`},
		"just in time": {at: time.Now().Add(-4*time.Minute - 50*time.Second), body: `{"type":"ping"}`},
		"signed twice": {id: "evt_twice", at: time.Unix(time.Now().Unix(), 0), body: `{"type":"ping"}`},
	} {
		if name == "signed twice" {
			right, err := crm.Sign(webhookSecret, d.id, d.at, []byte(d.body))
			if err != nil {
				t.Fatal(err)
			}
			both := "v1,AAAA " + right
			d.signature = &both
		}
		if status, p := w.post(t, d); status != http.StatusNoContent {
			t.Errorf("%s: %d %+v", name, status, p)
		}
	}
	if channels := ownChannels(w.slack.state(t)); len(channels) != 0 {
		t.Errorf("channels were made: %v", channels)
	}
}

// ownChannels are the channels that our bot made.
func ownChannels(s slack.State) []slack.StateChannel {
	var own []slack.StateChannel
	for _, ch := range s.Channels {
		if ch.Creator == s.BotUserID && !ch.Direct {
			own = append(own, ch)
		}
	}
	return own
}

// TestRepeatedWebhook: the same request again is answered like the first and
// changes nothing, one by one and in a batch, before and after a restart.
func TestRepeatedWebhook(t *testing.T) {
	w := startWorld(t, 5, 3)
	w.open(t, account(1))
	w.waitState(t, account(1), "active")
	note := func(text string) string {
		return fmt.Sprintf(`{"type":"notification","data":{"kind":"account","record_id":"1","notification":{"topic":"news","title":%q}}}`, text)
	}
	single := delivery{id: "evt_single", body: note("once")}
	batch := delivery{id: "evt_batch", body: "[" + note("first") + "," + note("second") + "]"}
	send := func() {
		t.Helper()
		for _, d := range []delivery{single, batch, single} {
			if status, p := w.post(t, d); status != http.StatusNoContent {
				t.Errorf("%d %+v", status, p)
			}
		}
	}
	send()
	w.slack.wait(t, "chat.postMessage", slack.PhaseAnswered, 4) // three and the details card
	if err := w.term(t); err != nil {
		t.Fatal(err)
	}
	w.restart(t)
	send()
	w.quiet(t, patience)
	for _, title := range []string{"once", "first", "second"} {
		if n := posts(w.slack.state(t), title); n != 1 {
			t.Errorf("%q was posted %d times", title, n)
		}
	}
}

// posts counts the bot's messages that hold a text.
func posts(s slack.State, text string) int {
	n := 0
	for _, ch := range ownChannels(s) {
		for _, m := range ch.Messages {
			if m.User == s.BotUserID && (strings.Contains(m.Text, text) || bytes.Contains(m.Blocks, []byte(text))) {
				n++
			}
		}
	}
	return n
}
