package discord

import (
	"encoding/json"
	"net/http"
	"slices"
	"sync"

	"roomkeeper/sandbox/internal/stage"

	"github.com/gorilla/websocket"
)

// Opcodes of the gateway (docs, topics/opcodes-and-status-codes: gateway opcodes).
const (
	opDispatch       = 0
	opHeartbeat      = 1
	opIdentify       = 2
	opPresence       = 3
	opVoice          = 4
	opResume         = 6
	opReconnect      = 7
	opMembers        = 8
	opInvalidSession = 9
	opHello          = 10
	opAck            = 11
)

// Close codes of the gateway (same page).
const (
	closeUnknownOp     = 4001
	closeDecode        = 4002
	closeNoIdentity    = 4003
	closeBadToken      = 4004
	closeIdentified    = 4005
	closeBadSeq        = 4007
	closeTimedOut      = 4009
	closeInvalidIntent = 4013
	closeDisallowed    = 4014
)

// Intents (docs, events/gateway: gateway intents).
const (
	guildsIntent     = 1 << 0
	membersIntent    = 1 << 1
	moderationIntent = 1 << 2
	presencesIntent  = 1 << 8
	messagesIntent   = 1 << 9
	contentIntent    = 1 << 15
	knownIntents     = 1<<26 - 1
)

// keptDispatches is how many dispatches a session can replay.
const keptDispatches = 10_000

// packet is one message of the gateway.
type packet struct {
	Op   int             `json:"op"`
	Data json.RawMessage `json:"d"`
	Seq  *int            `json:"s"`
	Type *string         `json:"t"`
}

// gateway is the web socket side. Its lock is taken after the Guild's, never before.
type gateway struct {
	g *Guild

	mu       sync.Mutex
	closed   bool
	conns    map[*socket]bool
	sessions map[string]*session
	order    []string
	running  sync.WaitGroup
}

// session outlives its connections.
type session struct {
	id      string
	intents int
	seq     int
	first   int // seq of kept[0]
	kept    []packet
	conn    *socket // nil: none at present
}

func newGateway(g *Guild) *gateway {
	return &gateway{g: g, conns: map[*socket]bool{}, sessions: map[string]*session{}}
}

// StateSession is a session of the gateway.
type StateSession struct {
	ID        string `json:"id"`
	Intents   int    `json:"intents"`
	Seq       int    `json:"seq"` // of the last dispatch
	Connected bool   `json:"connected"`
}

// Sessions lists the sessions that can be resumed or are connected, oldest first.
func (g *Guild) Sessions() []StateSession {
	w := g.gateway
	w.mu.Lock()
	defer w.mu.Unlock()
	list := []StateSession{}
	for _, id := range w.order {
		s := w.sessions[id]
		list = append(list, StateSession{ID: s.id, Intents: s.intents, Seq: s.seq, Connected: s.conn != nil})
	}
	return list
}

// Ways to disturb the gateway.
const (
	GatewayReconnect  = "reconnect"  // op 7: the app is asked to connect again and to resume
	GatewayDrop       = "drop"       // the connections are cut without a word
	GatewayInvalidate = "invalidate" // op 9: the sessions are over
)

// DisturbGateway does something to all connections and says how many there were.
func (g *Guild) DisturbGateway(what string) int {
	w := g.gateway
	w.mu.Lock()
	defer w.mu.Unlock()
	n := len(w.conns)
	for s := range w.conns {
		switch what {
		case GatewayReconnect:
			s.queue(packet{Op: opReconnect})
		case GatewayInvalidate:
			s.queue(packet{Op: opInvalidSession, Data: []byte("false")})
		case GatewayDrop:
			_ = s.conn.Close()
		}
	}
	if what == GatewayInvalidate {
		for _, s := range w.sessions {
			if s.conn != nil {
				s.conn.session = nil
			}
		}
		w.sessions, w.order = map[string]*session{}, nil
	}
	return n
}

func (w *gateway) close() {
	w.mu.Lock()
	w.closed = true
	for s := range w.conns {
		_ = s.conn.Close()
	}
	w.mu.Unlock()
	w.running.Wait()
}

// dispatch gives an event to the sessions that want it. It is called with the Guild's lock held.
func (w *gateway) dispatch(event string, data any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.sessions {
		if w.g.wants(s, event, data) {
			s.add(event, w.g.cut(s, event, data))
		}
	}
}

// add queues a dispatch and keeps it for a resume. The gateway's lock is held.
func (s *session) add(event string, data any) {
	s.seq++
	seq := s.seq
	p := packet{Op: opDispatch, Data: stage.Encode(data), Seq: &seq, Type: &event}
	if len(s.kept) >= keptDispatches {
		s.kept = slices.Clone(s.kept[keptDispatches/10:])
	}
	s.kept = append(s.kept, p)
	s.first = s.seq - len(s.kept) + 1
	if s.conn != nil {
		s.conn.queue(p)
	}
}

func (g *Guild) serveGateway(rw http.ResponseWriter, r *http.Request) {
	upgrader := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	if q := r.URL.Query(); q.Get("encoding") != "" && q.Get("encoding") != "json" || q.Get("compress") != "" {
		http.Error(rw, "the sandbox speaks uncompressed JSON only", http.StatusBadRequest)
		return
	}
	conn, err := upgrader.Upgrade(rw, r, nil)
	if err != nil {
		return // it was answered
	}
	s := &socket{g: g, conn: conn, ready: make(chan struct{}, 1), done: make(chan struct{})}
	w := g.gateway
	w.mu.Lock()
	if w.closed {
		w.mu.Unlock()
		_ = conn.Close()
		return
	}
	w.conns[s] = true
	w.running.Add(2)
	w.mu.Unlock()
	go s.write()
	s.read()
}
