package discord_test

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"roomkeeper/adapters/discord"
	"roomkeeper/connector"
	"roomkeeper/connector/command"
)

const inGuild = "900000000000000001"

// inKey is a real key pair, the same in every run.
func inKey() ed25519.PrivateKey { return ed25519.NewKeyFromSeed([]byte(strings.Repeat("k", 32))) }

// inCommands makes a Commands of two functions.
type inCommands struct {
	run   func(context.Context, command.Request) command.Answer
	press func(context.Context, command.Press) command.Answer
}

func (c inCommands) Run(ctx context.Context, r command.Request) command.Answer { return c.run(ctx, r) }
func (c inCommands) Press(ctx context.Context, p command.Press) command.Answer {
	return c.press(ctx, p)
}

// inAcceptor keeps events, or fails with err.
type inAcceptor struct {
	mu     sync.Mutex
	events chan connector.ChatEvent
	err    error
}

func newInAcceptor() *inAcceptor { return &inAcceptor{events: make(chan connector.ChatEvent, 64)} }

func (a *inAcceptor) AcceptChat(_ context.Context, e connector.ChatEvent) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.err == nil {
		a.events <- e
	}
	return a.err
}

// lateAnswers stands for Discord's webhooks: it keeps what was sent there.
type lateAnswers struct {
	sent   chan lateAnswer
	status int
	body   string
	err    error
}

type lateAnswer struct {
	method, url string
	header      http.Header
	body        inData
}

// inData is an answer as Discord reads it.
type inData struct {
	Content    string            `json:"content"`
	Embeds     []json.RawMessage `json:"embeds"`
	Components []json.RawMessage `json:"components"`
	Mentions   map[string]any    `json:"allowed_mentions"`
	Flags      int               `json:"flags"`
	Choices    []struct {
		Name, Value string
	} `json:"choices"`
}

type inReply struct {
	Type int    `json:"type"`
	Data inData `json:"data"`
}

func (l *lateAnswers) RoundTrip(r *http.Request) (*http.Response, error) {
	if l.err != nil {
		return nil, l.err
	}
	out := lateAnswer{method: r.Method, url: r.URL.String(), header: r.Header}
	if err := json.NewDecoder(r.Body).Decode(&out.body); err != nil {
		return nil, err
	}
	l.sent <- out
	return &http.Response{
		StatusCode: l.status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(l.body)), Request: r,
	}, nil
}

// inRig is an Inbound and what it talks to.
type inRig struct {
	in   *discord.Inbound
	mux  *http.ServeMux
	late *lateAnswers
}

func newInRig(t *testing.T, c inCommands, change ...func(*discord.InboundOptions)) *inRig {
	t.Helper()
	rig := &inRig{mux: http.NewServeMux(), late: &lateAnswers{sent: make(chan lateAnswer, 8), status: http.StatusOK}}
	o := discord.InboundOptions{
		PublicKey:     hex.EncodeToString(inKey().Public().(ed25519.PublicKey)),
		ApplicationID: "77",
		GuildID:       func() string { return inGuild },
		Command:       "/crm",
		Kinds:         []string{"account", "account_pool", "opportunity"},
		Handler:       c,
		APIURL:        "https://discord.example/api/",
		Transport:     rig.late,
	}
	for _, f := range change {
		f(&o)
	}
	var err error
	if rig.in, err = discord.NewInbound(o); err != nil {
		t.Fatal(err)
	}
	for pattern, handler := range rig.in.Routes() {
		rig.mux.Handle(pattern, handler)
	}
	t.Cleanup(func() { _ = rig.in.Close(context.Background()) })
	return rig
}

// signed returns a request that is signed as Discord does.
func signed(key ed25519.PrivateKey, body string, at time.Time) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/discord/interactions", strings.NewReader(body))
	timestamp := strconv.FormatInt(at.Unix(), 10)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Signature-Timestamp", timestamp)
	r.Header.Set("X-Signature-Ed25519", hex.EncodeToString(ed25519.Sign(key, []byte(timestamp+body))))
	return r
}

func (rig *inRig) do(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	rig.mux.ServeHTTP(w, r)
	return w
}

// said sends an interaction and decodes the answer.
func (rig *inRig) said(t *testing.T, interaction map[string]any) inReply {
	t.Helper()
	raw, err := json.Marshal(interaction)
	if err != nil {
		t.Fatal(err)
	}
	w := rig.do(signed(inKey(), string(raw), time.Now()))
	if w.Code != http.StatusOK {
		t.Fatalf("status %d, want 200: %s", w.Code, w.Body)
	}
	var out inReply
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		t.Fatalf("answer is not JSON: %v: %q", err, w.Body)
	}
	return out
}

// inInteraction is an interaction of a member of our guild.
func inInteraction(kind int, data map[string]any, change ...func(map[string]any)) map[string]any {
	out := map[string]any{
		"id": "1001", "type": kind, "version": 1, "application_id": "77", "token": "secret-token",
		"guild_id": inGuild, "channel_id": "500", "data": data,
		"member": map[string]any{
			"nick": "", "roles": []any{}, "user": map[string]any{"id": "42", "username": "ann", "global_name": "Ann Lee"},
		},
		// A form that no SDK knows must not matter.
		"authorizing_integration_owners": []any{"hologram"}, "entitlements": map[string]any{"x": 1},
	}
	for _, f := range change {
		f(out)
	}
	return out
}

func inCommand(sub string, options ...map[string]any) map[string]any {
	return map[string]any{"id": "9", "name": "crm", "type": 1, "options": []any{
		map[string]any{"type": 1, "name": sub, "options": options},
	}}
}

func inOption(name string, value any) map[string]any {
	return map[string]any{"type": 3, "name": name, "value": value}
}

func TestNewInboundChecks(t *testing.T) {
	good := discord.InboundOptions{PublicKey: strings.Repeat("ab", 32), Command: "/crm", APIURL: "https://discord.com/api/"}
	for name, change := range map[string]func(*discord.InboundOptions){
		"no key":         func(o *discord.InboundOptions) { o.PublicKey = "" },
		"key not hex":    func(o *discord.InboundOptions) { o.PublicKey = strings.Repeat("xy", 32) },
		"short key":      func(o *discord.InboundOptions) { o.PublicKey = "abcd" },
		"upper case":     func(o *discord.InboundOptions) { o.Command = "/CRM" },
		"blank":          func(o *discord.InboundOptions) { o.Command = "/a b" },
		"no command":     func(o *discord.InboundOptions) { o.Command = "/" },
		"long command":   func(o *discord.InboundOptions) { o.Command = "/" + strings.Repeat("x", 33) },
		"relative API":   func(o *discord.InboundOptions) { o.APIURL = "/api" },
		"unreadable API": func(o *discord.InboundOptions) { o.APIURL = "ftp://x" },
	} {
		o := good
		change(&o)
		if _, err := discord.NewInbound(o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := discord.NewInbound(good); err != nil {
		t.Error(err)
	}
}
