package cases_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
	"roomkeeper/connector/reconcile"
)

func TestAdoptOnceBolt(t *testing.T) { adoptOnce(t, onBolt) }

func TestAdoptOnceRedis(t *testing.T) { adoptOnce(t, onRedis(t)) }

// adoptOnce: of records that are given one channel at the same time one has it, and
// a record that is given two at the same time has one.
func adoptOnce(t *testing.T, open opener) {
	t.Helper()
	for range 5 {
		clock := connectortest.NewEngineClock()
		w := newWorld(t, slackSide, open(t, clock), clock)
		w.ok(w.recoverer().Fresh(t.Context()))
		rooms := []connector.ChannelID{w.found("one", w.people["bob"]), w.found("two", w.people["bob"])}
		adopter := reconcile.Adopter{Reconciler: w.planner().Reconciler}
		var all sync.WaitGroup
		for i := range 4 {
			key := connector.RecordKey{CRM: "crm", Kind: connector.KindAccount, ID: fmt.Sprint(i)}
			w.crm.Put(connector.Record{Key: key, Name: "Record"})
			for _, room := range rooms {
				for range 2 {
					all.Go(func() {
						req := connector.AdoptRequest{Record: key, Platform: w.platform.ID, Channel: room}
						if _, err := adopter.Adopt(t.Context(), req); err != nil && !errors.Is(err, connector.ErrConflict) && connector.ReasonOf(err) != connector.ReasonWait {
							t.Error(err)
						}
					})
				}
			}
		}
		all.Wait()
		held := map[connector.ChannelID]int{}
		page, err := w.engine.Groups.ListGroups(t.Context(), connector.GroupQuery{Platform: w.platform.ID})
		w.ok(err)
		for _, g := range page.Groups {
			held[g.Channel.ID]++
		}
		for _, room := range rooms {
			if held[room] > 1 {
				t.Errorf("%d groups have %s", held[room], room)
			}
		}
		if held[rooms[0]]+held[rooms[1]] == 0 {
			t.Error("nobody has a channel")
		}
	}
}
