package crm

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// The bounds of a wait that a CRM may ask for. A wrong header must neither
// make us knock without a pause nor keep us away for days.
const (
	MinWait = time.Second
	MaxWait = time.Hour
)

// RetryAfter reads the Retry-After header, seconds or an HTTP date (RFC 9110,
// 10.2.3), as a time from now between MinWait and MaxWait. ok is false when
// there is none that can be read.
func RetryAfter(h http.Header, now time.Time) (wait time.Duration, ok bool) {
	text := strings.TrimSpace(h.Get("Retry-After"))
	if text == "" {
		return 0, false
	}
	if digits(text) {
		seconds, err := strconv.ParseInt(text, 10, 64)
		if err != nil || seconds > int64(MaxWait/time.Second) {
			return MaxWait, true
		}
		return max(time.Duration(seconds)*time.Second, MinWait), true
	}
	at, err := http.ParseTime(text)
	if err != nil {
		return 0, false
	}
	return min(max(at.Sub(now), MinWait), MaxWait), true
}

func digits(s string) bool {
	for _, c := range s {
		if c < '0' || c > '9' {
			return false
		}
	}
	return s != ""
}
