package reconcile_test

import (
	"slices"
	"testing"
	"time"

	"roomkeeper/connector"
)

// keptOnly is a world where only a principal that the CRM does not know any more brings
// b, who has another account by now.
func keptOnly(t *testing.T, before func(w *world)) (w *world, heir connector.MemberID) {
	t.Helper()
	w = expands(t)
	w.crm.SetPrincipal(unit(connector.PrincipalDepartment), "b")
	w.open("1")
	w.in("1", "a", "b")
	if before != nil {
		before(w)
	}
	w.crm.DropPrincipal(unit(connector.PrincipalDepartment))
	w.changed(connector.PrincipalDepartment, "x")
	u := user("b")
	heir = w.chat.Person("heir-" + email("b"))
	u.Email = "heir-" + email("b")
	w.crm.PutUser(u)
	w.clock.Advance(time.Hour)
	w.settle("1")
	w.touchChannel()
	w.settle("1")
	return w, heir
}

// Who is in by the account of before stays: by a principal that is not known nobody goes,
// and nobody comes.
func TestKeptByTheAccountOfBefore(t *testing.T) {
	w, heir := keptOnly(t, nil)
	w.in("1", "a", "b")
	if row := w.row("1", "b"); row.Status != connector.StatusMember || row.Member != member("b") || !row.Owned {
		t.Errorf("%+v", row)
	}
	w.change("b")
	w.settle("1")
	w.heirIn(heir)
}

// heirIn checks that once the CRM knows again b is in, by the account that they have.
func (w *world) heirIn(heir connector.MemberID) {
	w.Helper()
	got := w.channel("1").Members
	slices.Sort(got)
	if want := []connector.MemberID{member("a"), heir}; !slices.Equal(got, want) {
		w.Errorf("in are %v, want %v", got, want)
	}
}

// Who is out is listed with the account that they have.
func TestKeptOutWithAnotherAccount(t *testing.T) {
	w, heir := keptOnly(t, func(w *world) {
		w.chat.Leave(w.group("1").Channel.ID, member("b"))
	})
	w.in("1", "a")
	if row := w.row("1", "b"); row.Member != heir || row.Status != connector.StatusPending || row.Reason != connector.ReasonUnknownUser {
		t.Errorf("%+v", row)
	}
	w.change("b")
	w.settle("1")
	w.heirIn(heir)
}
