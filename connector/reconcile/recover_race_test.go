package reconcile_test

import (
	"testing"

	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
)

// purposed writes a channel's purpose by hand.
func (w *world) purposed(id connector.ChannelID, purpose string) {
	w.chat.Change(id, func(ch *connectortest.MemoryChannel) { ch.Purpose = purpose })
}

// holders are the Records whose Groups have a channel.
func (w *world) holders(id connector.ChannelID) (ids []string) {
	w.Helper()
	page, err := w.engine.Groups.ListGroups(w.Context(), connector.GroupQuery{Platform: slack})
	w.ok(err)
	for _, g := range page.Groups {
		if g.Channel.ID == id {
			ids = append(ids, g.Record.ID)
		}
	}
	return ids
}

// lostOne is a world whose store was lost, with the channel of Record 1.
func lostOne(t *testing.T) (*world, connector.ChannelID) {
	t.Helper()
	w := newWorld(t)
	w.person("a")
	w.record("1", "Acme", "a")
	w.record("2", "Beta", "a")
	id := w.open("1").Channel.ID
	w.lose()
	w.ok(w.recoverer().Fresh(t.Context()))
	w.engine = connectortest.GuardEngine(w.engine, func(step string) error {
		if w.gate == nil {
			return nil
		}
		return w.gate(step)
	})
	return w, id
}

// TestRecoverBesideAdopt: whoever comes in between, at any step, a channel is one
// Record's, and whoever has it keeps it.
func TestRecoverBesideAdopt(t *testing.T) {
	for step := 1; ; step++ {
		w, id := lostOne(t)
		n, adopted := 0, false
		w.gate = func(string) error {
			if n++; n == step {
				w.gate = nil
				w.purposed(id, "")
				_, err := w.adopter().Adopt(t.Context(), wants("2", id, false))
				adopted = err == nil
			}
			return nil
		}
		text := w.recover(false)
		if n < step {
			return
		}
		if all := w.holders(id); len(all) != 1 || adopted != (all[0] == "2") {
			t.Errorf("step %d: held by %v, adopted %t, recovered %q", step, all, adopted, text)
		}
	}
}

// TestAdoptBesideRecover is the same the other way round.
func TestAdoptBesideRecover(t *testing.T) {
	for step := 1; ; step++ {
		w, id := lostOne(t)
		w.purposed(id, "")
		n := 0
		w.gate = func(string) error {
			if n++; n == step {
				w.gate = nil
				w.purposed(id, "crm/account/1")
				w.recover(false)
			}
			return nil
		}
		_, err := w.adopter().Adopt(t.Context(), wants("2", id, false))
		if n < step {
			return
		}
		if all := w.holders(id); len(all) != 1 || (err == nil) != (all[0] == "2") {
			t.Errorf("step %d: held by %v, adopting: %v", step, all, err)
		}
	}
}

// TestRecoverCrash: after a crash at any step of the store recovering again works.
func TestRecoverCrash(t *testing.T) {
	for crash := 1; ; crash++ {
		w, id := lostOne(t)
		n := 0
		w.gate = func(string) error {
			if n++; n >= crash {
				return connector.ErrStoreAway
			}
			return nil
		}
		_, err := w.recoverer().Recover(t.Context(), false)
		w.gate = nil
		if err == nil {
			return
		}
		w.recover(false)
		w.settle("1")
		if g := w.group("1"); g.Channel.ID != id || g.State != connector.GroupActive || g.Failure != "" {
			t.Errorf("after step %d: %+v", crash, g)
		}
	}
}
