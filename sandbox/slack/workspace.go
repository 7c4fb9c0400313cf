package slack

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"roomkeeper/sandbox/internal/stage"
)

// Config is what a Workspace starts with. The zero value works; empty fields take the defaults below.
type Config struct {
	Team       string // name of the workspace ("Sandbox")
	TeamID     string // id of the workspace ("T0SANDBOX")
	TeamDomain string // sub-domain in links ("sandbox")

	BotToken      string            // the app's bot token ("xoxb-sandbox")
	UserTokens    map[string]string // further tokens: token → id of the person it acts for
	SigningSecret string            // signs what is sent to the app ("sandbox-signing-secret")
	BotName       string            // user name of the app's bot ("roomkeeper")
	Command       string            // the app's slash command ("/crm")

	Connector string // base URL of the app; commands, interactions and events go to {Connector}/slack/…; "" sends nothing
	BaseURL   string // URL under which Handler is reachable; response_url is built from it

	Tiers   bool // enforce the published rate tiers
	General bool // start with a #general channel that everybody is in

	Clock          func() time.Time // time of messages, triggers and rate windows (time.Now)
	RetryDelays    []time.Duration  // waits before the retries of an event (0, 1 min, 5 min: docs.slack.dev/apis/events-api)
	RequestTimeout time.Duration    // deadline of every request to the app (3 s, same page)
	HTTPClient     *http.Client     // sends to the app (a client of its own with at most two redirects)
	Logger         *slog.Logger     // nil discards
}

func (c Config) withDefaults() Config {
	text := func(field *string, value string) {
		if *field == "" {
			*field = value
		}
	}
	text(&c.Team, "Sandbox")
	text(&c.TeamID, "T0SANDBOX")
	text(&c.TeamDomain, "sandbox")
	text(&c.BotToken, "xoxb-sandbox")
	text(&c.SigningSecret, "sandbox-signing-secret")
	text(&c.BotName, "roomkeeper")
	text(&c.Command, "/crm")
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.RetryDelays == nil {
		c.RetryDelays = []time.Duration{0, time.Minute, 5 * time.Minute}
	}
	if c.RequestTimeout <= 0 {
		c.RequestTimeout = 3 * time.Second
	}
	if c.HTTPClient == nil {
		c.HTTPClient = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: deliveryWorkers}, CheckRedirect: atMostTwoRedirects}
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c
}

// Ids of the app in every workspace of this package.
const (
	appID             = "A0SANDBOX"
	botID             = "B0SANDBOX"
	slackbotID        = "USLACKBOT"
	verificationToken = "sandbox-verification" // the deprecated token of Slack's payloads, no secret
)

// Workspace is one Slack workspace with one app installed. All methods are safe for concurrent use.
type Workspace struct {
	cfg    Config
	ctx    context.Context // ends deliveries and held calls on Close
	cancel context.CancelFunc

	*stage.Stage[Call, string, reply]
	stage.Signal // the state changed
	tiers        *rateTiers
	deliver      *deliverer

	mu        sync.Mutex // guards everything below
	settings  Settings
	botUserID string
	tokens    map[string]string // token → user id
	users     map[string]*User
	userOrder []string
	channels  map[string]*channel
	order     []string          // channel ids by creation
	names     map[string]string // channel name → id, archived ones included
	direct    map[string]string // sorted member ids → id of their direct message
	triggers  map[string]*trigger
	hooks     map[string]*responseHook
	views     map[string]*view
	stacks    map[string][]string // user id → ids of open modals, the top last
	counter   int
	lastTS    int64
}

// New starts a workspace that holds only the app's bot (and #general, when asked for). Close ends it.
func New(cfg Config) *Workspace {
	cfg = cfg.withDefaults()
	ctx, cancel := context.WithCancel(context.Background())
	w := &Workspace{
		cfg: cfg, ctx: ctx, cancel: cancel,
		tiers:    newRateTiers(),
		settings: Settings{Tiers: cfg.Tiers, Factor: 1, Events: true, Connector: cfg.Connector, BaseURL: cfg.BaseURL, LimitRequiredAbove: limitRequiredAbove, Scopes: allScopes, UserScopes: userScopes},
		tokens:   map[string]string{}, users: map[string]*User{}, channels: map[string]*channel{},
		names: map[string]string{}, direct: map[string]string{}, triggers: map[string]*trigger{},
		hooks: map[string]*responseHook{}, views: map[string]*view{}, stacks: map[string][]string{},
	}
	w.Stage = stage.New(ctx, w.rules())
	w.deliver = newDeliverer(w)
	w.botUserID = w.AddUser(User{Name: cfg.BotName, RealName: cfg.BotName, Bot: true})
	w.tokens[cfg.BotToken] = w.botUserID
	for token, user := range cfg.UserTokens {
		w.tokens[token] = user
	}
	if cfg.General {
		w.mu.Lock()
		w.newChannel("general", false, slackbotID).General = true
		w.mu.Unlock()
	}
	return w
}

// Close ends deliveries, releases every held call and closes idle connections to the app. The Handler must not be used afterwards.
func (w *Workspace) Close() {
	w.cancel()
	w.ReleaseGate(0)
	w.deliver.wait()
	w.cfg.HTTPClient.CloseIdleConnections()
}

// SetConnector sets the base URL of the app.
func (w *Workspace) SetConnector(base string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.settings.Connector = base
}

// SetBaseURL sets the URL under which Handler is reachable, without a trailing slash.
func (w *Workspace) SetBaseURL(base string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.settings.BaseURL = strings.TrimRight(base, "/")
}

// BotUserID is the id of the app's bot.
func (w *Workspace) BotUserID() string { return w.botUserID }

// TeamID is the id of the workspace.
func (w *Workspace) TeamID() string { return w.cfg.TeamID }

func (w *Workspace) now() time.Time { return w.cfg.Clock() }

// nextID makes an id of Slack's form: the prefix and ten capital letters or digits. The caller holds mu.
func (w *Workspace) nextID(prefix string) string {
	w.counter++
	n := strings.ToUpper(strconv.FormatInt(int64(w.counter), 36))
	return prefix + "0" + strings.Repeat("0", max(0, 9-len(n))) + n
}

// nextTS makes a message's timestamp, "seconds.micros", later than every one before. The caller holds mu.
func (w *Workspace) nextTS() string {
	w.lastTS = max(w.lastTS+1, w.now().UnixMicro())
	return fmt.Sprintf("%d.%06d", w.lastTS/1e6, w.lastTS%1e6)
}

// unguessable is a random hexadecimal string of 24 characters.
func unguessable() string {
	b := make([]byte, 12)
	_, _ = rand.Read(b) // never fails: crypto/rand ends the program instead
	return hex.EncodeToString(b)
}
