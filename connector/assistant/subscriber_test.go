package assistant

import (
	"slices"
	"testing"

	"roomkeeper/connector"
)

func (w *world) subscriber() *Subscriber {
	return &Subscriber{Engine: w.engine, Policies: connector.Policies{w.policy}, Clock: w.clock.Now}
}

func (w *world) effective(want ...connector.Topic) {
	w.Helper()
	got, err := w.subscriber().Effective(w.Context(), w.g)
	w.ok(err)
	if !slices.Equal(got, want) {
		w.Fatalf("on are %v, want %v", got, want)
	}
}

func (w *world) subscribe(on, off []connector.Topic, fields ...string) connector.Subscription {
	w.Helper()
	sub, err := w.subscriber().Change(w.Context(), w.g.ID, on, off, fields, "ann")
	w.ok(err)
	return sub
}

func TestUnsubscribeAll(t *testing.T) {
	w := newWorld(t)
	w.effective(w.policy.Topics...)
	sub := w.subscribe(nil, connector.Topics())
	if sub.ChangedBy != "ann" || !sub.ChangedAt.Equal(w.clock.Now()) {
		t.Errorf("subscription %+v", sub)
	}
	w.effective()
	w.accept(note("1"), activity("e", "a", "x", connector.EventActivityCreated))
	w.settle()
	w.shows()
}

func TestSubscribeCustom(t *testing.T) {
	w := newWorld(t)
	w.subscribe(nil, connector.Topics())
	w.subscribe([]connector.Topic{"custom:news"}, []connector.Topic{"custom:other"})
	w.effective("custom:news")
	w.accept(note("1"))
	w.settle()
	w.shows("1")
	sub := w.subscribe([]connector.Topic{connector.TopicCustomAll}, nil)
	if _, stays := sub.Topics["custom:other"]; stays {
		t.Error("a decision about one custom topic outlived one about all")
	}
	w.effective(connector.TopicCustomAll)
}

func TestSubscribeFields(t *testing.T) {
	w := newWorld(t)
	w.subscribe([]connector.Topic{connector.TopicRecordUpdated}, nil, "amount")
	w.accept(connector.NoticeEvent{ID: "1", Type: connector.EventRecordUpdated, Changes: []connector.Change{change("city", "a", "b")}})
	w.settle()
	w.shows()
	w.accept(connector.NoticeEvent{ID: "2", Type: connector.EventRecordUpdated, Changes: []connector.Change{change("amount", "1", "2")}})
	w.settle()
	w.shows("Acme")
	if sub := w.subscribe([]connector.Topic{connector.TopicPool}, nil); !slices.Equal(sub.Fields, []string{"amount"}) {
		t.Errorf("fields %v", sub.Fields)
	}
}

func TestSetTopics(t *testing.T) {
	w := newWorld(t)
	w.subscribe([]connector.Topic{"custom:old", connector.TopicRecordUpdated}, nil, "amount")
	sub, err := w.subscriber().Set(t.Context(), w.g.ID, []connector.Topic{connector.TopicTeamChanged, "custom:news"}, "api")
	w.ok(err)
	w.effective(connector.TopicTeamChanged, "custom:news")
	if len(sub.Fields) != 0 {
		t.Errorf("fields %v", sub.Fields)
	}
}
