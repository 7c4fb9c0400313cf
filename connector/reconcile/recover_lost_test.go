package reconcile_test

import (
	"fmt"
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
)

// rekeyed is a world whose channel was given another id, and nobody was told. a and b are
// on the team, c left by themselves, x was in by hand.
func rekeyed(t *testing.T) (*world, connector.ChannelID) {
	t.Helper()
	w := newWorld(t)
	w.person("a", "b", "c", "x")
	w.record("1", "Acme", "a", "b", "c")
	before := w.open("1").Channel.ID
	w.handIn("x")
	w.handOut("c")
	w.rekey(before, "C77")
	w.stands("1", connector.GroupLost)
	return w, "C77"
}

// rekey gives the channel of Record 1 another id, which a run finds gone.
func (w *world) rekey(before, id connector.ChannelID) {
	w.Helper()
	w.chat.Change(before, func(ch *connectortest.MemoryChannel) {
		ch.ID, ch.URL = id, "https://chat.example/"+string(id)
	})
	w.touchChannel()
	w.settle("1")
}

// ours is a channel of our bot's own that carries the key of a Record, with these in it.
func (w *world) ours(name, purpose string, in ...string) connector.ChannelID {
	w.Helper()
	platform := w.chat.Platform()
	ch, err := platform.Channels.Create(w.Context(), connector.ChannelSpec{Name: name, Private: true})
	w.ok(err)
	w.ok(platform.Describer.SetPurpose(w.Context(), ch.ID, purpose))
	w.chat.Join(ch.ID, members(in...)...)
	w.clock.Advance(time.Minute)
	return ch.ID
}

// TestRecoverTiesARekeyedChannelAgain: with everything that was known of the people in
// it, so that who was added goes when they are taken off the team.
func TestRecoverTiesARekeyedChannelAgain(t *testing.T) {
	w, id := rekeyed(t)
	before := w.group("1")
	known := rows(before.Memberships)
	const line = "crm/account/1 acme attach false\n"
	if got := w.recover(true); got != line || w.group("1").Revision != before.Revision {
		t.Fatalf("a dry run says %q", got)
	}
	if got := w.recover(false); got != line {
		t.Fatalf("recovered %q", got)
	}
	w.forget()
	w.settle("1")
	w.calls(map[string]int{"edit": 1, "observe": 1})
	g := w.group("1")
	if g.Channel.ID != id || g.Channel.URL != "https://chat.example/C77" || g.State != connector.GroupActive || g.Origin != connector.CreatedByUs {
		t.Fatalf("%+v", g)
	}
	w.in("1", "a", "b", "x")
	if got := rows(g.Memberships); got != known {
		t.Errorf("%s, was %s", got, known)
	}
	ch := w.channel("1")
	if len(ch.Messages) != 1 || g.Details.Message != ch.Messages[0].ID || ch.Name != "acme" || ch.Topic != "Acme" {
		t.Errorf("%+v", ch)
	}
	if holder, err := w.engine.Names.Reserve(t.Context(), slack, "channel/"+string(before.Channel.ID), "another"); err != nil || holder != "another" {
		t.Errorf("the old id is held by %s: %v", holder, err)
	}
	if got := w.recover(false); got != "crm/account/1 acme keep false\n" {
		t.Errorf("again: %q", got)
	}
	w.record("1", "Acme", "a", "c")
	w.settle("1")
	w.in("1", "a", "x")
}

// TestRecoverGivesALostRecordItsOtherChannel: of the lost one is kept who left it, and
// who was let in by hand has to be let in again.
func TestRecoverGivesALostRecordItsOtherChannel(t *testing.T) {
	w, before := gone(t)
	id := w.ours("acme-2", "crm/account/1", "a")
	if got := w.recover(false); got != "crm/account/1 acme-2 attach false\n" {
		t.Fatalf("recovered %q", got)
	}
	w.settle("1")
	g := w.group("1")
	if g.Channel.ID != id || g.State != connector.GroupActive {
		t.Fatalf("%+v", g)
	}
	w.in("1", "a")
	if got := rows(g.Memberships); got != "U:x@example.com removed, our a member, our b left" {
		t.Errorf("%s; before %s", got, rows(before.Memberships))
	}
	if ch := w.channel("1"); len(ch.Messages) != 1 || g.Details.Message != ch.Messages[0].ID {
		t.Errorf("%+v", ch.Messages)
	}
	w.person("d")
	w.record("1", "Acme", "a", "d")
	w.settle("1")
	w.in("1", "a", "d")
}

// TestRecoverInvitesWhoWasInTheLostChannel: also more than half of them.
func TestRecoverInvitesWhoWasInTheLostChannel(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b", "c")
	w.record("1", "Acme", "a", "b", "c")
	before := w.open("1").Channel.ID
	w.chat.Change(before, func(ch *connectortest.MemoryChannel) { ch.Deleted = true })
	w.touchChannel()
	w.settle("1")
	w.ours("acme-2", "crm/account/1")
	w.recover(false)
	w.settle("1")
	w.stands("1", connector.GroupActive)
	w.in("1", "a", "b", "c")
}

// TestRecoverLeavesWhatOnlySeemedLost: a channel that is listed is there.
func TestRecoverLeavesWhatOnlySeemedLost(t *testing.T) {
	w, before := gone(t)
	w.ours("acme-2", "crm/account/1", "a")
	w.chat.Change(before.Channel.ID, func(ch *connectortest.MemoryChannel) { ch.Deleted = false })
	if got := w.recover(false); got != "crm/account/1 acme keep false\ncrm/account/1 acme-2 other_channel false\n" {
		t.Fatalf("recovered %q", got)
	}
	if g := w.group("1"); g.Channel.ID != before.Channel.ID {
		t.Errorf("%+v", g)
	}
}

// TestRecoverLostCrash: after a crash at any step it works the next time.
func TestRecoverLostCrash(t *testing.T) {
	for crash := 1; ; crash++ {
		w, id := rekeyed(t)
		steps := 0
		w.gate = func(string) error {
			if steps++; steps >= crash {
				return fmt.Errorf("killed: %w", connector.ErrStoreAway)
			}
			return nil
		}
		_, err := w.recoverer().Recover(t.Context(), false)
		w.gate = nil
		w.recover(false)
		w.settle("1")
		w.stands("1", connector.GroupActive)
		w.in("1", "a", "b", "x")
		if g := w.group("1"); g.Channel.ID != id {
			t.Fatalf("%+v", g)
		}
		if err == nil {
			if crash < 6 {
				t.Fatalf("%d steps", crash)
			}
			return
		}
	}
}
