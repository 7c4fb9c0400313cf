package discord

import (
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

//go:embed consent.html
var consentPage embed.FS

// request is a question for a person's consent.
type consentRequest struct {
	Action   template.URL // of the form: the address's own query, encoded
	App      string
	Guild    string
	Scopes   []string // what they allow, in words
	Redirect string
	Host     string
	People   []User
	As       string // id of the person who is preselected
	Error    string

	scopes    []string
	state     string
	challenge string
}

// consent adds the page on which a person allows the app something: /oauth2/authorize, as on discord.com. A query
// with login_as=<user name or id>, or Settings.LoginAs, is the consent of that person without a page.
func (g *Guild) consent(mux *http.ServeMux) {
	mux.HandleFunc("GET /oauth2/authorize", func(rw http.ResponseWriter, r *http.Request) {
		as := r.FormValue("login_as")
		if as == "" {
			as = g.Settings().LoginAs
		}
		if as != "" {
			g.consented(rw, r, as)
			return
		}
		g.ask(rw, r)
	})
	mux.HandleFunc("POST /oauth2/authorize", func(rw http.ResponseWriter, r *http.Request) {
		if r.PostFormValue("decision") == "allow" {
			g.consented(rw, r, r.PostFormValue("user"))
			return
		}
		g.mu.Lock()
		req, target := g.question(r.URL.Query())
		g.mu.Unlock()
		if req.Error != "" {
			g.show(rw, http.StatusBadRequest, req)
			return
		}
		http.Redirect(rw, r, with(target, url.Values{"error": {"access_denied"},
			"error_description": {"The resource owner or authorization server denied the request"}}, req.state), http.StatusFound)
	})
}

func (g *Guild) ask(rw http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	req, target := g.question(r.URL.Query())
	g.mu.Unlock()
	switch {
	case req.Error != "":
		g.show(rw, http.StatusBadRequest, req)
	case target != req.Redirect:
		http.Redirect(rw, r, target, http.StatusFound)
	default:
		g.show(rw, http.StatusOK, req)
	}
}

func (g *Guild) consented(rw http.ResponseWriter, r *http.Request, user string) {
	target, err := g.Authorize(r.URL.Query(), user)
	if err != nil {
		g.show(rw, http.StatusBadRequest, consentRequest{Error: err.Error()})
		return
	}
	http.Redirect(rw, r, target, http.StatusFound)
}

// Authorize is a person's consent to the query of an address of /oauth2/authorize. It returns the address to which
// the browser is sent: with a code, or with the error of a query that RFC 6749 lets tell there. An error means that
// Discord would show one and send nobody anywhere.
func (g *Guild) Authorize(query url.Values, user string) (string, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	req, target := g.question(query)
	u := g.userNamed(user)
	switch {
	case req.Error != "":
		return "", fmt.Errorf("%w: %s", errNotPossible, req.Error)
	case target != req.Redirect:
		return target, nil
	case u == nil || u.Bot:
		return "", fmt.Errorf("%w: no person %q", errNotPossible, user)
	}
	code := unguessable()
	g.grants.codes[code] = &grant{user: u.ID, redirect: req.Redirect, scopes: req.scopes, challenge: req.challenge, at: g.now()}
	return with(target, url.Values{"code": {code}}, req.state), nil
}

// question reads the query. Error is for the person, when the app or its redirect URI is not known; another target
// than Redirect carries an error to the app. The caller holds mu.
func (g *Guild) question(query url.Values) (req consentRequest, target string) {
	redirect := query.Get("redirect_uri")
	req = consentRequest{Action: template.URL("?" + query.Encode()), App: g.cfg.BotName, Guild: g.cfg.Name, Redirect: redirect, state: query.Get("state"),
		challenge: query.Get("code_challenge"), scopes: strings.Fields(query.Get("scope"))}
	if query.Get("client_id") != g.cfg.ApplicationID {
		req.Error = "Unknown Application"
		return req, ""
	}
	if !slices.Contains(g.cfg.Redirects, redirect) {
		req.Error = "Invalid OAuth2 redirect_uri"
		return req, ""
	}
	at, _ := url.Parse(redirect)
	req.Host = at.Host
	for _, id := range g.userOrder {
		if u := g.users[id]; !u.Bot {
			req.People = append(req.People, *u)
		}
	}
	for _, scope := range req.scopes {
		words, known := scopeWords(scope, g.cfg.Name)
		if !known {
			return req, with(redirect, url.Values{"error": {"invalid_scope"},
				"error_description": {"The requested scope is invalid, unknown, or malformed."}}, req.state)
		}
		req.Scopes = append(req.Scopes, words)
	}
	method := query.Get("code_challenge_method")
	switch {
	case query.Get("response_type") != "code":
		return req, with(redirect, url.Values{"error": {"unsupported_response_type"}}, req.state)
	case len(req.scopes) == 0:
		return req, with(redirect, url.Values{"error": {"invalid_scope"}}, req.state)
	case req.challenge != "" && method != "S256", req.challenge == "" && method != "":
		return req, with(redirect, url.Values{"error": {"invalid_request"}, "error_description": {"The code challenge must be S256"}}, req.state)
	}
	return req, redirect
}

func scopeWords(scope, guild string) (string, bool) {
	words := map[string]string{"identify": "Access your username, avatar, and banner", "email": "Access your email address",
		"guilds.join": "Join servers for you, such as " + guild}
	return words[scope], slices.Contains(knownScopes(), scope)
}

// with adds parameters to an address; a state is passed through.
func with(address string, values url.Values, state string) string {
	at, err := url.Parse(address)
	if err != nil {
		return address
	}
	query := at.Query()
	for name, list := range values {
		query[name] = list
	}
	if state != "" {
		query.Set("state", state)
	}
	at.RawQuery = query.Encode()
	return at.String()
}

// show writes the page. Its form may lead to the app's address, which a policy of the form's targets must allow.
func (g *Guild) show(rw http.ResponseWriter, status int, req consentRequest) {
	h := rw.Header()
	target := "'self'"
	if at, err := url.Parse(req.Redirect); err == nil && req.Error == "" {
		target += " " + at.Scheme + "://" + at.Host
	}
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'; form-action "+target)
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	page, err := template.ParseFS(consentPage, "consent.html")
	if err != nil {
		http.Error(rw, err.Error(), http.StatusInternalServerError)
		return
	}
	rw.WriteHeader(status)
	_ = page.Execute(rw, req) // the browser has gone if this fails
}
