package crm_test

import (
	"net/http"
	"testing"
	"time"

	"roomkeeper/crm"
)

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"7":                              7 * time.Second,
		" 30 ":                           30 * time.Second,
		"0":                              crm.MinWait,
		"3600":                           time.Hour,
		"99999999":                       crm.MaxWait,
		"999999999999999999999999999999": crm.MaxWait,
		"Thu, 01 Jan 2026 00:02:00 GMT":  2 * time.Minute,
		"Wed, 31 Dec 2025 23:00:00 GMT":  crm.MinWait,
		"Thu, 01 Jan 2099 00:00:00 GMT":  crm.MaxWait,
		"":                               0,
		"-5":                             0,
		"soon":                           0,
		"1.5":                            0,
	} {
		got, ok := crm.RetryAfter(http.Header{"Retry-After": {text}}, now)
		if got != want || ok != (want > 0) {
			t.Errorf("%q: got %v, %v, want %v", text, got, ok, want)
		}
	}
	if _, ok := crm.RetryAfter(http.Header{}, now); ok {
		t.Error("a wait without a header")
	}
}
