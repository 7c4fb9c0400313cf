package reconcile_test

import (
	"slices"
	"testing"

	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
	"roomkeeper/connector/reconcile"
)

// Whom the team names and nobody invites is known with name and paths; a Group
// remembers those who are wanted once the CRM calls them otherwise.
func TestOutsideAreKnownWithTheirPaths(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b", "c", "d", "e")
	change := func(id string, f func(*connector.User)) {
		u := user(id)
		f(&u)
		w.crm.PutUser(u)
	}
	change("b", func(u *connector.User) { u.Active = false })
	change("c", func(u *connector.User) { u.External = true })
	w.record("1", "Acme", "a", "b", "c")
	external := func(id, name, role string) connector.Entry {
		return connector.Entry{Principal: connector.Principal{Type: connector.PrincipalExternal, ID: id, Name: name}, Role: role}
	}
	team := append(entries("a", "b", "c", "d"), external("d", "", "partner"), external("e", "Called E", "guest"), external("e", "Called E", "partner"), external("f", "Called F", ""))
	w.crm.SetTeam(key("1"), team...)
	w.open("1")
	w.in("1", "a")
	if got := w.group("1").Outside; !slices.Equal(got, []connector.UserID{"b", "c"}) {
		t.Errorf("remembers %v", got)
	}
	w.forget()
	_, want, err := w.resolver().Desired(t.Context(), slack, key("1"), reconcile.Asker{})
	w.ok(err)
	via := func(id string, roles ...string) (why []connector.Path) {
		for _, role := range roles {
			why = append(why, connector.Path{Via: connector.ViaTeam, ID: id, Name: role})
		}
		return why
	}
	for i, o := range []struct {
		user     connector.UserID
		name     string
		external bool
		why      []connector.Path
	}{
		{"b", user("b").Name, false, via("b", "member")},
		{"c", user("c").Name, true, via("c", "member")},
		{"d", user("d").Name, true, via("d", "partner")},
		{"e", user("e").Name, true, via("e", "guest", "partner")},
		{"f", "Called F", true, via("f", "")},
	} {
		if i >= len(want.Outside) {
			t.Fatalf("outside are %+v", want.Outside)
		}
		if got := want.Outside[i]; got.User.ID != o.user || got.User.Name != o.name || got.User.External != o.external || !slices.Equal(got.Why, o.why) {
			t.Errorf("%+v, want %+v", got, o)
		}
	}
	w.crm.Calls.Spoil(connectortest.CRMUsers, 1, connectortest.MemoryFault{Err: connector.ErrTemporary})
	_, want, err = w.resolver().Desired(t.Context(), slack, key("1"), reconcile.Asker{})
	if err != nil || len(want.Outside) != 5 || want.Outside[2].User.ID != "d" {
		t.Errorf("without their names: %+v, %v", want.Outside, err)
	}
}
