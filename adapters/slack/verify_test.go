package slack_test

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const inPing = `{"type":"url_verification","challenge":"c"}`

func TestSignature(t *testing.T) {
	at := func(d time.Duration) string { return strconv.FormatInt(time.Now().Add(d).Unix(), 10) }
	sign := func(h http.Header, timestamp string) {
		h.Set("X-Slack-Request-Timestamp", timestamp)
		h.Set("X-Slack-Signature", inSignature(inSecret, timestamp, inPing))
	}
	tests := map[string]struct {
		change func(h http.Header)
		want   int
	}{
		"good":                   {func(h http.Header) { sign(h, at(0)) }, 200},
		"almost too old":         {func(h http.Header) { sign(h, at(-295*time.Second)) }, 200},
		"almost too new":         {func(h http.Header) { sign(h, at(295*time.Second)) }, 200},
		"too old":                {func(h http.Header) { sign(h, at(-302*time.Second)) }, 401},
		"too new":                {func(h http.Header) { sign(h, at(302*time.Second)) }, 401},
		"no headers":             {func(http.Header) {}, 401},
		"no signature":           {func(h http.Header) { sign(h, at(0)); h.Del("X-Slack-Signature") }, 401},
		"no timestamp":           {func(h http.Header) { sign(h, at(0)); h.Del("X-Slack-Request-Timestamp") }, 401},
		"two signatures":         {func(h http.Header) { sign(h, at(0)); h.Add("X-Slack-Signature", "v0=00") }, 401},
		"two timestamps":         {func(h http.Header) { sign(h, at(0)); h.Add("X-Slack-Request-Timestamp", at(0)) }, 401},
		"another version":        {func(h http.Header) { sign(h, at(0)); h.Set("X-Slack-Signature", "v1"+h.Get("X-Slack-Signature")[2:]) }, 401},
		"cut":                    {func(h http.Header) { sign(h, at(0)); h.Set("X-Slack-Signature", h.Get("X-Slack-Signature")[:20]) }, 401},
		"timestamp is no number": {func(h http.Header) { sign(h, "now") }, 401},
		"negative timestamp":     {func(h http.Header) { sign(h, "-1") }, 401},
		"endless timestamp":      {func(h http.Header) { sign(h, "9223372036854775807") }, 401},
		"another time was signed": {func(h http.Header) {
			sign(h, at(-1*time.Second))
			h.Set("X-Slack-Request-Timestamp", at(0))
		}, 401},
		"another secret": {func(h http.Header) {
			h.Set("X-Slack-Request-Timestamp", at(0))
			h.Set("X-Slack-Signature", inSignature("other", at(0), inPing))
		}, 401},
	}
	for _, path := range []string{"/slack/events", "/slack/commands", "/slack/interactions"} {
		rig := newInRig(t, inCommands{})
		for name, tt := range tests {
			if path != "/slack/events" && tt.want == 200 {
				continue // a good signature makes their answers depend on the body
			}
			t.Run(path+"/"+name, func(t *testing.T) {
				r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(inPing))
				tt.change(r.Header)
				if w := rig.do(r); w.Code != tt.want {
					t.Errorf("status %d, want %d", w.Code, tt.want)
				}
			})
		}
	}
}

func TestSignatureOfAnotherBody(t *testing.T) {
	rig := newInRig(t, inCommands{})
	r := signed("/slack/events", "application/json", inPing, time.Now())
	r.Body = http.NoBody
	if w := rig.do(r); w.Code != http.StatusUnauthorized {
		t.Errorf("status %d, want 401", w.Code)
	}
}

func TestBodyLimit(t *testing.T) {
	rig := newInRig(t, inCommands{})
	fits := inPing + strings.Repeat(" ", 1<<20-len(inPing))
	if w := rig.event(fits); w.Code != http.StatusOK {
		t.Errorf("1 MiB: status %d, want 200", w.Code)
	}
	if w := rig.event(fits + " "); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("1 MiB and a byte: status %d, want 413", w.Code)
	}
}

func TestOnlyPost(t *testing.T) {
	rig := newInRig(t, inCommands{})
	for _, path := range []string{"/slack/events", "/slack/commands", "/slack/interactions"} {
		if w := rig.do(httptest.NewRequest(http.MethodGet, path, nil)); w.Code != http.StatusMethodNotAllowed {
			t.Errorf("GET %s: status %d, want 405", path, w.Code)
		}
	}
}

// The published example (docs.slack.dev/authentication/verifying-requests-from-slack).
func TestPublishedSignature(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const body = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
		<-time.After(time.Until(time.Unix(1531420618, 0)))
		rig := newInRig(t, inCommands{})
		r := httptest.NewRequest(http.MethodPost, "/slack/commands", strings.NewReader(body))
		r.Header.Set("X-Slack-Request-Timestamp", "1531420618")
		r.Header.Set("X-Slack-Signature", "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503")
		if w := rig.do(r); w.Code != http.StatusOK {
			t.Errorf("status %d, want 200: %s", w.Code, w.Body)
		}
	})
}
