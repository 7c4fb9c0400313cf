package discord

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"slices"
	"strings"
	"time"
)

// Lives of what OAuth2 gives out. The access token's is that of the documentation's example; how long a code lives
// is not documented, one minute is the sandbox's choice.
const (
	codeLife  = time.Minute
	tokenTime = 7 * 24 * time.Hour
)

// grant is what a person allowed the app.
type grant struct {
	user, redirect string
	scopes         []string
	challenge      string // S256; "": none
	at             time.Time
	access         string
	refresh        string
}

// grants are the codes and tokens. The Guild's lock guards them.
type grants struct {
	codes     map[string]*grant
	access    map[string]*grant
	refreshes map[string]*grant
}

func newGrants() grants {
	return grants{codes: map[string]*grant{}, access: map[string]*grant{}, refreshes: map[string]*grant{}}
}

func (g *grant) has(scope string) bool { return g != nil && slices.Contains(g.scopes, scope) }

// knownScopes are the scopes that the sandbox serves (docs, topics/oauth2: scopes).
func knownScopes() []string {
	return []string{"identify", "email", "guilds.join"}
}

// bearer is the live grant of an access token, or nil. The caller holds mu.
func (g *Guild) bearer(token string) *grant {
	found := g.grants.access[token]
	if found == nil || g.now().Sub(found.at) >= tokenTime {
		return nil
	}
	return found
}

// bearerUser is the user of an access token, or nil. The caller holds mu.
func (g *Guild) bearerUser(token string) *User {
	if found := g.bearer(token); found != nil {
		return g.users[found.user]
	}
	return nil
}

// proves says whether a verifier is the one of the challenge (RFC 7636, S256).
func (g *grant) proves(verifier string) bool {
	if g.challenge == "" {
		return true
	}
	hash := sha256.Sum256([]byte(verifier))
	want := base64.RawURLEncoding.EncodeToString(hash[:])
	return subtle.ConstantTimeCompare([]byte(want), []byte(g.challenge)) == 1
}

// issue gives a grant fresh tokens and is the answer of the token route. The caller holds mu.
func (g *Guild) issue(allowed *grant) answer {
	delete(g.grants.access, allowed.access)
	delete(g.grants.refreshes, allowed.refresh)
	allowed.access, allowed.refresh, allowed.at = unguessable(), unguessable(), g.now()
	g.grants.access[allowed.access], g.grants.refreshes[allowed.refresh] = allowed, allowed
	return answer{"access_token": allowed.access, "token_type": "Bearer", "expires_in": int(tokenTime.Seconds()),
		"refresh_token": allowed.refresh, "scope": strings.Join(allowed.scopes, " ")}
}

// grantOf is the grant behind a call's own token, or nil.
func (c *call) grantOf() *grant {
	token, ok := strings.CutPrefix(c.header.Get("Authorization"), "Bearer ")
	if !ok {
		return nil
	}
	return c.bearer(token)
}
