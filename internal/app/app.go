// Package app is the composition root: it makes one service out of the
// configuration, starts it and stops it.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"roomkeeper/adapters/httpapi"
	"roomkeeper/config"
	"roomkeeper/connector"
	"roomkeeper/connector/command"
)

// Times of a stop, of which the contract (section 8) allows 25 s in all.
const (
	// stopWithin is for everything but closing the store.
	stopWithin = 24 * time.Second
	// drainWithin is how much of that the runs under way have to end by
	// themselves; then they are cancelled, and hand back what they did not finish.
	drainWithin = 15 * time.Second
	// answerAfter is how long requests under way have at least when the runs have
	// ended. What a webhook brings is stored or refused long before that: so late
	// only somebody is who sends slowly, or asked for what takes long.
	answerAfter = 3 * time.Second
	// tellStopping is how long /readyz says that the service stops, at least.
	tellStopping = time.Second
)

// askWithin is how long a start waits for one answer of a platform or the CRM.
const askWithin = 5 * time.Second

// ControlSocket is where commands reach the running service, under DATA_DIR.
const ControlSocket = "control.sock"

// ConfigError is a mistake that only the operator can mend: the process ends
// with exit code 2.
type ConfigError struct{ Err error }

func (e *ConfigError) Error() string { return e.Err.Error() }

// Unwrap returns the mistake.
func (e *ConfigError) Unwrap() error { return e.Err }

// Options are what an App is made of. Clock and Logger are required.
type Options struct {
	Config config.Config
	Clock  func() time.Time
	Logger *slog.Logger
	// Transport carries the calls to platforms and CRM; nil: net/http's own.
	Transport http.RoundTripper
	// Fresh lets channels be made although the store knows none of those that
	// the platforms have.
	Fresh bool
}

// App is the service: made by New, run by Start, ended by Stop.
type App struct {
	config   config.Config
	fresh    bool
	clock    func() time.Time
	log      *slog.Logger
	store    engine
	services services
	presence []*presence
	chats    []chat
	inbound  []inbound
	watchers []watcher
	// signIns are how people link themselves, by platform, pages what they see.
	signIns map[connector.PlatformID]command.SignIn
	pages   map[string]http.Handler
	metrics *httpapi.Metrics
	// checkAdmins looks whether the admins' channels can be written to.
	checkAdmins func(ctx context.Context)

	stopping atomic.Bool
	servers  []*http.Server
	serving  sync.WaitGroup
	addr     string
	life     context.Context
	end      context.CancelFunc
	meeting  sync.WaitGroup
	fatal    chan error
}

// New opens the store and connects the parts. A *ConfigError is for the operator.
func New(o Options) (*App, error) {
	for _, note := range o.Config.Notes() {
		o.Logger.Warn(note)
	}
	store, err := openEngine(o)
	if err != nil {
		return nil, &ConfigError{Err: err}
	}
	a := &App{config: o.Config, fresh: o.Fresh, clock: o.Clock, log: o.Logger, store: store, fatal: make(chan error, 1)}
	a.life, a.end = context.WithCancel(context.Background())
	if err := a.connect(o); err != nil {
		return nil, errors.Join(&ConfigError{Err: err}, store.Close())
	}
	return a, nil
}

// Start asks the platforms who we are and begins to serve and to work. A
// platform or CRM that is away does not stop it; a refused token does.
func (a *App) Start(ctx context.Context) error {
	if err := a.reachStore(ctx); err != nil {
		return err
	}
	if a.fresh {
		if err := a.services.recoverer.Fresh(ctx); err != nil {
			return err
		}
	}
	if err := a.applyLinksFile(ctx); err != nil {
		return err
	}
	for _, p := range a.presence {
		introduce, cancel := context.WithTimeout(ctx, askWithin)
		err := p.introduce(introduce)
		cancel()
		if needsOperator(err) {
			return &ConfigError{Err: err}
		}
		if err != nil {
			a.log.Warn("platform not reached; trying again", "platform", p.platform.ID, "error", err)
			a.meeting.Go(func() { p.keepIntroducing(a.life, a.fail) })
		}
	}
	if err := a.greetCRM(ctx); err != nil {
		return err
	}
	a.meeting.Go(a.watchAdmins)
	a.services.resync.endInterrupted()
	if err := a.serve(ctx); err != nil {
		return err
	}
	a.services.workers.start(a.life)
	a.services.resync.start()
	for _, w := range a.watchers {
		w.Start(a.life)
	}
	a.log.Info("serving", "addr", a.addr)
	return nil
}

// greetCRM makes one small call to find out whether the CRM takes our token.
// Whatever else goes wrong may pass.
func (a *App) greetCRM(ctx context.Context) error {
	crm := a.services.crm
	if crm.Changes == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	_, err := crm.Changes.Page(ctx, a.services.policies[0].Kind, a.clock(), "")
	if errors.Is(err, connector.ErrUnauthorized) {
		return &ConfigError{Err: fmt.Errorf("ROOMKEEPER_CRM_TOKEN: %w", err)}
	}
	if err != nil {
		a.log.WarnContext(ctx, "CRM not reached; going on without it", "error", err)
	}
	return nil
}

// Addr is the address that is listened on, once started.
func (a *App) Addr() string { return a.addr }

// Fatal delivers an error after which the service must end.
func (a *App) Fatal() <-chan error { return a.fatal }

func (a *App) fail(err error) {
	select {
	case a.fatal <- &ConfigError{Err: err}:
	default:
	}
}

// serve opens the listeners.
func (a *App) serve(ctx context.Context) error {
	var listen net.ListenConfig
	main, err := listen.Listen(ctx, "tcp", a.config.HTTP.Addr)
	if err != nil {
		return &ConfigError{Err: fmt.Errorf("ROOMKEEPER_HTTP_ADDR: %w; choose another address, such as :8081", err)}
	}
	a.addr = main.Addr().String()
	o := a.httpOptions()
	a.run(main, httpapi.New(o))
	if a.config.HTTP.MetricsAddr != "" {
		metrics, err := listen.Listen(ctx, "tcp", a.config.HTTP.MetricsAddr)
		if err != nil {
			return &ConfigError{Err: fmt.Errorf("ROOMKEEPER_METRICS_ADDR: %w", err)}
		}
		a.run(metrics, a.metrics.MetricsServer(a.log))
	}
	control, err := listenControl(ctx, a.config.Store.DataDir)
	if err != nil {
		a.log.Warn("no control socket; commands need ROOMKEEPER_API", "error", err)
		return nil
	}
	a.run(control, httpapi.NewControl(o))
	return nil
}

func (a *App) run(l net.Listener, handler http.Handler) {
	server := httpapi.NewServer("", handler, a.log)
	a.servers = append(a.servers, server)
	a.serving.Go(func() {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			a.fail(fmt.Errorf("listener: %w", err))
		}
	})
}

// Stop takes no new work, finishes what was taken, and closes the store. It
// returns within 25 seconds. What is not finished by then runs again at the
// next start.
func (a *App) Stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), stopWithin)
	defer cancel()
	began := time.Now()
	a.stopping.Store(true)
	told := time.NewTimer(tellStopping)
	defer told.Stop()
	var errs []error
	if a.services.resync.cron != nil {
		a.services.resync.stop()
		errs = append(errs, a.drain(ctx))
		// Whoever asks /readyz learns of the stop before the listener is gone.
		<-told.C
	}
	last := time.Now().Add(answerAfter)
	if end := began.Add(drainWithin); end.After(last) {
		last = end
	}
	errs = append(errs, a.closeServers(ctx, last))
	for _, in := range a.inbound {
		errs = append(errs, a.late("commands", in.Close(ctx)))
	}
	for _, w := range a.watchers {
		errs = append(errs, w.Close(ctx))
	}
	a.end()
	a.meeting.Wait()
	errs = append(errs, a.store.Close())
	return errors.Join(errs...)
}

// drain lets the runs under way end, and cancels those that take too long.
func (a *App) drain(ctx context.Context) error {
	gently, cancel := context.WithTimeout(ctx, drainWithin)
	defer cancel()
	if a.services.workers.stop(gently) == nil {
		return nil
	}
	a.end()
	return a.services.workers.stop(ctx)
}

// closeServers takes no more requests, and cuts at last those that are not answered.
func (a *App) closeServers(ctx context.Context, last time.Time) error {
	ctx, cancel := context.WithDeadline(ctx, last)
	defer cancel()
	errs := make([]error, len(a.servers))
	var closing sync.WaitGroup
	for i, server := range a.servers {
		closing.Go(func() {
			err := a.late("requests", server.Shutdown(ctx))
			errs[i] = errors.Join(err, server.Close())
		})
	}
	closing.Wait()
	a.serving.Wait()
	return errors.Join(errs...)
}

// late is nil for what was not done in time: it is said, and the service stops all
// the same, as it was asked to.
func (a *App) late(what string, err error) error {
	if !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	a.log.Warn("stop: not all was answered in time; the rest is cut off", "what", what)
	return nil
}

// httpOptions are what the HTTP side works with.
func (a *App) httpOptions() httpapi.Options {
	s := a.services
	o := httpapi.Options{
		Acceptor:    s.acceptor,
		CRM:         a.config.CRM.Name,
		Policies:    s.policies,
		Platforms:   s.platformIDs,
		Engine:      s.engine,
		Opener:      s.opener,
		Planner:     s.planner,
		Adopter:     s.adopter,
		Sweeper:     s.resync,
		Recoverer:   s.recoverer,
		Subscriber:  s.subscriber,
		Linker:      s.linker,
		Pages:       a.pages,
		Metrics:     a.metrics,
		MetricsHere: a.config.HTTP.MetricsAddr == "",
		Components:  s.components,
		Stopping:    a.stopping.Load,
		Logger:      a.log,
	}
	if s.crm.Receiver != nil {
		// The CRM is known by its name, and by its driver's for whoever sets up
		// the webhook by the driver's documentation.
		o.Sources = map[string]connector.Receiver{a.config.CRM.Name: s.crm.Receiver, a.config.CRM.Driver: s.crm.Receiver}
	}
	for _, t := range a.config.HTTP.APITokens {
		o.Tokens = append(o.Tokens, httpapi.Token{Name: t.Name, Token: t.Token.Reveal()})
	}
	o.Signed = map[string]http.Handler{}
	for _, in := range a.inbound {
		maps.Copy(o.Signed, in.Routes())
	}
	return o
}
