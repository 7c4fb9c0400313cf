package discord

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/gorilla/websocket"

	"roomkeeper/adapters/internal/defaults"
	"roomkeeper/adapters/internal/inbound"
	"roomkeeper/connector"
)

const (
	// acceptLimit is the deadline for storing one event.
	acceptLimit = 10 * time.Second
	// waiting is how many events may wait to be stored; more were missed.
	waiting = 4096
	// reopenFirst and reopenLast bound the wait before a session is opened
	// again. Discord lets a bot begin 1,000 sessions a day, one every 5 s
	// (docs.discord.com/developers/events/gateway).
	reopenFirst = 5 * time.Second
	reopenLast  = 5 * time.Minute
	// steady is how long a session must last for the wait to begin anew.
	steady = time.Minute
	// openLimit ends an opening that hangs: discordgo waits for the first words
	// of a connection without a deadline.
	openLimit = 30 * time.Second
	// storeAgain is the wait before missed events are told again.
	storeAgain = 5 * time.Second
)

// Codes with which Discord closes a connection for good
// (docs.discord.com/developers/topics/opcodes-and-status-codes).
const (
	closeUnauthorized      = 4004
	closeDisallowedIntents = 4014
)

// errHungUp ends an opening that is not to go on.
var errHungUp = errors.New("hung up")

// Acceptor stores what Discord reported. When AcceptChat returns nil, the
// event is durable; a repeated one changes nothing.
type Acceptor interface {
	AcceptChat(ctx context.Context, event connector.ChatEvent) error
}

// GatewayOptions are what a Gateway needs. All are required but those said to
// be optional.
type GatewayOptions struct {
	// Token is the bot's, without "Bot "; never logged.
	Token string
	// GuildID is our guild.
	GuildID  string
	Acceptor Acceptor
	// APIURL is the base of the API, "https://discord.com/api/"; it tells where
	// the gateway is.
	APIURL string
	// Transport carries that call; nil is the default one.
	Transport http.RoundTripper
	// Clock is optional.
	Clock func() time.Time
	// Logger is optional.
	Logger *slog.Logger
}

// Gateway hears of members and channels by Discord's gateway, where a
// deployment wants that: without it the sweeps find out. It waits and tries
// again by itself, for nothing of the queue depends on it.
type Gateway struct {
	o       GatewayOptions
	session *discordgo.Session
	first   time.Duration // reopenFirst
	again   time.Duration // storeAgain

	heard chan *discordgo.Event
	// down is signalled when a connection ended, lost when events may be missing.
	down, lost chan struct{}

	end  context.CancelFunc
	work sync.WaitGroup

	mu   sync.Mutex
	line net.Conn // of the connection under way; nil before the first
	hung bool     // the opening under way is to end, with a line or before it has one
}

// NewGateway returns a Gateway; Start opens it. It fails for an API URL that
// cannot be one.
func NewGateway(o GatewayOptions) (*Gateway, error) {
	base, err := url.Parse(o.APIURL)
	if err != nil || base.Host == "" || base.Scheme != "https" && base.Scheme != "http" {
		return nil, errors.New("the API URL is not an absolute http(s) URL")
	}
	o.Clock, o.Logger = defaults.Clock(o.Clock), defaults.Logger(o.Logger)
	if o.Transport == nil {
		o.Transport = http.DefaultTransport
	}
	session, err := discordgo.New("Bot " + o.Token)
	if err != nil {
		return nil, err
	}
	session.Identify.Intents = discordgo.IntentsGuilds | discordgo.IntentsGuildMembers
	session.StateEnabled = false
	session.SyncEvents = true              // in the order in which they came
	session.ShouldReconnectOnError = false // run does it, and ends with its context
	session.ShouldRetryOnRateLimit = false
	session.LogLevel = -1 // it would write to standard error, at its lowest level the token
	session.Dialer = &websocket.Dialer{Proxy: http.ProxyFromEnvironment, HandshakeTimeout: openLimit}
	session.Client = &http.Client{Transport: rebased{base: base, next: o.Transport}, Timeout: sendLimit}
	g := &Gateway{
		o: o, session: session, first: reopenFirst, again: storeAgain,
		heard: make(chan *discordgo.Event, waiting), down: make(chan struct{}, 1), lost: make(chan struct{}, 1),
	}
	session.Dialer.NetDialContext = g.dial
	session.AddHandler(func(_ *discordgo.Session, e *discordgo.Event) { g.hear(e) })
	session.AddHandler(func(*discordgo.Session, *discordgo.Disconnect) { signal(g.down) })
	return g, nil
}

// Start opens the connection in the background and keeps it open until ctx
// ends or Close is called. It does not wait and does not fail: a gateway that
// cannot be reached is logged and tried again. It is called once.
func (g *Gateway) Start(ctx context.Context) {
	ctx, g.end = context.WithCancel(ctx)
	g.work.Go(func() { g.run(ctx) })
	g.work.Go(func() { g.store(ctx) })
}

// Close ends the connection and waits until everything has ended, or for
// ctx's error. Events that are not stored yet are dropped.
func (g *Gateway) Close(ctx context.Context) error {
	if g.end == nil {
		return nil
	}
	g.end()
	return inbound.Wait(ctx, &g.work)
}

// hear takes an event from the connection, which must not wait.
func (g *Gateway) hear(e *discordgo.Event) {
	if e.Operation != 0 {
		return
	}
	select {
	case g.heard <- e:
	default:
		signal(g.lost)
	}
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// run keeps a connection open. discordgo resumes the session where Discord
// lets it; a new session after the first one says that events were missed.
func (g *Gateway) run(ctx context.Context) {
	defer func() { _ = g.session.Close() }() // nothing is left to do about a failure
	wait := g.first
	for ctx.Err() == nil {
		began := g.o.Clock()
		if g.open(ctx) && g.o.Clock().Sub(began) >= steady {
			wait = g.first
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
		wait = min(2*wait, reopenLast)
	}
}

// open opens the connection and returns when it has ended; opened reports
// whether there was one.
func (g *Gateway) open(ctx context.Context) (opened bool) {
	select {
	case <-g.down: // of the connection before
	default:
	}
	g.mu.Lock()
	g.hung = false
	g.mu.Unlock()
	stop := context.AfterFunc(ctx, g.hangUp)
	defer stop()
	slow := time.AfterFunc(openLimit, g.hangUp)
	err := g.session.Open()
	slow.Stop()
	if err != nil && !errors.Is(err, discordgo.ErrWSAlreadyOpen) {
		g.refused(ctx, err)
		return false
	}
	select {
	case <-ctx.Done():
	case <-g.down:
		g.o.Logger.InfoContext(ctx, "discord: gateway connection ended")
	}
	return true
}

// dial keeps the connection at hand, because nothing else ends an Open that waits.
func (g *Gateway) dial(ctx context.Context, network, address string) (net.Conn, error) {
	line, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.hung { // while there was no line to cut
		_ = line.Close()
		return nil, errHungUp
	}
	g.line = line
	return line, nil
}

// hangUp cuts the connection; discordgo notices and cleans up.
func (g *Gateway) hangUp() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.hung = true
	if g.line != nil {
		_ = g.line.Close()
	}
}

func (g *Gateway) refused(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return
	}
	code := 0
	if closed, ok := errors.AsType[*websocket.CloseError](err); ok {
		code = closed.Code
	}
	switch code {
	case closeUnauthorized:
		g.o.Logger.ErrorContext(ctx, "discord: the gateway refuses the token")
		g.accept(ctx, connector.ChatEvent{
			ID: "gateway/" + g.o.Clock().UTC().Format(time.RFC3339), Type: connector.ChatTokenRevoked,
			Platform: Platform, At: g.o.Clock().UTC(),
		})
	case closeDisallowedIntents:
		g.o.Logger.ErrorContext(ctx, "discord: the gateway refuses the intents; switch GUILD_MEMBERS on in the application's settings")
	default:
		g.o.Logger.WarnContext(ctx, "discord: gateway not reached", "error", withoutURL(err))
	}
}

// store translates and stores what was heard. Events that could not be stored
// are told as missed, as soon as something can be stored again.
func (g *Gateway) store(ctx context.Context) {
	watch := newWatcher(g.o.GuildID, g.o.Clock)
	var again <-chan time.Time
	for {
		var events []connector.ChatEvent
		select {
		case <-ctx.Done():
			return
		case e := <-g.heard:
			events = watch.chatEvents(e.Type, e.RawData)
		case <-g.lost:
			events = watch.identified("lost", nil, missed())
		case <-again:
			again = nil
			events = watch.identified("lost", nil, missed())
		}
		for _, e := range events {
			if !g.accept(ctx, e) && again == nil {
				again = time.After(g.again)
			}
		}
	}
}

// accept stores an event; false: it is not stored.
func (g *Gateway) accept(ctx context.Context, e connector.ChatEvent) bool {
	ctx, cancel := context.WithTimeout(ctx, acceptLimit)
	defer cancel()
	if err := g.o.Acceptor.AcceptChat(ctx, e); err != nil {
		g.o.Logger.ErrorContext(ctx, "discord: event not stored", "event", e.ID, "type", e.Type, "error", err)
		return false
	}
	return true
}

// rebased sends what discordgo addresses to Discord to another base: its own
// addresses are globals.
type rebased struct {
	base *url.URL
	next http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (t rebased) RoundTrip(r *http.Request) (*http.Response, error) {
	path, ours := strings.CutPrefix(r.URL.Path, "/api/")
	if !ours {
		return nil, errors.New("not a call of the API")
	}
	r = r.Clone(r.Context())
	target := t.base.JoinPath(path)
	target.RawQuery = r.URL.RawQuery
	r.URL, r.Host = target, ""
	return t.next.RoundTrip(r)
}
