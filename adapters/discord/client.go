// Package discord is the Discord side of Roomkeeper: the ports of
// connector.ChatPlatform over Discord's REST API, by way of discordgo.
//
// One http.RoundTripper under the SDK does what all calls share: rate limits,
// deadlines, counting and the translation of Discord's codes to the domain's
// errors. Nothing here sleeps or retries.
package discord

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/bwmarrin/discordgo"

	"roomkeeper/adapters/internal/defaults"
	"roomkeeper/adapters/internal/interrupted"
	"roomkeeper/adapters/internal/outbound"
	"roomkeeper/connector"
)

// Platform is Discord's id in the domain.
const Platform connector.PlatformID = "discord"

// Defaults of Options.
const (
	defaultAPIURL      = "https://discord.com/api/"
	defaultURL         = "https://discord.com"
	defaultCategory    = "CRM"
	defaultCallTimeout = 10 * time.Second
)

// clockSkew is how far Discord's clock may be from ours.
const clockSkew = 2 * time.Minute

// lookupDelay is how long after its deadline a call may still take effect.
const lookupDelay = 5 * time.Second

// Options say how to reach one guild as one bot.
type Options struct {
	// Token is the bot's token, without "Bot ". Required.
	Token string
	// APIURL is what stands before the version of the API, and ends with "/"; empty means Discord's own.
	APIURL string
	// URL is the base of deep links; empty means https://discord.com.
	URL string
	// PublicURL is where others reach the service; it tells Discord whose calls these are. It may be empty.
	PublicURL string
	// GuildID is the guild. Required.
	GuildID string
	// ApplicationID is the app of the commands; empty means that of the bot's own id.
	ApplicationID string
	// Category is the name of the categories in which channels are made; empty means "CRM".
	Category string
	// Threads gives kinds the text channel or forum in which their Records become threads;
	// a kind that is not there gets channels.
	Threads map[connector.Kind]string
	// RateFactor multiplies the global rate and, above 1, that of names and topics; 0 means 1.
	RateFactor float64
	// CallTimeout is the deadline of one call; 0 means 10 s.
	CallTimeout time.Duration
	// Limiter shares out the rates. Required.
	Limiter connector.Limiter
	// HTTP sends requests; nil means net/http's default.
	HTTP http.RoundTripper
	// Observe is told the route and connector.Reason of every call that was sent; may be nil.
	Observe func(method, outcome string)
	// Clock tells the time; nil means time.Now.
	Clock func() time.Time
	// Logger may be nil. No token and no text of a message is ever logged.
	Logger *slog.Logger
}

// Adapter is one bot in one guild. It is safe for concurrent use.
type Adapter struct {
	api         *discordgo.Session
	url         string
	guildID     string
	application string
	category    string
	threads     map[connector.Kind]string
	timeout     time.Duration
	factor      float64
	now         func() time.Time

	selfMu sync.Mutex
	known  *connector.Self

	standing guildState
	rooms    rooms
	purposes remembered[string]
	added    additions
	directs  remembered[string]
	lately   readings
	titles   readings
	views    readings
	kinds    remembered[discordgo.ChannelType]
	leaving  removals
	threaded interrupted.Lists[*discordgo.Channel]
	members  interrupted.Lists[connector.MemberID]
	messages interrupted.Lists[connector.MessageID]
}

// New makes an Adapter. It sends nothing yet; an error names what is wrong in
// the Options.
func New(o Options) (*Adapter, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("discord: %w", err)
	}
	session, err := discordgo.New("Bot " + o.Token)
	if err != nil {
		return nil, fmt.Errorf("discord: %w", err)
	}
	session.UserAgent = userAgent(o.PublicURL)
	session.ShouldRetryOnRateLimit, session.MaxRestRetries = false, 0
	session.Client = &http.Client{
		Transport:     newTransport(o),
		CheckRedirect: outbound.NoRedirect,
	}
	return &Adapter{
		api: session, url: strings.TrimRight(o.URL, "/"),
		guildID: o.GuildID, application: o.ApplicationID, category: o.Category, threads: maps.Clone(o.Threads),
		timeout: o.CallTimeout, factor: o.RateFactor, now: o.Clock,
	}, nil
}

func (o Options) withDefaults() (Options, error) {
	wrong := o.wrong()
	text := func(field *string, value string) {
		if *field == "" {
			*field = value
		}
	}
	text(&o.APIURL, defaultAPIURL)
	text(&o.URL, defaultURL)
	text(&o.Category, defaultCategory)
	if err := defaults.CheckAPIURL(o.APIURL); err != nil {
		wrong = append(wrong, err)
	}
	if o.RateFactor == 0 {
		o.RateFactor = 1
	}
	if o.CallTimeout <= 0 {
		o.CallTimeout = defaultCallTimeout
	}
	o.HTTP, o.Observe = defaults.Transport(o.HTTP), defaults.Observe(o.Observe)
	o.Clock, o.Logger = defaults.Clock(o.Clock), defaults.Logger(o.Logger)
	return o, errors.Join(wrong...)
}

func (o Options) wrong() []error {
	var wrong []error
	if o.Token == "" {
		wrong = append(wrong, errors.New("no bot token"))
	}
	if !isID(o.GuildID) {
		wrong = append(wrong, errors.New("no guild id"))
	}
	if o.ApplicationID != "" && !isID(o.ApplicationID) {
		wrong = append(wrong, errors.New("the application id is no id"))
	}
	for kind, parent := range o.Threads {
		if !isID(parent) {
			wrong = append(wrong, fmt.Errorf("the channel for threads of the kind %s is no id", kind))
		}
	}
	if o.Limiter == nil {
		wrong = append(wrong, errors.New("no limiter"))
	}
	if o.RateFactor < 0 {
		wrong = append(wrong, errors.New("the rate factor is negative"))
	}
	return wrong
}

// Platform returns the Adapter as the domain's struct of ports.
func (a *Adapter) Platform() connector.ChatPlatform {
	return connector.ChatPlatform{
		ID: Platform,
		Limits: connector.Limits{
			NameLength:    maxName,
			TopicLength:   maxTopic,
			PurposeLength: maxPurpose,
			AddBatch:      1,
			CreateMembers: maxFirst,
			AddsAtOnce:    true, // 204 says that the overwrite, or the place in the thread, stands
			TitleTogether: true,
			SeenByRole:    true,
			AgedReads:     agedReads(a.factor),
			ClockSkew:     clockSkew,
			CallTimeout:   a.timeout,
			LookupDelay:   lookupDelay,
			// An overwrite stays when its member leaves the guild; a place in a thread does not.
			PlaceOutlivesAccount: true,
		},
		Identity:   a,
		Channels:   a,
		Members:    a,
		Accounts:   a,
		Cards:      a,
		Names:      a,
		Renamer:    a,
		Describer:  a,
		Editor:     a,
		Finder:     a,
		Pinner:     a,
		Archiver:   a,
		Adopter:    a,
		Unarchiver: a,
		Renames:    a,
		Rooms:      a,
		Messenger:  a,
		Overview:   a,
		Verbs:      verbs(),
		Calls:      a.calls,
	}
}
