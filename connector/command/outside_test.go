package command

import (
	"context"
	"strings"
	"testing"

	"roomkeeper/connector"
	"roomkeeper/connector/reconcile"
)

// addresses are what the workspace and the CRM have of somebody.
type addresses map[connector.MemberID]connector.UserID

func (a addresses) Email(_ context.Context, m connector.MemberID) (string, error) {
	return string(a[m]), nil
}

func (a addresses) UsersByEmail(_ context.Context, email string) ([]connector.User, error) {
	return []connector.User{{ID: connector.UserID(email)}}, nil
}

// withOutsiders names an inactive and an external person on the team.
func withOutsiders(w *world) {
	was := w.crm["account/4"]
	was.desired.Inactive = map[connector.UserID]bool{"12": true}
	was.desired.Outside = []reconcile.Outsider{
		{User: connector.User{ID: "12", Name: "Ian Idle"}, Why: append(ownerPath()[:1:1], teamPath("12")...)},
		{
			User: connector.User{ID: "14", Name: "Exa Extern", Active: true, External: true, Links: map[connector.PlatformID]connector.MemberID{slack: "U14"}},
			Why:  teamPath("14"),
		},
		{User: connector.User{ID: "15", Name: "Pat Partner", Active: true, External: true}, Why: teamPath("15")},
	}
	w.crm["account/4"] = was
}

// Whom the team names and nobody invites is told so, by name and by mention, whoever
// says which account is theirs.
func TestWhyOfPeopleWhoAreNeverInvited(t *testing.T) {
	const (
		ian = "Ian Idle is not in the channel: they are owner of the account, and on the Related Team as user 12 (member), " +
			"but the CRM calls them inactive, and inactive people are never invited."
		exa = "Exa Extern is not in the channel: they are on the Related Team as user 14 (member), but the CRM calls them external, and external people are never invited."
		pat = "Pat Partner is not in the channel: they are on the Related Team as user 15 (member)"
	)
	for question, want := range map[string]string{
		"why @ian": ian, `why "@Ian Idle"`: ian, "why <@U12|ian>": ian,
		"why @exa": exa, "why <@U14|exa>": exa,
		"why @pat": pat, "why <@U15|pat>": pat,
		"why <@U8|sten>": "sten is not in the channel. No user of the CRM is known", "why @sten": `Nobody called "sten" is known here`,
	} {
		w := newWorld()
		withOutsiders(w)
		w.users["U12"] = []connector.UserID{"12"}
		got := ask(w, hana, "C1", question, func(o *Options) {
			known := addresses{"U15": "15"}
			platform := o.Platforms[slack]
			platform.Profiles, o.Finder = known, known
			o.Platforms[slack] = platform
		}).Text
		if wants(t, got, want); strings.Contains(want, "they are") && strings.Contains(got, "no path leads") {
			t.Errorf("%s: %s", question, got)
		}
	}
}

// Also those who are in all the same, or were once, and are listed without a path.
func TestWhyOfOutsidersWhomTheGroupLists(t *testing.T) {
	w := newWorld()
	withOutsiders(w)
	g := northwind()
	g.Memberships = append(g.Memberships,
		connector.Membership{User: "12", Member: "U12", Name: "Ian Idle", Status: connector.StatusRemoved, TakenOut: true, Since: testNow},
		connector.Membership{Member: "U14", Name: "exa", Status: connector.StatusHandAdded, Since: testNow},
	)
	w.put(g)
	for question, want := range map[string]string{
		"why @ian":       "They are owner of the account, and on the Related Team as user 12 (member), but the CRM calls them inactive",
		"why <@U14|exa>": "added by hand:\nThey are on the Related Team as user 14 (member), but the CRM calls them external",
		"why @hana":      "• no user of the CRM is known by this account, and so no path to it",
	} {
		wants(t, ask(w, hana, "C1", question).Text, want)
	}
	w.fail["crm"] = connector.ErrTemporary
	wants(t, ask(w, hana, "C1", "why @exa").Text, "added by hand:\n• no user of the CRM is known", "as far as was last read")
}

// Of a kind that is not in use any more nothing is changed, and nothing else is said.
func TestCommandsOfAKindThatIsNotInUse(t *testing.T) {
	for _, text := range []string{"sync", "sync confirm", "sync dismiss", "leave"} {
		w := newWorld()
		got := w.say(t, admin, "C1", text, func(o *Options) { o.Policies = nil })
		if wants(t, got, "of a kind that is no longer in use. Nothing was changed"); len(w.writes) > 0 {
			t.Errorf("%s: %v", text, w.writes)
		}
	}
}

// Nor by an address, where the CRM names an account.
func TestOutsiderWhoseAccountTheCRMNames(t *testing.T) {
	for account, told := range map[connector.MemberID]bool{"": true, "U99": false} {
		w := newWorld()
		withOutsiders(w)
		c := w.crm["account/4"]
		c.desired.Outside[0].User.Email = "ian@example.com"
		if account != "" {
			c.desired.Outside[0].User.Links = map[connector.PlatformID]connector.MemberID{slack: account}
		}
		w.crm["account/4"] = c
		d := directory{emails: map[connector.MemberID]string{"U50": "ian@example.com"}}
		if got := w.say(t, hana, "C1", "why <@U50|ian>", d.on(slack)); strings.Contains(got, "user 12") != told {
			t.Errorf("the CRM names %q: %s", account, got)
		}
	}
}

// Whoever was taken out and is on the team again is not told that nothing leads to them.
func TestWhyOfWhoWasTakenOutAndBelongsAgain(t *testing.T) {
	for selfEnrol, want := range map[bool]string{true: "/crm join account 4", false: "and should be:"} {
		w := newWorld()
		c := w.crm["account/4"]
		c.desired.SelfEnrol = selfEnrol
		c.desired.Wanted = append(c.desired.Wanted, reconcile.Wanted{
			User: connector.User{ID: "12", Name: "Ian Idle", Active: true}, Member: "U12", Why: teamPath("12"),
		})
		w.crm["account/4"] = c
		g := northwind()
		g.SelfEnrol = selfEnrol
		g.Memberships = append(g.Memberships, connector.Membership{User: "12", Member: "U12", Name: "Ian Idle", Status: connector.StatusRemoved, TakenOut: true, Since: testNow})
		w.put(g)
		for _, question := range []string{"why @ian", "why <@U12|ian>"} {
			got := w.say(t, admin, "C1", question)
			if wants(t, got, want); strings.Contains(got, "no path leads") {
				t.Errorf("join by themselves %t, %s: %s", selfEnrol, question, got)
			}
		}
	}
}

// Who was linked by hand with another account is not told of by the one that the CRM names.
func TestOutsiderWhoIsLinkedByHand(t *testing.T) {
	w := newWorld()
	withOutsiders(w)
	wants(t, ask(w, hana, "C1", "why <@U14|exa>").Text, "on the Related Team as user 14")
	w.people = map[connector.UserID]connector.Person{"14": {User: connector.User{ID: "14"}, Links: map[connector.PlatformID]connector.Link{
		slack: {Member: "U99", Source: connector.LinkStored},
	}}}
	if got := ask(w, hana, "C1", "why <@U14|exa>").Text; strings.Contains(got, "user 14") {
		t.Errorf("told of another account's user: %s", got)
	}
}
