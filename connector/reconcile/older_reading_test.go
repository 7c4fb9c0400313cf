package reconcile_test

import (
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/reconcile"
)

// A reading from before somebody left does not show that they came back.
func TestReadingOlderThanALeaving(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	why := []connector.Path{{Via: connector.ViaTeam}}
	in := reconcile.Input{
		Want: reconcile.Desired{Wanted: []reconcile.Wanted{{User: connector.User{ID: "x"}, Member: "X", Why: why}}},
		Rows: []connector.Membership{{User: "x", Member: "X", Owned: true, Status: connector.StatusLeft, Since: at.Add(10 * time.Second), Why: why}},
		Have: connector.Observed{At: at, Members: []connector.MemberID{"X"}}, Now: at.Add(30 * time.Second),
	}
	for _, have := range []connector.Observed{in.Have, {At: at.Add(time.Minute)}} {
		in.Have = have
		diff := reconcile.Diff(in)
		if len(diff.Plan.Actions) > 0 || len(diff.Rows) != 1 || diff.Rows[0].Status != connector.StatusLeft {
			t.Errorf("by the reading of %s: %+v, planned %+v", have.At, diff.Rows, diff.Plan.Actions)
		}
		in.Rows, in.Now = diff.Rows, at.Add(2*time.Minute)
	}
	in.Have = connector.Observed{At: at.Add(3 * time.Minute), Members: []connector.MemberID{"X"}}
	if diff := reconcile.Diff(in); diff.Rows[0].Status != connector.StatusHandAdded {
		t.Errorf("who is back by a later one: %+v", diff.Rows)
	}
}

// What was sent shortly before a reading may have taken effect after it: when that
// reading is gone on with, nobody is out, or stays in, by it.
func TestReadingOlderThanWhatWasUnderWay(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	why := []connector.Path{{Via: connector.ViaTeam}}
	in := reconcile.Input{InFlight: 15 * time.Second, Now: at.Add(50 * time.Second), Have: connector.Observed{At: at}}

	invited := in
	invited.Rows = []connector.Membership{{User: "x", Member: "X", Owned: true, Status: connector.StatusPending, TriedAt: at.Add(-5 * time.Second), Why: why}}
	diff := reconcile.Diff(invited)
	if len(diff.Rows) != 1 || diff.Rows[0].Status != connector.StatusPending || !diff.Rows[0].Owned || diff.Next.IsZero() {
		t.Errorf("whose invitation may have worked since, and is not wanted: %+v", diff.Rows)
	}

	removed := in
	removed.Want = reconcile.Desired{Wanted: []reconcile.Wanted{{User: connector.User{ID: "x"}, Member: "X", Why: why}}}
	removed.Have.Members = []connector.MemberID{"X"}
	removed.Rows = []connector.Membership{{
		User: "x", Member: "X", Owned: true, Seen: true, Status: connector.StatusToRemove,
		TriedAt: at.Add(-5 * time.Second), Since: at.Add(-10 * time.Second),
	}}
	diff = reconcile.Diff(removed)
	if len(diff.Rows) != 1 || diff.Rows[0].Seen || diff.Next.IsZero() {
		t.Errorf("whose removal may have worked since, and is wanted again: %+v", diff.Rows)
	}
	for _, c := range []reconcile.Input{invited, removed} {
		c.Have.At = c.Now
		if diff := reconcile.Diff(c); !diff.Next.IsZero() {
			t.Errorf("by a reading of now: %+v, again at %s", diff.Rows, diff.Next)
		}
	}
}
