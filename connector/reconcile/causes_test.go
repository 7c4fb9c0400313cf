package reconcile_test

import (
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
)

// What brought about a status is known also where the run had to be repeated, after a
// failure or a wait, and where many events came before it.
func TestCauseOfARepeatedRun(t *testing.T) {
	event := func(w *world) {
		w.ok(w.acceptor().Accept(t.Context(), []connector.Event{{
			ID: "e1", Type: connector.EventTeamChanged, Record: key("1"), At: w.clock.Now(),
		}}))
	}
	for name, c := range map[string]struct {
		asks func(*world)
		by   string
	}{
		"an event": {event, "team.changed e1"},
		"a sweep":  {func(w *world) { w.begins() }, "sweep"},
		"both": {func(w *world) {
			event(w)
			w.begins()
		}, "team.changed e1"},
	} {
		for fault, err := range map[string]error{
			"fails": connector.ErrTemporary, "waits": &connector.WaitError{After: time.Minute, What: "crm"},
		} {
			t.Run(name+", "+fault, func(t *testing.T) {
				w := newWorld(t)
				w.person("a", "b", "c")
				w.record("1", "Acme", "a", "c")
				w.open("1")
				w.works()
				w.clock.Advance(time.Hour)
				w.works()
				w.team("1", "a", "b")
				c.asks(w)
				w.crm.Calls.Spoil(connectortest.CRMTeam, 0, connectortest.MemoryFault{Err: err})
				passes := func() {
					for range 6 {
						w.clock.Advance(time.Minute)
						w.works()
						w.ok(w.sweeper().Judge(t.Context()))
					}
				}
				passes()
				w.begins() // the first one may have ended before the run that found somebody
				passes()
				w.in("1", "a", "b")
				for _, who := range []string{"b", "c"} {
					if row := w.row("1", who); row.By != c.by {
						t.Errorf("%s is %s by %q, want %q", who, row.Status, row.By, c.by)
					}
				}
			})
		}
	}
}
