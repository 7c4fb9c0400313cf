package assistant

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"roomkeeper/adapters/bolt"
	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
)

const slack connector.PlatformID = "slack"

// world is one Group with its channel.
type world struct {
	*testing.T
	clock  *connectortest.EngineClock
	chat   *connectortest.MemoryChat
	engine connector.Engine
	policy connector.Policy
	g      connector.Group
	// gate fails the engine's steps; nil lets all pass.
	gate func(step string) error
	// told counts what became of notices, "topic outcome".
	told map[string]int
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, clock: connectortest.NewEngineClock(), told: map[string]int{}}
	w.chat = connectortest.NewMemoryChat(slack, w.clock.Now)
	store, err := bolt.Open(filepath.Join(connectortest.StoreDir(t), "test.db"), bolt.Options{Clock: w.clock.Now})
	w.ok(err)
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	w.engine = connectortest.GuardEngine(store.Ports(), func(step string) error {
		if w.gate == nil {
			return nil
		}
		return w.gate(step)
	})
	w.policy = connector.Policy{
		Kind: connector.KindAccount, DetailFields: []string{"amount", "city"}, StageField: "stage",
		Topics: []connector.Topic{
			connector.TopicSalesRecord, connector.TopicOwnerChanged, connector.TopicClosed, connector.TopicMergedDeleted,
			connector.TopicPool, connector.TopicStageChanged, connector.TopicCustomAll,
		},
	}
	ch, err := w.chat.Platform().Channels.Create(t.Context(), connector.ChannelSpec{Name: "acme", Private: true})
	w.ok(err)
	record := connector.RecordKey{CRM: "crm", Kind: connector.KindAccount, ID: "1"}
	w.g, err = w.engine.Groups.SaveGroup(t.Context(), connector.Group{
		ID: connector.GroupIDOf(slack, record), Platform: slack, Record: record, RecordName: "Acme",
		RecordURL: "https://crm.example/1", State: connector.GroupActive, Channel: ch.Channel,
	})
	w.ok(err)
	w.chat.Calls.Reset()
	return w
}

func (w *world) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatalf("unexpected error: %v", err)
	}
}

func (w *world) assistant() *Assistant {
	return &Assistant{
		Poster:    &Poster{Engine: w.engine, Clock: w.clock.Now},
		Platforms: map[connector.PlatformID]connector.ChatPlatform{slack: w.chat.Platform()},
		Policies:  connector.Policies{w.policy},
		Backoff:   func(int) time.Duration { return time.Second },
		Observe:   func(topic connector.Topic, outcome string) { w.told[string(topic)+" "+outcome]++ },
		Logger:    slog.New(slog.DiscardHandler),
	}
}

func (w *world) save(change func(*connector.Group)) {
	w.Helper()
	change(&w.g)
	var err error
	w.g, err = w.engine.Groups.SaveGroup(w.Context(), w.g)
	w.ok(err)
}

// accept stores notices, as the Acceptor does.
func (w *world) accept(events ...connector.NoticeEvent) {
	w.Helper()
	for _, e := range events {
		_, err := w.engine.Inbox.Accept(w.Context(), connector.Intake{
			ID: e.ID, Group: w.g.ID, At: w.clock.Now(), Notice: &connector.Notice{Event: e, AcceptedAt: w.clock.Now()},
		})
		w.ok(err)
	}
}

func (w *world) run(attempt int) connector.RunEnd {
	return w.assistant().Run(w.Context(), connector.Lease{
		Key: connector.JobKey{Lane: connector.LaneCards, Group: w.g.ID}, Attempt: attempt,
	})
}

// settle runs until the run is done, as the queue would: waits pass on the clock.
func (w *world) settle() {
	w.Helper()
	attempt := 1
	for range 60 {
		end := w.run(attempt)
		switch end.Outcome {
		case connector.RunDone:
			return
		case connector.RunRetry:
			attempt++
		case connector.RunWait, connector.RunDead:
		}
		w.clock.Advance(end.After)
	}
	w.Fatal("no end")
}

func (w *world) messages() []connectortest.MemoryMessage {
	return w.chat.Channel(w.g.Channel.ID).Messages
}

// shows checks the titles in the channel, in order.
func (w *world) shows(want ...string) {
	w.Helper()
	var got []string
	for _, m := range w.messages() {
		got = append(got, m.Card.Title)
	}
	if !slices.Equal(got, want) {
		w.Fatalf("the channel shows %q, want %q", got, want)
	}
	left, err := w.engine.Outbox.Notices(w.Context(), w.g.ID, 10)
	w.ok(err)
	if len(left) != 0 {
		w.Fatalf("left in the outbox: %+v", left)
	}
}

func note(id string) connector.NoticeEvent {
	return connector.NoticeEvent{ID: id, Type: connector.EventNotification, Notification: &connector.Notification{Topic: "news", Title: id}}
}

func activity(event, id, title string, typ connector.EventType) connector.NoticeEvent {
	return connector.NoticeEvent{ID: event, Type: typ, Activity: &connector.Activity{ID: id, Kind: "call", Subject: title, Text: "text of " + title}}
}

func fault(err error, done bool) connectortest.MemoryFault {
	return connectortest.MemoryFault{Err: fmt.Errorf("spoilt: %w", err), Done: done}
}

// deadline is a call that ran out of time; no adapter said what that means.
func deadline() error { return fmt.Errorf("post: %w", context.DeadlineExceeded) }

func (w *world) dead() []connector.DeadLetter {
	w.Helper()
	letters, _, err := w.engine.DeadLetters.ListDead(w.Context(), "", 100)
	w.ok(err)
	return letters
}

var errOther = errors.New("something else")
