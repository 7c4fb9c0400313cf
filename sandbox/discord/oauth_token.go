package discord

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
)

func oauthRoutes() []route {
	return []route{
		{method: "POST", path: "/oauth2/token", run: (*call).token, access: openAccess, bucket: "token"},
		{method: "POST", path: "/oauth2/token/revoke", run: (*call).revoke, access: openAccess, bucket: "token"},
		{method: "GET", path: "/oauth2/@me", run: (*call).authorization, access: bearerAccess},
		{method: "GET", path: "/users/@me", run: (*call).ownUser, access: eitherAccess},
		{method: "PUT", path: "/guilds/{guild}/members/{user}", run: (*call).joinGuild, bucket: "members"},
	}
}

// refuseToken is an error of the token routes (RFC 6749, section 5.2).
func refuseToken(status int, code, description string) (any, *refusal) {
	return withStatus{status, answer{"error": code, "error_description": description}}, nil
}

// client reads the form of a token route and says whether the app proved who it is, by HTTP Basic or in the body.
func (c *call) client() (form url.Values, ok bool) {
	form, err := url.ParseQuery(string(c.body))
	if err != nil || !strings.HasPrefix(c.header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		return url.Values{}, false
	}
	id, secret := form.Get("client_id"), form.Get("client_secret")
	if raw, basic := strings.CutPrefix(c.header.Get("Authorization"), "Basic "); basic {
		decoded, _ := base64.StdEncoding.DecodeString(raw)
		id, secret, _ = strings.Cut(string(decoded), ":")
	}
	return form, id == c.cfg.ApplicationID && secret == c.cfg.ClientSecret
}

// token exchanges a code, or a refresh token.
func (c *call) token() (any, *refusal) {
	form, ok := c.client()
	if !ok {
		return refuseToken(http.StatusUnauthorized, "invalid_client", "Invalid client credentials.")
	}
	switch form.Get("grant_type") {
	case "authorization_code":
		return c.exchange(form)
	case "refresh_token":
		allowed := c.grants.refreshes[form.Get("refresh_token")]
		if allowed == nil {
			return refuseToken(http.StatusBadRequest, "invalid_grant", "Invalid \"refresh_token\" in request.")
		}
		return c.issue(allowed), nil
	default:
		return refuseToken(http.StatusBadRequest, "unsupported_grant_type", "Grant type None is not supported")
	}
}

// exchange takes a code, which works once, within codeLife, with the redirect URI and the verifier of its request.
func (c *call) exchange(form url.Values) (any, *refusal) {
	code := form.Get("code")
	allowed := c.grants.codes[code]
	delete(c.grants.codes, code)
	switch {
	case allowed == nil || c.now().Sub(allowed.at) >= codeLife:
		return refuseToken(http.StatusBadRequest, "invalid_grant", "Invalid \"code\" in request.")
	case form.Get("redirect_uri") != allowed.redirect:
		return refuseToken(http.StatusBadRequest, "invalid_grant", "Invalid \"redirect_uri\" in request.")
	case !allowed.proves(form.Get("code_verifier")):
		return refuseToken(http.StatusBadRequest, "invalid_grant", "Invalid \"code_verifier\" in request.")
	default:
		return c.issue(allowed), nil
	}
}

// revoke ends a grant; a token that nobody knows is as good as revoked (RFC 7009).
func (c *call) revoke() (any, *refusal) {
	form, ok := c.client()
	if !ok {
		return refuseToken(http.StatusUnauthorized, "invalid_client", "Invalid client credentials.")
	}
	token := form.Get("token")
	for _, allowed := range []*grant{c.grants.access[token], c.grants.refreshes[token]} {
		if allowed != nil {
			delete(c.grants.access, allowed.access)
			delete(c.grants.refreshes, allowed.refresh)
		}
	}
	return answer{}, nil
}

// authorization is what a bearer token may do, and of whom it is with the scope identify.
func (c *call) authorization() (any, *refusal) {
	allowed := c.grantOf()
	object := answer{"application": answer{"id": c.cfg.ApplicationID, "name": c.cfg.BotName, "icon": nil, "description": "", "type": nil,
		"verify_key": c.PublicKey(), "flags": 0, "flags_new": "0", "bot_public": false, "bot_require_code_grant": false},
		"scopes": allowed.scopes, "expires": stamp(allowed.at.Add(tokenTime))}
	if allowed.has("identify") {
		object["user"] = c.userObject(c.actor)
	}
	return object, nil
}

// ownUser is whom the token acts for. A bot has no address; of a person the address is told with the scope email
// only (docs, resources/user: get current user).
func (c *call) ownUser() (any, *refusal) {
	object, allowed := c.userObject(c.actor), c.grantOf()
	object["mfa_enabled"], object["locale"] = true, "en-US"
	switch {
	case allowed == nil:
		object["verified"], object["email"] = true, nil
	case !allowed.has("identify"):
		return nil, refuseHTTP(http.StatusUnauthorized)
	case allowed.has("email"):
		object["email"], object["verified"] = orNull(c.actor.Email), c.actor.Verified
		object["mfa_enabled"], object["premium_type"] = false, 0
	}
	return object, nil
}

// joinGuild lets the person of an access token with guilds.join into the guild (docs, resources/guild: add guild
// member): 201 with the member, or 204 when they are in already.
func (c *call) joinGuild() (any, *refusal) {
	if no := c.inGuild(); no != nil {
		return nil, no
	}
	if !c.basePermissions(c.actor.ID).Has(CreateInstantInvite) {
		return nil, refuse(50013)
	}
	f, no := c.form()
	if no != nil {
		return nil, no
	}
	token, nick := f.required("access_token", 2048), f.text("nick", 0, 32)
	if no := f.refusal(); no != nil {
		return nil, no
	}
	u, allowed := c.users[c.vars["user"]], c.bearer(token)
	switch {
	case u == nil:
		return nil, refuse(10013)
	case allowed == nil || allowed.user != u.ID || !allowed.has("guilds.join"):
		return nil, refuse(50025)
	case !u.Outside:
		return nil, nil
	}
	if nick != "" && c.basePermissions(c.actor.ID).Has(ManageNicknames) {
		u.Nick = nick
	}
	c.enter(u)
	return withStatus{http.StatusCreated, c.memberObject(u)}, nil
}
