package command

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"roomkeeper/connector"
	"roomkeeper/connector/reconcile"
)

const discord = connector.PlatformID("discord")

// directory is what a platform and the CRM tell of people.
type directory struct {
	emails map[connector.MemberID]string
	names  map[connector.MemberID]string
	users  []connector.User
	fail   map[string]error
}

func (d directory) Email(_ context.Context, m connector.MemberID) (string, error) {
	return d.emails[m], d.fail["email"]
}

func (d directory) Called(_ context.Context, m connector.MemberID) (string, error) {
	return d.names[m], d.fail["name"]
}

func (d directory) UsersByEmail(_ context.Context, email string) (out []connector.User, err error) {
	for _, u := range d.users {
		if connector.Address(u.Email) == email {
			out = append(out, u)
		}
	}
	return out, d.fail["users"]
}

func (d directory) on(platform connector.PlatformID) func(*Options) {
	return func(o *Options) {
		chat := o.Platforms[slack]
		chat.ID, chat.Names = platform, d
		if platform == slack {
			chat.Profiles, o.Finder = d, d
		}
		o.Platforms = map[connector.PlatformID]connector.ChatPlatform{platform: chat}
	}
}

func reasons() []connector.PendingReason {
	return []connector.PendingReason{
		connector.ReasonNoAccount, connector.ReasonAmbiguousAccount, connector.ReasonGuest, connector.ReasonOtherWorkspace,
		connector.ReasonInvitationRefused, connector.ReasonUnknownUser, connector.ReasonRateWait,
	}
}

// grace is a world in which Grace Liu, user 20, is on the team and pending; her account
// is UG. stored: the Group lists her.
func grace(platform connector.PlatformID, reason connector.PendingReason, u connector.User, link connector.Link, stored bool) *world {
	w := newWorld()
	u.ID, u.Name, u.Active = "20", "Grace Liu", true
	w.people = map[connector.UserID]connector.Person{"20": {User: u, Links: map[connector.PlatformID]connector.Link{platform: link}}}
	g := northwind()
	g.Platform, g.ID = platform, connector.GroupIDOf(platform, account("4"))
	if stored {
		g.Memberships = append(g.Memberships, connector.Membership{
			User: "20", Name: "Grace Liu", Status: connector.StatusPending, Reason: reason, Since: testNow, Why: teamPath("20"),
		})
	}
	w.put(g)
	was := w.crm["account/4"]
	if reason == connector.ReasonUnknownUser {
		was.desired.Unknown = map[connector.UserID]bool{"20": true}
	} else {
		was.desired.Wanted = append(was.desired.Wanted[:4:4], reconcile.Wanted{User: u, Reason: reason, Why: teamPath("20")})
	}
	w.crm["account/4"] = was
	return w
}

func askOn(w *world, platform connector.PlatformID, text string, d directory) string {
	return w.handler(d.on(platform)).Run(context.Background(),
		Request{Platform: platform, Channel: "C1", Actor: hana, Text: text}).Text
}

// Whoever is on the team and pending is told of by mention, whatever they wait for and
// whatever ties their account to them.
func TestWhyByMentionOfWhoeverIsPending(t *testing.T) {
	const (
		mail   = "grace@x.example"
		member = connector.MemberID("UG")
	)
	byMail := connector.User{Email: " Grace@X.example"}
	told := func(platform connector.PlatformID) connector.User {
		return connector.User{Links: map[connector.PlatformID]connector.MemberID{platform: member}}
	}
	for _, platform := range []connector.PlatformID{slack, discord} {
		for _, reason := range reasons() {
			for name, u := range map[string]connector.User{"address": byMail, "CRM": told(platform)} {
				if name == "address" && platform == discord {
					continue // it tells none
				}
				link := connector.Link{Source: connector.LinkEmail, Reason: reason, Email: mail}
				d := directory{emails: map[connector.MemberID]string{member: mail}}
				got := askOn(grace(platform, reason, u, link, true), platform, "why <@UG|gl>", d)
				wants(t, got, "Grace Liu should be in the channel", reasonWords(reason), "on the Related Team as user 20")
				denied(t, got)
				if reason == connector.ReasonUnknownUser {
					got = askOn(grace(platform, reason, u, link, false), platform, "why <@UG|gl>", d)
					wants(t, got, "does not know that user just now")
					continue
				}
				got = askOn(grace(platform, reason, u, link, false), platform, "why <@UG|gl>", d)
				wants(t, got, "Grace Liu is not in the channel yet, and should be", reasonWords(reason))
				denied(t, got)
			}
		}
	}
}

func denied(t *testing.T, got string) {
	t.Helper()
	for _, denial := range []string{"no path leads", "neither its owner", "No user of the CRM"} {
		if strings.Contains(got, denial) {
			t.Errorf("denied: %s", got)
		}
	}
}

// An account that nothing ties to a User is said to be that, and who it may be.
func TestWhyOfAnAccountThatNothingTies(t *testing.T) {
	for _, platform := range []connector.PlatformID{slack, discord} {
		for _, stored := range []bool{true, false} {
			w := grace(platform, connector.ReasonNoAccount, connector.User{Email: "other@x.example"}, connector.Link{}, stored)
			for mention, d := range map[string]directory{
				"<@UG|grace>": {}, "<@UG|Grace Liu (Acme)>": {}, "<@UG>": {names: map[connector.MemberID]string{"UG": "Grace"}},
			} {
				wants(t, askOn(w, platform, "why "+mention, d), "No user of the CRM is known by this account",
					"Grace Liu (user 20) should be in and has no account here as far as is known", "/crm link @person 20.")
			}
			got := askOn(w, platform, "why <@UG|jonas>", directory{})
			wants(t, got, "jonas is not in the channel. No user of the CRM is known by this account", "/crm link @person <user id>.")
			if strings.Contains(got, "Grace") || strings.Contains(got, "no path leads") {
				t.Errorf("told too much: %s", got)
			}
		}
		// Let in by hand they are listed without being known.
		w := grace(platform, connector.ReasonNoAccount, connector.User{}, connector.Link{}, true)
		g := w.groups[connector.GroupIDOf(platform, account("4"))]
		g.Memberships = append(g.Memberships, connector.Membership{Member: "UG", Status: connector.StatusHandAdded, Since: testNow})
		w.put(g)
		wants(t, askOn(w, platform, "why <@UG|grace>", directory{}), "grace is in the channel", "no user of the CRM is known by this account",
			"Grace Liu (user 20) should be in")
	}
}

// Accounts that nobody is linked with are called by their names where the platform tells
// them, of some people.
func TestMembersNamesAccounts(t *testing.T) {
	w := newWorld()
	g := northwind()
	d := directory{names: map[connector.MemberID]string{}}
	for i := range 12 {
		id := connector.MemberID(fmt.Sprintf("UX%02d", i))
		d.names[id] = fmt.Sprintf("Stranger %02d", i)
		g.Memberships = append(g.Memberships, connector.Membership{Member: id, Status: connector.StatusHandAdded, Since: testNow})
	}
	w.put(g)
	got := askOn(w, slack, "members", d)
	wants(t, got, "• Stranger 00: since", "• Stranger 09: since", "• member UX10: since")
	if w.groups[g.ID].Memberships[5].Name != "" {
		t.Error("the store was changed")
	}
	d.fail = map[string]error{"name": connector.ErrTemporary}
	wants(t, askOn(w, slack, "members", d), "• member UX00: since")
	wants(t, askOn(w, slack, "why <@UX01>", d), "member UX01 is in the channel since")
}

// A guest whom somebody let in by hand is told of as what they are on the team, too.
func TestWhyOfAGuestWhoIsInByHand(t *testing.T) {
	w := grace(slack, connector.ReasonGuest, connector.User{Email: "g@x.example"}, connector.Link{Reason: connector.ReasonGuest}, true)
	g := w.groups[connector.GroupIDOf(slack, account("4"))]
	g.Memberships = append(g.Memberships, connector.Membership{Member: "UG", Status: connector.StatusHandAdded, Since: testNow})
	w.put(g)
	got := askOn(w, slack, "why <@UG>", directory{emails: map[connector.MemberID]string{"UG": "g@x.example"}, names: map[connector.MemberID]string{"UG": "Grace L."}})
	wants(t, got, "Grace L. is in the channel since", "Grace Liu should be in the channel", "the account is a guest's")
}

// Another account than the one that decides is not theirs, and what is known is not
// denied of them.
func TestWhyByAnotherAccount(t *testing.T) {
	mail := directory{emails: map[connector.MemberID]string{"UG": "g@x.example"}}
	for name, c := range map[string]struct {
		user connector.User
		link connector.Link
	}{
		"stored": {connector.User{Email: "g@x.example"}, connector.Link{Source: connector.LinkStored, Member: "UX", Reason: connector.ReasonGuest}},
		"CRM":    {connector.User{Email: "g@x.example", Links: map[connector.PlatformID]connector.MemberID{slack: "UX"}}, connector.Link{Source: connector.LinkCRM, Told: "UX", Reason: connector.ReasonGuest}},
	} {
		got := askOn(grace(slack, connector.ReasonGuest, c.user, c.link, true), slack, "why <@UG|gl>", mail)
		if stored := name == "stored"; strings.Contains(got, "No user of the CRM is known") != stored || strings.Contains(got, "Grace Liu should be in the channel") == stored {
			t.Errorf("%s: %s", name, got)
		}
	}
	w := newWorld()
	mail.users = []connector.User{{ID: "2", Name: "Tim Team", Email: "g@x.example"}}
	wants(t, askOn(w, slack, "why <@UG|tt>", mail), "tt is not in the channel by this account. Tim Team (2), of whom the CRM has the same address, goes by another account",
		"/crm link @person 2.")
	mail.users = []connector.User{{ID: "30", Name: "Sam Else", Email: "g@x.example"}}
	wants(t, askOn(w, slack, "why <@UG|tt>", mail), "no path leads from the account to them", "By its address this account is that of Known 30 (30)")
	mail.fail = map[string]error{"users": connector.ErrTemporary}
	wants(t, askOn(w, slack, "why <@UG|tt>", mail), "could not be found out just now")
	mail.fail = map[string]error{"email": connector.ErrTemporary}
	wants(t, askOn(w, slack, "why <@UG|tt>", mail), "could not be found out just now")
}

// A name that nobody has is no person of whom anything is said.
func TestWhyOfANameThatNobodyHas(t *testing.T) {
	w := newWorld()
	was := w.crm["account/4"]
	was.desired.Wanted = append(was.desired.Wanted[:4:4], reconcile.Wanted{User: connector.User{ID: "21", Name: "Zoë Campbell"}, Member: "UZ", Why: teamPath("21")})
	w.crm["account/4"] = was
	g := northwind()
	g.Memberships = append(g.Memberships, connector.Membership{User: "22", Member: "US", Name: "Samuel Adeyemi", Status: connector.StatusMember, Owned: true, Since: testNow, Why: teamPath("22")})
	w.put(g)
	got := ask(w, hana, "C1", "why @Sam").Text
	wants(t, got, `Nobody called "Sam" is known here`, "Did you mean Samuel Adeyemi?", `/crm why "@First Last"`)
	if strings.Contains(got, "no path leads") {
		t.Error(got)
	}
	wants(t, ask(w, hana, "C1", "why @Adeyemmi").Text, "Nobody called")
	wants(t, ask(w, hana, "C1", "why @samule").Text, "Did you mean Samuel Adeyemi?")
	if got := ask(w, hana, "C1", "why @nobody").Text; strings.Contains(got, "Did you mean") || !strings.Contains(got, `Nobody called "nobody"`) {
		t.Error(got)
	}
	for _, name := range []string{"Zoë", "Zoe\u0308", "zoe", `"Zoe Campbell"`, "\"zoe\u0308 campbell\""} {
		wants(t, ask(w, hana, "C1", "why @"+name).Text, "Zoë Campbell is not in the channel yet, and should be")
	}
}
