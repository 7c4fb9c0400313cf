package command

import (
	"strings"
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/reconcile"
)

// Every constant of the domain that a person may meet has words of its own.
func TestEveryConstantHasWords(t *testing.T) {
	seen := map[string]string{}
	check := func(constant, words string) {
		t.Helper()
		if words == "" || strings.Contains(words, "_") {
			t.Errorf("%s is called %q", constant, words)
		}
		if other := seen[words]; other != "" {
			t.Errorf("%s and %s are both called %q", constant, other, words)
		}
		seen[words] = constant
	}
	for _, s := range []connector.GroupState{
		connector.GroupCreating, connector.GroupActive, connector.GroupHeld, connector.GroupFrozen, connector.GroupClosing,
		connector.GroupArchived, connector.GroupUnreachable, connector.GroupLost, connector.GroupFailed,
		connector.GroupUnmanaged, connector.GroupMoved, connector.GroupTombstone,
	} {
		check(string(s), stateWords(s))
	}
	for _, r := range []connector.HoldReason{
		connector.HoldTeamUnreadable, connector.HoldTeamEmpty, connector.HoldLargeRemoval,
		connector.HoldMassVanish, connector.HoldGlobalRemoval,
	} {
		check(string(r), holdWords(r))
	}
	for _, r := range []connector.PendingReason{
		connector.ReasonNoAccount, connector.ReasonAmbiguousAccount, connector.ReasonGuest, connector.ReasonOtherWorkspace,
		connector.ReasonInvitationRefused, connector.ReasonUnknownUser, connector.ReasonRemovalNotAllowed, connector.ReasonRateWait,
	} {
		check(string(r), reasonWords(r))
		if reasonRemedy(r) == reasonRemedy("of a later version") {
			t.Errorf("%s has no remedy", r)
		}
	}
	for _, a := range []connector.ActionType{
		connector.ActionCreate, connector.ActionRemove, connector.ActionAdd, connector.ActionRename, connector.ActionTopic,
		connector.ActionDetails, connector.ActionArchive, connector.ActionUnarchive,
	} {
		check(string(a), actionWord(a))
	}
	for _, v := range []connector.Via{
		connector.ViaOwner, connector.ViaTeam, connector.ViaDepartment, connector.ViaRole, connector.ViaUserGroup,
		connector.ViaQueue, connector.ViaTerritory, connector.ViaPool,
	} {
		check(string(v), pathWords(connector.KindAccountPool, connector.Path{Via: v, ID: "7", Name: "Sales"}))
	}
}

func TestPathWords(t *testing.T) {
	for want, p := range map[string]connector.Path{
		"owner of the account pool":        {Via: connector.ViaOwner, ID: "1"},
		"on the Related Team as user 12":   {Via: connector.ViaTeam, ID: "12"},
		"in the user group Sales (7)":      {Via: connector.ViaUserGroup, ID: "7", Name: "Sales"},
		"in the department 7":              {Via: connector.ViaDepartment, ID: "7"},
		"one of the pool's people: member": {Via: connector.ViaPool, Name: "member"},
	} {
		if got := pathWords(connector.KindAccountPool, p); got != want {
			t.Errorf("%+v: %q, want %q", p, got, want)
		}
	}
}

func TestWhySaysWhatWouldRemoveSomebody(t *testing.T) {
	x := texts{cmd: "/crm"}
	row := func(s connector.MemberStatus, owned bool, why []connector.Path) connector.Membership {
		return connector.Membership{User: "2", Name: "Tim", Status: s, Owned: owned, Since: testNow, Why: why, Reason: connector.ReasonRemovalNotAllowed}
	}
	takenOut := row(connector.StatusRemoved, false, nil)
	takenOut.TakenOut = true
	for name, c := range map[string]struct {
		policy connector.Policy
		m      connector.Membership
		want   string
	}{
		"owned":          {connector.Policy{}, row(connector.StatusMember, true, teamPath("2")), "removed when none of these is left"},
		"grace":          {connector.Policy{Grace: time.Hour}, row(connector.StatusMember, true, teamPath("2")), "removed after 1h0m0s when"},
		"never":          {connector.Policy{Remove: connector.RemoveNever}, row(connector.StatusMember, true, teamPath("2")), "removes nobody"},
		"strict":         {connector.Policy{Remove: connector.RemoveStrict}, row(connector.StatusHandAdded, false, teamPath("2")), "removed when none"},
		"no path":        {connector.Policy{}, row(connector.StatusMember, true, nil), "unless a path appears"},
		"not owned":      {connector.Policy{}, row(connector.StatusMember, false, nil), "keeps whom it did not add"},
		"joined":         {connector.Policy{}, row(connector.StatusJoined, false, nil), "joined by themselves"},
		"service":        {connector.Policy{}, row(connector.StatusService, false, nil), "service account"},
		"to remove":      {connector.Policy{}, row(connector.StatusToRemove, true, nil), "should not be since 22 Nov 2026 12:00 UTC: Roomkeeper may not remove people here"},
		"removed":        {connector.Policy{}, takenOut, "is not in the channel: Roomkeeper removed them 22 Nov 2026"},
		"gone":           {connector.Policy{}, row(connector.StatusRemoved, false, nil), "Tim is not in the channel since 22 Nov 2026 12:00 UTC:"},
		"left, re-added": {connector.Policy{Leavers: connector.LeaversReadd}, row(connector.StatusLeft, true, teamPath("2")), "is added again"},
	} {
		got := strings.Join(x.why(target{key: account("4"), policy: c.policy}, explained{m: c.m, read: true}), "\n")
		if !strings.Contains(got, c.want) {
			t.Errorf("%s: missing %q in:\n%s", name, c.want, got)
		}
	}
}

func TestMembersOfEveryStatus(t *testing.T) {
	w := newWorld()
	g := northwind()
	for _, m := range []connector.Membership{
		{Member: "S1", Status: connector.StatusService},
		{Member: "J1", Name: "Jo", Status: connector.StatusJoined, Why: teamPath("9")},
		{User: "8", Status: connector.StatusMember},
		{Member: "R1", Name: "Rita", Status: connector.StatusToRemove, Reason: connector.ReasonRemovalNotAllowed},
		{Member: "X1", Name: "Xaver", Status: connector.StatusRemoved},
	} {
		m.Since = testNow
		g.Memberships = append(g.Memberships, m)
	}
	w.put(g)
	got := ask(w, hana, "C1", "members").Text
	wants(t, got, "7 in the channel, 1 of them added by hand, 1 of them to be removed", "• member S1: service account\n", "• Jo: team, joined by themselves\n",
		"• user 8: no path just now\n", "to be removed (1)\n• Rita: since 22 Nov 2026 12:00 UTC, Roomkeeper may not remove people here. Ask an admin")
	if strings.Contains(got, "Xaver") {
		t.Error("who was removed is still listed")
	}
}

func TestOneMemberOfTwoUsers(t *testing.T) {
	w := newWorld()
	was := w.crm["account/4"]
	was.desired.Wanted = []reconcile.Wanted{
		{User: connector.User{ID: "11", Name: "Nora New"}, Member: "U11", Why: teamPath("11")},
		{User: connector.User{ID: "12", Name: "Nora Old"}, Member: "U11", Why: teamPath("12")},
	}
	w.crm["account/4"] = was
	wants(t, ask(w, hana, "C1", "why <@U11>").Text, "as user 11", "as user 12")
	wants(t, ask(w, hana, "C1", "why @nora").Text, "may be several people: Nora New (11), Nora Old (12)")
	was.desired.Wanted = []reconcile.Wanted{{User: connector.User{ID: "7", Name: "Gus"}, Reason: connector.ReasonGuest, Why: teamPath("7")}}
	w.crm["account/4"] = was
	wants(t, ask(w, hana, "C1", "why @gus").Text, "Missing: the account is a guest's. Have an admin")
}

func TestHoldOfVanishedPeople(t *testing.T) {
	w := newWorld()
	g := northwind()
	g.Held = &connector.Hold{
		Reason: connector.HoldMassVanish, Since: testNow, People: []connector.MemberID{tim},
		Plan: connector.Plan{ID: "p3", Held: connector.HoldMassVanish},
	}
	w.put(g)
	w.plan = g.Held.Plan
	wants(t, ask(w, olga, "C1", "status").Text, "It concerns 1 person (plan p3)", "Confirm takes them as gone: /crm sync confirm.")
	wants(t, ask(w, olga, "C1", "sync --dry-run").Text, "no step just now", "Plan p3 is held")
	wants(t, ask(w, olga, "C1", "sync").Text, "is queued", "Held since")
	wants(t, ask(w, olga, "C1", "sync confirm").Text, "Confirmed plan p3", "1 person counted as gone")
}

func TestCRMTextStaysInItsLine(t *testing.T) {
	if got := oneLine("a\n\tb\x1b[1m\u0000c", 80); got != "a b[1mc" {
		t.Errorf("%q", got)
	}
	if got := cut("äöüß", 3); got != "äö…" {
		t.Errorf("%q", got)
	}
}

func TestHelpSaysWhoMay(t *testing.T) {
	for _, v := range Verbs() {
		if got := (texts{cmd: "/crm"}).help(v); !strings.Contains(got, "Example: /crm "+string(v)) || strings.Contains(got, "nobody") {
			t.Errorf("help %s: %q", v, got)
		}
	}
	if got := (texts{everyone: true}).help(VerbSubscribe); !strings.Contains(got, "members of the channel") {
		t.Errorf("%q", got)
	}
}
