package discord_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bwmarrin/discordgo"
)

const inPing = `{"id":"1","type":1}`

// TestVerifySignature holds our check against discordgo's, which knows no age.
func TestVerifySignature(t *testing.T) {
	other := ed25519.NewKeyFromSeed([]byte(strings.Repeat("o", 32)))
	now := time.Now()
	set := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	tests := map[string]struct {
		at     time.Time
		key    ed25519.PrivateKey
		change func(*http.Request)
		want   int
		aged   bool // only our check refuses it
	}{
		"good":              {want: 200},
		"another key":       {key: other, want: 401},
		"no signature":      {change: func(r *http.Request) { r.Header.Del("X-Signature-Ed25519") }, want: 401},
		"no timestamp":      {change: func(r *http.Request) { r.Header.Del("X-Signature-Timestamp") }, want: 401},
		"not hex":           {change: set("X-Signature-Ed25519", strings.Repeat("zz", 64)), want: 401},
		"short":             {change: set("X-Signature-Ed25519", "abcd"), want: 401},
		"zero":              {change: set("X-Signature-Ed25519", strings.Repeat("00", 64)), want: 401},
		"another timestamp": {change: set("X-Signature-Timestamp", strconv.FormatInt(now.Unix()+1, 10)), want: 401},
		"another body":      {change: func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader(inPing + " ")) }, want: 401},
		"two signatures": {change: func(r *http.Request) {
			r.Header.Add("X-Signature-Ed25519", r.Header.Get("X-Signature-Ed25519"))
		}, want: 401, aged: true},
		"old":          {at: now.Add(-5*time.Minute - 2*time.Second), want: 401, aged: true},
		"from later":   {at: now.Add(5*time.Minute + 2*time.Second), want: 401, aged: true},
		"a little old": {at: now.Add(-5*time.Minute + 5*time.Second), want: 200},
	}
	for name, c := range tests {
		t.Run(name, func(t *testing.T) {
			if c.at.IsZero() {
				c.at = now
			}
			if c.key == nil {
				c.key = inKey()
			}
			r := signed(c.key, inPing, c.at)
			if c.change != nil {
				c.change(r)
			}
			theirs := discordgo.VerifyInteraction(r, inKey().Public().(ed25519.PublicKey))
			rig := newInRig(t, inCommands{})
			w := rig.do(r)
			if w.Code != c.want {
				t.Errorf("status %d, want %d", w.Code, c.want)
			}
			if want := c.want == 200 || c.aged; theirs != want {
				t.Errorf("discordgo says %v, want %v", theirs, want)
			}
			if c.want == 200 && strings.TrimSpace(w.Body.String()) != `{"type":1}` {
				t.Errorf("answer %s", w.Body)
			}
		})
	}
}

func TestTimestampMustBeANumber(t *testing.T) {
	for _, timestamp := range []string{"", "x", "-5", "1e9", "99999999999999999999"} {
		r := signed(inKey(), inPing, time.Now())
		r.Header.Set("X-Signature-Timestamp", timestamp)
		r.Header.Set("X-Signature-Ed25519", hex.EncodeToString(ed25519.Sign(inKey(), []byte(timestamp+inPing))))
		if w := newInRig(t, inCommands{}).do(r); w.Code != http.StatusUnauthorized {
			t.Errorf("%q: status %d", timestamp, w.Code)
		}
	}
}

func TestBodyLimit(t *testing.T) {
	r := signed(inKey(), strings.Repeat("x", 1<<20+1), time.Now())
	if w := newInRig(t, inCommands{}).do(r); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("status %d, want 413", w.Code)
	}
	r = signed(inKey(), "{", time.Now())
	if w := newInRig(t, inCommands{}).do(r); w.Code != http.StatusBadRequest || bytes.Contains(w.Body.Bytes(), []byte("{")) {
		t.Errorf("status %d, %s", w.Code, w.Body)
	}
}
