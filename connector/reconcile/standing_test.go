package reconcile_test

import (
	"slices"
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/reconcile"
)

// A Member stands for all its Users, who each keep a row: only when the CRM calls all of
// them inactive does it leave at once, and the grace counts from the last that went.
func TestOneMemberStandsForAllItsUsers(t *testing.T) {
	now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		inactive []connector.UserID
		// ago is since when each is to go.
		ago     [2]time.Duration
		removed bool
	}{
		"both active":               {ago: [2]time.Duration{time.Minute, time.Minute}},
		"one inactive":              {ago: [2]time.Duration{time.Minute, time.Minute}, inactive: []connector.UserID{"u1"}},
		"the other inactive":        {ago: [2]time.Duration{time.Minute, time.Minute}, inactive: []connector.UserID{"u2"}},
		"both inactive":             {ago: [2]time.Duration{time.Minute, time.Minute}, inactive: []connector.UserID{"u1", "u2"}, removed: true},
		"the grace of one is over":  {ago: [2]time.Duration{2 * time.Hour, time.Minute}},
		"of the other":              {ago: [2]time.Duration{time.Minute, 2 * time.Hour}},
		"of both":                   {ago: [2]time.Duration{2 * time.Hour, 2 * time.Hour}, removed: true},
		"of both, and one inactive": {ago: [2]time.Duration{2 * time.Hour, 2 * time.Hour}, inactive: []connector.UserID{"u1"}, removed: true},
	} {
		in := reconcile.Input{
			Want: reconcile.Desired{
				Wanted:   []reconcile.Wanted{{User: connector.User{ID: "u0"}, Member: "m0"}},
				Inactive: map[connector.UserID]bool{},
			},
			Have:   connector.Observed{Members: []connector.MemberID{"m0", "m"}, At: now},
			Rows:   []connector.Membership{{User: "u0", Member: "m0", Status: connector.StatusMember, Owned: true, Seen: true}},
			Policy: connector.Policy{Remove: connector.RemoveOwned, Grace: time.Hour, RemovalShare: 0.5, RemovalPeople: 1}, Now: now,
		}
		for i, u := range []connector.UserID{"u1", "u2"} {
			in.Rows = append(in.Rows, connector.Membership{
				User: u, Member: "m", Status: connector.StatusToRemove, Owned: true, Seen: true, Since: now.Add(-c.ago[i]),
			})
		}
		for _, u := range c.inactive {
			in.Want.Inactive[u] = true
		}
		out := reconcile.Diff(in)
		removals := out.Plan.Of(connector.ActionRemove)
		if len(removals) > 1 || c.removed != (len(removals) == 1) || out.Held != nil {
			t.Errorf("%s: removals %v, held %+v", name, removals, out.Held)
		}
		for i, u := range []connector.UserID{"u1", "u2"} {
			j := slices.IndexFunc(out.Rows, func(row connector.Membership) bool { return row.User == u })
			if j < 0 || out.Rows[j].Status != connector.StatusToRemove || !out.Rows[j].Since.Equal(now.Add(-c.ago[i])) {
				t.Errorf("%s: rows %+v", name, out.Rows)
			}
		}
	}
}
