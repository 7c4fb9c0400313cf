package httpapi

import (
	"log/slog"
	"net/http"
	"time"

	"roomkeeper/connector"
)

// Options are what the handlers work with. All are required but those said to
// be optional.
type Options struct {
	// Sources are the CRMs' receivers by the last part of their webhook URL.
	Sources  map[string]connector.Receiver
	Acceptor Acceptor

	// CRM is the first part of every RecordKey.
	CRM      string
	Policies connector.Policies
	// Platforms are those served, the default one first.
	Platforms  []connector.PlatformID
	Engine     connector.Engine
	Opener     Opener
	Planner    Planner
	Adopter    Adopter
	Sweeper    Sweeper
	Recoverer  Recoverer
	Subscriber Subscriber
	Linker     Linker
	// Tokens may call the REST API; none: nobody may.
	Tokens []Token

	// Components are named by /readyz besides the store; optional.
	Components []Component
	Metrics    *Metrics
	// MetricsHere serves /metrics to loopback peers and API tokens.
	MetricsHere bool

	// Signed are further routes by their http.ServeMux patterns whose requests
	// are signed by their sender; optional.
	Signed map[string]http.Handler
	// Pages are further routes by their patterns that people open in a browser;
	// optional.
	Pages map[string]http.Handler

	// Stopping reports that no new work is taken any more; nil: never.
	Stopping func() bool
	// Clock is optional.
	Clock func() time.Time
	// Logger is optional.
	Logger *slog.Logger
}

func (o Options) withDefaults() Options {
	if o.Stopping == nil {
		o.Stopping = func() bool { return false }
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}

// New returns the handler of everything that is reached by HTTP.
func New(o Options) http.Handler {
	o = o.withDefaults()
	mux := http.NewServeMux()
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(http.HandlerFunc(denyCrossOrigin))

	// A signature is more than a browser of somebody else can make.
	signed := func(pattern string, handler http.Handler) {
		mux.Handle(pattern, handler)
		protection.AddInsecureBypassPattern(pattern)
	}
	signed("POST /webhooks/crm/{source}", &webhook{
		sources: o.Sources, acceptor: o.Acceptor, stopping: o.Stopping, clock: o.Clock, metrics: o.Metrics, log: o.Logger,
	})
	for pattern, handler := range o.Signed {
		signed(pattern, handler)
	}
	for pattern, handler := range o.Pages {
		mux.Handle(pattern, handler)
	}
	tokens := newTokens(o.Tokens)
	mux.Handle(apiPrefix, tokens.require(newAPI(o)))
	health := &health{store: o.Engine.Keeper, components: o.Components, stopping: o.Stopping}
	mux.HandleFunc("GET /livez", health.live)
	mux.HandleFunc("GET /readyz", health.ready)
	if o.MetricsHere {
		mux.Handle("GET /metrics", tokens.orLoopback(o.Metrics.Handler()))
	}
	return outer(protection.Handler(&dispatcher{mux}), o.Logger)
}

// NewControl returns the REST API without tokens, for a socket that only the
// deployment's own operator can open.
func NewControl(o Options) http.Handler {
	o = o.withDefaults()
	mux := http.NewServeMux()
	mux.Handle(apiPrefix, newAPI(o))
	return outer(&dispatcher{mux}, o.Logger)
}

// NewServer returns a server with time-outs and limits; Handler and Addr may
// be changed before it is started.
func NewServer(addr string, handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Addr:              addr,
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      90 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}
