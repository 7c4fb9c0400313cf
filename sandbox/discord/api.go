package discord

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"roomkeeper/sandbox/internal/stage"
)

// maxBody is the largest body of a request (docs, resources/message).
const maxBody = 25 << 20

// answer is a JSON object.
type answer map[string]any

// call is one request to a route, executed with the guild's lock held.
type call struct {
	*Guild
	route  route
	vars   map[string]string
	query  url.Values
	body   []byte // JSON; empty: none
	header http.Header
	actor  *User  // for whom the token acts; nil on open routes
	reason string // X-Audit-Log-Reason, decoded
}

// reply is an answer as it goes over the wire.
type reply struct {
	status     int
	body       []byte
	code       int // Discord's error code; 0: none
	header     http.Header
	retryAfter int  // whole seconds; 0: no header
	free       bool // does not count as an invalid request
}

// Handler serves the REST API and the control API. Mount it behind http.StripPrefix to serve it elsewhere than at
// the root.
func (g *Guild) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/api/", g.serveAPI)
	mux.HandleFunc("/gateway/", g.serveGateway)
	mux.HandleFunc("/gateway", g.serveGateway)
	g.consent(mux)
	g.control(mux)
	return mux
}

// apiPath is the path below the version: /api/v9/x, /api/v10/x and /api/x are the same here.
func apiPath(r *http.Request) (string, bool) {
	path := strings.TrimPrefix(r.URL.EscapedPath(), "/api")
	step, rest, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if !regexp.MustCompile(`^v\d+$`).MatchString(step) {
		return path, true
	}
	return "/" + rest, step == "v9" || step == "v10"
}

func (g *Guild) serveAPI(rw http.ResponseWriter, r *http.Request) {
	path, version := apiPath(r)
	found, vars, known := g.find(r.Method, path)
	name := "unknown"
	if found.run != nil {
		name = found.name()
	}
	body, form, whole := readBody(r)
	if !whole { // its sender died or was cut off: this is no request
		panic(http.ErrAbortHandler)
	}
	scheme, _, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	raw := r.Header.Get("X-Audit-Log-Reason")
	c := &call{Guild: g, route: found, vars: vars, query: r.URL.Query(), body: body, header: r.Header, reason: decodedReason(raw)}
	entry := Call{Trace: stage.Trace{Method: name, Time: g.now()}, HTTPMethod: r.Method, Path: path, Query: r.URL.RawQuery, Vars: vars,
		Body: string(body), UserAgent: r.UserAgent(), ContentType: r.Header.Get("Content-Type"), Scheme: scheme,
		TokenValid: g.validToken(r), Reason: c.reason, RawReason: raw}
	if secretive(name) {
		entry.Body = ""
	}
	g.Pass(rw, r, entry, matchable(vars, form), func() (reply, bool) {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.settle()
		return c.answer(version, known)
	})
}

// readBody reads a body; of a multipart one the part payload_json. whole: it came to its end, or to maxBody.
func readBody(r *http.Request) (body []byte, fields map[string]json.RawMessage, whole bool) {
	var err error
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		body = []byte(r.FormValue("payload_json"))
	} else {
		body, err = io.ReadAll(io.LimitReader(r.Body, maxBody))
	}
	_ = json.Unmarshal(body, &fields) // the route says what is wrong with it
	return body, fields, err == nil
}

// matchable are the values by which a fault or gate chooses calls.
func matchable(vars map[string]string, fields map[string]json.RawMessage) arguments {
	values := arguments{}
	for name, raw := range fields {
		values[name] = strings.Trim(string(raw), `"`)
	}
	for name, value := range vars {
		values[name] = value
	}
	return values
}

// arguments are the variables of a path and the fields of a body, as text.
type arguments map[string]string

func decodedReason(raw string) string {
	reason, err := url.PathUnescape(raw)
	if err != nil {
		return raw
	}
	return reason
}

// userAgent is the form that Discord wants (docs, reference: user agent).
const userAgent = `^DiscordBot \(\S+,\s*\S.*?\)`

// answer takes a call through the gate of the HTTP layer, the token and the rate limits to its route. The flag
// says whether the route itself ran, successfully or not. The caller holds mu.
func (c *call) answer(version, known bool) (reply, bool) {
	if ban, banned := c.limits.banned(c.now()); banned {
		return ban, false
	}
	if c.route.access == botAccess && !regexp.MustCompile(userAgent).MatchString(c.header.Get("User-Agent")) {
		return refused(refuse(40333)), false
	}
	switch {
	case !version:
		return refused(&refusal{status: http.StatusBadRequest, code: 50041, message: "Invalid API version provided"}), false
	case !known:
		return refused(refuseHTTP(http.StatusNotFound)), false
	case c.route.run == nil:
		return refused(refuseHTTP(http.StatusMethodNotAllowed)), false
	case utf8.RuneCountInString(c.reason) > maxReason:
		return refused(refuseField("reason", "BASE_TYPE_MAX_LENGTH", "Must be %d or fewer in length.", maxReason)), false
	}
	if no := c.authenticate(); no != nil {
		return refused(no), false
	}
	header, limited := c.take()
	if limited != nil {
		return *limited, false
	}
	body, no := c.route.run(c)
	out := succeeded(c.route.status, body)
	if no != nil {
		out = refused(no)
	}
	if no != nil && no.wait > 0 {
		header.Set("X-RateLimit-Scope", "user")
	}
	out.header = header
	return out, true
}

func (g *Guild) validToken(r *http.Request) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.holder(r.Header.Get("Authorization"), eitherAccess) != nil
}

// holder is the user for whom a token acts, or nil. The caller holds mu.
func (g *Guild) holder(authorization string, wanted access) *User {
	kind, token, _ := strings.Cut(authorization, " ")
	switch {
	case kind == "Bot" && wanted != bearerAccess && token == g.cfg.BotToken && !g.settings.RefuseToken:
		return g.users[g.cfg.ApplicationID]
	case kind == "Bearer" && wanted != botAccess:
		return g.bearerUser(token)
	default:
		return nil
	}
}

func (c *call) authenticate() *refusal {
	if c.route.access == openAccess {
		return nil
	}
	c.actor = c.holder(c.header.Get("Authorization"), c.route.access)
	if c.actor == nil {
		return refuseHTTP(http.StatusUnauthorized)
	}
	return nil
}

// inGuild refuses a call about another guild, or about one that the bot is not in.
func (c *call) inGuild() *refusal {
	switch {
	case c.vars["guild"] != c.cfg.GuildID:
		return refuse(10004)
	case c.actor.Outside:
		return refuse(50001)
	default:
		return nil
	}
}

// withStatus is a body whose status is not that of the route.
type withStatus struct {
	status int
	body   any
}

func succeeded(status int, body any) reply {
	if own, ok := body.(withStatus); ok {
		status, body = own.status, own.body
	}
	if body == nil {
		if status == 0 {
			status = http.StatusNoContent
		}
		return reply{status: status}
	}
	if status == 0 {
		status = http.StatusOK
	}
	return reply{status: status, body: stage.Encode(body)}
}

func refused(no *refusal) reply {
	return reply{status: no.status, body: stage.Encode(no.body()), code: no.code, retryAfter: wholeSeconds(no.wait)}
}
