package crm

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strconv"
	"time"
)

// webhookDeadline is how long one delivery may take.
const webhookDeadline = 10 * time.Second

const maxRetryWait = time.Minute

// sendLoop delivers one event after the other until the World is closed. An
// event that may come through later holds up those behind it.
func (w *World) sendLoop() {
	for {
		p, url := w.head()
		if url == "" {
			select {
			case <-w.ctx.Done():
				return
			case <-w.hooks.wake:
			}
			continue
		}
		d, wait := w.deliver(p, url)
		if w.ctx.Err() != nil {
			return
		}
		w.settle(d)
		if d.Outcome != Retried {
			continue
		}
		timer := time.NewTimer(wait)
		select {
		case <-w.ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
	}
}

// head returns the event to deliver now and where to; no URL: nothing to do.
func (w *World) head() (parcel, string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	url := w.cfg.WebhookURL
	if url == "" && w.cfg.ConnectorURL != "" {
		url = w.cfg.ConnectorURL + "/webhooks/crm/crm"
	}
	if w.hooks.mode == WebhooksPaused || len(w.hooks.waiting) == 0 || url == "" {
		return parcel{}, ""
	}
	w.hooks.waiting[0].tries++
	return w.hooks.waiting[0], url
}

// settle logs a delivery and takes its event off the queue unless it has to
// come again. Reversing meanwhile may have moved it.
func (w *World) settle(d Delivery) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.hooks.note(d)
	if d.Outcome != Retried {
		for i, p := range w.hooks.waiting {
			if p.id == d.ID && p.tries == d.Attempt {
				w.hooks.waiting = append(w.hooks.waiting[:i], w.hooks.waiting[i+1:]...)
				break
			}
		}
	}
	w.changed()
}

func (w *World) deliver(p parcel, url string) (Delivery, time.Duration) {
	now := w.cfg.Clock()
	d := Delivery{ID: p.id, Type: p.typ, Attempt: p.tries, At: now, Outcome: Refused}
	began := time.Now()
	status, retryAfter, err := w.post(p, url, now)
	d.Millis = time.Since(began).Milliseconds()
	wait := min(w.cfg.RetryWait<<min(p.tries-1, 10), maxRetryWait)
	if err != nil {
		d.Outcome, d.Error = Retried, err.Error()
		return d, wait
	}
	d.Status = status
	switch {
	case d.Status/100 == 2:
		d.Outcome = Delivered
	case d.Status >= 500 || d.Status == http.StatusTooManyRequests:
		d.Outcome = Retried
		if s, err := strconv.Atoi(retryAfter); err == nil && s >= 0 {
			wait = time.Duration(s) * time.Second
		}
	default:
		w.cfg.Logger.Warn("webhook refused", "id", p.id, "type", p.typ, "status", d.Status)
	}
	return d, wait
}

// post sends one event and returns the answer's status and Retry-After header.
func (w *World) post(p parcel, url string, now time.Time) (status int, retryAfter string, err error) {
	ctx, cancel := context.WithTimeout(w.ctx, webhookDeadline)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(p.body))
	if err != nil {
		return 0, "", err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Webhook-Id", p.id)
	req.Header.Set("Webhook-Timestamp", strconv.FormatInt(now.Unix(), 10))
	req.Header.Set("Webhook-Signature", sign(w.key, p.id, now, p.body))
	resp, err := w.client.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close() //nolint:errcheck // nothing to do about it
	_, err = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<20))
	return resp.StatusCode, resp.Header.Get("Retry-After"), err
}
