package hands_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"roomkeeper/internal/world"
	"roomkeeper/sandbox/slack"
)

const (
	userToken = "xoxp-end-to-end"
	// service is the account that the sandbox gives that token.
	service = "U0SERVICE"
)

// guarded is a Slack workspace where only admins remove people, and an admin's token
// with these scopes.
func guarded(scopes string) world.Platform {
	p := world.Slack()
	p.Flags = slices.Concat(p.Flags, []string{"--slack-admins-remove", "--slack-user-token", userToken, "--slack-user-scopes", scopes})
	p.Secrets = slices.Concat(p.Secrets, []string{userToken})
	return p
}

// guardedWorld has account 1's channel with u1 and u2, and u5's channel for admins.
func guardedWorld(t *testing.T, scopes string, env ...string) (w *world.World, admins string) {
	t.Helper()
	w = world.Start(t, guarded(scopes), 5, 1)
	admins = w.Chat.AdminChannel(t, "u5", "admins")
	if err := w.Stop(t); err != nil {
		t.Fatal(err)
	}
	w.Env = slices.Concat(w.Env, []string{"ROOMKEEPER_ADMIN_CHANNEL=slack:" + admins}, env)
	w.Restart(t)
	w.OpenTwo(t)
	return w, admins
}

const enough = "channels:write,groups:write"

// TestUserToken: where only admins remove people, the account of SLACK_USER_TOKEN does
// it in the channels that it is in. Whoever cannot be removed is listed with the reason,
// and the admins are told once.
func TestUserToken(t *testing.T) {
	token := "ROOMKEEPER_SLACK_USER_TOKEN=" + userToken
	t.Run("not set", func(t *testing.T) { t.Parallel(); notRemoved(t, enough, false, 3) })
	t.Run("its account is elsewhere", func(t *testing.T) { t.Parallel(); notRemoved(t, enough, false, 4, token) })
	t.Run("without the scope", func(t *testing.T) { t.Parallel(); notRemoved(t, "channels:write", true, 4, token) })
	t.Run("its account is a member", func(t *testing.T) { t.Parallel(); removedByToken(t, token) })
}

// notRemoved: u2 has to go and cannot; in says whether the token's account is in, kicks
// how often it is tried.
func notRemoved(t *testing.T, scopes string, in bool, kicks int, env ...string) {
	w, admins := guardedWorld(t, scopes, env...)
	stay := []string{"u1", "u2", "u3"}
	if in {
		byHand(t, w, world.Act{What: world.ByHandInvite, User: service, By: memberID(t, w, "u1")})
		stands(t, w, service, "service", "")
		stay = append([]string{"service"}, stay...)
	}
	u2 := memberID(t, w, "u2")
	w.Swap(t, "u3")
	w.Taken(t, world.TeamChanged)
	stands(t, w, u2, "to_remove", "")
	w.In(t, 1, stay...)
	world.Eventually(t, world.Patience, "the admins are told", func() error { return toldNotAllowed(t, w, admins) })
	for range 2 { // tried again when somebody asks, and told once
		if code, said := w.Command(t, "sync", "--kind", "account", "--id", "1"); code != 0 {
			t.Errorf("exit %d: %s", code, said)
		}
	}
	if err := toldNotAllowed(t, w, admins); err != nil {
		t.Error(err)
	}
	for _, m := range w.Group(t, world.Account(1)).Members {
		if m.MemberID == u2 && (m.Status != "to_remove" || m.Reason != "removal_not_allowed") {
			t.Errorf("u2 is %s %s", m.Status, m.Reason)
		}
	}
	w.Say(t, "u1", w.Group(t, world.Account(1)).ChannelID, "members", "to be removed (1)", "may not remove people here")
	if by := removers(t, w); len(by) != kicks {
		t.Errorf("tried by %v", by)
	}
	if err := w.InNow(t, 1, stay...); err != nil {
		t.Error(err)
	}
	w.Chat.Lawful(t)
}

// toldNotAllowed wants one card about u2 in the admins' channel, and nobody told in
// private.
func toldNotAllowed(t *testing.T, w *world.World, admins string) error {
	s := w.Chat.State(t)
	cards := s.In(admins).Cards
	if len(cards) != 1 || !strings.Contains(cards[0].Text, "Removal not allowed") {
		return fmt.Errorf("the admins have %d cards: %+v", len(cards), cards)
	}
	if len(s.Directs) > 0 {
		return errors.New("somebody was told in private")
	}
	return nil
}

// removedByToken: the bot is refused once, and not tried again on that day. The account
// stays, though nobody wants it in the channel.
func removedByToken(t *testing.T, token string) {
	w, admins := guardedWorld(t, enough, token, "ROOMKEEPER_KIND_ACCOUNT_EXTRAS=kick")
	byHand(t, w, world.Act{What: world.ByHandInvite, User: service, By: memberID(t, w, "u1")})
	stands(t, w, service, "service", "")
	w.Swap(t, "u3")
	w.Taken(t, world.TeamChanged)
	w.In(t, 1, "service", "u1", "u3")
	stands(t, w, memberID(t, w, "u2"), "removed", "")
	w.Swap(t, "u4")
	w.Taken(t, world.TeamChanged)
	w.In(t, 1, "service", "u1", "u4")
	w.Say(t, "u1", w.Group(t, world.Account(1)).ChannelID, "members", "service account")
	w.Quiet(t, world.Patience)
	if by, want := removers(t, w), []string{w.Chat.State(t).Bot, service, service}; !slices.Equal(by, want) {
		t.Errorf("tried by %v, want %v", by, want)
	}
	if n := len(w.Chat.State(t).In(admins).Cards); n > 0 {
		t.Errorf("the admins have %d cards", n)
	}
	w.Chat.Lawful(t)
}

// removers are the accounts for which removals were tried, in order.
func removers(t *testing.T, w *world.World) (by []string) {
	t.Helper()
	var calls []slack.Call
	w.Chat.Must(t, "GET", "/calls?method=conversations.kick", nil, &calls)
	for _, call := range calls {
		by = append(by, call.Actor)
	}
	return by
}
