// Package slack is the Slack side of Roomkeeper: the ports of
// connector.ChatPlatform over Slack's Web API, by way of slack-go.
//
// One http.RoundTripper under the SDK does what all calls share: rate tiers,
// deadlines, counting and the translation of Slack's codes to the domain's
// errors. Nothing here sleeps or retries.
package slack

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	slackapi "github.com/slack-go/slack"

	"roomkeeper/adapters/internal/defaults"
	"roomkeeper/adapters/internal/interrupted"
	"roomkeeper/adapters/internal/outbound"
	"roomkeeper/connector"
)

// Platform is Slack's id in the domain.
const Platform connector.PlatformID = "slack"

// Defaults of Options.
const (
	defaultAPIURL      = "https://slack.com/api/"
	defaultURL         = "https://slack.com"
	defaultCallTimeout = 10 * time.Second
)

// clockSkew is how far Slack's clock may be from ours (product.md section 3).
const clockSkew = 2 * time.Minute

// lookupDelay is how long after its deadline a call may still take effect.
const lookupDelay = 5 * time.Second

// Options say how to reach one workspace as one bot.
type Options struct {
	// Token is the bot's token. Required.
	Token string
	// UserToken is a person's or a service account's, which removes people where the
	// workspace lets only admins do it and the account is a member; may be empty.
	UserToken string
	// APIURL is the base of the Web API and ends with "/"; empty means Slack's own.
	APIURL string
	// URL is the base of deep links; empty means https://slack.com.
	URL string
	// RateFactor multiplies the published rate tiers; 0 means 1.
	RateFactor float64
	// CallTimeout is the deadline of one call; 0 means 10 s.
	CallTimeout time.Duration
	// Limiter shares out the rate tiers. Required.
	Limiter connector.Limiter
	// HTTP sends requests; nil means net/http's default.
	HTTP http.RoundTripper
	// Observe is told the method and connector.Reason of every call that was sent; may be nil.
	Observe func(method, outcome string)
	// Clock tells the time; nil means time.Now.
	Clock func() time.Time
	// Logger may be nil. No token and no text of a message is ever logged.
	Logger *slog.Logger
}

// Adapter is one bot in one workspace. It is safe for concurrent use.
type Adapter struct {
	api *slackapi.Client
	// person acts with the user token; nil without one.
	person  *slackapi.Client
	url     string
	token   string
	timeout time.Duration
	factor  float64
	now     func() time.Time

	selfMu sync.Mutex
	known  *identity

	people   directory
	channels interrupted.Lists[connector.Channel]
	glimpses interrupted.Lists[glimpse]
	views    interrupted.Lists[connector.ChannelView]
	own      interrupted.Lists[connector.OwnChannel]
	members  interrupted.Lists[connector.MemberID]
	messages interrupted.Lists[connector.MessageID]
	invited  additions
	lately   readings
	barred   barred
}

// New makes an Adapter. It sends nothing yet; an error names what is wrong in
// the Options.
func New(o Options) (*Adapter, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("slack: %w", err)
	}
	client := &http.Client{
		Transport:     newTransport(o),
		CheckRedirect: outbound.NoRedirect,
	}
	a := &Adapter{
		api:     slackapi.New(o.Token, slackapi.OptionAPIURL(o.APIURL), slackapi.OptionHTTPClient(client)),
		url:     strings.TrimRight(o.URL, "/"),
		token:   o.Token,
		timeout: o.CallTimeout,
		factor:  o.RateFactor,
		now:     o.Clock,
		people:  newDirectory(),
	}
	if o.UserToken != "" {
		a.person = slackapi.New(o.UserToken, slackapi.OptionAPIURL(o.APIURL), slackapi.OptionHTTPClient(client))
	}
	return a, nil
}

func (o Options) withDefaults() (Options, error) {
	var wrong []error
	if o.Token == "" {
		wrong = append(wrong, errors.New("no bot token"))
	}
	if o.Limiter == nil {
		wrong = append(wrong, errors.New("no limiter"))
	}
	if o.APIURL == "" {
		o.APIURL = defaultAPIURL
	}
	if err := defaults.CheckAPIURL(o.APIURL); err != nil {
		wrong = append(wrong, err)
	}
	if o.URL == "" {
		o.URL = defaultURL
	}
	if o.RateFactor < 0 {
		wrong = append(wrong, errors.New("the rate factor is negative"))
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

// Platform returns the Adapter as the domain's struct of ports.
func (a *Adapter) Platform() connector.ChatPlatform {
	return connector.ChatPlatform{
		ID: Platform,
		Limits: connector.Limits{
			NameLength:    maxName,
			TopicLength:   maxTopic,
			PurposeLength: maxTopic,
			AddBatch:      maxInvites,
			UniqueNames:   true,
			AgedReads:     rateOf(membersMethod).times(a.factor).Half(),
			ClockSkew:     clockSkew,
			CallTimeout:   a.timeout,
			LookupDelay:   lookupDelay,
		},
		Identity:  a,
		Channels:  a,
		Members:   a,
		Accounts:  a,
		Cards:     a,
		Directory: a,
		Profiles:  a,
		Names:     a,
		Renamer:   a,
		Describer: a,
		Editor:    a,
		Finder:    a,
		Pinner:    a,
		Archiver:  a,
		Adopter:   a,
		Messenger: a,
		Overview:  a,
		Joiner:    a,
		Renames:   a,
		Verbs:     verbs(),
		Calls:     calls,
	}
}
