package discord

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"roomkeeper/sandbox/internal/stage"
)

const keptDeliveries = 50_000

// Delivery is one interaction, or one repetition of it, that was sent to the app.
type Delivery struct {
	Seq     int       `json:"seq"`
	Time    time.Time `json:"time"` // when it ended
	ID      string    `json:"id"`   // of the interaction
	Type    int       `json:"type"`
	Again   bool      `json:"again"` // sent by Deliver
	Seconds float64   `json:"seconds"`
	Status  int       `json:"status"`  // 0: no answer
	Failure string    `json:"failure"` // "": answered
	Body    string    `json:"body"`
	Answer  string    `json:"answer"`
}

// sentLog is what was sent to the app.
type sentLog struct {
	mu      sync.Mutex
	seq     int
	entries []Delivery
}

func (l *sentLog) add(d Delivery) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seq++
	d.Seq, d.Time = l.seq, time.Now()
	if len(l.entries) >= keptDeliveries {
		l.entries = slices.Clone(l.entries[keptDeliveries/10:])
	}
	l.entries = append(l.entries, d)
}

// Deliveries returns what was sent to the app after the one numbered since.
func (g *Guild) Deliveries(since int) []Delivery {
	g.sent.mu.Lock()
	defer g.sent.mu.Unlock()
	found := []Delivery{}
	for _, d := range g.sent.entries {
		if d.Seq > since {
			found = append(found, d)
		}
	}
	return found
}

// deliver sends an interaction and logs it.
func (g *Guild) deliver(ctx context.Context, id string, kind int, body []byte, seal Seal, again bool) (int, stage.Received, error) {
	start := time.Now()
	status, answered, err := g.send(ctx, body, seal)
	d := Delivery{ID: id, Type: kind, Again: again, Seconds: time.Since(start).Seconds(), Status: status, Body: string(body), Answer: string(answered.Content)}
	if err != nil {
		d.Failure = err.Error()
	}
	g.sent.add(d)
	return status, answered, err
}

// Redelivery names an interaction that was sent before, and how it is to be sealed this time.
type Redelivery struct {
	ID string `json:"id"` // "": the last one
	Seal
}

// Sent is what the app answered to a Redelivery or a forged interaction; nobody in the guild sees it.
type Sent struct {
	ID     string `json:"id"`
	Status int    `json:"status"` // 0: no answer
	Answer string `json:"answer"`
	Error  string `json:"error,omitempty"`
}

// Deliver sends the body of a delivered interaction once more. What the app answers has no effect. An error means
// that there is no such interaction.
func (g *Guild) Deliver(ctx context.Context, r Redelivery) (Sent, error) {
	for _, d := range slices.Backward(g.Deliveries(0)) {
		if d.Type != pingKind && (r.ID == "" || d.ID == r.ID) {
			return g.sentOnce(ctx, d.ID, d.Type, []byte(d.Body), r.Seal, true), nil
		}
	}
	return Sent{}, fmt.Errorf("%w: no interaction %q", errNotPossible, r.ID)
}

func (g *Guild) sentOnce(ctx context.Context, id string, kind int, body []byte, seal Seal, again bool) Sent {
	status, answered, err := g.deliver(ctx, id, kind, body, seal, again)
	sent := Sent{ID: id, Status: status, Answer: string(answered.Content)}
	if err != nil {
		sent.Error = err.Error()
	}
	return sent
}

// VerifyEndpoint does what Discord does when the address of the interactions is entered: it sends a PING, which the
// app must answer with a PONG, and one with a wrong signature, which it must refuse with 401 (docs,
// interactions/overview: setting up an endpoint). It says whether the app passed.
func (g *Guild) VerifyEndpoint(ctx context.Context) (bool, error) {
	g.mu.Lock()
	id := g.nextID()
	body := stage.Encode(answer{"id": id, "application_id": g.cfg.ApplicationID, "type": pingKind, "token": unguessable(), "version": 1,
		"user": g.userObject(g.users[g.ownerID]), "entitlements": []any{}})
	g.mu.Unlock()
	good := g.sentOnce(ctx, id, pingKind, body, Seal{}, false)
	bad := g.sentOnce(ctx, id, pingKind, body, Seal{Corrupt: true}, false)
	if good.Error != "" || bad.Error != "" {
		return false, fmt.Errorf("verify the endpoint: %s %s", good.Error, bad.Error)
	}
	var pong struct{ Type int }
	known := json.Unmarshal([]byte(good.Answer), &pong) == nil && pong.Type == pongAnswer
	return good.Status == 200 && known && bad.Status == 401, nil
}
