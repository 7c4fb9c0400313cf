// Package defaults fills in what the Options of the chat adapters leave open.
package defaults

import (
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Clock is now, or the real clock for nil.
func Clock(now func() time.Time) func() time.Time {
	if now == nil {
		return time.Now
	}
	return now
}

// Logger is log, or one that says nothing for nil.
func Logger(log *slog.Logger) *slog.Logger {
	if log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return log
}

// Transport is base, or net/http's default for nil.
func Transport(base http.RoundTripper) http.RoundTripper {
	if base == nil {
		return http.DefaultTransport
	}
	return base
}

// Observe is observe, or a function that does nothing for nil.
func Observe(observe func(method, outcome string)) func(method, outcome string) {
	if observe == nil {
		return func(string, string) {}
	}
	return observe
}

// CheckAPIURL returns an error unless text is an absolute URL that ends with a
// slash, so that paths can follow it.
func CheckAPIURL(text string) error {
	if u, err := url.Parse(text); err != nil || u.Host == "" || !strings.HasSuffix(text, "/") {
		return errors.New("the API URL is not an absolute URL that ends with a slash")
	}
	return nil
}
