package discord_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"roomkeeper/adapters/discord"
	"roomkeeper/connector"
)

// gatewayServer is a gateway of which a test plays every connection.
type gatewayServer struct {
	*httptest.Server
	lines chan *gatewayLine
}

// gatewayLine is one connection, after its hello.
type gatewayLine struct {
	*websocket.Conn
	// greeting is the identify or resume that the bot sent.
	greeting struct {
		Op   int `json:"op"`
		Data struct {
			Token     string `json:"token"`
			Intents   int    `json:"intents"`
			SessionID string `json:"session_id"`
		} `json:"d"`
	}
	seq int
}

func newGatewayServer(t *testing.T) *gatewayServer {
	t.Helper()
	s := &gatewayServer{lines: make(chan *gatewayLine, 8)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v9/gateway", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]string{"url": strings.Replace(s.URL, "http", "ws", 1) + "/ws"})
	})
	mux.HandleFunc("GET /ws/", func(w http.ResponseWriter, r *http.Request) {
		conn, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
		if err != nil {
			return
		}
		line := &gatewayLine{Conn: conn}
		_ = conn.WriteJSON(map[string]any{"op": 10, "d": map[string]any{"heartbeat_interval": 40_000}})
		if conn.ReadJSON(&line.greeting) != nil {
			return
		}
		s.lines <- line
	})
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

func (l *gatewayLine) tell(t *testing.T, kind, data string) {
	t.Helper()
	l.seq++
	if err := l.WriteJSON(map[string]any{"op": 0, "s": l.seq, "t": kind, "d": json.RawMessage(data)}); err != nil {
		t.Error(err)
	}
}

func (l *gatewayLine) ready(t *testing.T, session string) {
	t.Helper()
	l.tell(t, "READY", `{"v":9,"session_id":"`+session+`","user":{"id":"99"},"guilds":[{"id":"1","unavailable":true}]}`)
	l.tell(t, "GUILD_CREATE", `{"id":"1","name":"g","channels":[{"id":"5","type":0,"name":"acme","permission_overwrites":[]}],"threads":[]}`)
}

func (l *gatewayLine) closeWith(code int) {
	_ = l.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, ""), time.Now().Add(time.Second))
	_ = l.Close()
}

// patience is how long a test waits for what must happen: less than an opening that
// hangs may take.
const patience = 20 * time.Second

func within[T any](t *testing.T, c <-chan T, what string) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(patience):
		t.Fatalf("no %s", what)
		panic("unreachable")
	}
}

func startGateway(t *testing.T, s *gatewayServer, a discord.Acceptor) *discord.Gateway {
	t.Helper()
	g := prepareGateway(t, s, a, func(*discord.GatewayOptions) {})
	g.Start(t.Context())
	return g
}

// prepareGateway makes a Gateway that the test's end closes.
func prepareGateway(t *testing.T, s *gatewayServer, a discord.Acceptor, change func(*discord.GatewayOptions)) *discord.Gateway {
	t.Helper()
	ignore := goleak.IgnoreCurrent()
	transport := &http.Transport{}
	o := discord.GatewayOptions{
		Token: "bot-token", GuildID: "1", Acceptor: a, APIURL: s.URL + "/api/", Transport: transport,
	}
	change(&o)
	g, err := discord.NewGateway(o)
	if err != nil {
		t.Fatal(err)
	}
	g.Hurry()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := g.Close(ctx); err != nil {
			t.Error(err)
		}
		transport.CloseIdleConnections()
		s.CloseClientConnections()
		s.Close()
		leavesNothing(t, ignore)
	})
	return g
}

// leavesNothing waits until only the goroutines of before are left.
func leavesNothing(t *testing.T, before goleak.Option) {
	t.Helper()
	for began := time.Now(); ; {
		err := goleak.Find(before) // which looks for about half a second
		if err == nil {
			return
		}
		if time.Since(began) > patience {
			t.Fatal(err)
		}
	}
}

func TestGateway(t *testing.T) {
	s, a := newGatewayServer(t), newInAcceptor()
	startGateway(t, s, a)
	line := within(t, s.lines, "connection")
	if line.greeting.Op != 2 || line.greeting.Data.Token != "Bot bot-token" || line.greeting.Data.Intents != 1|2 {
		t.Errorf("greeting %+v", line.greeting)
	}
	line.ready(t, "s1")
	line.tell(t, "CHANNEL_UPDATE", `{"id":"5","guild_id":"1","type":0,"name":"other","permission_overwrites":[]}`)
	if e := within(t, a.events, "event"); e.Type != connector.ChatChannelRenamed || e.Channel != "5" || e.Name != "other" {
		t.Errorf("event %+v", e)
	}
	// A form that discordgo does not know must not matter.
	line.tell(t, "GUILD_MEMBER_REMOVE", `{"guild_id":"1","user":{"id":"42","avatar":7}}`)
	if e := within(t, a.events, "event"); e.Type != connector.ChatPersonLeft || e.Member != "42" {
		t.Errorf("event %+v", e)
	}

	// A resumed session missed nothing, a new one did.
	line.closeWith(websocket.CloseServiceRestart)
	line = within(t, s.lines, "second connection")
	if line.greeting.Op != 6 || line.greeting.Data.SessionID != "s1" {
		t.Errorf("greeting %+v", line.greeting)
	}
	line.tell(t, "RESUMED", `{}`)
	line.tell(t, "CHANNEL_DELETE", `{"id":"5","guild_id":"1","type":0}`)
	if e := within(t, a.events, "event"); e.Type != connector.ChatChannelDeleted {
		t.Errorf("event %+v", e)
	}
	line.closeWith(websocket.CloseServiceRestart)
	line = within(t, s.lines, "third connection")
	if err := line.WriteJSON(map[string]any{"op": 9, "d": false}); err != nil {
		t.Error(err)
	}
	if err := line.ReadJSON(&line.greeting); err != nil || line.greeting.Op != 2 {
		t.Errorf("greeting %+v, %v", line.greeting, err)
	}
	line.ready(t, "s2")
	if e := within(t, a.events, "event"); e.Type != connector.ChatEventsWereMissed || e.Channel != "" || e.ID == "" {
		t.Errorf("event %+v", e)
	}
}

func TestGatewayRefusesTheToken(t *testing.T) {
	s, a := newGatewayServer(t), newInAcceptor()
	startGateway(t, s, a)
	within(t, s.lines, "connection").closeWith(4004)
	if e := within(t, a.events, "event"); e.Type != connector.ChatTokenRevoked || e.Platform != "discord" {
		t.Errorf("event %+v", e)
	}
	// It is tried again: the token may be given back.
	within(t, s.lines, "second connection").ready(t, "s1")
}

// failingAcceptor fails until it is told not to.
type failingAcceptor struct {
	*inAcceptor
	once sync.Once
	seen chan struct{}
}

func (a *failingAcceptor) AcceptChat(ctx context.Context, e connector.ChatEvent) error {
	failed := false
	a.once.Do(func() { failed = true; close(a.seen) })
	if failed {
		return errors.New("store away")
	}
	return a.inAcceptor.AcceptChat(ctx, e)
}

// TestGatewayTellsWhatItLost: an event that could not be stored is told as missed.
func TestGatewayTellsWhatItLost(t *testing.T) {
	s, a := newGatewayServer(t), &failingAcceptor{inAcceptor: newInAcceptor(), seen: make(chan struct{})}
	startGateway(t, s, a)
	line := within(t, s.lines, "connection")
	line.ready(t, "s1")
	line.tell(t, "CHANNEL_DELETE", `{"id":"5","guild_id":"1","type":0}`)
	within(t, a.seen, "failure")
	if e := within(t, a.events, "event"); e.Type != connector.ChatEventsWereMissed {
		t.Errorf("event %+v", e)
	}
}

// TestGatewayCloses also while the other side says nothing.
func TestGatewayCloses(t *testing.T) {
	s, a := newGatewayServer(t), newInAcceptor()
	g := startGateway(t, s, a)
	within(t, s.lines, "connection") // which never gets its READY
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := g.Close(ctx); err != nil {
		t.Error(err)
	}
}

// inTheWay does something before each call.
type inTheWay struct {
	http.RoundTripper
	first func()
}

func (w inTheWay) RoundTrip(r *http.Request) (*http.Response, error) {
	w.first()
	return w.RoundTripper.RoundTrip(r)
}

// TestGatewayHungUpEarly: an opening that is ended before it has a connection does
// not wait for a server that says nothing.
func TestGatewayHungUpEarly(t *testing.T) {
	s, a := newGatewayServer(t), newInAcceptor()
	var g *discord.Gateway
	asked := make(chan struct{}, 8)
	g = prepareGateway(t, s, a, func(o *discord.GatewayOptions) {
		o.Transport = inTheWay{o.Transport, func() {
			if len(asked) == 0 {
				g.HangUp()
			}
			asked <- struct{}{}
		}}
	})
	g.Start(t.Context())
	within(t, s.lines, "connection after the one that was ended").ready(t, "s1")
	if n := len(asked); n != 2 {
		t.Errorf("%d openings, want 2", n)
	}
}

func TestGatewayWithoutServer(t *testing.T) {
	s, a := newGatewayServer(t), newInAcceptor()
	s.Close()
	startGateway(t, s, a)
	for _, address := range []string{"", "discord.com", "ftp://discord.com/api/"} {
		if _, err := discord.NewGateway(discord.GatewayOptions{Token: "x", APIURL: address}); err == nil {
			t.Errorf("%q: no error", address)
		}
	}
}
