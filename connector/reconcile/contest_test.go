package reconcile_test

import (
	"testing"
	"time"
)

// contested is a world in which the channel of the account "Acme" was called "ours" by
// hand more often than that is put back.
func contested(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.person("a")
	w.record("1", "Acme", "a")
	w.open("1")
	for range 4 {
		w.renameByHand("1", "ours")
		w.settle("1")
	}
	w.called("1", "ours")
	if !w.group("1").NameContested {
		t.Fatal("not contested")
	}
	return w
}

// TestContestEnds: the Record's name given by hand ends the contest, and the channel
// follows again.
func TestContestEnds(t *testing.T) {
	for name, wait := range map[string]time.Duration{"at once": 0, "later": 2 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			w := contested(t)
			w.clock.Advance(wait)
			w.renameByHand("1", "acme")
			w.settle("1")
			w.called("1", "acme")
			w.renameByHand("1", "theirs")
			w.settle("1")
			w.called("1", "acme")
		})
	}
}

// TestContestGoesOn: another name given by hand stays too.
func TestContestGoesOn(t *testing.T) {
	w := contested(t)
	w.clock.Advance(2 * time.Hour)
	w.renameByHand("1", "another")
	w.settle("1")
	w.called("1", "another")
	if !w.group("1").NameContested {
		t.Error("not contested any more")
	}
}

// The CRM's rename is followed also where the name was given up.
func TestRenameAfterContest(t *testing.T) {
	w := contested(t)
	w.record("1", "Beta", "a")
	w.settle("1")
	w.called("1", "beta")
}
