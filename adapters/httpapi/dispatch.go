package httpapi

import "net/http"

// dispatcher is a ServeMux whose own refusals are problems, and which notes
// the pattern that matched for the access log.
type dispatcher struct{ mux *http.ServeMux }

func (d *dispatcher) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	handler, pattern := d.mux.Handler(r)
	if pattern != "" {
		infoOf(r.Context()).pattern = pattern
		d.mux.ServeHTTP(w, r)
		return
	}
	refusal := &refusalWriter{header: http.Header{}}
	handler.ServeHTTP(refusal, r)
	if refusal.status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", refusal.header.Get("Allow"))
		writeProblem(w, r, problemf(http.StatusMethodNotAllowed, "use %s here", refusal.header.Get("Allow")))
		return
	}
	writeProblem(w, r, problemf(http.StatusNotFound, "there is nothing at this address"))
}

// refusalWriter keeps the status and header of the mux's own refusal.
type refusalWriter struct {
	header http.Header
	status int
}

func (w *refusalWriter) Header() http.Header         { return w.header }
func (w *refusalWriter) WriteHeader(status int)      { w.status = status }
func (w *refusalWriter) Write(b []byte) (int, error) { return len(b), nil }
