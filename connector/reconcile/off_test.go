package reconcile_test

import (
	"testing"
	"time"
)

// Whoever is off the team and inactive besides leaves like everybody who is inactive:
// at once, also within the grace period, and for no brake to count.
func TestOffTheTeamAndInactive(t *testing.T) {
	w := newWorld(t)
	w.policy.Grace = time.Hour
	w.person("a", "b", "c", "d")
	w.record("1", "Acme", "a", "b", "c", "d")
	w.open("1")
	w.team("1", "a")
	w.settle("1")
	w.in("1", "a", "b", "c", "d")
	for _, who := range []string{"b", "c", "d"} {
		u := user(who)
		u.Active = false
		w.crm.PutUser(u)
	}
	w.settle("1")
	w.in("1", "a")
	if g := w.group("1"); g.Held != nil {
		t.Errorf("held: %s", g.Held.Reason)
	}
}
