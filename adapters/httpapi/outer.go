package httpapi

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"
)

// info is what the parts of one request's handling tell each other.
type info struct {
	// id is the request's id in the log and in problems.
	id string
	// pattern is the route that matched; "" when none did.
	pattern string
	// caller is the name of the API token; "" when none was needed.
	caller string
}

type infoKey struct{}

// infoOf returns the request's info; a fresh one outside of outer.
func infoOf(ctx context.Context) *info {
	if i, ok := ctx.Value(infoKey{}).(*info); ok {
		return i
	}
	return &info{}
}

// outer gives every request an id, security headers, an access log line and a
// safe end when a handler panics.
func outer(next http.Handler, log *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		i := &info{id: requestID(r.Header.Get("X-Request-Id"))}
		r = r.WithContext(context.WithValue(r.Context(), infoKey{}, i))
		secure(w.Header())
		w.Header().Set("X-Request-Id", i.id)
		recorder := &recorder{ResponseWriter: w}
		defer func() {
			logAccess(r, log, i, recorder, time.Since(began))
		}()
		defer recoverPanic(recorder, r, log)
		next.ServeHTTP(recorder, r)
	})
}

// secure sets headers that a page may relax for itself.
func secure(h http.Header) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("Cache-Control", "no-store")
}

// recoverPanic answers 500 when nothing was answered yet.
func recoverPanic(w *recorder, r *http.Request, log *slog.Logger) {
	p := recover()
	if p == nil {
		return
	}
	if err, ok := p.(error); ok && err == http.ErrAbortHandler { //nolint:errorlint // the sentinel is compared as net/http does
		panic(p)
	}
	log.ErrorContext(r.Context(), "http: panic", "panic", p, "stack", string(debug.Stack()), "request_id", infoOf(r.Context()).id)
	if w.status != 0 {
		panic(http.ErrAbortHandler)
	}
	writeProblem(w, r, internalProblem())
}

// logAccess writes one line: never a body, a path or a query, because those
// may hold names and secrets.
func logAccess(r *http.Request, log *slog.Logger, i *info, w *recorder, took time.Duration) {
	level := slog.LevelInfo
	switch i.pattern {
	case "GET /livez", "GET /readyz", "GET /metrics":
		level = slog.LevelDebug
	}
	log.LogAttrs(r.Context(), level, "http",
		slog.String("method", r.Method),
		slog.String("route", i.pattern),
		slog.Int("status", w.result()),
		slog.Int64("bytes", w.bytes),
		slog.Duration("took", took),
		slog.String("request_id", i.id),
		slog.String("caller", i.caller),
	)
}

// requestID returns the id that the caller sent if it is safe to log, else a new one.
func requestID(sent string) string {
	if sent == "" || len(sent) > 100 {
		return rand.Text()
	}
	for _, c := range []byte(sent) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '_', c == '.', c == ':':
		default:
			return rand.Text()
		}
	}
	return sent
}

// recorder notes what was answered.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int64
}

// WriteHeader notes the first final status.
func (w *recorder) WriteHeader(status int) {
	if w.status == 0 && status >= http.StatusOK {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *recorder) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(b)
	w.bytes += int64(n)
	return n, err
}

// Unwrap is for http.ResponseController.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// result is the status that the client got: net/http sends 200 by itself.
func (w *recorder) result() int {
	if w.status == 0 {
		return http.StatusOK
	}
	return w.status
}
