package reconcile_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"roomkeeper/adapters/bolt"
	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
	"roomkeeper/connector/reconcile"
)

// lose puts an empty store in the place of the one that is there.
func (w *world) lose() {
	w.Helper()
	store, err := bolt.Open(filepath.Join(connectortest.StoreDir(w), "empty.db"), bolt.Options{Clock: w.clock.Now})
	w.ok(err)
	w.Cleanup(func() { w.ok(store.Close()) })
	w.engine = store.Ports()
	w.queue = &recorder{Queue: w.engine.Queue}
	w.engine.Queue = w.queue
	w.clock.Advance(time.Hour)
	w.forget()
}

// heldByRecover checks that a channel is refused with that many channels found.
func (w *world) heldByRecover(err error, channels int) {
	w.Helper()
	var held *connector.RecoverError
	if !errors.As(err, &held) || held.Channels != channels || held.Platform != slack || !errors.Is(err, connector.ErrConflict) {
		w.Fatalf("error %v, want held by recover with %d channels", err, channels)
	}
}

func (w *world) recover(dryRun bool) string {
	w.Helper()
	found, err := w.recoverer().Recover(w.Context(), dryRun)
	w.ok(err)
	text := ""
	for _, f := range found {
		text += fmt.Sprintf("%s %s %s %t\n", f.Record, f.Channel.Name, f.Action, f.Archived)
	}
	return text
}

// TestLostStore: an empty store beside our channels makes no second one, not
// even of a Record that was renamed meanwhile; recovered, the channel goes on
// in its place.
func TestLostStore(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b", "c")
	w.record("1", "Acme", "a", "b")
	before := w.open("1")
	w.lose()
	w.record("1", "Zenith", "a", "c")
	w.heldByRecover(w.recoverer().Check(t.Context(), slack), 1)
	w.calls(map[string]int{"own": 1})
	opener := &reconcile.Opener{Acceptor: w.acceptor(), Resolver: w.resolver(), Recovery: w.recoverer()}
	_, _, err := opener.Open(t.Context(), key("1"), "", "")
	w.heldByRecover(err, 1)
	w.request("1")
	for attempt := range 3 {
		if end := w.attempt("1", attempt+1); end.Outcome != connector.RunRetry || end.After <= 0 {
			t.Fatalf("the run ended %+v", end)
		}
	}
	w.calls(map[string]int{})
	_, _, err = opener.Open(t.Context(), key("1"), "", "")
	w.heldByRecover(err, 1)

	const line = "crm/account/1 acme attach false\n"
	if got := w.recover(true); got != line || w.group("1").Channel.ID != "" {
		t.Fatalf("a dry run says %q, the Group has %q", got, w.group("1").Channel.ID)
	}
	w.heldByRecover(w.recoverer().Check(t.Context(), slack), 1)
	w.forget()
	if got := w.recover(false); got != line {
		t.Fatalf("recovered %q", got)
	}
	w.ok(w.recoverer().Check(t.Context(), slack))
	w.settle("1")
	g := w.group("1")
	if g.Channel.ID != before.Channel.ID || g.State != connector.GroupActive || len(w.chat.Channels()) != 1 {
		t.Fatalf("%+v, %d channels", g, len(w.chat.Channels()))
	}
	ch := w.channel("1")
	if ch.Name != "zenith" || ch.Topic != "Zenith" || len(ch.Messages) != 1 {
		t.Errorf("%q, topic %q, %d messages; want the renamed channel with its one details card", ch.Name, ch.Topic, len(ch.Messages))
	}
	w.in("1", "a", "b", "c")
	if row := w.row("1", "b"); row.Status != connector.StatusHandAdded {
		t.Errorf("who was in before is %s", row.Status)
	}
	if got := w.recover(false); got != "crm/account/1 zenith keep false\n" {
		t.Errorf("again: %q", got)
	}
}

// TestRecoverAllSorts: each channel is used once at most, and what is not ours
// is left alone.
func TestRecoverAllSorts(t *testing.T) {
	w := newWorld(t)
	mine := func(name, purpose string, archived bool) connector.ChannelID {
		id := w.ours(name, purpose)
		w.chat.Change(id, func(c *connectortest.MemoryChannel) { c.Archived = archived })
		return id
	}
	mine("old", "crm/account/1", true)
	kept := mine("acme", "crm/account/1", false)
	mine("acme-2", "crm/account/1", false)
	mine("shut", "crm/account/2", true)
	mine("lead", "crm/lead/3", false)
	mine("chatter", "where we talk", false)
	mine("other", "elsewhere/account/4", false)
	mine("slashes", "crm/account/a/b", false)
	w.lose()
	w.heldByRecover(w.recoverer().Check(t.Context(), slack), 5)
	want := `crm/account/1 acme rebuild false
crm/account/1 acme-2 duplicate false
crm/lead/3 lead kind_not_in_use false
crm/account/a/b slashes rebuild false
crm/account/1 old duplicate true
crm/account/2 shut rebuild true
`
	for _, dryRun := range []bool{true, false} {
		if got := w.recover(dryRun); got != want {
			t.Fatalf("dry run %t:\n%s", dryRun, got)
		}
	}
	if g := w.group("1"); g.Channel.ID != kept || g.State != connector.GroupActive || !g.Purposed {
		t.Errorf("%+v", g)
	}
	if g := w.group("2"); g.State != connector.GroupArchived {
		t.Errorf("the archived one is %s", g.State)
	}
	jobs := w.queue.take(connector.LaneGroup)
	if len(jobs) != 3 {
		t.Errorf("queued %v", jobs)
	}
	for _, job := range jobs {
		if !slices.Equal(job.Tags, connector.QueuedBy("recover")) {
			t.Errorf("%s is queued by %q", job.Key.Group, job.Tags)
		}
	}
	again := `crm/account/1 acme keep false
crm/account/1 acme-2 other_channel false
crm/lead/3 lead kind_not_in_use false
crm/account/a/b slashes keep false
crm/account/1 old other_channel true
crm/account/2 shut keep true
`
	if got := w.recover(false); got != again {
		t.Errorf("again:\n%s", got)
	}
}

// TestRecoverKeepsWhatIsNotOurs: a topic of somebody else stays, and a new
// template renames nothing.
func TestRecoverKeepsWhatIsNotOurs(t *testing.T) {
	w := newWorld(t)
	w.person("a")
	w.record("1", "Acme", "a")
	w.record("2", "Blue", "a")
	w.open("1")
	two := w.open("2").Channel.ID
	w.chat.Change(two, func(ch *connectortest.MemoryChannel) { ch.Topic = "Lunch at noon" })
	w.lose()
	w.policy.NameTemplate = "acct-{name}"
	w.recover(false)
	w.settle("1")
	w.settle("2")
	if ch := w.channel("1"); ch.Name != "acme" || ch.Topic != "Acme" {
		t.Errorf("%q, topic %q", ch.Name, ch.Topic)
	}
	if ch := w.channel("2"); ch.Topic != "Lunch at noon" {
		t.Errorf("the topic became %q", ch.Topic)
	}
}

// TestFounding: a store is looked at once, and only one that has no channel.
func TestFounding(t *testing.T) {
	t.Run("nothing there", func(t *testing.T) {
		w := newWorld(t)
		w.lose()
		for range 2 {
			w.ok(w.recoverer().Check(t.Context(), slack))
		}
		w.calls(map[string]int{"own": 1})
	})
	t.Run("platform away", func(t *testing.T) {
		w := newWorld(t)
		w.person("a")
		w.record("1", "Acme", "a")
		w.open("1")
		w.lose()
		w.chat.Calls.Spoil("own", 0, connectortest.MemoryFault{Err: connector.ErrTemporary})
		w.request("1")
		if end := w.attempt("1", 1); end.Outcome != connector.RunRetry {
			t.Fatalf("%+v", end)
		}
		w.run("1")
		w.heldByRecover(w.recoverer().Held(t.Context(), slack), 1)
		if n := len(w.chat.Channels()); n != 1 {
			t.Errorf("%d channels", n)
		}
	})
	t.Run("fresh", func(t *testing.T) {
		w := newWorld(t)
		w.person("a")
		w.record("1", "Acme", "a")
		w.open("1")
		w.lose()
		w.record("1", "Zenith", "a")
		w.heldByRecover(w.recoverer().Check(t.Context(), slack), 1)
		w.ok(w.recoverer().Fresh(t.Context()))
		w.open("1")
		if n := len(w.chat.Channels()); n != 2 {
			t.Errorf("%d channels, want the old and a new one", n)
		}
	})
	t.Run("known store", func(t *testing.T) {
		w := newWorld(t)
		w.person("a")
		w.record("1", "Acme", "a")
		w.open("1")
		w.ok(w.engine.Marks.SetMark(t.Context(), "founded/slack", ""))
		w.ok(w.recoverer().Check(t.Context(), slack))
		w.calls(map[string]int{})
	})
}

// brokenQueue takes nothing.
type brokenQueue struct{ connector.Queue }

func (brokenQueue) Add(context.Context, ...connector.Job) error { return connector.ErrStoreAway }

// TestRecoverCutOff: what one call left half done the next one completes, and
// no channel is made in between.
func TestRecoverCutOff(t *testing.T) {
	w := newWorld(t)
	w.person("a")
	w.record("1", "Acme", "a")
	w.open("1")
	w.lose()
	w.heldByRecover(w.recoverer().Check(t.Context(), slack), 1)
	r := w.recoverer()
	r.Engine.Queue = brokenQueue{w.queue}
	if _, err := r.Recover(t.Context(), false); !errors.Is(err, connector.ErrStoreAway) {
		t.Fatalf("error %v", err)
	}
	w.heldByRecover(w.recoverer().Check(t.Context(), slack), 1)
	w.queue.take("")
	w.recover(false)
	w.ok(w.recoverer().Check(t.Context(), slack))
	if jobs := w.queue.take(connector.LaneGroup); len(jobs) != 1 {
		t.Errorf("queued %v", jobs)
	}
}

// A channel that was adopted bears no mark and is not found; it can be adopted again.
func TestRecoverFindsNoAdoptedChannel(t *testing.T) {
	w, id := adopted(t, false)
	w.lose()
	w.ok(w.recoverer().Check(t.Context(), slack))
	if got := w.recover(false); got != "" {
		t.Errorf("found %q", got)
	}
	g, err := w.adopter().Adopt(t.Context(), wants("1", id, false))
	w.ok(err)
	if g.Channel.ID != id {
		t.Errorf("%+v", g)
	}
}
