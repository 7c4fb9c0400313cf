package slack

import "strings"

// limitRequiredAbove is the number of people above which users.list wants a limit. Slack says "big team" and
// publishes no figure; this one is the sandbox's choice.
const limitRequiredAbove = 200

// allScopes are the bot scopes that the methods and events of this workspace want.
const allScopes = "bookmarks:read,bookmarks:write,channels:history,channels:join,channels:manage,channels:read,chat:write,commands," +
	"groups:history,groups:read,groups:write,im:write,mpim:write,pins:read,pins:write,team:read,users:read,users:read.email"

// userScopes are those that a person's token wants for what only people may do here.
const userScopes = "channels:write,groups:write"

// Settings are the switches that may be turned while the workspace runs, also over HTTP (/control/settings).
type Settings struct {
	Tiers              bool    `json:"tiers"`                // enforce the rate tiers
	Factor             float64 `json:"factor"`               // multiplies them; must be above 0
	ASCIINames         bool    `json:"ascii_names"`          // letters of other scripts in channel names are invalid_name_specials
	RefuseNames        string  `json:"refuse_names"`         // channel names that hold it are invalid_name; "": none
	ReshapeNames       bool    `json:"reshape_names"`        // channel names come back with "-" for "_", as something that is changed without a word
	AdminsOnlyRemove   bool    `json:"admins_only_remove"`   // kick by others than admins is restricted_action
	OrgUsers           bool    `json:"org_users"`            // people of another workspace are org_user_not_in_team on invite, else user_not_found
	RefuseToken        string  `json:"refuse_token"`         // every call answers this code, e.g. invalid_auth or token_revoked
	MissingMethods     string  `json:"missing_methods"`      // comma-separated methods that answer unknown_method
	Events             bool    `json:"events"`               // deliver events
	LimitRequiredAbove int     `json:"limit_required_above"` // people above which users.list wants a limit; 0: never
	Connector          string  `json:"connector"`            // base URL of the app
	BaseURL            string  `json:"base_url"`             // URL of the Handler
	ClockSkewSeconds   int     `json:"clock_skew_seconds"`   // added to the time of signed requests
	DeactivatedStay    bool    `json:"deactivated_stay"`     // who is deactivated stays a member of channels, else is taken out without a word
	Scopes             string  `json:"scopes"`               // sent as X-OAuth-Scopes with every answer; not enforced
	UserScopes         string  `json:"user_scopes"`          // of people's tokens, comma-separated (see withoutScope)
}

// Settings returns the present switches.
func (w *Workspace) Settings() Settings {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.settings
}

// UpdateSettings changes switches atomically: change edits a copy that then takes effect.
func (w *Workspace) UpdateSettings(change func(*Settings)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	edited := w.settings
	change(&edited)
	w.settings = edited
	if w.settings.Factor <= 0 {
		w.settings.Factor = 1
	}
	w.settings.BaseURL = strings.TrimRight(w.settings.BaseURL, "/")
	w.Touch()
}

func (s Settings) missing(method string) bool {
	for name := range strings.SplitSeq(s.MissingMethods, ",") {
		if strings.TrimSpace(name) == method {
			return true
		}
	}
	return false
}
