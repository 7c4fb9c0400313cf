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

// A reading that was gone on with may have begun before another run let people
// in or took them out: what it says of them is overtaken.
func TestReadingOlderThanTheRows(t *testing.T) {
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	row := func(id string, status connector.MemberStatus, ago time.Duration) connector.Membership {
		owned := status == connector.StatusMember
		return connector.Membership{User: connector.UserID("u" + id), Member: connector.MemberID("M" + id), Status: status, Owned: owned, Seen: owned, Since: now.Add(-ago)}
	}
	var want reconcile.Desired
	for _, id := range []string{"1", "2", "3", "4", "5"} {
		want.Wanted = append(want.Wanted, reconcile.Wanted{User: connector.User{ID: connector.UserID("u" + id), Active: true}, Member: connector.MemberID("M" + id)})
	}
	in := reconcile.Input{
		Want: want, Now: now,
		Have: connector.Observed{Members: []connector.MemberID{"M1", "M3", "M4", "M5", "M6"}, At: now.Add(-30 * time.Second)},
		Rows: []connector.Membership{
			row("1", connector.StatusMember, time.Hour),
			row("2", connector.StatusMember, time.Second),    // let in since
			row("3", connector.StatusMember, time.Hour),      //
			row("4", connector.StatusRemoved, time.Second),   // taken out since, and back on the team
			row("5", connector.StatusMember, time.Hour),      //
			row("6", connector.StatusRemoved, time.Second),   // taken out since
			row("7", connector.StatusHandAdded, time.Second), // added by hand since
			row("8", connector.StatusHandAdded, time.Hour),   // gone by themselves
		},
	}
	got := map[connector.MemberID]connector.MemberStatus{}
	out := reconcile.Diff(in)
	for _, r := range out.Rows {
		got[r.Member] = r.Status
	}
	for id, status := range map[connector.MemberID]connector.MemberStatus{
		"M1": connector.StatusMember, "M2": connector.StatusMember, "M4": connector.StatusPending,
		"M6": connector.StatusRemoved, "M7": connector.StatusHandAdded, "M8": connector.StatusRemoved,
	} {
		if got[id] != status {
			t.Errorf("%s is %s, want %s", id, got[id], status)
		}
	}
	if added := out.Plan.Of(connector.ActionAdd); len(out.Left) != 0 || out.Held != nil || len(added) != 1 || added[0].Member != "M4" {
		t.Errorf("left %v, held %+v, plan %+v", out.Left, out.Held, out.Plan)
	}
	in.Have.At = now // one that began later says what is so
	out = reconcile.Diff(in)
	if len(out.Left) != 1 || out.Left[0] != "M2" {
		t.Errorf("left %v, want M2", out.Left)
	}
}

// A reading that began before a removal was sent says nothing of what became of
// it: whoever is put back on the team is not seen by it, and a later reading
// without them finds them removed by us, not gone by themselves.
func TestReadingOlderThanALostRemoval(t *testing.T) {
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	in := reconcile.Input{
		Want:     reconcile.Desired{Wanted: []reconcile.Wanted{{User: connector.User{ID: "u1", Active: true}, Member: "M1"}}},
		Have:     connector.Observed{Members: []connector.MemberID{"M1"}, At: now.Add(-40 * time.Second)},
		InFlight: 6 * time.Second, Now: now,
	}
	for _, status := range []connector.MemberStatus{connector.StatusToRemove, connector.StatusMember} {
		in.Rows = []connector.Membership{{
			User: "u1", Member: "M1", Status: status, Owned: true, Seen: status == connector.StatusToRemove,
			TriedAt: now.Add(-30 * time.Second), Since: now.Add(-35 * time.Second),
		}}
		old := reconcile.Diff(in)
		if row := old.Rows[0]; row.Status != connector.StatusMember || row.Seen || old.Next.IsZero() {
			t.Fatalf("%s: by the old reading %+v, next %s; want a member who was not seen, and another run", status, row, old.Next)
		}
		later := in
		later.Rows, later.Have = old.Rows, connector.Observed{At: now.Add(time.Second)}
		later.Now = now.Add(time.Second)
		if read := reconcile.Diff(later); len(read.Plan.Of(connector.ActionAdd)) != 1 || len(read.Left) != 0 {
			t.Errorf("%s: the reading without them gives %+v, left %v, want an invitation", status, read.Plan, read.Left)
		}
	}
}

// Somebody who left has another account by now, of somebody whom the CRM does not know
// and who is gone: that this one left too is news, of which a reading is asked.
func TestLeftByAnotherAccount(t *testing.T) {
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	in := reconcile.Input{
		Want:     reconcile.Desired{Wanted: []reconcile.Wanted{{User: connector.User{ID: "u2", Active: true}, Member: "M1"}}, Unknown: map[connector.UserID]bool{"u1": true}},
		Believed: true, Now: now,
		Rows: []connector.Membership{
			{User: "u1", Member: "M1", Status: connector.StatusPending, Owned: true, Seen: true, Reason: connector.ReasonUnknownUser, Since: now.Add(-time.Hour)},
			{User: "u2", Member: "M2", Status: connector.StatusLeft, Owned: true, Since: now.Add(-time.Hour)},
		},
	}
	out := reconcile.Diff(in)
	if len(out.Left) != 1 || out.Left[0] != "M1" || out.Rows[1].Status != connector.StatusLeft {
		t.Errorf("left %v, rows %+v", out.Left, out.Rows)
	}
	in.Rows = out.Rows
	if again := reconcile.Diff(in); len(again.Left) != 0 {
		t.Errorf("left once more: %v", again.Left)
	}
}
