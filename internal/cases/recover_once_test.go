package cases_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"

	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
	"roomkeeper/connector/reconcile"
)

func TestRecoverOnceBolt(t *testing.T) { recoverOnce(t, onBolt) }

func TestRecoverOnceRedis(t *testing.T) { recoverOnce(t, onRedis(t)) }

// noted lists a channel with a key that somebody took out of it meanwhile.
type noted struct {
	connector.Channels
	own connector.OwnChannel
}

func (n noted) Own(context.Context) ([]connector.OwnChannel, error) {
	return []connector.OwnChannel{n.own}, nil
}

// recoverOnce: a channel that is recovered for one record and adopted for others at the
// same time is one record's.
func recoverOnce(t *testing.T, open opener) {
	t.Helper()
	for range 5 {
		clock := connectortest.NewEngineClock()
		w := newWorld(t, slackSide, open(t, clock), clock)
		w.ok(w.recoverer().Fresh(t.Context()))
		room := w.found("one", w.people["bob"])
		keys := make([]connector.RecordKey, 4)
		for i := range keys {
			keys[i] = connector.RecordKey{CRM: "crm", Kind: connector.KindAccount, ID: fmt.Sprint(i)}
			w.crm.Put(connector.Record{Key: keys[i], Name: "Record"})
		}
		platform := w.platform
		platform.Channels = noted{platform.Channels, connector.OwnChannel{
			Channel: connector.Channel{ID: room, Name: "one"}, Purpose: keys[0].String(), Created: clock.Now(),
		}}
		recoverer := reconcile.Recoverer{
			Engine: w.engine, CRM: "crm", Policies: w.policies(), Details: w.details(), Clock: clock.Now, Logger: slog.New(slog.DiscardHandler),
			Platforms: map[connector.PlatformID]connector.ChatPlatform{platform.ID: platform},
		}
		adopter := reconcile.Adopter{Reconciler: w.planner().Reconciler}
		var all sync.WaitGroup
		for range 2 {
			all.Go(func() {
				if _, err := recoverer.Recover(t.Context(), false); err != nil && !errors.Is(err, connector.ErrConflict) {
					t.Error(err)
				}
			})
			for _, key := range keys[1:] {
				all.Go(func() {
					req := connector.AdoptRequest{Record: key, Platform: platform.ID, Channel: room}
					if _, err := adopter.Adopt(t.Context(), req); err != nil && !errors.Is(err, connector.ErrConflict) && connector.ReasonOf(err) != connector.ReasonWait {
						t.Error(err)
					}
				})
			}
		}
		all.Wait()
		var held []string
		page, err := w.engine.Groups.ListGroups(t.Context(), connector.GroupQuery{Platform: platform.ID})
		w.ok(err)
		for _, g := range page.Groups {
			if g.Channel.ID == room {
				held = append(held, g.Record.ID)
			}
		}
		if len(held) != 1 {
			t.Errorf("the channel is held by %v", held)
		}
	}
}
