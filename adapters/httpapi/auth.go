package httpapi

import (
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"strings"
)

// Token is one caller of the REST API.
type Token struct {
	// Name is shown in the log and with what the caller changed.
	Name string
	// Token is the secret; it is kept as a digest only.
	Token string
}

type tokenDigest struct {
	name string
	sum  [sha256.Size]byte
}

type tokens []tokenDigest

func newTokens(list []Token) tokens {
	var ts tokens
	for _, t := range list {
		if t.Token != "" {
			ts = append(ts, tokenDigest{name: t.Name, sum: sha256.Sum256([]byte(t.Token))})
		}
	}
	return ts
}

// caller returns the name of the token in a request. It compares with all of
// them in constant time.
func (ts tokens) caller(r *http.Request) (name string, ok bool) {
	scheme, token, found := strings.Cut(r.Header.Get("Authorization"), " ")
	if !found || !strings.EqualFold(scheme, "Bearer") {
		return "", false
	}
	sum := sha256.Sum256([]byte(strings.TrimSpace(token)))
	for _, t := range ts {
		if subtle.ConstantTimeCompare(sum[:], t.sum[:]) == 1 {
			name, ok = t.name, true
		}
	}
	return name, ok
}

// require lets only callers with a token through.
func (ts tokens) require(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, ok := ts.caller(r)
		if !ok {
			ts.refuse(w, r)
			return
		}
		infoOf(r.Context()).caller = name
		next.ServeHTTP(w, r)
	})
}

// orLoopback lets peers on this host through, and callers with a token. A
// request that a proxy on this host passed on is not from this host.
func (ts tokens) orLoopback(next http.Handler) http.Handler {
	protected := ts.require(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if loopback(r) {
			next.ServeHTTP(w, r)
			return
		}
		protected.ServeHTTP(w, r)
	})
}

func loopback(r *http.Request) bool {
	for _, header := range []string{"Forwarded", "X-Forwarded-For", "X-Real-Ip"} {
		if len(r.Header.Values(header)) > 0 {
			return false
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	return err == nil && net.ParseIP(host).IsLoopback()
}

func (ts tokens) refuse(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("WWW-Authenticate", `Bearer realm="roomkeeper"`)
	if len(ts) == 0 {
		writeProblem(w, r, problemf(http.StatusUnauthorized,
			"no API token is configured: set ROOMKEEPER_API_TOKENS to name=token, start again and send it as Authorization: Bearer"))
		return
	}
	writeProblem(w, r, problemf(http.StatusUnauthorized, "send an API token as Authorization: Bearer"))
}
