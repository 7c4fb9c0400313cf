package cases_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
	"roomkeeper/connector/reconcile"
)

func TestAdoptOnceBolt(t *testing.T) { adoptOnce(t, onBolt, 1) }

func TestAdoptOnceRedis(t *testing.T) { adoptOnce(t, onRedis(t), 2) }

// adoptOnce: of records that are given one channel at the same time, on any of the
// replicas, one has it, and a record that is given two at the same time has one. Who
// gave way, or had to wait for the platform's rate, learns whose it is by saying it again.
func adoptOnce(t *testing.T, open opener, replicas int) {
	t.Helper()
	for range 5 {
		clock := connectortest.NewEngineClock()
		w := newWorld(t, slackSide, open(t, clock), clock)
		w.ok(w.recoverer().Fresh(t.Context()))
		rooms := []connector.ChannelID{w.found("one", w.people["bob"]), w.found("two", w.people["bob"])}
		adopters := make([]reconcile.Adopter, replicas)
		for i := range adopters {
			adopters[i] = reconcile.Adopter{Reconciler: w.planner().Reconciler}
		}
		keys := make([]connector.RecordKey, 4)
		var all sync.WaitGroup
		for i := range keys {
			key := connector.RecordKey{CRM: "crm", Kind: connector.KindAccount, ID: fmt.Sprint(i)}
			keys[i] = key
			w.crm.Put(connector.Record{Key: key, Name: "Record"})
			for _, room := range rooms {
				for j := range 2 {
					all.Go(func() {
						req := connector.AdoptRequest{Record: key, Platform: w.platform.ID, Channel: room}
						if _, err := adopters[j%replicas].Adopt(t.Context(), req); err != nil && !errors.Is(err, connector.ErrConflict) && connector.ReasonOf(err) != connector.ReasonWait {
							t.Error(err)
						}
					})
				}
			}
		}
		all.Wait()
		before := w.holders()
		if len(before[rooms[0]])+len(before[rooms[1]]) == 0 {
			t.Error("nobody has a channel")
		}
		for _, room := range rooms {
			for i, key := range keys {
				clock.Advance(time.Minute)
				_, err := adopters[i%replicas].Adopt(t.Context(), connector.AdoptRequest{Record: key, Platform: w.platform.ID, Channel: room})
				if _, refused := errors.AsType[*connector.AdoptError](err); err != nil && !refused {
					t.Errorf("again: %v", err)
				}
			}
		}
		after := w.holders()
		for _, room := range rooms {
			if len(before[room]) > 1 || len(after[room]) != 1 {
				t.Errorf("%s is held by %v, and then by %v", room, before[room], after[room])
			}
			if len(before[room]) == 1 && !slices.Equal(before[room], after[room]) {
				t.Errorf("%s went from %v to %v", room, before[room], after[room])
			}
		}
	}
}

// holders are the records that have each channel.
func (w *world) holders() map[connector.ChannelID][]string {
	w.Helper()
	held := map[connector.ChannelID][]string{}
	page, err := w.engine.Groups.ListGroups(w.Context(), connector.GroupQuery{Platform: w.platform.ID})
	w.ok(err)
	for _, g := range page.Groups {
		if g.Channel.ID != "" {
			held[g.Channel.ID] = append(held[g.Channel.ID], g.Record.ID)
		}
	}
	return held
}
