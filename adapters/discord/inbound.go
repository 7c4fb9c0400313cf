package discord

import (
	"context"
	"crypto/ed25519"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"

	"roomkeeper/connector/command"
)

const (
	// patience is how long a person's request may take before its answer is
	// deferred; Discord's token of an unanswered one dies after 3 s
	// (docs.discord.com/developers/interactions/receiving-and-responding).
	patience = 2 * time.Second
	// settle is how long after a deferral its answer is sent at the earliest.
	settle = 500 * time.Millisecond
	// workLimit ends work whose answer nobody waits for any more.
	workLimit = 2 * time.Minute
	// concurrent is how many commands and clicks are worked on at once.
	concurrent = 64
)

// Commands answers what people ask for; the answers are private.
type Commands interface {
	Run(ctx context.Context, request command.Request) command.Answer
	Press(ctx context.Context, press command.Press) command.Answer
}

// InboundOptions are what an Inbound needs. All are required but those said
// to be optional.
type InboundOptions struct {
	// PublicKey is the application's, in hexadecimal digits.
	PublicKey     string
	ApplicationID string
	// PublicURL is where others reach the service; it may be empty.
	PublicURL string
	// GuildID is our guild; "" while it is not known.
	GuildID func() string
	// Command is the command with its slash, as in COMMAND.
	Command string
	// Kinds are the kinds in use, suggested while somebody types.
	Kinds   []string
	Handler Commands
	// APIURL is the base of the API, "https://discord.com/api/": late answers
	// go there and nowhere else.
	APIURL string
	// Transport carries late answers; nil is the default one.
	Transport http.RoundTripper
	// Clock is optional.
	Clock func() time.Time
	// Logger is optional.
	Logger *slog.Logger
}

// Inbound takes the requests that Discord sends: commands, what is typed into
// them, and pressed buttons. Every request is verified on its raw body before
// it is looked at. Events come by the Gateway.
type Inbound struct {
	key     ed25519.PublicKey
	guild   func() string
	command string
	kinds   []string
	handler Commands
	respond *responder
	clock   func() time.Time
	log     *slog.Logger

	life  context.Context
	end   context.CancelFunc
	slots chan struct{}

	mu     sync.Mutex // guards closed against work.Add after work.Wait
	closed bool
	work   sync.WaitGroup
}

// NewInbound returns an Inbound; Close ends it. It fails for a public key, a
// command or an API URL that cannot be one.
func NewInbound(o InboundOptions) (*Inbound, error) {
	key, errKey := publicKeyOf(o.PublicKey)
	name, errName := commandName(o.Command)
	base, errURL := url.Parse(o.APIURL)
	if errURL == nil && (base.Host == "" || base.Scheme != "https" && base.Scheme != "http") {
		errURL = errors.New("the API URL is not an absolute http(s) URL")
	}
	if err := errors.Join(errKey, errName, errURL); err != nil {
		return nil, err
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	life, end := context.WithCancel(context.Background())
	return &Inbound{
		key:     key,
		guild:   o.GuildID,
		command: name,
		kinds:   o.Kinds,
		handler: o.Handler,
		respond: newResponder(o),
		clock:   o.Clock,
		log:     o.Logger,
		life:    life,
		end:     end,
		slots:   make(chan struct{}, concurrent),
	}, nil
}

// Routes returns the handlers by their http.ServeMux patterns.
func (in *Inbound) Routes() map[string]http.Handler {
	return map[string]http.Handler{"POST /discord/interactions": in.verified(in.serveInteraction)}
}

// Close takes no more work and waits for what is under way and for its
// answers. When ctx ends first, the rest is cancelled and ctx's error returned.
func (in *Inbound) Close(ctx context.Context) error {
	in.mu.Lock()
	in.closed = true
	in.mu.Unlock()
	defer in.end()
	idle := make(chan struct{})
	go func() {
		in.work.Wait()
		close(idle)
	}()
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// start runs do in the background. It reports false, and runs nothing, when
// too much is under way or the Inbound is closed.
func (in *Inbound) start(do func(context.Context)) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.closed {
		return false
	}
	select {
	case in.slots <- struct{}{}:
	default:
		return false
	}
	in.work.Go(func() {
		defer func() { <-in.slots }()
		ctx, cancel := context.WithTimeout(in.life, workLimit)
		defer cancel()
		do(ctx)
	})
	return true
}

// guard runs do and turns a panic into an answer, so that one command cannot
// take the service down.
func (in *Inbound) guard(ctx context.Context, do func(context.Context) command.Answer) (answer command.Answer) {
	defer func() {
		if p := recover(); p != nil {
			in.log.ErrorContext(ctx, "discord: panic in a command", "panic", p)
			answer = command.Answer{Text: textBroken}
		}
	}()
	return do(ctx)
}

// refuseGuild returns what to tell somebody of another guild, or anybody
// while ours is not known; "" for ours.
func (in *Inbound) refuseGuild(guild string) string {
	switch ours := in.guild(); {
	case ours == "":
		return textStarting
	case guild != ours:
		return textForeign
	}
	return ""
}
