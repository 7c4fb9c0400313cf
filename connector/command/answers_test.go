package command

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"roomkeeper/connector"
	"roomkeeper/connector/reconcile"
)

func ask(w *world, who connector.MemberID, channel connector.ChannelID, text string, change ...func(*Options)) Answer {
	return w.handler(change...).Run(context.Background(), Request{Platform: slack, Channel: channel, Actor: who, ActorName: "Name of " + string(who), Text: text})
}

func wants(t *testing.T, got string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(got, part) {
			t.Errorf("missing %q in:\n%s", part, got)
		}
	}
}

func TestHelp(t *testing.T) {
	w := newWorld()
	got := ask(w, sten, "C77", "").Text
	for _, v := range Verbs() {
		wants(t, got, "/crm "+string(v))
	}
	wants(t, ask(w, sten, "C77", "help subscribe").Text, "record_updated:amount,stage", "For: the record's owner", "custom:<name>")
	wants(t, ask(w, sten, "C77", "help why").Text, `A name with a space is put in quotes: /crm why "@First Last".`)
	wants(t, ask(w, sten, "C77", "why @Samuel Adeyemi account 4").Text, `A name with a space is put in quotes: /crm why "@Samuel Adeyemi". Nothing was done.`)
	wants(t, ask(w, sten, "C77", "membres").Text, `Did you mean "members"?`, "Nothing was done.", "Example: /crm members account 4")
	wants(t, ask(w, sten, "C77", "quiet off").Text, "does not have \"quiet\" yet")
	for _, v := range Verbs() {
		_, example, _ := (texts{}).shape(v)
		if _, err := testGrammar().parse(example); err != nil {
			t.Errorf("the example %q is wrong: %v", example, err)
		}
	}
}

func TestOpen(t *testing.T) {
	w := newWorld()
	wants(t, ask(w, olga, "C77", "open account 4").Text, "Northwind (account 4): active", "#northwind https://chat.example/C1")

	got := w.handler().Run(context.Background(), Request{ID: "t9", Platform: slack, Actor: tim, Text: "open AccountObj 5"})
	wants(t, got.Text, "being created", "your channel list", "/crm status account 5")
	if strings.Contains(got.Text, "Nobody") || len(w.writes) != 1 || w.writes[0] != "open crm/account/5 t9" {
		t.Errorf("opened by %v, answered %q", w.writes, got.Text)
	}

	g := northwind()
	g.State, g.Failure, g.Channel = connector.GroupFailed, "Nobody on the team has an account: Pia Pending.", connector.Channel{}
	w.put(g)
	wants(t, ask(w, admin, "C77", "open account 4").Text, "No channel for Northwind", "Pia Pending", "/crm open account 4")

	w.fail["open"] = fmt.Errorf("open: %w", connector.ErrConflict)
	wants(t, ask(w, admin, "C77", "open account 4").Text, "deleted in the CRM")
	w.fail["open"] = &connector.RecoverError{Platform: slack, Channels: 12}
	wants(t, ask(w, admin, "C77", "open account 4").Text, "No channel is made for now", "12 channels", "connector recover", "--fresh")
	w.fail["open"] = fmt.Errorf("open: %w", connector.ErrNotFound)
	wants(t, ask(w, admin, "C77", "open account 4").Text, (texts{}).refused())
	w.fail["open"] = &connector.WaitError{What: "crm"}
	wants(t, ask(w, admin, "C77", "open account 4").Text, "cannot read the CRM")
}

func TestOpenNamesWhoIsMissing(t *testing.T) {
	w := newWorld()
	was := w.crm["account/5"]
	was.desired = reconcile.Desired{Wanted: []reconcile.Wanted{
		{User: connector.User{ID: "6", Name: "Pia Pending"}, Reason: connector.ReasonNoAccount},
		{User: connector.User{ID: "7"}, Reason: connector.ReasonGuest},
	}}
	w.crm["account/5"] = was
	wants(t, ask(w, admin, "C77", "open account 5").Text, "being created", "Nobody on the team has an account here yet",
		"Pia Pending (no account", "user 7 (the account is a guest's)")
}

func TestDetails(t *testing.T) {
	w := newWorld()
	got := ask(w, hana, "C1", "details")
	wants(t, got.Text, "Northwind (account 4)")
	if got.Card == nil {
		t.Fatal("no card")
	}
	shown := fmt.Sprint(got.Card.Fields)
	wants(t, shown, "open", "active", "3 in the channel", "Amount 10", "#northwind")
	if strings.Contains(shown, "Secret") || got.Card.URL != "https://crm.example/account/4" {
		t.Errorf("card %+v", got.Card)
	}
	w.fail["crm"] = connector.ErrTemporary
	got = ask(w, hana, "C1", "details")
	wants(t, got.Card.Footnote, "could not be read", "22 Nov 2026 12:00 UTC")
	if got.Card.Title != "Northwind" || strings.Contains(fmt.Sprint(got.Card.Fields), "Amount") {
		t.Errorf("without the CRM: %+v", got.Card)
	}
	w.fail["crm"] = nil
	wants(t, fmt.Sprint(ask(w, lena, "C77", "details account 5").Card.Fields), "none yet")
}

func TestMembers(t *testing.T) {
	w := newWorld()
	got := ask(w, hana, "C1", "members").Text
	wants(t, got, "Northwind (account 4): 3 in the channel, 1 of them added by hand, 1 pending, 1 left.",
		"In the channel (2)\n• Olga Owner: owner, team\n• Tim Team: team\n",
		"added by hand (1)\n• Hana Hand: since 22 Nov 2026 10:42 UTC",
		"Pending (1)\n• Pia Pending: no account here", "have an admin link the account",
		"Left, which is respected (1)\n• Lena Left", "3 team entries are not resolved",
		"CRM read: 22 Nov 2026 12:00 UTC. Channel read: 22 Nov 2026 10:42 UTC.")
	w.holdNorthwind()
	wants(t, ask(w, hana, "C1", "members").Text, "Held since 22 Nov 2026 12:00 UTC: more than half", "2 people (plan p1)", "/crm sync confirm.")
	wants(t, ask(w, hana, "C77", "members account 4").Text, "/crm sync confirm account 4.")
	wants(t, ask(w, olga, "C77", "members account 5").Text, "has no channel here yet. /crm open account 5")
}

// Where a role shows the channel to others too, members says so.
func TestMembersBesideRoles(t *testing.T) {
	w := newWorld()
	note := (texts{}).seenByRole()
	if got := ask(w, hana, "C1", "members").Text; strings.Contains(got, note) {
		t.Errorf("answered %q", got)
	}
	h := w.handler(func(o *Options) {
		platform := o.Platforms[slack]
		platform.Limits.SeenByRole = true
		o.Platforms[slack] = platform
	})
	wants(t, h.Run(t.Context(), Request{Platform: slack, Channel: "C1", Actor: hana, Text: "members"}).Text, note)
}

func TestMembersIsCutToSize(t *testing.T) {
	w := newWorld()
	g := w.holdNorthwind()
	for i := range 400 {
		g.Memberships = append(g.Memberships, connector.Membership{
			Member: connector.MemberID(fmt.Sprintf("M%d", i)), Name: strings.Repeat("ü\n", 50), Status: connector.StatusHandAdded,
		})
	}
	w.put(g)
	got := ask(w, olga, "C1", "members").Text
	if n := utf8.RuneCountInString(got); n > answerLimit || n < answerLimit-300 || !utf8.ValidString(got) {
		t.Errorf("%d characters", n)
	}
	shown := strings.Count(got, "\n• ")
	wants(t, got, fmt.Sprintf("… and %d more; GET /api/v1/groups/%s lists all", len(g.Memberships)-shown, g.ID), "plan p1", "CRM read")
}

func TestWhy(t *testing.T) {
	w := newWorld()
	wants(t, ask(w, hana, "C1", "why <@U1>").Text, "Olga Owner is in the channel since 22 Nov 2026 10:42 UTC, added by Roomkeeper",
		"• owner of the account", "• on the Related Team as user 1", "removed when none of these is left")
	wants(t, ask(w, hana, "C1", "why @tim").Text, "on the Related Team as user 2 (member)")
	wants(t, ask(w, hana, "C1", `why "@Hana Hand"`).Text, "added by hand", "no user of the CRM is known by this account", "keeps whom it did not add")
	wants(t, ask(w, hana, "C1", "why @Lena").Text, "left 22 Nov 2026 10:42 UTC, which is respected")
	wants(t, ask(w, hana, "C1", "why @Pia").Text, "should be in the channel", "no account here is linked with them", "Invite them, let them use the command link")
	wants(t, ask(w, hana, "C1", "why <@U8|sten>").Text, "sten is not in the channel. No user of the CRM is known by this account", "/crm link @person <user id>")
	w.fail["crm"] = connector.ErrTemporary
	wants(t, ask(w, hana, "C1", "why <@U8|sten>").Text, "as of the CRM's reading of 22 Nov 2026 12:00 UTC", "cannot be read")
}

func TestWhyOfPeopleWhomTheGroupDoesNotList(t *testing.T) {
	w := newWorld()
	was := w.crm["account/4"]
	was.desired.Wanted = append(was.desired.Wanted, reconcile.Wanted{User: connector.User{ID: "11", Name: "Nora New"}, Member: "U11", Why: teamPath("11")})
	was.desired.Unknown = map[connector.UserID]bool{"13": true}
	w.crm["account/4"] = was
	w.users["U13"] = []connector.UserID{"13"}
	wants(t, ask(w, hana, "C1", "why <@U11>").Text, "Nora New is not in the channel yet", "as user 11", "/crm sync asks")
	wants(t, ask(w, hana, "C1", "why @nora").Text, "Nora New is not in the channel yet")
	wants(t, ask(w, hana, "C1", "why <@U13|ute>").Text, "does not know that user")
}

func TestWhyAmbiguous(t *testing.T) {
	w := newWorld()
	g := northwind()
	g.Memberships = append(g.Memberships, connector.Membership{User: "22", Member: "U22", Name: "Tim Tall", Status: connector.StatusMember})
	w.put(g)
	wants(t, ask(w, hana, "C1", "why @Tim").Text, "may be several people: Tim Team (2), Tim Tall (22)")
	wants(t, ask(w, hana, "C1", `why "@tim tall"`).Text, "Tim Tall is in the channel")
}

func TestStatus(t *testing.T) {
	w := newWorld()
	wants(t, ask(w, hana, "C1", "status").Text, "Northwind (account 4) on slack: active.", "#northwind https://chat.example/C1, made by Roomkeeper",
		"3 in the channel", "3 team entries not resolved", "Nothing is held.", "CRM read: 22 Nov 2026 12:00 UTC")
	wants(t, ask(w, admin, "C77", "status").Text, "deployment is well")
	outside := ask(w, olga, "C77", "status").Text
	wants(t, outside, "belongs to no record", "/crm status account 4")
	if none := ask(w, admin, "C77", "status", func(o *Options) { o.Status = nil }).Text; none != outside {
		t.Errorf("without a status: %q", none)
	}
	g := northwind()
	g.State, g.Failure = connector.GroupFailed, "the name was refused"
	w.put(g)
	wants(t, ask(w, olga, "C77", "status account 4").Text, "failed", "Reason: the name was refused")
}

func TestPage(t *testing.T) {
	p := page{head: []string{"head"}, foot: []string{"foot"}}
	p.item("one")
	p.heading("title")
	p.item("two")
	more := func(left int) string { return fmt.Sprintf("+%d", left) }
	for limit, want := range map[int]string{
		100: "head\none\ntitle\ntwo\nfoot",
		23:  "head\none\ntitle\ntwo\nfoot",
		22:  "head\none\n+1\nfoot",
		14:  "head\n+2\nfoot",
		6:   "head\n…",
	} {
		if got := p.text(limit, more); got != want {
			t.Errorf("limit %d: %q, want %q", limit, got, want)
		}
	}
}
