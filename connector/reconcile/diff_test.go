package reconcile_test

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"roomkeeper/connector"
	"roomkeeper/connector/reconcile"
)

// drawing makes an Input as it can come up: rows as an earlier difference
// left them, a channel that hands have changed since, a team that changed.
func drawing(t *rapid.T) reconcile.Input {
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	in := reconcile.Input{Policy: drawPolicy(t), Now: now}
	rounds := rapid.IntRange(0, 3).Draw(t, "rounds")
	for range rounds {
		in.Want, in.Believed = drawDesired(t), false
		out := reconcile.Diff(in)
		after, have := applied(out, in.Have, in.Now)
		in.Rows, in.OwnerReadded, in.Have = after, out.OwnerReadded, have
		in.Have.Members = changedByHand(t, in.Have.Members)
		in.Now = in.Now.Add(time.Duration(rapid.IntRange(0, 30).Draw(t, "hours")) * time.Hour)
	}
	in.Want = drawDesired(t)
	if rapid.Bool().Draw(t, "confirmed") {
		if held := reconcile.Diff(in).Held; held != nil {
			in.Confirmed = held.People
		}
	}
	return in
}

func drawPolicy(t *rapid.T) connector.Policy {
	return connector.Policy{
		Remove:  rapid.SampledFrom([]connector.RemovePolicy{connector.RemoveOwned, connector.RemoveOwned, connector.RemoveStrict, connector.RemoveNever}).Draw(t, "remove"),
		Extras:  rapid.SampledFrom([]connector.ExtrasPolicy{connector.ExtrasKeep, connector.ExtrasKeep, connector.ExtrasKick}).Draw(t, "extras"),
		Leavers: rapid.SampledFrom([]connector.LeaverPolicy{connector.LeaversRespect, connector.LeaversReadd}).Draw(t, "leavers"),
		Grace:   time.Duration(rapid.SampledFrom([]int{0, 0, 20}).Draw(t, "grace")) * time.Hour, RemovalShare: 0.5, RemovalPeople: 1,
	}
}

// drawDesired draws a team: eight users share seven accounts.
func drawDesired(t *rapid.T) reconcile.Desired {
	want := reconcile.Desired{Inactive: map[connector.UserID]bool{}, Unknown: map[connector.UserID]bool{}}
	owner := rapid.IntRange(-1, 7).Draw(t, "owner")
	for i := range 8 {
		id := connector.UserID(fmt.Sprint("u", i))
		w := reconcile.Wanted{User: connector.User{ID: id}, Member: connector.MemberID(fmt.Sprint("m", i%7))}
		if i == owner {
			w.Why = []connector.Path{{Via: connector.ViaOwner, ID: string(id)}}
		}
		switch rapid.IntRange(0, 9).Draw(t, "standing") {
		case 0:
			want.Inactive[id] = true
		case 1:
			want.Unknown[id] = true
		case 2:
			w.Member, w.Reason = "", connector.ReasonNoAccount
			want.Wanted = append(want.Wanted, w)
		case 3, 4:
		case 5:
			w.Member = connector.MemberID(fmt.Sprint("n", i)) // another account
			want.Wanted = append(want.Wanted, w)
		default:
			want.Wanted = append(want.Wanted, w)
		}
	}
	return want
}

func changedByHand(t *rapid.T, have []connector.MemberID) []connector.MemberID {
	hands := rapid.SliceOfNDistinct(rapid.SampledFrom([]connector.MemberID{"m0", "m1", "m2", "m3", "m4", "m5", "m6", "h1", "h2"}), 0, 4, rapid.ID).Draw(t, "hands")
	for _, m := range hands {
		if i := slices.Index(have, m); i >= 0 {
			have = slices.Delete(slices.Clone(have), i, i+1)
		} else {
			have = append(slices.Clone(have), m)
		}
	}
	return have
}

// applied carries out a difference as a run does.
func applied(out reconcile.Difference, have connector.Observed, now time.Time) ([]connector.Membership, connector.Observed) {
	in := map[connector.MemberID]bool{}
	for _, m := range have.Members {
		in[m] = true
	}
	rows := slices.Clone(out.Rows)
	for _, a := range out.Plan.Of(connector.ActionRemove) {
		delete(in, a.Member)
		for i := range rows {
			if rows[i].Member == a.Member {
				rows[i].Status, rows[i].Owned, rows[i].Seen, rows[i].Since = connector.StatusRemoved, false, false, now
			}
		}
	}
	for _, a := range out.Plan.Of(connector.ActionAdd) {
		in[a.Member] = true
	}
	for i := range rows {
		if rows[i].Owned && in[rows[i].Member] && rows[i].Status == connector.StatusPending {
			rows[i].Status, rows[i].Seen, rows[i].Reason = connector.StatusMember, true, ""
		}
	}
	return rows, connector.Observed{Members: slices.Sorted(maps.Keys(in)), At: now}
}

func wantedMembers(want reconcile.Desired) map[connector.MemberID]bool {
	members := map[connector.MemberID]bool{}
	for _, w := range want.Wanted {
		if w.Member != "" {
			members[w.Member] = true
		}
	}
	return members
}

func ownedMembers(rows []connector.Membership) map[connector.MemberID]bool {
	members := map[connector.MemberID]bool{}
	for _, row := range rows {
		if row.Owned && row.Member != "" {
			members[row.Member] = true
		}
	}
	return members
}

func TestDiffProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := drawing(t)
		out := reconcile.Diff(in)
		settles(t, in, out)
		removesTheRight(t, in, out)
		addsTheRight(t, in, out)
		keepsRows(t, in, out)
		if again := reconcile.Diff(in); !reflect.DeepEqual(out, again) {
			t.Fatalf("first %+v\nthen %+v", out, again)
		}
	})
}

// settles: what was applied needs nothing more.
func settles(t *rapid.T, in reconcile.Input, out reconcile.Difference) {
	next := in
	next.Rows, next.Have = applied(out, in.Have, in.Now)
	next.OwnerReadded = out.OwnerReadded
	again := reconcile.Diff(next)
	if out.Held == nil && !again.Plan.Empty() {
		t.Fatalf("after %+v there is %+v\nrows %+v", out.Plan, again.Plan, next.Rows)
	}
	if out.Held == nil && again.Held != nil {
		t.Fatalf("after %+v there is a hold %+v", out.Plan, again.Held)
	}
}

func removesTheRight(t *rapid.T, in reconcile.Input, out reconcile.Difference) {
	removals, owned, wanted := out.Plan.Of(connector.ActionRemove), ownedMembers(in.Rows), wantedMembers(in.Want)
	if in.Policy.Remove == connector.RemoveNever && len(removals) > 0 {
		t.Fatalf("removals %v although nobody is removed", removals)
	}
	for _, a := range removals {
		switch {
		case !slices.Contains(in.Have.Members, a.Member):
			t.Fatalf("%v is not in the channel", a)
		case wanted[a.Member]:
			t.Fatalf("%v is wanted", a)
		case in.Policy.Remove == connector.RemoveOwned && in.Policy.Extras != connector.ExtrasKick && !owned[a.Member]:
			t.Fatalf("%v is not Owned", a)
		case out.Held != nil && !in.Want.Inactive[a.User] && !slices.Contains(in.Confirmed, a.Member):
			t.Fatalf("%v is removed during the hold %s", a, out.Held.Reason)
		}
		for _, row := range in.Rows {
			if row.Member == a.Member && in.Want.Unknown[row.User] {
				t.Fatalf("%v is removed although unknown just now", a)
			}
		}
	}
	if out.Held != nil {
		for _, m := range out.Held.People {
			if slices.Contains(in.Confirmed, m) {
				t.Fatalf("%s is held although confirmed", m)
			}
			if out.Held.Reason == connector.HoldMassVanish && slices.Contains(out.Left, m) {
				t.Fatalf("%s is doubted and has left", m)
			}
		}
	}
	inactiveGo(t, in, removals)
}

// inactiveGo: whom the CRM calls inactive leaves at once, whatever is held.
func inactiveGo(t *rapid.T, in reconcile.Input, removals []connector.Action) {
	for _, row := range in.Rows {
		alone := !slices.ContainsFunc(in.Rows, func(r connector.Membership) bool { return r.Member == row.Member && r.User != row.User })
		returned := row.Status == connector.StatusLeft // by hand: no longer ours to remove
		if !alone || returned || !row.Owned || !in.Want.Inactive[row.User] || wantedMembers(in.Want)[row.Member] ||
			in.Policy.Remove == connector.RemoveNever || !slices.Contains(in.Have.Members, row.Member) {
			continue
		}
		if !slices.ContainsFunc(removals, func(a connector.Action) bool { return a.Member == row.Member }) {
			t.Fatalf("%+v is inactive and stays", row)
		}
	}
}

func addsTheRight(t *rapid.T, in reconcile.Input, out reconcile.Difference) {
	wanted, seen := wantedMembers(in.Want), map[connector.MemberID]bool{}
	for _, a := range out.Plan.Of(connector.ActionAdd) {
		if !wanted[a.Member] || seen[a.Member] || slices.Contains(in.Have.Members, a.Member) {
			t.Fatalf("addition %v: wanted %t, twice %t, or is in", a, wanted[a.Member], seen[a.Member])
		}
		seen[a.Member] = true
		if !ownedMembers(out.Rows)[a.Member] {
			t.Fatalf("addition %v is not stored as Owned", a)
		}
	}
	if in.Policy.Leavers == connector.LeaversRespect {
		for _, m := range out.Left {
			if seen[m] && !ownerOf(in.Want, m) {
				t.Fatalf("%s left and is added", m)
			}
		}
	}
}

func ownerOf(want reconcile.Desired, m connector.MemberID) bool {
	return slices.ContainsFunc(want.Wanted, func(w reconcile.Wanted) bool { return w.Member == m && w.Owner() })
}

// keepsRows: one row a person, everybody wanted has one, everybody in too.
func keepsRows(t *rapid.T, in reconcile.Input, out reconcile.Difference) {
	users, byMember := map[connector.UserID]bool{}, map[connector.MemberID]bool{}
	for _, row := range out.Rows {
		if row.User != "" && users[row.User] {
			t.Fatalf("two rows of %s: %+v", row.User, out.Rows)
		}
		users[row.User], byMember[row.Member] = true, true
	}
	for _, w := range in.Want.Wanted {
		if !users[w.User.ID] {
			t.Fatalf("no row of %s", w.User.ID)
		}
	}
	for _, m := range in.Have.Members {
		if !byMember[m] {
			t.Fatalf("no row of %s", m)
		}
	}
	if in.Want.Unknown[""] || byMember[""] && users[""] && hasEmpty(out.Rows) {
		t.Fatalf("a row of nobody: %+v", out.Rows)
	}
}

func hasEmpty(rows []connector.Membership) bool {
	return slices.ContainsFunc(rows, func(r connector.Membership) bool { return r.User == "" && r.Member == "" })
}
