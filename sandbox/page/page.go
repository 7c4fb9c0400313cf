// Package page is the demo's web page: a CRM record on the left, its channel
// in the middle, its details on the right. It mounts the sandbox's chat
// platforms and CRM beside it and tells the browser when one changes.
package page

import (
	"embed"
	"io/fs"
	"log/slog"
	"net/http"

	"roomkeeper/sandbox/crm"
)

//go:embed assets
var assets embed.FS

// contentSecurityPolicy lets the page load nothing but its own files.
const contentSecurityPolicy = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"

// Options of a page; the zero value works.
type Options struct {
	// Command is the app's slash command; empty: /crm.
	Command string
	// Connector says whether a connector is there to be asked for Groups.
	Connector bool
	// Logger takes what goes wrong; nil: discarded.
	Logger *slog.Logger
}

type server struct {
	chats []Chat
	crm   *crm.World
	opts  Options
}

// chat is the platform of a name; the first when there is none.
func (s *server) chat(platform string) Chat {
	for _, c := range s.chats {
		if c.Platform() == platform {
			return c
		}
	}
	return s.chats[0]
}

func (s *server) platforms() []string {
	var names []string
	for _, c := range s.chats {
		names = append(names, c.Platform())
	}
	return names
}

// New returns the handler of the whole sandbox:
//
//	/                           the page, /records/{kind}/{id} with that record chosen
//	/state, /events             what the page shows; a stream that says when it changed
//	/say, /act, /view/…, /move  what a person does in chat
//	/<platform>/…, /crm/…       the handlers of the sandboxes, control APIs included
//
// There is at least one chat platform; the page shows the first until another is
// chosen.
//
// Requests that a browser makes for another site are refused.
func New(world *crm.World, opts Options, chat Chat, others ...Chat) http.Handler {
	if opts.Command == "" {
		opts.Command = "/crm"
	}
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	s := &server{chats: append([]Chat{chat}, others...), crm: world, opts: opts}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.index)
	mux.HandleFunc("GET /records/{kind}/{id}", s.index)
	mux.Handle("GET /assets/", http.FileServerFS(assets))
	mux.HandleFunc("GET /state", s.state)
	mux.HandleFunc("GET /events", s.events)
	mux.HandleFunc("POST /say", s.hand(say))
	mux.HandleFunc("POST /act", s.hand(act))
	mux.HandleFunc("POST /view/submit", s.hand(submit))
	mux.HandleFunc("POST /view/close", s.hand(closeView))
	mux.HandleFunc("POST /move", s.hand(move))
	for _, c := range s.chats {
		prefix := "/" + c.Platform()
		mux.Handle(prefix+"/", http.StripPrefix(prefix, c.Handler()))
	}
	mux.Handle("/crm/", http.StripPrefix("/crm", world.Handler()))
	return secured(http.NewCrossOriginProtection().Handler(mux))
}

func (s *server) index(rw http.ResponseWriter, _ *http.Request) {
	html, err := fs.ReadFile(assets, "assets/index.html")
	if err != nil {
		http.Error(rw, err.Error(), http.StatusInternalServerError)
		return
	}
	rw.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = rw.Write(html)
}

// secured sets the headers that keep the page to itself.
func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		h := rw.Header()
		h.Set("Content-Security-Policy", contentSecurityPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(rw, r)
	})
}
