package discord

import (
	"encoding/json"
	"errors"
	"net"
	"strings"
	"sync"
	"time"

	"roomkeeper/sandbox/internal/stage"

	"github.com/gorilla/websocket"
)

// socket is one connection to the gateway.
type socket struct {
	g       *Guild
	conn    *websocket.Conn
	session *session // nil: not identified. The gateway's lock guards it
	ready   chan struct{}
	done    chan struct{}

	mu  sync.Mutex
	out []packet
}

// queue sends a packet in turn.
func (s *socket) queue(p packet) {
	s.mu.Lock()
	s.out = append(s.out, p)
	s.mu.Unlock()
	select {
	case s.ready <- struct{}{}:
	default:
	}
}

// write sends what is queued until the connection ends.
func (s *socket) write() {
	defer s.g.gateway.running.Done()
	for {
		select {
		case <-s.ready:
		case <-s.done:
			return
		}
		s.mu.Lock()
		out := s.out
		s.out = nil
		s.mu.Unlock()
		for _, p := range out {
			if s.conn.WriteJSON(p) != nil {
				_ = s.conn.Close() // the reader notices
				break
			}
		}
	}
}

// read takes packets until the connection ends. A client that sends no heartbeat in time is closed.
func (s *socket) read() {
	defer s.g.gateway.running.Done()
	defer s.leave()
	beat := s.g.cfg.Heartbeat
	s.queue(packet{Op: opHello, Data: stage.Encode(answer{"heartbeat_interval": beat.Milliseconds(), "_trace": []string{"sandbox"}})})
	for {
		_ = s.conn.SetReadDeadline(time.Now().Add(beat + beat/2))
		_, raw, err := s.conn.ReadMessage()
		if err != nil {
			var late net.Error
			if errors.As(err, &late) && late.Timeout() {
				s.end(closeTimedOut, "Session timed out.")
			}
			return
		}
		var p packet
		if json.Unmarshal(raw, &p) != nil {
			s.end(closeDecode, "Error while decoding payload.")
			return
		}
		if code, why := s.take(p); code != 0 {
			s.end(code, why)
			return
		}
	}
}

// end closes the connection with a code of the gateway.
func (s *socket) end(code int, why string) {
	deadline := time.Now().Add(time.Second)
	_ = s.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, why), deadline)
}

// leave forgets the connection; its session waits for a resume.
func (s *socket) leave() {
	w := s.g.gateway
	w.mu.Lock()
	delete(w.conns, s)
	if s.session != nil && s.session.conn == s {
		s.session.conn = nil
	}
	w.mu.Unlock()
	close(s.done)
	_ = s.conn.Close()
}

// take does what a packet says. A code other than 0 ends the connection.
func (s *socket) take(p packet) (code int, why string) {
	s.g.gateway.mu.Lock()
	known := s.session != nil
	s.g.gateway.mu.Unlock()
	switch p.Op {
	case opHeartbeat:
		s.queue(packet{Op: opAck})
		return 0, ""
	case opIdentify:
		if known {
			return closeIdentified, "Already authenticated."
		}
		return s.identify(p.Data)
	case opResume:
		if known {
			return closeIdentified, "Already authenticated."
		}
		return s.resume(p.Data)
	}
	if !known {
		return closeNoIdentity, "Not authenticated."
	}
	switch p.Op {
	case opPresence, opVoice:
		return 0, ""
	case opMembers:
		s.members(p.Data)
		return 0, ""
	default:
		return closeUnknownOp, "Unknown opcode."
	}
}

func (s *socket) identify(raw []byte) (int, string) {
	var said struct {
		Token   string
		Intents int
	}
	if json.Unmarshal(raw, &said) != nil {
		return closeDecode, "Error while decoding payload."
	}
	g := s.g
	g.mu.Lock()
	defer g.mu.Unlock()
	denied := presencesIntent | contentIntent
	if !g.settings.Members {
		denied |= membersIntent
	}
	switch {
	case g.holder("Bot "+strings.TrimPrefix(said.Token, "Bot "), botAccess) == nil:
		return closeBadToken, "Authentication failed."
	case said.Intents&^knownIntents != 0:
		return closeInvalidIntent, "Invalid intent(s)."
	case said.Intents&denied != 0:
		return closeDisallowed, "Disallowed intent(s)."
	}
	w := g.gateway
	w.mu.Lock()
	defer w.mu.Unlock()
	opened := &session{id: unguessable(), intents: said.Intents, conn: s}
	s.session = opened
	w.sessions[opened.id] = opened
	w.order = append(w.order, opened.id)
	opened.add("READY", g.readyEvent(opened))
	if !g.users[g.cfg.ApplicationID].Outside && opened.intents&guildsIntent != 0 {
		opened.add("GUILD_CREATE", g.guildEvent(opened.intents))
	}
	return 0, ""
}

// resume replays what the client missed (docs, events/gateway: resuming).
func (s *socket) resume(raw []byte) (int, string) {
	var said struct {
		Token     string
		SessionID string `json:"session_id"`
		Seq       int
	}
	if json.Unmarshal(raw, &said) != nil {
		return closeDecode, "Error while decoding payload."
	}
	s.g.mu.Lock()
	allowed := s.g.holder("Bot "+strings.TrimPrefix(said.Token, "Bot "), botAccess) != nil
	s.g.mu.Unlock()
	if !allowed {
		return closeBadToken, "Authentication failed."
	}
	w := s.g.gateway
	w.mu.Lock()
	defer w.mu.Unlock()
	found := w.sessions[said.SessionID]
	switch {
	case found == nil || said.Seq+1 < found.first:
		s.queue(packet{Op: opInvalidSession, Data: []byte("false")})
		return 0, ""
	case said.Seq > found.seq:
		return closeBadSeq, "Invalid seq."
	}
	if found.conn != nil {
		_ = found.conn.conn.Close()
	}
	for _, p := range found.kept[max(0, said.Seq+1-found.first):] {
		s.queue(p)
	}
	s.session, found.conn = found, s
	found.add("RESUMED", answer{"_trace": []string{"sandbox"}})
	return 0, ""
}
