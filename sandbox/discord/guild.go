package discord

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"roomkeeper/sandbox/internal/stage"
)

// Config is what a Guild starts with. The zero value works; empty fields take the defaults below.
type Config struct {
	Name          string // name of the guild ("Sandbox")
	GuildID       string // id of the guild and of its @everyone role ("1100000000000000000")
	ApplicationID string // id of the app and of its bot user ("1100000000000000001")
	Owner         string // user name of the person who owns the guild ("owner")

	BotToken       string      // the app's bot token ("sandbox-bot-token")
	BotName        string      // user name of the app's bot ("roomkeeper")
	BotPermissions Permissions // of the bot's role (AppPermissions)
	ClientSecret   string      // the app's OAuth2 secret ("sandbox-client-secret")
	Redirects      []string    // the app's redirect URIs for OAuth2, each compared as it is
	Command        string      // the app's slash command, without the slash ("crm")
	NoMembers      bool        // the GUILD_MEMBERS intent is not switched on for the app

	PrivateKey ed25519.PrivateKey // signs interactions (made of Seed)
	Seed       string             // of PrivateKey ("sandbox-discord")

	Connector string // base URL of the app; interactions go there; "" sends nothing
	BaseURL   string // URL under which Handler is reachable

	Limits  bool // enforce rate limits; their headers are always sent
	NoRates bool // unless Limits: their headers are not sent, as of routes without a limit
	General bool // start with a #general channel that everybody sees

	Clock          func() time.Time // time of ids, archiving and rate windows (time.Now)
	AnswerTimeout  time.Duration    // how long Command and its likes wait for a deferred answer (30 s)
	Heartbeat      time.Duration    // heartbeat interval of the gateway (41.25 s)
	RequestTimeout time.Duration    // deadline of every request to the app (3 s: docs, interactions/receiving-and-responding)
	HTTPClient     *http.Client     // sends to the app (a client of its own that follows no redirect)
	Logger         *slog.Logger     // nil discards
}

func (c Config) withDefaults() Config {
	text := func(field *string, value string) {
		if *field == "" {
			*field = value
		}
	}
	text(&c.Name, "Sandbox")
	text(&c.GuildID, "1100000000000000000")
	text(&c.ApplicationID, "1100000000000000001")
	text(&c.Owner, "owner")
	text(&c.BotToken, "sandbox-bot-token")
	text(&c.BotName, "roomkeeper")
	text(&c.ClientSecret, "sandbox-client-secret")
	text(&c.Command, "crm")
	text(&c.Seed, "sandbox-discord")
	if c.BotPermissions == 0 {
		c.BotPermissions = AppPermissions
	}
	if c.PrivateKey == nil {
		c.PrivateKey = keyOf(c.Seed)
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.RequestTimeout <= 0 {
		c.RequestTimeout = 3 * time.Second
	}
	if c.AnswerTimeout <= 0 {
		c.AnswerTimeout = 30 * time.Second
	}
	if c.Heartbeat <= 0 {
		c.Heartbeat = 41_250 * time.Millisecond
	}
	if c.HTTPClient == nil {
		c.HTTPClient = &http.Client{Transport: &http.Transport{}, CheckRedirect: noRedirect}
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c
}

func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// Guild is one Discord guild with one app installed. All methods are safe for concurrent use.
type Guild struct {
	cfg    Config
	ctx    context.Context // ends held calls on Close
	cancel context.CancelFunc
	routes []route // set by New, never changed afterwards

	*stage.Stage[Call, int, reply]
	stage.Signal // the state changed

	mu          sync.Mutex // guards everything below
	settings    Settings
	limits      *rateLimits
	ownerID     string
	botRoleID   string
	adminRoleID string
	roles       map[string]*Role
	roleOrder   []string
	users       map[string]*User
	userOrder   []string
	channels    map[string]*channel // threads and direct messages too
	order       []string            // channel and thread ids by creation
	directs     []string            // ids of direct messages by creation
	audit       []*auditEntry       // oldest first
	watchers    []func(event string, data any)
	lastID      uint64
	appSide
}

// New starts a guild that holds only its owner and the app's bot (and #general, when asked for). Close ends it.
func New(cfg Config) *Guild {
	cfg = cfg.withDefaults()
	ctx, cancel := context.WithCancel(context.Background())
	g := &Guild{
		cfg: cfg, ctx: ctx, cancel: cancel,
		limits: newRateLimits(),
		settings: Settings{Limits: cfg.Limits, NoRates: cfg.NoRates, Members: !cfg.NoMembers, Events: true, Connector: cfg.Connector, BaseURL: cfg.BaseURL,
			BotPermissions: cfg.BotPermissions, OldEdits: oldEdits, MaxThreads: maxActiveThreads},
		roles: map[string]*Role{}, users: map[string]*User{}, channels: map[string]*channel{},
	}
	g.Stage = stage.New(ctx, g.rules())
	g.appSide = newAppSide(g)
	g.routes = allRoutes()
	g.mu.Lock()
	g.foundRoles()
	g.mu.Unlock()
	g.ownerID = g.AddUser(User{Name: cfg.Owner})
	g.AddUser(User{ID: cfg.ApplicationID, Name: cfg.BotName, Bot: true, Roles: []string{g.botRoleID}})
	if cfg.General {
		g.mu.Lock()
		g.addChannel(&channel{Kind: textChannel, Name: "general"})
		g.mu.Unlock()
	}
	return g
}

// Close releases every held call and closes idle connections to the app. The Handler must not be used afterwards.
func (g *Guild) Close() {
	g.cancel()
	g.ReleaseGate(0)
	g.gateway.close()
	g.cfg.HTTPClient.CloseIdleConnections()
}

// SetConnector sets the base URL of the app.
func (g *Guild) SetConnector(base string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.settings.Connector = base
}

// SetBaseURL sets the URL under which Handler is reachable, without a trailing slash.
func (g *Guild) SetBaseURL(base string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.settings.BaseURL = strings.TrimRight(base, "/")
}

// GuildID is the id of the guild and of its @everyone role.
func (g *Guild) GuildID() string { return g.cfg.GuildID }

// BotUserID is the id of the app's bot, which is that of the app.
func (g *Guild) BotUserID() string { return g.cfg.ApplicationID }

// OwnerID is the id of the person who owns the guild.
func (g *Guild) OwnerID() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.ownerID
}

// keyOf is the key that a seed makes.
func keyOf(seed string) ed25519.PrivateKey {
	hash := sha256.Sum256([]byte(seed))
	return ed25519.NewKeyFromSeed(hash[:])
}

// PublicKeyOf is PublicKey of a guild whose Config has that Seed.
func PublicKeyOf(seed string) string {
	key, _ := keyOf(seed).Public().(ed25519.PublicKey)
	return hex.EncodeToString(key)
}

// PublicKey is the hexadecimal key with which the app checks interactions.
func (g *Guild) PublicKey() string {
	key, _ := g.cfg.PrivateKey.Public().(ed25519.PublicKey)
	return hex.EncodeToString(key)
}

func (g *Guild) now() time.Time { return g.cfg.Clock() }

// unguessable is a random hexadecimal string of 32 characters.
func unguessable() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails: crypto/rand ends the program instead
	return hex.EncodeToString(b)
}
