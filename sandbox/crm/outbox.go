package crm

import (
	"crypto/rand"
	"fmt"
	"time"
)

// The ways in which the outbox treats new events.
const (
	// WebhooksOn sends events in order.
	WebhooksOn = "on"
	// WebhooksOff loses every event, as a CRM does whose webhook is switched off.
	WebhooksOff = "off"
	// WebhooksPaused keeps events until the mode changes.
	WebhooksPaused = "paused"
)

// What became of an attempt to deliver an event.
const (
	Delivered = "delivered" // answered 2xx
	Retried   = "retry"     // 5xx, 429 or no answer: comes again with the same id
	Refused   = "refused"   // any other answer: given up
	Dropped   = "dropped"   // lost on request
)

// Delivery is one line of the webhook log.
type Delivery struct {
	ID      string    `json:"id"`
	Type    string    `json:"type"`
	Attempt int       `json:"attempt"`
	At      time.Time `json:"at"`
	Millis  int64     `json:"ms"`
	Status  int       `json:"status,omitempty"`
	Outcome string    `json:"outcome"`
	Error   string    `json:"error,omitempty"`
}

const deliveryLogSize = 5000

type parcel struct {
	id, typ string
	body    []byte
	tries   int
}

// outbox holds events in order until they are delivered.
type outbox struct {
	prefix  string
	seq     int
	waiting []parcel
	mode    string
	drop    int
	double  int
	log     []Delivery
	wake    chan struct{}
}

func newOutbox() outbox {
	return outbox{prefix: "evt_" + rand.Text()[:8] + "_", mode: WebhooksOn, wake: make(chan struct{}, 1)}
}

func (o *outbox) add(typ string, body []byte, now time.Time) {
	o.seq++
	p := parcel{id: fmt.Sprintf("%s%06d", o.prefix, o.seq), typ: typ, body: body}
	if o.mode == WebhooksOff || o.drop > 0 {
		o.drop = max(0, o.drop-1)
		o.note(Delivery{ID: p.id, Type: typ, At: now, Outcome: Dropped})
		return
	}
	o.waiting = append(o.waiting, p)
	if o.double > 0 {
		o.double--
		o.waiting = append(o.waiting, p)
	}
	o.nudge()
}

func (o *outbox) note(d Delivery) {
	if len(o.log) >= deliveryLogSize {
		o.log = append(o.log[:0], o.log[deliveryLogSize/2:]...)
	}
	o.log = append(o.log, d)
}

func (o *outbox) nudge() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

// SetWebhooks changes the mode: WebhooksOn, WebhooksOff or WebhooksPaused.
// ErrInvalid: another word. reverse turns round what is waiting, so that it
// comes out of order.
func (w *World) SetWebhooks(mode string, reverse bool) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch mode {
	case WebhooksOn, WebhooksOff, WebhooksPaused:
	default:
		return fmt.Errorf("webhook mode %q: %w", mode, ErrInvalid)
	}
	w.hooks.mode = mode
	if reverse {
		for i, j := 0, len(w.hooks.waiting)-1; i < j; i, j = i+1, j-1 {
			w.hooks.waiting[i], w.hooks.waiting[j] = w.hooks.waiting[j], w.hooks.waiting[i]
		}
	}
	w.hooks.nudge()
	return nil
}

// DropNext loses the next n events.
func (w *World) DropNext(n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.hooks.drop = n
}

// DuplicateNext sends each of the next n events twice with the same id.
func (w *World) DuplicateNext(n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.hooks.double = n
}

// Deliveries returns the webhook log, oldest first, and how many events wait.
func (w *World) Deliveries() (log []Delivery, waiting int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]Delivery{}, w.hooks.log...), len(w.hooks.waiting)
}
