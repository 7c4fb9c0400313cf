package reconcile_test

import (
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/reconcile"
)

// Somebody is put back on the team long after a removal whose answer was lost:
// whether they are in has to be read, and if not they were removed by us and are
// invited again.
func TestBackAfterLostRemoval(t *testing.T) {
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	want := reconcile.Desired{Wanted: []reconcile.Wanted{{User: connector.User{ID: "u1", Active: true}, Member: "M1"}}}
	in := reconcile.Input{
		Want: want, Have: connector.Observed{Members: []connector.MemberID{"M1"}}, Believed: true, Now: now, InFlight: 6 * time.Second,
		Rows: []connector.Membership{{
			User: "u1", Member: "M1", Status: connector.StatusToRemove, Owned: true, Seen: true, TriedAt: now.Add(-time.Minute),
		}},
	}
	believed := reconcile.Diff(in)
	if row := believed.Rows[0]; row.Status != connector.StatusMember || row.Seen {
		t.Fatalf("believed to be %+v, want a member who was not seen", row)
	}
	in.Rows, in.Have, in.Believed = believed.Rows, connector.Observed{}, false
	read := reconcile.Diff(in)
	if added := read.Plan.Of(connector.ActionAdd); len(added) != 1 || len(read.Left) != 0 {
		t.Errorf("the reading without them gives %+v, left %v, want an invitation", read.Plan, read.Left)
	}
}
