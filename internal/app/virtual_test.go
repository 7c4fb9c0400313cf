package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"roomkeeper/adapters/httpapi"
	"roomkeeper/config"
	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
	"roomkeeper/sandbox/crm"
)

// The service in virtual time: the whole of it but its listeners, with the
// sandbox's own handlers on the other end.

const (
	virtualSecret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"
	// roundTrip is how long an answer takes.
	roundTrip = 80 * time.Millisecond
)

// virtual is a service that runs in a bubble of virtual time; or, see overHTTP, not.
type virtual struct {
	*testing.T
	app *App
	api http.Handler
	log *bytes.Buffer
	ids int
}

// handlers answers the calls to each host.
type handlers map[string]http.Handler

func (h handlers) RoundTrip(r *http.Request) (*http.Response, error) {
	handler, ok := h[r.URL.Host]
	if !ok {
		return nil, fmt.Errorf("nobody is at %s", r.URL.Host)
	}
	timer := time.NewTimer(roundTrip)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	inward := r.Clone(r.Context())
	inward.RequestURI, inward.Host = r.URL.RequestURI(), r.URL.Host
	if inward.Body == nil {
		inward.Body = http.NoBody
	}
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, inward)
	return recorder.Result(), nil
}

// inVirtualTime runs test in a bubble in which the service runs, with what chats
// makes at the other end and in its environment, and without a pull API: what
// the webhooks say is the truth.
func inVirtualTime(t *testing.T, chats func(t *testing.T) (handlers, map[string]string), test func(v *virtual)) {
	t.Helper()
	data := connectortest.StoreDir(t)
	synctest.Test(t, func(t *testing.T) {
		v := &virtual{T: t, log: &bytes.Buffer{}}
		ends, env := chats(t)
		v.start(v.configured(data, env), ends)
		defer v.stop()
		test(v)
	})
}

func (v *virtual) configured(data string, env map[string]string) config.Config {
	v.Helper()
	v.Setenv("ROOMKEEPER_DATA_DIR", data)
	v.Setenv("ROOMKEEPER_CRM_WEBHOOK_SECRET", virtualSecret)
	for name, value := range env {
		v.Setenv("ROOMKEEPER_"+name, value)
	}
	c, err := config.Load()
	v.ok(err)
	return c
}

func (v *virtual) start(c config.Config, chats http.RoundTripper) {
	v.Helper()
	a, err := New(Options{
		Config: c, Clock: time.Now, Transport: chats,
		Logger: slog.New(slog.NewTextHandler(v.log, &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
	v.ok(err)
	v.app, v.api = a, httpapi.New(a.httpOptions())
	v.ok(a.services.recoverer.Fresh(v.Context()))
	for _, p := range a.presence {
		v.ok(p.introduce(v.Context()))
	}
	a.services.workers.start(a.life)
}

func (v *virtual) stop() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := v.app.services.workers.stop(ctx); err != nil {
		v.Errorf("stop: %v", err)
	}
	for _, in := range v.app.inbound {
		v.ok(in.Close(ctx))
	}
	v.app.end()
	v.ok(v.app.store.Close())
}

func (v *virtual) ok(err error) {
	v.Helper()
	if err != nil {
		v.Fatal(err)
	}
}

// hook sends events as the CRM does, in batches, which are all taken.
func (v *virtual) hook(events ...map[string]any) {
	v.Helper()
	const batch = 50
	for len(events) > 0 {
		n := min(batch, len(events))
		body, err := json.Marshal(events[:n])
		v.ok(err)
		events = events[n:]
		v.ids++
		id := "evt-" + strconv.Itoa(v.ids)
		signature, err := crm.Sign(virtualSecret, id, time.Now(), body)
		v.ok(err)
		request := httptest.NewRequestWithContext(v.Context(), http.MethodPost, "/webhooks/crm/crm", bytes.NewReader(body))
		request.Header.Set("webhook-id", id)
		request.Header.Set("webhook-timestamp", strconv.FormatInt(time.Now().Unix(), 10))
		request.Header.Set("webhook-signature", signature)
		answer := httptest.NewRecorder()
		v.api.ServeHTTP(answer, request)
		if answer.Code != http.StatusNoContent {
			v.Fatalf("webhook answered %d: %s", answer.Code, answer.Body)
		}
	}
}

// settle waits until nothing is queued any more, and returns how long that took.
func (v *virtual) settle(within time.Duration) time.Duration {
	v.Helper()
	begun := time.Now()
	for {
		depth, err := v.app.services.engine.Queue.Depth(v.Context())
		v.ok(err)
		if depth.Waiting == 0 && depth.Running == 0 {
			return time.Since(begun)
		}
		if time.Since(begun) > within {
			v.Fatalf("after %s: %d waiting, %d running\n%.4000s", within, depth.Waiting, depth.Running, v.log)
		}
		timer := time.NewTimer(time.Second)
		<-timer.C
	}
}

// told is an event that brings a Record with its team and people.
func told(event, kind, id, name string, team ...crm.Person) map[string]any {
	data := map[string]any{"kind": kind, "record_id": id}
	var entries, users []map[string]any
	for _, p := range team {
		entries = append(entries, map[string]any{"principal": map[string]any{"type": "user", "id": p.ID}, "role": "member"})
		users = append(users, map[string]any{"id": p.ID, "name": p.Name, "email": p.Email, "links": p.Links})
	}
	record := map[string]any{"kind": kind, "id": id, "name": name}
	if len(team) > 0 {
		record["owner"] = map[string]any{"type": "user", "id": team[0].ID}
	}
	data["record"], data["team"], data["users"] = record, entries, users
	return map[string]any{"type": event, "timestamp": time.Now().UTC().Format(time.RFC3339Nano), "data": data}
}

// groups are the stored Groups by Record id.
func (v *virtual) groups() map[string]connector.Group {
	v.Helper()
	groups := map[string]connector.Group{}
	for q := (connector.GroupQuery{}); ; {
		page, err := v.app.services.engine.Groups.ListGroups(v.Context(), q)
		v.ok(err)
		for _, g := range page.Groups {
			groups[g.Record.ID] = g
		}
		if q.Cursor = page.Next; page.Next == "" {
			return groups
		}
	}
}
