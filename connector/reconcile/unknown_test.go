package reconcile_test

import (
	"testing"
	"time"

	"roomkeeper/connector"
)

// Whom the CRM does not know just now is listed as a reading shows them, and what
// they did meanwhile counts once they are known again.
func TestUnknownUserAsRead(t *testing.T) {
	for name, c := range map[string]struct {
		leave, deactivate bool
		meanwhile, after  connector.MemberStatus
	}{
		"stays":          {meanwhile: connector.StatusMember, after: connector.StatusMember},
		"leaves":         {leave: true, meanwhile: connector.StatusPending, after: connector.StatusLeft},
		"is deactivated": {deactivate: true, meanwhile: connector.StatusPending, after: connector.StatusPending},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.person("a", "b", "c")
			w.record("1", "Acme", "a", "b", "c")
			g := w.open("1")
			w.crm.DropUser("b")
			if c.leave {
				w.chat.Leave(g.Channel.ID, members("b")...)
			}
			if c.deactivate {
				w.chat.SetAccount(email("b"), connector.ReasonNoAccount)
			}
			w.clock.Advance(25 * time.Hour)
			w.settle("1")
			if row := w.row("1", "b"); row.Status != c.meanwhile || row.Reason != connector.ReasonUnknownUser {
				t.Errorf("unknown: %+v", row)
			}
			w.person("b")
			if c.deactivate {
				w.chat.SetAccount(email("b"), connector.ReasonNoAccount)
			}
			w.clock.Advance(time.Hour)
			w.settle("1")
			if row := w.row("1", "b"); row.Status != c.after || row.Reason == connector.ReasonUnknownUser {
				t.Errorf("known again: %+v", row)
			}
		})
	}
}

// That somebody else is added takes no reason from whom the CRM does not know.
func TestUnknownUserKeepsTheReason(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b", "c")
	w.record("1", "Acme", "a", "b")
	w.open("1")
	w.crm.DropUser("b")
	w.team("1", "a", "b", "c")
	w.settle("1")
	w.in("1", "a", "b", "c")
	if row := w.row("1", "b"); row.Status != connector.StatusMember || row.Reason != connector.ReasonUnknownUser {
		t.Errorf("row %+v", row)
	}
	// The paths to them are those of the team as it is now.
	w.team("1", "a", "c", "x")
	w.record("1", "Acme", "b", "x")
	w.settle("1")
	if row := w.row("1", "b"); len(row.Why) != 2 || row.Why[0].Via != connector.ViaOwner {
		t.Errorf("row %+v", row)
	}
	if row := w.row("1", "x"); row.Status != connector.StatusPending || len(row.Why) != 1 {
		t.Errorf("row %+v", row)
	}
}
