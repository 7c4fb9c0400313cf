package neutral_test

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"roomkeeper/connector"
)

// The contract's vector (section 5).
const (
	vectorSecret    = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"
	vectorSignature = "v1,n+8Ro6fYyxo8DvXSl6IBnofWOTXF8zZ2+GuaVuVV+iU="
	vectorBody      = `{"type":"team.changed","timestamp":"2026-01-01T00:00:00Z","data":{"kind":"account","record_id":"4"}}`
	vectorUnix      = 1767225600
)

func vectorHeader() http.Header {
	return http.Header{
		"Webhook-Id": {"evt_demo1"}, "Webhook-Timestamp": {strconv.Itoa(vectorUnix)}, "Webhook-Signature": {vectorSignature},
	}
}

func TestSignatures(t *testing.T) {
	other := []byte("another secret of a webhook")
	elsewhere := sign(other, "evt_demo1", vectorUnix, vectorBody)
	for name, test := range map[string]struct {
		change  func(http.Header)
		body    string
		secrets [][]byte
		skew    time.Duration
		ok      bool
	}{
		"the vector":                 {ok: true},
		"several signatures":         {change: set("Webhook-Signature", "v1a,xx v1,AAAA "+elsewhere+" "+vectorSignature), ok: true},
		"new secret first":           {secrets: [][]byte{other, secret()}, ok: true},
		"old secret first":           {secrets: [][]byte{secret(), other}, ok: true},
		"5 minutes old":              {skew: 5 * time.Minute, ok: true},
		"5 minutes ahead":            {skew: -5 * time.Minute, ok: true},
		"older":                      {skew: 5*time.Minute + time.Second},
		"further ahead":              {skew: -5*time.Minute - time.Second},
		"rotated away":               {secrets: [][]byte{other}},
		"another's signature":        {change: set("Webhook-Signature", elsewhere)},
		"no signature":               {change: del("Webhook-Signature")},
		"empty signature":            {change: set("Webhook-Signature", "")},
		"blank signature":            {change: set("Webhook-Signature", "  ")},
		"signature twice":            {change: add("Webhook-Signature", vectorSignature)},
		"another version":            {change: set("Webhook-Signature", strings.Replace(vectorSignature, "v1,", "v2,", 1))},
		"no version":                 {change: set("Webhook-Signature", strings.TrimPrefix(vectorSignature, "v1,"))},
		"truncated base64":           {change: set("Webhook-Signature", strings.TrimSuffix(vectorSignature, "iU="))},
		"truncated sum":              {change: set("Webhook-Signature", "v1,n+8R")},
		"empty sum":                  {change: set("Webhook-Signature", "v1,")},
		"no id":                      {change: del("Webhook-Id")},
		"another id":                 {change: set("Webhook-Id", "evt_demo2")},
		"id twice":                   {change: add("Webhook-Id", "evt_demo1")},
		"id too long":                {change: set("Webhook-Id", strings.Repeat("x", 256))},
		"no timestamp":               {change: del("Webhook-Timestamp")},
		"another timestamp":          {change: set("Webhook-Timestamp", "1767225601")},
		"timestamp twice":            {change: add("Webhook-Timestamp", "1767225600")},
		"timestamp in milliseconds":  {change: set("Webhook-Timestamp", "1767225600000")},
		"timestamp with a sign":      {change: set("Webhook-Timestamp", "+1767225600")},
		"timestamp with a fraction":  {change: set("Webhook-Timestamp", "1767225600.0")},
		"timestamp beyond all times": {change: set("Webhook-Timestamp", "99999999999999999999")},
		"another body":               {body: strings.Replace(vectorBody, `"4"`, `"5"`, 1)},
		"a space more":               {body: vectorBody + " "},
		"no body":                    {body: " "},
	} {
		t.Run(name, func(t *testing.T) {
			header, body, secrets := vectorHeader(), vectorBody, [][]byte{secret()}
			if test.change != nil {
				test.change(header)
			}
			if test.body != "" {
				body = test.body
			}
			if test.secrets != nil {
				secrets = test.secrets
			}
			events, err := receiver(t, secrets...).Receive(header, []byte(body), time.Unix(vectorUnix, 0).Add(test.skew))
			if test.ok && (err != nil || len(events) != 1 || events[0].ID != "evt_demo1") {
				t.Errorf("got %+v, %v", events, err)
			}
			if !test.ok && (!errors.Is(err, connector.ErrSignature) || events != nil) {
				t.Errorf("got %+v, %v, want ErrSignature", events, err)
			}
		})
	}
}

// A body that is not ours is never looked into: 401 goes before 400 and 422.
func TestTheSignatureIsCheckedFirst(t *testing.T) {
	for _, body := range []string{"not JSON", "[]", "{}"} {
		_, err := receiver(t, secret()).Receive(vectorHeader(), []byte(body), time.Unix(vectorUnix, 0))
		if !errors.Is(err, connector.ErrSignature) {
			t.Errorf("%s: got %v", body, err)
		}
	}
}

func set(key, value string) func(http.Header) { return func(h http.Header) { h.Set(key, value) } }
func add(key, value string) func(http.Header) { return func(h http.Header) { h.Add(key, value) } }
func del(key string) func(http.Header)        { return func(h http.Header) { h.Del(key) } }
