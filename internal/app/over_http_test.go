package app

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"testing"

	"roomkeeper/connector/connectortest"
)

// wire carries the calls to each host over a connection to the server that stands
// for it.
type wire map[string]*url.URL

func (w wire) RoundTrip(r *http.Request) (*http.Response, error) {
	end, ok := w[r.URL.Host]
	if !ok {
		return nil, fmt.Errorf("nobody is at %s", r.URL.Host)
	}
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host = end.Scheme, end.Host
	return http.DefaultTransport.RoundTrip(r)
}

// overHTTP is inVirtualTime with the machine's clock and real connections, to the
// platforms as well as to the service.
func overHTTP(t *testing.T, chats func(t *testing.T) (handlers, map[string]string), test func(v *virtual)) {
	t.Helper()
	serve := func(h http.Handler) *url.URL {
		t.Helper()
		server := httptest.NewServer(h)
		t.Cleanup(server.Close)
		at, err := url.Parse(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	v := &virtual{T: t, log: &bytes.Buffer{}}
	ends, env := chats(t)
	carried := wire{}
	for host, handler := range ends {
		carried[host] = serve(handler)
	}
	v.start(v.configured(connectortest.StoreDir(t), env), carried)
	defer v.stop()
	v.api = httputil.NewSingleHostReverseProxy(serve(v.api))
	test(v)
}
