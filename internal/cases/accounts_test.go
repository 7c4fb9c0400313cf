package cases_test

import (
	"testing"

	"roomkeeper/connector"
	discordbox "roomkeeper/sandbox/discord"
	slackbox "roomkeeper/sandbox/slack"
)

// accounts is what becomes of people's accounts on a platform.
type accounts struct {
	// become makes an account of another sort.
	become func(m connector.MemberID, what standing)
	// readdress gives an account another address; nil: people are not looked up by it.
	readdress func(m connector.MemberID, email string)
}

// standing is what an account is.
type standing string

const (
	// full is an active one of a human, in the workspace.
	full standing = "full"
	// guest is limited to some channels, or has not passed the screening yet.
	guestAccount standing = "guest"
	botAccount   standing = "bot"
	// invited has not joined the workspace yet.
	invited standing = "invited"
	// elsewhere is of another workspace, or not in the guild.
	elsewhere standing = "elsewhere"
)

func slackAccounts(t *testing.T, w *slackbox.Workspace) accounts {
	t.Helper()
	return accounts{become: func(m connector.MemberID, what standing) {
		t.Helper()
		if !w.UpdateUser(string(m), func(u *slackbox.User) {
			u.Restricted, u.Bot, u.Invited, u.TeamID = what == guestAccount, what == botAccount, what == invited, w.TeamID()
			if what == elsewhere {
				u.TeamID = "T0ELSEWHERE"
			}
		}) {
			t.Fatal("no such account")
		}
	}, readdress: func(m connector.MemberID, email string) {
		t.Helper()
		if !w.UpdateUser(string(m), func(u *slackbox.User) { u.Email = email }) {
			t.Fatal("no such account")
		}
	}}
}

func discordAccounts(t *testing.T, g *discordbox.Guild) accounts {
	t.Helper()
	return accounts{become: func(m connector.MemberID, what standing) {
		t.Helper()
		if !g.UpdateUser(string(m), func(u *discordbox.User) {
			u.Pending, u.Bot, u.Outside = what == guestAccount, what == botAccount, what == elsewhere
		}) {
			t.Fatal("no such account")
		}
	}}
}
