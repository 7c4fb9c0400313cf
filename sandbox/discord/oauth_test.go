package discord_test

import (
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"roomkeeper/sandbox/discord"
)

const back = "https://connector.example/link/discord"

// agreed is the address to which the browser is sent after ann's consent.
func (w *world) agreed(t *testing.T, change url.Values) url.Values {
	t.Helper()
	query := url.Values{"client_id": {w.BotUserID()}, "redirect_uri": {back}, "response_type": {"code"}, "scope": {"identify email guilds.join"}, "state": {"s t"}}
	for name, value := range change {
		query[name] = value
	}
	location, err := w.Authorize(query, "ann")
	if err != nil {
		t.Fatal(err)
	}
	at, err := url.Parse(location)
	if err != nil || !strings.HasPrefix(location, back) || at.Query().Get("state") != "s t" {
		t.Fatalf("sent to %q", location)
	}
	return at.Query()
}

func (w *world) token(form url.Values, headers ...string) response {
	base := url.Values{"grant_type": {"authorization_code"}, "redirect_uri": {back}, "client_id": {w.BotUserID()}, "client_secret": {"secret"}}
	for name, value := range form {
		base[name] = value
	}
	headers = append([]string{"Authorization", "", "Content-Type", "application/x-www-form-urlencoded"}, headers...)
	return w.api("POST", "/oauth2/token", base.Encode(), headers...)
}

func linked(t *testing.T) *world {
	w := newWorld(t, func(c *discord.Config) { c.Redirects, c.ClientSecret = []string{back}, "secret" })
	w.AddUser(discord.User{Name: "ann", Email: "ann@example.com", Verified: true, Outside: true})
	return w
}

func TestCodeFlow(t *testing.T) {
	w := linked(t)
	verifier := "a-verifier-of-at-least-forty-three-characters-x"
	hash := sha256.Sum256([]byte(verifier))
	challenge := url.Values{"code_challenge": {base64.RawURLEncoding.EncodeToString(hash[:])}, "code_challenge_method": {"S256"}}
	code := w.agreed(t, challenge)["code"]
	got := w.token(url.Values{"code": code, "code_verifier": {verifier}})
	if got.status != 200 || got.text("scope") != "identify email guilds.join" || got.text("token_type") != "Bearer" {
		t.Fatalf("%d %s", got.status, got.raw)
	}
	bearer := []string{"Authorization", "Bearer " + got.text("access_token")}
	me := w.api("GET", "/users/@me", nil, bearer...)
	if me.text("email") != "ann@example.com" || me.get("verified") != true || me.text("username") != "ann" {
		t.Errorf("%s", me.raw)
	}
	if r := w.api("GET", "/oauth2/@me", nil, bearer...); r.text("user", "username") != "ann" || r.text("application", "id") != w.BotUserID() {
		t.Errorf("%s", r.raw)
	}
	if r := w.api("GET", w.guild()+"/roles", nil, bearer...); r.status != 401 {
		t.Errorf("a person's token used as the bot's: %d", r.status)
	}
	join := map[string]any{"access_token": got.text("access_token")}
	member := w.guild() + "/members/" + me.text("id")
	if r := w.api("PUT", member, join); r.status != 201 || r.text("user", "id") != me.text("id") {
		t.Errorf("join: %d %s", r.status, r.raw)
	}
	if r := w.api("PUT", member, join); r.status != 204 {
		t.Errorf("join again: %d %s", r.status, r.raw)
	}
	fresh := w.token(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {got.text("refresh_token")}})
	if fresh.status != 200 || w.api("GET", "/users/@me", nil, bearer...).status != 401 {
		t.Errorf("refresh: %d %s", fresh.status, fresh.raw)
	}
	revoke := url.Values{"token": {fresh.text("access_token")}, "client_id": {w.BotUserID()}, "client_secret": {"secret"}}.Encode()
	if r := w.api("POST", "/oauth2/token/revoke", revoke, "Content-Type", "application/x-www-form-urlencoded", "Authorization", ""); r.status != 200 {
		t.Errorf("revoke: %d %s", r.status, r.raw)
	}
	if r := w.api("GET", "/users/@me", nil, "Authorization", "Bearer "+fresh.text("access_token")); r.status != 401 {
		t.Errorf("revoked: %d", r.status)
	}
}

func TestTokenRefusals(t *testing.T) {
	w := linked(t)
	challenge := url.Values{"code_challenge": {"c"}, "code_challenge_method": {"S256"}}
	used := w.agreed(t, nil).Get("code")
	w.token(url.Values{"code": {used}})
	old := w.agreed(t, nil).Get("code")
	w.clock.Advance(61 * time.Second)
	for name, c := range map[string]struct {
		form    url.Values
		headers []string
		status  int
		want    string
	}{
		"used":         {url.Values{"code": {used}}, nil, 400, "invalid_grant"},
		"old":          {url.Values{"code": {old}}, nil, 400, "invalid_grant"},
		"redirect":     {url.Values{"code": {w.agreed(t, nil).Get("code")}, "redirect_uri": {back + "/"}}, nil, 400, "invalid_grant"},
		"no verifier":  {url.Values{"code": {w.agreed(t, challenge).Get("code")}}, nil, 400, "invalid_grant"},
		"verifier":     {url.Values{"code": {w.agreed(t, challenge).Get("code")}, "code_verifier": {"other"}}, nil, 400, "invalid_grant"},
		"secret":       {url.Values{"client_secret": {"other"}}, nil, 401, "invalid_client"},
		"grant type":   {url.Values{"grant_type": {"password"}}, nil, 400, "unsupported_grant_type"},
		"JSON":         {url.Values{}, []string{"Content-Type", "application/json"}, 401, "invalid_client"},
		"basic secret": {url.Values{}, []string{"Authorization", "Basic " + base64.StdEncoding.EncodeToString([]byte(w.BotUserID()+":no"))}, 401, "invalid_client"},
	} {
		if r := w.token(c.form, c.headers...); r.status != c.status || r.text("error") != c.want {
			t.Errorf("%s: %d %s", name, r.status, r.raw)
		}
	}
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte(w.BotUserID()+":secret"))
	form := url.Values{"code": {w.agreed(t, url.Values{"scope": {"identify"}}).Get("code")}, "client_secret": {""}}
	got := w.token(form, "Authorization", basic)
	if me := w.api("GET", "/users/@me", nil, "Authorization", "Bearer "+got.text("access_token")); me.status != 200 || me.text("email") != "" {
		t.Errorf("without the scope email: %s", me.raw)
	}
	for name, query := range map[string]url.Values{"scope": {"scope": {"bot"}}, "type": {"response_type": {"token"}}, "plain": {"code_challenge": {"x"}}} {
		if got := w.agreed(t, query); got.Get("error") == "" || got.Get("code") != "" {
			t.Errorf("%s: %v", name, got)
		}
	}
	if _, err := w.Authorize(url.Values{"client_id": {w.BotUserID()}, "redirect_uri": {back + "x"}, "response_type": {"code"}}, "ann"); err == nil {
		t.Error("another redirect URI was taken")
	}
}

func TestConsentPage(t *testing.T) {
	w := linked(t)
	jar, _ := cookiejar.New(nil)
	client := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	query := url.Values{"client_id": {w.BotUserID()}, "redirect_uri": {back}, "response_type": {"code"}, "scope": {"identify email"}, "state": {"x"}}
	page := w.server.URL + "/discord/oauth2/authorize?" + query.Encode()
	ask := func(address string) (status int, location, text string) {
		res, err := client.Get(address)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		raw, _ := io.ReadAll(res.Body)
		return res.StatusCode, res.Header.Get("Location"), string(raw)
	}
	status, _, text := ask(page)
	if status != 200 || !strings.Contains(text, "roomkeeper wants") || !strings.Contains(text, "Access your email address") {
		t.Errorf("%d %s", status, text)
	}
	if status, to, _ := ask(page + "&login_as=ann"); status != 302 || !strings.Contains(to, "code=") {
		t.Errorf("login_as: %d %s", status, to)
	}
	for decision, want := range map[string]string{"allow": "code=", "deny": "error=access_denied"} {
		ann := w.State().Users[2].ID
		res, err := client.PostForm(page, url.Values{"user": {ann}, "decision": {decision}})
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if to := res.Header.Get("Location"); res.StatusCode != 302 || !strings.Contains(to, want) || !strings.Contains(to, "state=x") {
			t.Errorf("%s: %d %s", decision, res.StatusCode, to)
		}
	}
	if status, _, text := ask(strings.Replace(page, "connector.example", "evil.example", 1)); status != 400 || !strings.Contains(text, "Invalid OAuth2 redirect_uri") {
		t.Errorf("%d %s", status, text)
	}
}
