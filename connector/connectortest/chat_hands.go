package connectortest

import (
	"errors"

	"roomkeeper/connector"
)

// handRules are about what people do to a channel, and what our bot does about it.
func handRules() map[string]func(*chatTest) {
	return map[string]func(*chatTest){
		"rejoin a public channel":  chatRejoin,
		"rejoin a private channel": chatRejoinPrivate,
		"renamed by":               chatRenamedBy,
		"somebody departs":         chatDeparted,
	}
}

// rejoins says whether a bot that was taken out can come back by itself.
func (t *chatTest) rejoins() bool { return t.Platform.Joiner != nil && t.Expel != nil }

func (t *chatTest) open(name string, private bool) connector.Channel {
	t.Helper()
	spec := specOf(name)
	spec.Private = private
	made, err := t.Platform.Channels.Create(t.ctx(), spec)
	t.ok(err)
	return made.Channel
}

func chatRejoin(t *chatTest) {
	if !t.rejoins() {
		return
	}
	joiner, ch := t.Platform.Joiner, t.open("open", false)
	member := t.Person("a@example.com")
	t.ok(t.Platform.Members.Add(t.ctx(), ch.ID, []connector.MemberID{member}))
	t.Expel(ch.ID)
	_, err := t.Platform.Channels.Observe(t.ctx(), ch.ID)
	t.is(err, connector.ErrNotInChannel)
	for range 2 { // in already is success
		t.ok(joiner.Join(t.ctx(), ch.ID))
		seen, err := t.Platform.Channels.Observe(t.ctx(), ch.ID)
		t.ok(err)
		if len(seen.Members) != 1 || seen.Members[0] != member {
			t.Errorf("in are %v", seen.Members)
		}
	}
}

// A private channel must be invited to: nothing is said of it otherwise.
func chatRejoinPrivate(t *chatTest) {
	if !t.rejoins() {
		return
	}
	joiner, ch := t.Platform.Joiner, t.open("secret", true)
	t.Expel(ch.ID)
	if err := joiner.Join(t.ctx(), ch.ID); err == nil || connector.ReasonOf(err).Passing() {
		t.Errorf("error %v, want one that does not pass", err)
	}
	if _, err := t.Platform.Channels.Observe(t.ctx(), ch.ID); err == nil {
		t.Error("the bot is in")
	}
}

func chatRenamedBy(t *chatTest) {
	if t.Platform.Renames == nil || t.Rename == nil {
		t.Skip("nobody says who renamed a channel")
	}
	ch := t.create("first")
	_, err := t.Platform.Renames.RenamedBy(t.ctx(), ch.ID, ch.Name)
	t.is(err, connector.ErrNotFound)
	by := t.Rename(ch.ID, "by-hand")
	got, err := t.Platform.Renames.RenamedBy(t.ctx(), ch.ID, "by-hand")
	t.ok(err)
	if got != by {
		t.Errorf("renamed by %q, want %q", got, by)
	}
	_, err = t.Platform.Renames.RenamedBy(t.ctx(), ch.ID, "another")
	t.is(err, connector.ErrNotFound)
	_, err = t.Platform.Renamer.Rename(t.ctx(), ch.ID, "ours", "")
	t.ok(err)
	_, err = t.Platform.Renames.RenamedBy(t.ctx(), ch.ID, "ours") // our own doing is nobody's
	t.is(err, connector.ErrNotFound)
}

// chatDeparted: either a reading tells that somebody left the workspace, or the Limits say
// that it does not; that the account tells is so anywhere.
func chatDeparted(t *chatTest) {
	if t.Depart == nil {
		return
	}
	ch, ids := t.create("acme"), t.crowd(2)
	t.ok(t.Platform.Members.Add(t.ctx(), ch.ID, ids))
	t.Depart(ids[1])
	if in := t.members(ch.ID); !in[ids[0]] || in[ids[1]] != t.Platform.Limits.PlaceOutlivesAccount {
		t.Errorf("in are %v, a place outlives the account: %t", in, t.Platform.Limits.PlaceOutlivesAccount)
	}
	for i, fit := range []bool{true, false} {
		account, err := t.Platform.Accounts.Account(connector.WithDrift(t.ctx()), ids[i])
		if gone := errors.Is(err, connector.ErrNotFound) || err == nil && account.Reason != ""; gone == fit || err != nil && !gone {
			t.Errorf("%s: %+v, %v", ids[i], account, err)
		}
	}
	t.ok(t.Platform.Members.Remove(t.ctx(), ch.ID, ids[1])) // what is left of it goes
	if in := t.members(ch.ID); len(in) != 1 || in[ids[1]] {
		t.Errorf("in are %v", in)
	}
}
