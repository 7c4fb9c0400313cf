package reconcile_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/reconcile"
)

// cast is who takes part in a difference: a letter each.
type cast struct {
	// owned are in the channel by us, by hand others.
	owned, hand string
	// wanted stand on the team; inactive, unknown and pending ones too.
	wanted, inactive, unknown, pending string
	// confirmed may go; gone are missing in the reading.
	confirmed, gone string
	swept           bool
	passed          string
}

func (c cast) input() reconcile.Input {
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	in := reconcile.Input{
		Policy: connector.Policy{Remove: connector.RemoveOwned, Leavers: connector.LeaversRespect, RemovalShare: 0.5, RemovalPeople: 1},
		Want:   reconcile.Desired{Inactive: map[connector.UserID]bool{}, Unknown: map[connector.UserID]bool{}},
		Now:    now, Swept: c.swept, Passed: lettered(c.passed), Confirmed: lettered(c.confirmed),
	}
	for i, of := range []string{c.owned, c.hand} {
		for _, m := range lettered(of) {
			row := connector.Membership{User: connector.UserID(m), Member: m, Status: connector.StatusMember, Owned: true, Seen: true, Since: now.Add(-time.Hour)}
			if i == 1 {
				row.Status, row.Owned, row.Seen = connector.StatusHandAdded, false, false
			}
			in.Rows = append(in.Rows, row)
			if !slices.Contains(lettered(c.gone), m) {
				in.Have.Members = append(in.Have.Members, m)
			}
		}
	}
	in.Have.At = now
	for _, m := range lettered(c.wanted) {
		in.Want.Wanted = append(in.Want.Wanted, reconcile.Wanted{User: connector.User{ID: connector.UserID(m)}, Member: m})
	}
	for _, m := range lettered(c.pending) {
		in.Want.Wanted = append(in.Want.Wanted, reconcile.Wanted{User: connector.User{ID: connector.UserID(m)}, Reason: connector.ReasonNoAccount})
	}
	for _, m := range lettered(c.inactive) {
		in.Want.Inactive[connector.UserID(m)] = true
	}
	for _, m := range lettered(c.unknown) {
		in.Want.Unknown[connector.UserID(m)] = true
	}
	return in
}

func lettered(text string) (out []connector.MemberID) {
	for _, r := range text {
		out = append(out, connector.MemberID(string(r)))
	}
	return out
}

func TestBrakes(t *testing.T) {
	for name, c := range map[string]struct {
		cast
		reason connector.HoldReason
		// held and removed are people, added those who come in.
		held, removed, added string
	}{
		"nobody goes":                     {cast{owned: "abc", wanted: "abc"}, "", "", "", ""},
		"one of two":                      {cast{owned: "ab", wanted: "a"}, "", "", "b", ""},
		"one of one, another comes":       {cast{owned: "a", wanted: "z"}, "", "", "a", "z"},
		"half":                            {cast{owned: "abcd", wanted: "ab"}, "", "", "cd", ""},
		"more than half":                  {cast{owned: "abcd", wanted: "a"}, connector.HoldLargeRemoval, "bcd", "", ""},
		"both, and two come":              {cast{owned: "ab", wanted: "yz"}, connector.HoldLargeRemoval, "ab", "", "yz"},
		"just more than half":             {cast{owned: "abcde", wanted: "ab", hand: "z"}, connector.HoldLargeRemoval, "cde", "", ""},
		"hand-added do not count":         {cast{owned: "abc", wanted: "a", hand: "xyz"}, connector.HoldLargeRemoval, "bc", "", ""},
		"inactive go all the same":        {cast{owned: "abcd", wanted: "a", inactive: "b"}, connector.HoldLargeRemoval, "cd", "b", ""},
		"inactive alone":                  {cast{owned: "abcd", wanted: "a", inactive: "bcd"}, "", "", "bcd", ""},
		"inactive are no reason to stay":  {cast{owned: "abcde", wanted: "ab", inactive: "e"}, "", "", "cde", ""},
		"unknown stay":                    {cast{owned: "abcd", wanted: "a", unknown: "b"}, "", "", "cd", ""},
		"pending are somebody":            {cast{owned: "ab", pending: "z"}, connector.HoldLargeRemoval, "ab", "", ""},
		"confirmed go":                    {cast{owned: "abcd", wanted: "a", confirmed: "bcd"}, "", "", "bcd", ""},
		"confirmed, and one more":         {cast{owned: "abcde", wanted: "a", confirmed: "bcd"}, "", "", "bcde", ""},
		"nobody left of two":              {cast{owned: "ab"}, connector.HoldTeamEmpty, "ab", "", ""},
		"nobody left of one":              {cast{owned: "a"}, "", "", "a", ""},
		"nobody left but inactive":        {cast{owned: "abc", inactive: "a"}, connector.HoldTeamEmpty, "bc", "a", ""},
		"nobody left, one was active":     {cast{owned: "ab", inactive: "a"}, "", "", "ab", ""},
		"nobody left, one by hand":        {cast{owned: "a", hand: "b"}, "", "", "a", ""},
		"nobody left but unknown":         {cast{owned: "ab", unknown: "z"}, connector.HoldLargeRemoval, "ab", "", ""},
		"half vanished":                   {cast{owned: "abcd", wanted: "abcd", gone: "cd"}, "", "", "", ""},
		"more than half vanished":         {cast{owned: "abcd", wanted: "abcd", gone: "bcd"}, connector.HoldMassVanish, "bcd", "", ""},
		"one of one vanished":             {cast{owned: "a", wanted: "a", gone: "a"}, "", "", "", ""},
		"vanished, and nobody's any more": {cast{owned: "abcd", wanted: "ab", gone: "bcd"}, connector.HoldMassVanish, "bcd", "", ""},
		"vanished and inactive":           {cast{owned: "abcd", wanted: "ab", inactive: "cd", gone: "cd"}, "", "", "", ""},
		"vanished, and one goes":          {cast{owned: "abcd", wanted: "abc", gone: "abc"}, connector.HoldMassVanish, "abcd", "", ""},
		"vanished, and one comes":         {cast{owned: "abcd", wanted: "abcdz", gone: "bcd"}, connector.HoldMassVanish, "bcd", "", "z"},
		"vanished by decision":            {cast{owned: "abcd", wanted: "abcd", gone: "bcd", confirmed: "bcd"}, "", "", "", ""},
		"swept":                           {cast{owned: "abc", wanted: "ab", swept: true}, connector.HoldGlobalRemoval, "c", "", ""},
		"swept, nobody goes":              {cast{owned: "abc", wanted: "abc", swept: true}, "", "", "", ""},
		"swept and passed":                {cast{owned: "abc", wanted: "ab", swept: true, passed: "c"}, "", "", "c", ""},
		"swept, one passed":               {cast{owned: "abcd", wanted: "ab", swept: true, passed: "c"}, connector.HoldGlobalRemoval, "d", "c", ""},
		"swept and confirmed":             {cast{owned: "abc", wanted: "ab", swept: true, confirmed: "c"}, "", "", "c", ""},
		"swept and inactive":              {cast{owned: "abc", wanted: "ab", inactive: "c", swept: true}, "", "", "c", ""},
		"swept, held here":                {cast{owned: "abcd", wanted: "a", swept: true, passed: "bcd"}, connector.HoldLargeRemoval, "bcd", "", ""},
		"swept, and one comes":            {cast{owned: "abc", wanted: "abz", swept: true}, connector.HoldGlobalRemoval, "c", "", "z"},
	} {
		out := reconcile.Diff(c.input())
		reason, held := connector.HoldReason(""), ""
		if out.Held != nil {
			reason, held = out.Held.Reason, spelt(out.Held.People)
		}
		removed, added := named(out.Plan.Of(connector.ActionRemove)), named(out.Plan.Of(connector.ActionAdd))
		if got, want := fmt.Sprint(reason, held, removed, added), fmt.Sprint(c.reason, c.held, c.removed, c.added); got != want {
			t.Errorf("%s: held %q %q, removed %q, added %q", name, reason, held, removed, added)
		}
		for _, row := range out.Rows {
			if out.Held != nil && slices.Contains(out.Held.People, row.Member) && (!row.Owned || !row.TriedAt.IsZero()) {
				t.Errorf("%s: held and %+v", name, row)
			}
		}
	}
}

// TestBrakeCountsTheWanted: whoever is wanted counts as one who stays, also by an
// account that somebody inactive has too, and whatever the rows say yet.
func TestBrakeCountsTheWanted(t *testing.T) {
	in := cast{owned: "abcd", wanted: "d", inactive: "a"}.input()
	in.Want.Wanted = append(in.Want.Wanted, reconcile.Wanted{User: connector.User{ID: "z"}, Member: "a"})
	out := reconcile.Diff(in)
	if removed := named(out.Plan.Of(connector.ActionRemove)); removed != "bc" || out.Held != nil {
		t.Errorf("removed %q, held %+v: half of four", removed, out.Held)
	}
}

// TestBrakeCountsTheListed: whom we added, whom nothing names any more and who is
// inactive is none of the listed.
func TestBrakeCountsTheListed(t *testing.T) {
	in := cast{owned: "abcpqrs", wanted: "abc", inactive: "qrs"}.input()
	in.Want.SelfEnrol, in.Want.Listed = true, 3
	out := reconcile.Diff(in)
	if removed := named(out.Plan.Of(connector.ActionRemove)); removed != "pqrs" || out.Held != nil {
		t.Errorf("removed %q, held %+v", removed, out.Held)
	}
}

// TestDismissedUntilTheyWent: whose going was dismissed stays as long as they are in.
func TestDismissedUntilTheyWent(t *testing.T) {
	in := cast{owned: "ab", hand: "c", wanted: "abc"}.input()
	in.Rows[2].Kept = true
	if row := rowOf(reconcile.Diff(in), "c"); !row.Kept || row.Status != connector.StatusHandAdded {
		t.Errorf("row %+v", row)
	}
	in.Have.Members = in.Have.Members[:2]
	if row := rowOf(reconcile.Diff(in), "c"); row.Kept || row.Status != connector.StatusPending {
		t.Errorf("row %+v", row)
	}
}

func rowOf(d reconcile.Difference, u connector.UserID) connector.Membership {
	i := slices.IndexFunc(d.Rows, func(row connector.Membership) bool { return row.User == u })
	return d.Rows[i]
}

func spelt(members []connector.MemberID) (out string) {
	members = slices.Clone(members)
	slices.Sort(members)
	for _, m := range members {
		out += string(m)
	}
	return out
}

func named(actions []connector.Action) string {
	var members []connector.MemberID
	for _, a := range actions {
		members = append(members, a.Member)
	}
	return spelt(members)
}

// What vanished by a mistake is ours yet when it is there again.
func TestDoubtedAreOursYet(t *testing.T) {
	c := cast{owned: "abcd", wanted: "ab", gone: "bcd"}
	in := c.input()
	out := reconcile.Diff(in)
	in.Rows, in.Have.Members = out.Rows, lettered("abcd")
	if again := reconcile.Diff(in); named(again.Plan.Of(connector.ActionRemove)) != "cd" {
		t.Errorf("then %+v, held %+v", again.Plan, again.Held)
	}
}
