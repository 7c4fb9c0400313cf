package config

import (
	"fmt"
	"log/slog"
	"strings"
	"time"
	"unicode/utf8"
)

// Config is a checked environment. Its values are final: defaults are filled in, URLs are absolute,
// names are trimmed.
type Config struct {
	HTTP     HTTP
	LogLevel slog.Level
	Store    Store
	Chat     Chat
	Slack    Slack
	Discord  Discord
	CRM      CRM
	Sweep    Sweep
	Limits   Limits
	People   People
	// Kinds are the kinds in use, in the order of KINDS; never empty.
	Kinds []Kind
	// TimeZone is the deployment's zone; a Kind may have its own. Never nil.
	TimeZone *time.Location
	// Client is how a command reaches a service that runs elsewhere.
	Client Client
	// idle are variables that were set and have no effect in this version.
	idle []string
	// idleWithoutRedis are variables that were set and have no effect because REDIS_URL was not.
	idleWithoutRedis []string
}

// HTTP is where the service listens.
type HTTP struct {
	// Addr is host:port; the host may be empty, the port 0 (any free one).
	Addr string
	// PublicURL is the URL that others use, without a trailing slash; "" when unset.
	PublicURL string
	// MetricsAddr is host:port of a listener of its own for /metrics; "": on Addr, for loopback peers or an API token.
	MetricsAddr string
	// APITokens are the bearer tokens of the REST API; names and tokens are unique. Nil: nobody may call it.
	APITokens []APIToken
}

// APIToken is one caller of the REST API.
type APIToken struct {
	Name  string
	Token Secret
}

// Store is where state lives.
type Store struct {
	// DataDir is the folder of the embedded store and of the control socket.
	DataDir string
	// Redis is nil for the embedded store, one file under DataDir.
	Redis *Redis
	// RedisPrefix is the first part of every key in a Redis. It is set also without one, for what moves the
	// embedded state there.
	RedisPrefix string
	// AllowVolatile accepts a Redis that may lose data; the embedded store needs no such leave.
	AllowVolatile bool
	// Lease is how long the other replicas leave the work of one that died to it, 1s to 10m; the embedded store
	// has no others.
	Lease time.Duration
	// EncryptionKeys protect stored tokens: base64 of 32 bytes each ([EncryptionKey] decodes one).
	// The first one encrypts, all decrypt. Nil when unset.
	EncryptionKeys []Secret
}

// Chat is what holds for every chat platform.
type Chat struct {
	// Platforms are those to serve, the default one first. Empty only after [LoadTools].
	Platforms []Platform
	// Command is the slash command with its slash.
	Command string
	// Admins are the channels that hear what admins need to know, at most one for a platform, the default one first;
	// nil when unset.
	Admins      []AdminChannel
	Subscribers Subscribers
	// Timeout is the deadline of one call. A post without an answer is looked up five seconds after it.
	Timeout time.Duration
	// RateFactor multiplies the published rate tiers; above 0.
	RateFactor float64
}

// Slack is the Slack app. BotToken is unset when Slack is not in use, and then nothing else matters.
type Slack struct {
	BotToken      Secret
	SigningSecret Secret
	// UserToken is an account's that removes people and archives where it is a member; may be unset.
	UserToken Secret
	// ClientID and ClientSecret are for sign-in and installation; both or neither are set.
	ClientID     string
	ClientSecret Secret
	// APIURL ends with a slash.
	APIURL string
	// URL is the base of the issuer, the authorize pages and deep links, without a trailing slash.
	URL string
}

// CRM is the CRM organisation.
type CRM struct {
	// Driver is "neutral", the only one in this version.
	Driver string
	// Name is the first part of a channel's purpose; lower-case letters, digits, "_", "-".
	Name string
	// WebhookSecrets verify webhooks: "whsec_" and base64 each ([WebhookKey] decodes one). Nil: no webhook is taken.
	WebhookSecrets []Secret
	// URL is the base of the pull API, without a trailing slash; "": webhooks are the truth.
	URL string
	// Token is the bearer token for URL; may be unset.
	Token Secret
	// Concurrency is how many calls to the CRM run at once; at least 1.
	Concurrency int
}

// Sweep is when the CRM is asked again, and how long things wait. No duration is negative.
type Sweep struct {
	Incremental Schedule
	Full        Schedule
	// DriftMaxAge is the age at which a whole reading of a channel's members is too old.
	DriftMaxAge time.Duration
	// DeleteConfirm is how far apart the two confirmations of a deletion are.
	DeleteConfirm time.Duration
	// FreezeGrace is how long people stay in the channel of a record that is back in a pool.
	FreezeGrace time.Duration
	// LedgerRetention is how long ids of events and cards are kept; above 0.
	LedgerRetention time.Duration
}

// Limits are the brakes.
type Limits struct {
	// Removal holds a Plan, GlobalRemoval a Sweep over all Groups.
	Removal       RemovalLimit
	GlobalRemoval RemovalLimit
	// Enrol is the number of people above which a record's channel is always joined by command; at least 1.
	Enrol int
}

// RemovalLimit is passed when more than Share (0 to 1) of the Owned and more than People would be removed.
type RemovalLimit struct {
	Share  float64
	People int
}

// People is how users and records are recognised.
type People struct {
	// Resolve are the types of principals on a Related Team that are resolved beyond
	// employees: department, role, user_group, queue, territory.
	Resolve []string
	// IgnoreUsers are CRM user ids of machines.
	IgnoreUsers []string
	// Links are the lines of the file of known accounts, no two of one user and platform; nil when there is none.
	Links []Link
	// LinkHosts are the hosts, lower-case and perhaps with a port, whose links are links to records.
	LinkHosts []string
}

// Client is the service that a command asks; URL "" means the control socket under DataDir.
type Client struct {
	// URL is the base URL of the service, without a trailing slash.
	URL   string
	Token Secret
}

// Notes are settings that are allowed and probably not meant; for a warning in the log. No secret is in them.
func (c Config) Notes() []string {
	var notes []string
	if c.CRM.WebhookSecrets == nil && c.CRM.URL == "" {
		notes = append(notes, "neither "+full("CRM_WEBHOOK_SECRET")+" nor "+full("CRM_URL")+" is set: no record can arrive; set one of them or both")
	}
	if c.CRM.Token.IsSet() && c.CRM.URL == "" {
		notes = append(notes, full("CRM_TOKEN")+" has no use without "+full("CRM_URL"))
	}
	if c.CRM.URL == "" {
		if len(c.People.Resolve) > 0 {
			notes = append(notes, full("RESOLVE")+" has no use without "+full("CRM_URL")+": only the CRM can say who is in a department, a role and the like; such team entries stay unresolved")
		}
		for _, kind := range c.Kinds {
			if kind.Members != "" && kind.Name != KindDepartment {
				notes = append(notes, full(kindPrefix(strings.ToUpper(kind.Name))+"_MEMBERS")+" has no use without "+full("CRM_URL")+": only the CRM can say who is in a "+kind.Members)
			}
		}
	}
	if token := c.Slack.BotToken.Reveal(); token != "" && !strings.HasPrefix(token, "xoxb-") && !strings.HasPrefix(token, "xoxe.xoxb-") {
		notes = append(notes, full("SLACK_BOT_TOKEN")+" does not begin with xoxb-, as Slack's bot tokens do; copy the bot token from the Slack app's page OAuth & Permissions")
	}
	for _, token := range c.HTTP.APITokens {
		if utf8.RuneCountInString(token.Token.Reveal()) < shortToken {
			notes = append(notes, fmt.Sprintf("%s: the token of %s is short enough to be guessed; make one with: openssl rand -hex 24", full("API_TOKENS"), token.Name))
		}
	}
	for _, name := range c.idleWithoutRedis {
		notes = append(notes, name+" has no effect on the embedded store; set "+full("REDIS_URL")+" or unset it")
	}
	for _, name := range c.idle {
		notes = append(notes, name+" has no effect in this version")
	}
	return notes
}
