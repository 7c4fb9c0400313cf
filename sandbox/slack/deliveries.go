package slack

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync"
	"time"
)

const (
	deliveryWorkers = 16
	keptDeliveries  = 50_000
)

// Delivery is one attempt to bring an event to the app.
type Delivery struct {
	Seq     int       `json:"seq"`
	Time    time.Time `json:"time"` // when the attempt ended
	EventID string    `json:"event_id"`
	Type    string    `json:"type"`
	Attempt int       `json:"attempt"` // 0 first, then X-Slack-Retry-Num
	Reason  string    `json:"reason"`  // X-Slack-Retry-Reason of a retry
	Status  int       `json:"status"`  // 0: no answer
	Failure string    `json:"failure"` // reason that the next retry would give; "" when delivered
	GivenUp bool      `json:"given_up"`
	Body    string    `json:"body"`
}

// job is an event on its way, or one retry of it.
type job struct {
	eventID, kind string
	body          []byte
	attempt       int
	reason        string
}

// deliverer brings events to the app with a few workers at once; their order is not kept, as with Slack.
type deliverer struct {
	w *Workspace

	mu      sync.Mutex
	queue   []job
	workers int
	running sync.WaitGroup
	pending int // queued, running or waiting for a retry
	log     []Delivery
	seq     int
	changed chan struct{}
}

func newDeliverer(w *Workspace) *deliverer {
	return &deliverer{w: w, changed: make(chan struct{})}
}

func (d *deliverer) enqueue(j job) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.pending++
	d.start(j)
}

// start gives a counted job to a worker. The caller holds mu.
func (d *deliverer) start(j job) {
	if d.w.ctx.Err() != nil {
		return
	}
	d.queue = append(d.queue, j)
	if d.workers < deliveryWorkers {
		d.workers++
		d.running.Add(1)
		go d.work()
	}
}

func (d *deliverer) work() {
	defer d.running.Done()
	for {
		d.mu.Lock()
		if len(d.queue) == 0 || d.w.ctx.Err() != nil {
			d.workers--
			d.mu.Unlock()
			return
		}
		j := d.queue[0]
		d.queue = d.queue[1:]
		d.mu.Unlock()
		d.attempt(j)
	}
}

func (d *deliverer) attempt(j job) {
	header := map[string]string{}
	if j.attempt > 0 {
		header["X-Slack-Retry-Num"], header["X-Slack-Retry-Reason"] = strconv.Itoa(j.attempt), j.reason
	}
	status, answered, err := d.w.send(d.w.ctx, "/slack/events", "application/json", j.body, header)
	failure := failureOf(status, err)
	delays := d.w.cfg.RetryDelays
	again := failure != "" && j.attempt < len(delays) && answered.Header.Get("X-Slack-No-Retry") != "1"

	d.mu.Lock()
	defer d.mu.Unlock()
	d.seq++
	if len(d.log) >= keptDeliveries {
		d.log = slices.Clone(d.log[keptDeliveries/10:])
	}
	d.log = append(d.log, Delivery{Seq: d.seq, Time: time.Now(), EventID: j.eventID, Type: j.kind, Attempt: j.attempt, Reason: j.reason,
		Status: status, Failure: failure, GivenUp: failure != "" && !again, Body: string(j.body)})
	if again {
		delay := delays[j.attempt]
		j.attempt, j.reason = j.attempt+1, failure
		time.AfterFunc(delay, func() {
			d.mu.Lock()
			defer d.mu.Unlock()
			d.start(j)
		})
	} else {
		d.pending--
	}
	close(d.changed)
	d.changed = make(chan struct{})
}

// failureOf names why a delivery counts as failed, in the words of X-Slack-Retry-Reason.
func failureOf(status int, err error) string {
	switch {
	case errors.Is(err, errTooManyRedirects):
		return "too_many_redirects"
	case errors.Is(err, context.DeadlineExceeded):
		return "http_timeout"
	case err != nil:
		return "connection_failed"
	case status < 200 || status > 299:
		return "http_error"
	default:
		return ""
	}
}

func (d *deliverer) wait() { d.running.Wait() }

// Deliveries returns the attempts after the one numbered since.
func (w *Workspace) Deliveries(since int) []Delivery {
	w.deliver.mu.Lock()
	defer w.deliver.mu.Unlock()
	found := []Delivery{}
	for _, d := range w.deliver.log {
		if d.Seq > since {
			found = append(found, d)
		}
	}
	return found
}

// Settle returns once no event is queued, on its way or waiting for a retry, or with ctx's error.
func (w *Workspace) Settle(ctx context.Context) error {
	for {
		w.deliver.mu.Lock()
		pending, changed := w.deliver.pending, w.deliver.changed
		w.deliver.mu.Unlock()
		if pending == 0 {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
