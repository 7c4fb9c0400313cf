package slack

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"roomkeeper/adapters/internal/inbound"
	"roomkeeper/connector"
	"roomkeeper/connector/command"
)

const (
	// patience is how long a person's request may take before it is answered
	// "working on it"; Slack shows an error after 3 s.
	patience = 2 * time.Second
	// workLimit ends work whose answer nobody waits for any more.
	workLimit = 2 * time.Minute
	// acceptLimit is the deadline for storing one event; Slack waits 3 s.
	acceptLimit = 2500 * time.Millisecond
	// concurrent is how many commands and clicks are worked on at once.
	concurrent = 64
)

// Acceptor stores what Slack reported about a channel. When AcceptChat
// returns nil, the event is durable; a repeated one changes nothing.
type Acceptor interface {
	AcceptChat(ctx context.Context, event connector.ChatEvent) error
}

// Commands answers what people ask for; the answers are private.
type Commands interface {
	Run(ctx context.Context, request command.Request) command.Answer
	Press(ctx context.Context, press command.Press) command.Answer
}

// InboundOptions are what an Inbound needs. All are required but those said
// to be optional.
type InboundOptions struct {
	// SigningSecret is the app's; never logged.
	SigningSecret string
	// TeamID is the workspace of our token; "" while it is not known.
	TeamID func() string
	// Command is the slash command with its slash.
	Command  string
	Handler  Commands
	Acceptor Acceptor
	// ResponseHosts are where answers may be sent besides hooks.slack.com: a
	// host (then by https), or a URL whose scheme and host count.
	ResponseHosts []string
	// Transport carries answers to response URLs; nil is the default one.
	Transport http.RoundTripper
	// Clock is optional.
	Clock func() time.Time
	// Logger is optional.
	Logger *slog.Logger
}

// Inbound takes the requests that Slack sends: commands, interactions and
// events. Every request is verified on its raw body before it is looked at.
type Inbound struct {
	secret   string
	team     func() string
	command  string
	handler  Commands
	acceptor Acceptor
	respond  *responder
	clock    func() time.Time
	log      *slog.Logger
	desk     *inbound.Desk
}

// NewInbound returns an Inbound; Close ends it.
func NewInbound(o InboundOptions) *Inbound {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Inbound{
		secret:   o.SigningSecret,
		team:     o.TeamID,
		command:  o.Command,
		handler:  o.Handler,
		acceptor: o.Acceptor,
		respond:  newResponder(o.ResponseHosts, o.Transport),
		clock:    o.Clock,
		log:      o.Logger,
		desk:     inbound.NewDesk(concurrent, workLimit, o.Logger),
	}
}

// Routes returns the handlers by their http.ServeMux patterns.
func (in *Inbound) Routes() map[string]http.Handler {
	return map[string]http.Handler{
		"POST /slack/commands":     in.verified(in.serveCommand),
		"POST /slack/interactions": in.verified(in.serveInteraction),
		"POST /slack/events":       in.verified(in.serveEvent),
	}
}

// Close takes no more work and waits for what is under way and for its
// answers. When ctx ends first, the rest is cancelled and ctx's error returned.
func (in *Inbound) Close(ctx context.Context) error { return in.desk.Close(ctx) }

// foreign reports whether a request comes from another workspace than ours.
func (in *Inbound) foreign(team string) bool {
	ours := in.team()
	return ours != "" && team != ours
}
