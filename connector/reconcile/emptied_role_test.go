package reconcile_test

import (
	"strings"
	"testing"
	"time"

	"roomkeeper/connector"
)

// emptied is a world of three times ten Records that share a role of three people,
// in which the role has nobody any more: all of the first ten's people are the role's,
// most of the second ten's, and the smaller part of the third ten's.
func emptied(t *testing.T) (w *world, records func(kind int) []string) {
	t.Helper()
	w = newWorld(t)
	w.types = map[connector.PrincipalType]bool{connector.PrincipalRole: true}
	w.person("a", "b", "c", "d", "e", "f", "g")
	role := unit(connector.PrincipalRole)
	w.crm.SetPrincipal(role, "b", "c", "d")
	records = func(kind int) (ids []string) {
		for i := range 10 {
			ids = append(ids, id(10*kind+i))
		}
		return ids
	}
	for kind, team := range [][]string{nil, {"a"}, {"a", "e", "f", "g"}} {
		for _, record := range records(kind) {
			w.withUnit(record, role, team...)
			w.open(record)
		}
	}
	w.works()
	w.clock.Advance(time.Hour)
	w.works()
	w.crm.SetPrincipal(role)
	return w, records
}

// wants checks who is in the channels of the three kinds, and why they are held.
func (w *world) wants(records func(int) []string, third string, held [3]connector.HoldReason) {
	w.Helper()
	for kind, people := range []string{"b c d", "a b c d", third} {
		for _, record := range records(kind) {
			w.in(record, strings.Fields(people)...)
			reason := connector.HoldReason("")
			if g := w.group(record); g.Held != nil {
				reason = g.Held.Reason
				if g.State != connector.GroupHeld {
					w.Errorf("%s is %s", record, g.State)
				}
			}
			if reason != held[kind] {
				w.Errorf("%s is held for %q, want %q", record, reason, held[kind])
			}
		}
	}
}

// A role that is emptied by an event removes nobody where they are all or most of a
// channel, and says so. Where they are fewer, they go as any few people do who go by
// an event: the limit over all Groups is a Sweep's alone. Each of them is listed as
// removed, with the event.
func TestARoleEmptiedByAnEvent(t *testing.T) {
	w, records := emptied(t)
	w.changed(connector.PrincipalRole, "x")
	w.works()
	held := [3]connector.HoldReason{connector.HoldTeamEmpty, connector.HoldLargeRemoval, ""}
	w.wants(records, "a e f g", held)
	for _, record := range records(2) {
		for _, who := range []string{"b", "c", "d"} {
			row := w.row(record, who)
			if row.Status != connector.StatusRemoved || !strings.HasPrefix(row.By, "principal.changed ") {
				t.Errorf("%s in %s is %s by %q", who, record, row.Status, row.By)
			}
		}
	}
	for kind := range 2 {
		for _, record := range records(kind) {
			if g := w.group(record); len(g.Held.People) != 3 || len(g.Tellings) != 1 {
				t.Errorf("%s: held %+v, tellings %+v", record, g.Held, g.Tellings)
			}
		}
	}
	// Later Sweeps change nothing of it, nor do they judge what a local brake holds.
	if s := w.sweeps(); s.Removals != 0 {
		t.Errorf("sweep %+v", s)
	}
	w.wants(records, "a e f g", held)
	// The role has its people again: nothing is held, and who was removed is back.
	w.crm.SetPrincipal(unit(connector.PrincipalRole), "b", "c", "d")
	w.changed(connector.PrincipalRole, "x")
	w.works()
	w.wants(records, "a b c d e f g", [3]connector.HoldReason{})
}

// Where the event is lost a Sweep finds the role empty: together they are too many.
func TestARoleFoundEmptyByASweep(t *testing.T) {
	w, records := emptied(t)
	s := w.sweeps()
	if s.Verdict != connector.VerdictHeld || s.Removals != 30 {
		t.Errorf("sweep %+v", s)
	}
	w.wants(records, "a b c d e f g", [3]connector.HoldReason{connector.HoldTeamEmpty, connector.HoldLargeRemoval, connector.HoldGlobalRemoval})
}
