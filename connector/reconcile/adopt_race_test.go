package reconcile_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
	"roomkeeper/connector/reconcile"
)

// TestAdoptAtOnce: of many that adopt at once one gets the channel, and a Record gets
// one channel.
func TestAdoptAtOnce(t *testing.T) {
	w := newWorld(t)
	w.person("a")
	var requests []connector.AdoptRequest
	first, second := w.theirs("first"), w.theirs("second")
	for i := range 6 {
		id := fmt.Sprint(i)
		w.record(id, "Record "+id, "a")
		requests = append(requests, wants(id, first, false), wants(id, first, false), wants(id, second, false))
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	won := map[connector.ChannelID]map[connector.RecordKey]bool{first: {}, second: {}}
	for _, req := range requests {
		all.Go(func() {
			g, err := w.adopter().Adopt(t.Context(), req)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				won[g.Channel.ID][g.Record] = true
			case !errors.Is(err, connector.ErrConflict):
				t.Error(err)
			}
		})
	}
	all.Wait()
	// Who gave way may come again.
	for _, req := range requests {
		if g, err := w.adopter().Adopt(t.Context(), req); err == nil {
			won[g.Channel.ID][g.Record] = true
		}
	}
	if len(won[first]) != 1 || len(won[second]) != 1 {
		t.Fatalf("%v", won)
	}
	held := map[connector.ChannelID]int{}
	page, err := w.engine.Groups.ListGroups(t.Context(), connector.GroupQuery{Platform: slack})
	w.ok(err)
	for _, g := range page.Groups {
		if g.Channel.ID != "" {
			held[g.Channel.ID]++
		}
	}
	if held[first] != 1 || held[second] != 1 {
		t.Errorf("held %v", held)
	}
}

// adopterOf is a replica's own Adopter, asked gate before each step.
func (w *world) adopterOf(gate func(step string) error) *reconcile.Adopter {
	shared := w.engine
	defer func() { w.engine = shared }()
	w.engine = connectortest.GuardEngine(shared, gate)
	return w.adopter()
}

// TestAdoptGivesWay: who finds a claim that is younger than its own look, another
// replica's, leaves that attempt alone. When it looks again and the claim still stands,
// it takes it.
func TestAdoptGivesWay(t *testing.T) {
	for _, slow := range []bool{false, true} {
		w := newWorld(t)
		w.person("a")
		w.record("1", "Acme", "a")
		w.record("2", "Beta", "a")
		id := w.theirs("acme-deal", "a")
		claimed, proceed, done := make(chan struct{}), make(chan struct{}), make(chan error)
		saves := 0
		first := w.adopterOf(func(step string) error {
			if step != "save_group" {
				return nil
			}
			if saves++; saves == 2 { // it has the claim
				close(claimed)
				<-proceed
			}
			return nil
		})
		looked, groups := false, 0
		second := w.adopterOf(func(step string) error {
			if step == "reserve" && !looked {
				looked = true
				go func() {
					_, err := first.Adopt(t.Context(), wants("1", id, false))
					done <- err
				}()
				<-claimed
			}
			if looked && step == "group" {
				groups++
			}
			if groups == 2 && !slow { // it begins again
				return connector.ErrStoreAway
			}
			return nil
		})
		_, err := second.Adopt(t.Context(), wants("2", id, false))
		close(proceed)
		other := <-done
		if slow {
			w.ok(err)
			w.refusedFor(other, connector.AdoptOtherRecord)
			continue
		}
		w.ok(other)
		if !errors.Is(err, connector.ErrStoreAway) {
			t.Errorf("it did not begin again: %v", err)
		}
		_, err = w.adopter().Adopt(t.Context(), wants("2", id, false))
		w.refusedFor(err, connector.AdoptOtherRecord)
	}
}

// TestAdoptCrash: after a crash at any step of the store the same adoption works,
// and so does another Record's when it did not come to its end.
func TestAdoptCrash(t *testing.T) {
	for _, again := range []string{"1", "2"} {
		for crash := 1; ; crash++ {
			w := newWorld(t)
			w.person("a")
			w.record("1", "Acme", "a")
			w.record("2", "Beta", "a")
			id := w.theirs("acme-deal", "a")
			steps := 0
			w.gate = func(string) error {
				if steps++; steps >= crash {
					return fmt.Errorf("killed: %w", connector.ErrStoreAway)
				}
				return nil
			}
			_, err := w.adopter().Adopt(t.Context(), wants("1", id, true))
			w.gate = nil
			if err == nil {
				if crash < 8 {
					t.Fatalf("%d steps", crash)
				}
				break
			}
			g, err := w.engine.Groups.Group(context.Background(), groupOf("1"))
			has := err == nil && g.Channel.ID != ""
			_, err = w.adopter().Adopt(t.Context(), wants(again, id, true))
			if has && again == "2" {
				w.refusedFor(err, connector.AdoptOtherRecord)
				continue
			}
			if err != nil {
				t.Fatalf("%s after step %d: %v", again, crash, err)
			}
			w.settle(again)
			if got := rows(w.group(again).Memberships); got != "our a member" {
				t.Errorf("%s after step %d: %s", again, crash, got)
			}
		}
	}
}

// TestAdoptBesideCreation: a channel that was made and not stored yet is one Group's
// only, also when somebody adopts it in between.
func TestAdoptBesideCreation(t *testing.T) {
	w := newWorld(t)
	w.person("a")
	w.record("1", "Acme", "a")
	w.record("2", "Beta", "a")
	w.request("1")
	w.gate = func(string) error {
		if chans := w.chat.Channels(); len(chans) == 1 && !chans[0].Deleted {
			w.gate = nil
			_, err := w.adopter().Adopt(t.Context(), wants("2", chans[0].ID, false))
			w.ok(err)
		}
		return nil
	}
	w.settle("1")
	w.settle("2")
	if one, two := w.group("1").Channel.ID, w.group("2").Channel.ID; one == two || one == "" || two == "" {
		t.Errorf("%q and %q", one, two)
	}
}
