package discord_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"roomkeeper/sandbox/discord"
)

// patience is how long a test waits for what must happen.
const patience = 30 * time.Second

// world is a guild over real HTTP, mounted under /discord as the sandbox program does.
type world struct {
	*discord.Guild
	t      *testing.T
	server *httptest.Server
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

func newWorld(t *testing.T, change func(*discord.Config)) *world {
	t.Helper()
	c := &clock{now: time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)}
	cfg := discord.Config{Clock: c.Now, BotToken: "token"}
	if change != nil {
		change(&cfg)
	}
	g := discord.New(cfg)
	mux := http.NewServeMux()
	mux.Handle("/discord/", http.StripPrefix("/discord", g.Handler()))
	server := httptest.NewServer(mux)
	g.SetBaseURL(server.URL + "/discord")
	t.Cleanup(func() { g.Close(); server.Close() })
	return &world{Guild: g, t: t, server: server, clock: c}
}

// response is an answer of the API.
type response struct {
	status int
	header http.Header
	raw    string
	body   any // decoded; nil: none
}

// do sends a request of the app. Headers come in pairs and replace what is sent otherwise.
func (w *world) do(method, path string, body any, headers ...string) response {
	w.t.Helper()
	var raw string
	switch b := body.(type) {
	case nil:
	case string:
		raw = b
	default:
		encoded, err := json.Marshal(body)
		if err != nil {
			w.t.Fatal(err)
		}
		raw = string(encoded)
	}
	req, err := http.NewRequestWithContext(w.t.Context(), method, w.server.URL+"/discord"+path, strings.NewReader(raw))
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bot token")
	req.Header.Set("User-Agent", "DiscordBot (https://example.com, 1)")
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := w.server.Client().Do(req)
	if err != nil {
		w.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer func() { _ = res.Body.Close() }()
	content, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	out := response{status: res.StatusCode, header: res.Header, raw: string(content)}
	_ = json.Unmarshal(content, &out.body)
	return out
}

// api is do with the prefix of v10.
func (w *world) api(method, path string, body any, headers ...string) response {
	w.t.Helper()
	return w.do(method, "/api/v10"+path, body, headers...)
}

// code is Discord's error code of an answer; 0: none.
func (r response) code() int {
	code, _ := r.get("code").(float64)
	return int(code)
}

// get finds a value by its path of keys and positions, or nil.
func (r response) get(path ...any) any {
	at := r.body
	for _, step := range path {
		switch s := step.(type) {
		case string:
			object, _ := at.(map[string]any)
			at = object[s]
		case int:
			list, _ := at.([]any)
			if s >= len(list) {
				return nil
			}
			at = list[s]
		}
	}
	return at
}

func (r response) text(path ...any) string {
	text, _ := r.get(path...).(string)
	return text
}

func (w *world) guild() string { return "/guilds/" + w.GuildID() }

func TestHTTPLayer(t *testing.T) {
	w := newWorld(t, nil)
	for _, c := range []struct {
		name, method, path string
		headers            []string
		status, code       int
		message            string
	}{
		{"v10", "GET", "/api/v10" + w.guild() + "/roles", nil, 200, 0, ""},
		{"v9", "GET", "/api/v9" + w.guild() + "/roles", nil, 200, 0, ""},
		{"no version", "GET", "/api" + w.guild() + "/roles", nil, 200, 0, ""},
		{"old version", "GET", "/api/v3" + w.guild() + "/roles", nil, 400, 50041, "Invalid API version provided"},
		{"wrong token", "GET", "/api/v10" + w.guild() + "/roles", []string{"Authorization", "Bot other"}, 401, 0, "401: Unauthorized"},
		{"no kind of token", "GET", "/api/v10" + w.guild() + "/roles", []string{"Authorization", "token"}, 401, 0, "401: Unauthorized"},
		{"user agent", "GET", "/api/v10" + w.guild() + "/roles", []string{"User-Agent", "curl/8"}, 403, 40333, ""},
		{"no such path", "GET", "/api/v10/nothing", nil, 404, 0, "404: Not Found"},
		{"no such method", "PUT", "/api/v10" + w.guild() + "/roles", nil, 405, 0, "405: Method Not Allowed"},
		{"other guild", "GET", "/api/v10/guilds/5/roles", nil, 404, 10004, "Unknown Guild"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := w.do(c.method, c.path, nil, c.headers...)
			if r.status != c.status || r.code() != c.code || c.message != "" && r.text("message") != c.message {
				t.Errorf("got %d %s", r.status, r.raw)
			}
		})
	}
}
