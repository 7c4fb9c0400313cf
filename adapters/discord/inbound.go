package discord

import (
	"context"
	"crypto/ed25519"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"roomkeeper/adapters/internal/inbound"
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
	desk    *inbound.Desk
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
	return &Inbound{
		key:     key,
		guild:   o.GuildID,
		command: name,
		kinds:   o.Kinds,
		handler: o.Handler,
		respond: newResponder(o),
		clock:   o.Clock,
		log:     o.Logger,
		desk:    inbound.NewDesk(concurrent, workLimit, o.Logger),
	}, nil
}

// Routes returns the handlers by their http.ServeMux patterns.
func (in *Inbound) Routes() map[string]http.Handler {
	return map[string]http.Handler{"POST /discord/interactions": in.verified(in.serveInteraction)}
}

// Close takes no more work and waits for what is under way and for its
// answers. When ctx ends first, the rest is cancelled and ctx's error returned.
func (in *Inbound) Close(ctx context.Context) error { return in.desk.Close(ctx) }

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
