package reconcile_test

import (
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
	"roomkeeper/connector/reconcile"
)

// Who renamed a channel is told, each time, and the owner once that it stays.
func TestWhoRenamedIsTold(t *testing.T) {
	w := newWorld(t)
	w.person("a", "h")
	w.record("1", "Acme", "a")
	g := w.open("1")
	w.chat.Change(g.Channel.ID, func(c *connectortest.MemoryChannel) {
		c.RenamedBy = map[string]connector.MemberID{"ours": member("h")}
	})
	for range 5 {
		w.renameByHand("1", "ours")
		w.settle("1")
		w.renameByHand("1", "ours") // the echo of the same
	}
	got := w.group("1")
	if !got.NameContested {
		t.Error("the name is not contested")
	}
	told := map[connector.TellingWhat]connector.Telling{}
	for _, one := range got.Tellings {
		told[one.What] = one
	}
	if one := told[connector.TellNamePutBack]; one.To != connector.AudienceMember || one.Member != member("h") || one.About != "ours" {
		t.Errorf("told %+v", one)
	}
	if one := told[connector.TellNameContested]; one.To != connector.AudienceOwner || len(got.Tellings) != 2 {
		t.Errorf("told %+v", got.Tellings)
	}
	if n := w.chat.Calls.Counts()[string(connectortest.ChatRenamedBy)]; n != 3 {
		t.Errorf("asked %d times who it was", n)
	}
	w.record("1", "Beta", "a")
	w.settle("1")
	w.called("1", "beta")
	if w.group("1").NameContested {
		t.Error("the name is contested yet")
	}
}

// A dry run says that a name given by hand is put back, as long as it is.
func TestPutBackIsPlanned(t *testing.T) {
	w := newWorld(t)
	w.person("a")
	w.record("1", "Acme", "a")
	g := w.open("1")
	planner := &reconcile.Planner{Reconciler: w.reconciler()}
	for i, want := range []string{"acme", "acme", "acme", ""} {
		w.renameByHand("1", "ours")
		plan, err := planner.Preview(t.Context(), g.ID)
		w.ok(err)
		var got string
		for _, a := range plan.Of(connector.ActionRename) {
			got = a.Value
		}
		if got != want {
			t.Errorf("time %d: planned %q, want %q", i+1, got, want)
		}
		w.settle("1")
	}
}

// Where we may not look who it was, the channel is told; where it was nobody, it was
// a rename of our own.
func TestWhoRenamedIsUnreadable(t *testing.T) {
	for name, fault := range map[string]error{"refused": connector.ErrForbidden, "unsupported": connector.ErrUnsupported, "nobody": nil} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.person("a")
			w.record("1", "Acme", "a")
			w.open("1")
			if fault != nil {
				w.chat.Calls.Spoil(string(connectortest.ChatRenamedBy), 0, connectortest.MemoryFault{Err: fault})
			}
			w.renameByHand("1", "ours")
			w.settle("1")
			w.called("1", "acme")
			told := w.group("1").Tellings
			if fault == nil && len(told) == 0 {
				return
			}
			if len(told) != 1 || fault == nil || told[0].To != connector.AudienceChannel || told[0].Member != "" {
				t.Errorf("told %+v", told)
			}
		})
	}
}

// Another template renames nothing by itself, not even what is put back; on request
// it does, and a Record's new name is written by it.
func TestNewTemplate(t *testing.T) {
	w := newWorld(t)
	w.person("a")
	w.record("1", "Acme", "a")
	g := w.open("1")
	w.policy.NameTemplate = "crm-{name}"
	w.settle("1")
	w.calls(map[string]int{})
	w.clock.Advance(25 * time.Hour)
	w.settle("1")
	w.called("1", "acme")
	w.renameByHand("1", "ours")
	w.settle("1")
	w.called("1", "acme")
	w.ok(w.planner().Rename(t.Context(), g.ID))
	w.ok(w.planner().Rename(t.Context(), g.ID))
	w.settle("1")
	w.called("1", "crm-acme")
	w.policy.NameTemplate = "{name}-{id}"
	w.settle("1")
	w.called("1", "crm-acme")
	w.record("1", "Beta", "a")
	w.settle("1")
	w.called("1", "beta-1")
}

// What is put back is the very name, suffix and all.
func TestPutBackKeepsTheSuffix(t *testing.T) {
	w := newWorld(t)
	w.person("a")
	w.chat.Occupy("acme")
	w.record("1", "Acme", "a")
	name := w.open("1").Channel.Name
	if name == "acme" {
		t.Fatal("the name is taken")
	}
	for _, ch := range w.chat.Channels() {
		if ch.Name == "acme" {
			w.chat.Change(ch.ID, func(c *connectortest.MemoryChannel) { c.Name = "given-up" })
		}
	}
	w.renameByHand("1", "ours")
	w.settle("1")
	w.called("1", name)
}

// An adopted channel is not renamed on request either.
func TestRenameOfAnAdoptedChannel(t *testing.T) {
	w := newWorld(t)
	w.person("a")
	w.record("1", "Acme", "a")
	g := w.open("1")
	g.Origin = connector.Adopted
	_, err := w.engine.Groups.SaveGroup(t.Context(), g)
	w.ok(err)
	w.policy.NameTemplate = "crm-{name}"
	w.ok(w.planner().Rename(t.Context(), g.ID))
	w.settle("1")
	w.called("1", "acme")
}
