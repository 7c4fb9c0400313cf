package slack

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"roomkeeper/sandbox/internal/stage"
)

// answer is the body of a successful call, without "ok".
type answer map[string]any

// refusal is a call that Slack answers with "ok": false.
type refusal struct {
	code     string
	more     answer   // further fields of the body
	messages []string // response_metadata.messages
}

func refuse(code string) *refusal { return &refusal{code: code} }

// refuseArgs is invalid_arguments with the reason that Slack gives for a person to read.
func refuseArgs(format string, args ...any) *refusal {
	return &refusal{code: "invalid_arguments", messages: []string{"[ERROR] " + fmt.Sprintf(format, args...)}}
}

// call is one request to a method, executed with the workspace's lock held.
type call struct {
	*Workspace
	args  arguments
	actor *User // for whom the token acts
}

// method is a Web API method: how it is executed, its rate tier, its arguments.
type method struct {
	run      func(*call) (answer, *refusal)
	tier     tier
	required []string // "a|b": one of the two
	json     bool     // takes a JSON body (the catalogue's "json")
	open     bool     // wants no token
}

// reply is an answer as it goes over the wire.
type reply struct {
	status     int
	body       []byte
	retryAfter int // seconds; 0: no header
	errorCode  string
}

// Handler serves the Web API, response URLs and the control API. Mount it behind http.StripPrefix to serve it
// elsewhere than at the root.
func (w *Workspace) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/api/{method}", w.serveMethod)
	mux.HandleFunc("POST /response/{id}", w.serveResponseURL)
	w.control(mux)
	return mux
}

func (w *Workspace) serveMethod(rw http.ResponseWriter, r *http.Request) {
	name := r.PathValue("method")
	m, known := methodNamed(name)
	req, code := readRequest(r, m.json)
	entry := Call{Trace: stage.Trace{Method: name, Time: w.now()}, HTTPMethod: r.Method, ContentType: req.contentType,
		TokenIn: req.tokenIn, TokenValid: w.validToken(req.token), Actor: w.actorOf(req.token), Args: maps.Clone(req.args)}
	w.Pass(rw, r, entry, req.args, func() (reply, bool) {
		if code != "" {
			return refused(refuse(code)), false
		}
		return w.execute(name, m, known, req)
	})
}

func (w *Workspace) validToken(token string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, ok := w.tokens[token]
	return ok && w.settings.RefuseToken == ""
}

func (w *Workspace) actorOf(token string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.tokens[token]
}

// execute runs a method. The flag says whether the method itself ran, successfully or not.
func (w *Workspace) execute(name string, m method, known bool, req request) (reply, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !known || w.settings.missing(name) {
		return refused(&refusal{code: "unknown_method", more: answer{"req_method": name}}), false
	}
	actor, refusedToken := w.authenticate(req.token)
	if refusedToken != nil && !m.open {
		return refused(refusedToken), false
	}
	if w.settings.Tiers {
		if wait := w.tiers.take(name, m.tier, req, w.now(), w.settings.Factor); wait > 0 {
			return limited(wait), false
		}
	}
	if missing := m.missing(req.args); missing != "" {
		return refused(refuseArgs("missing required field: %s", missing)), false
	}
	c := &call{Workspace: w, args: req.args, actor: actor}
	if no := c.withoutScope(name); no != nil {
		return refused(no), false
	}
	body, no := m.run(c)
	if no != nil {
		return refused(no), true
	}
	return succeeded(body), true
}

func (w *Workspace) authenticate(token string) (*User, *refusal) {
	if code := w.settings.RefuseToken; code != "" {
		return nil, refuse(code)
	}
	if token == "" {
		return nil, refuse("not_authed")
	}
	user := w.users[w.tokens[token]]
	if user == nil {
		return nil, refuse("invalid_auth")
	}
	if user.Deleted {
		return nil, refuse("account_inactive")
	}
	return user, nil
}

// missing names the first required argument that is not there, or "".
func (m method) missing(args arguments) string {
	for _, required := range m.required {
		if !slices.ContainsFunc(strings.Split(required, "|"), args.has) {
			return strings.Split(required, "|")[0]
		}
	}
	return ""
}

func succeeded(body answer) reply {
	if _, set := body["ok"]; !set {
		body["ok"] = true
	}
	return reply{status: http.StatusOK, body: stage.Encode(body)}
}

func refused(no *refusal) reply {
	body := answer{"ok": false, "error": no.code}
	for key, value := range no.more {
		body[key] = value
	}
	if len(no.messages) > 0 {
		body["response_metadata"] = answer{"messages": no.messages}
	}
	return reply{status: http.StatusOK, body: stage.Encode(body), errorCode: no.code}
}

func limited(seconds int) reply {
	return reply{status: http.StatusTooManyRequests, body: stage.Encode(answer{"ok": false, "error": "ratelimited"}),
		retryAfter: seconds, errorCode: "ratelimited"}
}
