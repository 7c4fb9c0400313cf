package discord

import "strings"

// oldEdits is how often a message older than an hour may be edited within an hour. Discord publishes no figure
// (only error 30046); this one is the sandbox's choice.
const oldEdits = 30

// Settings are the switches that may be turned while the guild runs, also over HTTP (/control/settings).
type Settings struct {
	Limits           bool        `json:"limits"`                 // enforce the rate limits
	NoRates          bool        `json:"no_rates"`               // unless Limits: no answer tells of a rate limit
	Members          bool        `json:"members"`                // the app has the GUILD_MEMBERS intent
	Events           bool        `json:"events"`                 // the gateway dispatches events
	HideUnseen       bool        `json:"hide_unseen"`            // the list of channels omits what the bot cannot view (see guildChannels)
	RefuseNames      string      `json:"refuse_names"`           // names of channels that hold it are an invalid form (50035); "": none
	ReshapeNames     bool        `json:"reshape_names"`          // names of channels come back with "-" for "_", as something that is changed without a word
	BotPermissions   Permissions `json:"bot_permissions,string"` // of the bot's role
	RefuseToken      bool        `json:"refuse_token"`           // every call with the bot's token answers 401
	OldEdits         int         `json:"old_edits"`              // edits an hour of a message older than an hour
	MaxThreads       int         `json:"max_threads"`            // active threads of the guild
	ThreadGuests     bool        `json:"thread_guests"`          // who cannot view the parent may be added to a thread
	LoginAs          string      `json:"login_as"`               // who consents to OAuth2 without a page ("": the page asks)
	Connector        string      `json:"connector"`              // base URL of the app
	BaseURL          string      `json:"base_url"`               // URL of the Handler
	ClockSkewSeconds int         `json:"clock_skew_seconds"`     // added to the time of signed requests
}

// Settings returns the present switches.
func (g *Guild) Settings() Settings {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.settings
}

// UpdateSettings changes switches atomically: change edits a copy that then takes effect.
func (g *Guild) UpdateSettings(change func(*Settings)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	edited := g.settings
	change(&edited)
	edited.BaseURL = strings.TrimRight(edited.BaseURL, "/")
	g.settings = edited
	g.setRole(g.botRoleID, edited.BotPermissions)
	g.Touch()
}
