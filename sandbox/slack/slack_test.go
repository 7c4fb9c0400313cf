package slack_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	slackgo "github.com/slack-go/slack"

	"roomkeeper/sandbox/slack"
)

// world is a workspace over real HTTP, mounted under /slack as the sandbox program does.
type world struct {
	*slack.Workspace
	t      *testing.T
	server *httptest.Server
	api    *slackgo.Client
	clock  *clock
}

type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func newWorld(t *testing.T, change func(*slack.Config)) *world {
	t.Helper()
	c := &clock{now: time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)}
	cfg := slack.Config{Clock: c.Now, SigningSecret: "secret", UserTokens: map[string]string{"xoxp-admin": "UADMIN"}}
	if change != nil {
		change(&cfg)
	}
	w := slack.New(cfg)
	mux := http.NewServeMux()
	mux.Handle("/slack/", http.StripPrefix("/slack", w.Handler()))
	server := httptest.NewServer(mux)
	w.SetBaseURL(server.URL + "/slack")
	t.Cleanup(func() { w.Close(); server.Close() })
	return &world{Workspace: w, t: t, server: server, clock: c,
		api: slackgo.New("xoxb-sandbox", slackgo.OptionAPIURL(server.URL+"/slack/api/"), slackgo.OptionHTTPClient(server.Client()))}
}

func (w *world) as(token string) *slackgo.Client {
	return slackgo.New(token, slackgo.OptionAPIURL(w.server.URL+"/slack/api/"), slackgo.OptionHTTPClient(w.server.Client()))
}

// people adds people by user name and returns their ids.
func (w *world) people(names ...string) []string {
	w.t.Helper()
	var ids []string
	for _, name := range names {
		ids = append(ids, w.AddUser(slack.User{Name: name, RealName: name, Email: name + "@example.com"}))
	}
	return ids
}

func (w *world) create(name string, private bool) string {
	w.t.Helper()
	ch, err := w.api.CreateConversation(slackgo.CreateConversationParams{ChannelName: name, IsPrivate: private})
	if err != nil {
		w.t.Fatalf("create %s: %v", name, err)
	}
	return ch.ID
}

// response is the outside of an HTTP answer.
type response struct {
	StatusCode int
	Header     http.Header
}

// form posts a call as a form and returns the answer with its HTTP status.
func (w *world) form(method string, args ...string) (map[string]any, response) {
	w.t.Helper()
	values := url.Values{"token": {"xoxb-sandbox"}}
	for i := 0; i+1 < len(args); i += 2 {
		values.Set(args[i], args[i+1])
	}
	return w.send(http.MethodPost, "/slack/api/"+method, "application/x-www-form-urlencoded", values.Encode(), "")
}

// control posts to the control API.
func (w *world) control(path string, body any) map[string]any {
	w.t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		w.t.Fatal(err)
	}
	answer, res := w.send(http.MethodPost, "/slack/control/"+path, "application/json", string(raw), "")
	if res.StatusCode != http.StatusOK {
		w.t.Fatalf("control %s: %d %v", path, res.StatusCode, answer)
	}
	return answer
}

func (w *world) send(httpMethod, path, contentType, body, bearer string) (map[string]any, response) {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), httpMethod, w.server.URL+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	if bearer != "" {
		req.Header.Set("Authorization", "Bearer "+bearer)
	}
	res, err := w.server.Client().Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	answer := map[string]any{}
	_ = json.Unmarshal(raw, &answer) // lists and spoilt answers are not looked at
	return answer, response{res.StatusCode, res.Header}
}

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	var refused slackgo.SlackErrorResponse
	if !errors.As(err, &refused) || refused.Err != code {
		t.Errorf("error = %v, want %s", err, code)
	}
}

func wantAnswer(t *testing.T, answer map[string]any, code string) {
	t.Helper()
	if answer["ok"] != (code == "") || code != "" && answer["error"] != code {
		t.Errorf("answer = %v, want %q", answer, code)
	}
}

func mustJSON(t *testing.T, value any) string {
	t.Helper()
	raw, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// arrival is a request that the app received.
type arrival struct {
	Path   string
	Header http.Header
	Body   []byte
	Form   url.Values
}

// app is the connector's side: it checks signatures with slack-go and keeps what arrives.
type app struct {
	t        *testing.T
	server   *httptest.Server
	arrivals chan arrival
	answer   func(http.ResponseWriter, arrival)
}

func newApp(t *testing.T, answer func(http.ResponseWriter, arrival)) *app {
	t.Helper()
	a := &app{t: t, arrivals: make(chan arrival, 1000), answer: answer}
	a.server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		verifier, err := slackgo.NewSecretsVerifier(r.Header, "secret")
		if err == nil {
			_, _ = verifier.Write(body)
			err = verifier.Ensure()
		}
		if err != nil {
			t.Errorf("%s: %v", r.URL.Path, err)
		}
		form, _ := url.ParseQuery(string(body))
		got := arrival{Path: r.URL.Path, Header: r.Header, Body: body, Form: form}
		if a.answer != nil {
			a.answer(rw, got)
		}
		a.arrivals <- got
	}))
	t.Cleanup(a.server.Close)
	return a
}

// patience is how long a test waits for what must happen.
const patience = 30 * time.Second

func (a *app) next() arrival {
	a.t.Helper()
	select {
	case got := <-a.arrivals:
		return got
	case <-time.After(patience):
		a.t.Fatal("nothing arrived at the app")
		return arrival{}
	}
}

// contains says whether JSON has a text in it.
func contains(raw []byte, text string) bool { return bytes.Contains(raw, []byte(text)) }

// short is for what must happen soon, on a busy machine too.
func short(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}
