package connectortest

import (
	"errors"
	"fmt"
	"slices"

	"roomkeeper/connector"
)

func memberRules() map[string]func(*chatTest) {
	return map[string]func(*chatTest){
		"add and remove":             chatAddRemove,
		"add 250":                    chatAddMany,
		"add some who may not":       chatAddSome,
		"add one who may not":        chatAddOne,
		"add nobody":                 chatAddNobody,
		"add the bot":                chatAddBot,
		"add is resumed":             chatAddResumed,
		"archived":                   chatArchived,
		"bot removed":                chatExpelled,
		"observe is whole":           chatObserveWhole,
		"observe is never a part":    chatObservePart,
		"observe goes on after wait": chatObserveResumed,
	}
}

func chatAddRemove(t *chatTest) {
	ch, ids := t.create("acme"), t.crowd(2)
	for range 2 { // again is success
		t.ok(t.Platform.Members.Add(t.ctx(), ch.ID, ids))
	}
	if in := t.members(ch.ID); len(in) != 2 || !in[ids[0]] || !in[ids[1]] {
		t.Errorf("members %v, want %v", in, ids)
	}
	for range 2 {
		t.ok(t.Platform.Members.Remove(t.ctx(), ch.ID, ids[0]))
	}
	if in := t.members(ch.ID); len(in) != 1 || !in[ids[1]] {
		t.Errorf("members %v, want %v", in, ids[1:])
	}
	t.ok(t.Platform.Members.Remove(t.ctx(), ch.ID, t.NoMember))
}

func chatAddMany(t *chatTest) {
	ch, ids := t.create("acme"), t.crowd(250)
	t.ok(t.Platform.Members.Add(t.ctx(), ch.ID, ids))
	if in := t.members(ch.ID); len(in) != 250 {
		t.Errorf("%d members, want 250", len(in))
	}
}

// failedMembers are the reasons of a *connector.MembersError.
func (t *chatTest) failedMembers(err error) map[connector.MemberID]connector.PendingReason {
	t.Helper()
	var failed *connector.MembersError
	if !errors.As(err, &failed) {
		t.Fatalf("error %v, want a MembersError", err)
	}
	reasons := map[connector.MemberID]connector.PendingReason{}
	for _, f := range failed.Failed {
		reasons[f.Member] = f.Reason
	}
	return reasons
}

func chatAddSome(t *chatTest) {
	ch, ids := t.create("acme"), t.crowd(3)
	t.ok(t.Platform.Members.Add(t.ctx(), ch.ID, ids[:1])) // one is in already
	wrong := map[connector.MemberID]connector.PendingReason{t.NoMember: connector.ReasonUnknownUser}
	if t.Guest != nil {
		wrong[t.Guest("guest@example.com")] = connector.ReasonGuest
	}
	if t.Gone != nil {
		wrong[t.Gone("gone@example.com")] = connector.ReasonInvitationRefused
	}
	all := ids
	for id := range wrong {
		all = append(all, id)
	}
	got := t.failedMembers(t.Platform.Members.Add(t.ctx(), ch.ID, all))
	if len(got) != len(wrong) {
		t.Errorf("failed %v, want %v", got, wrong)
	}
	for id, reason := range wrong {
		if got[id] != reason {
			t.Errorf("%s failed with %q, want %q", id, got[id], reason)
		}
	}
	if in := t.members(ch.ID); len(in) != len(ids) {
		t.Errorf("members %v, want %v", in, ids)
	}
}

func chatAddOne(t *chatTest) {
	ch := t.create("acme")
	got := t.failedMembers(t.Platform.Members.Add(t.ctx(), ch.ID, []connector.MemberID{t.NoMember}))
	if got[t.NoMember] != connector.ReasonUnknownUser {
		t.Errorf("failed %v", got)
	}
}

func chatAddNobody(t *chatTest) {
	t.ok(t.Platform.Members.Add(t.ctx(), t.create("acme").ID, nil))
}

func chatAddBot(t *chatTest) {
	ch := t.create("acme")
	me, err := t.Platform.Identity.Whoami(t.ctx())
	t.ok(err)
	t.ok(t.Platform.Members.Add(t.ctx(), ch.ID, append(t.crowd(1), me.Bot)))
	if in := t.members(ch.ID); len(in) != 1 || in[me.Bot] {
		t.Errorf("members %v", in)
	}
}

// chatAddResumed: more batches than a rate lets through at once get in by
// repeating the call.
func chatAddResumed(t *chatTest) {
	ch, ids := t.create("acme"), t.crowd(2*t.Platform.Limits.AddBatch+50)
	for _, fault := range []ChatFault{ChatLimited, ChatLost} {
		t.Spoil(ChatAdd, fault, 1)
		if err := t.Platform.Members.Add(t.ctx(), ch.ID, ids); err == nil {
			t.Fatalf("an addition that was %s succeeded", fault)
		}
	}
	t.ok(t.Platform.Members.Add(t.ctx(), ch.ID, ids))
	if in := t.members(ch.ID); len(in) != len(ids) {
		t.Errorf("%d members, want %d", len(in), len(ids))
	}
}

// chatArchived: nothing is read of an archived channel, and nobody is removed.
func chatArchived(t *chatTest) {
	if t.Archive == nil {
		return
	}
	for _, private := range []bool{true, false} {
		ch, id := t.populated(private)
		t.Archive(ch)
		t.out(ch, id, connector.ErrArchived)
	}
}

// chatExpelled: where our bot is not, nobody is seen to be absent and nobody
// is removed. A private channel may look as if it were gone.
func chatExpelled(t *chatTest) {
	if t.Expel == nil {
		return
	}
	for _, private := range []bool{true, false} {
		ch, id := t.populated(private)
		t.Expel(ch)
		want := []error{connector.ErrNotInChannel}
		if private {
			want = append(want, connector.ErrChannelGone)
		}
		t.out(ch, id, want...)
	}
}

// populated makes a channel with one person in it.
func (t *chatTest) populated(private bool) (connector.ChannelID, connector.MemberID) {
	t.Helper()
	spec := specOf(fmt.Sprintf("acme-%t", private))
	spec.Private = private
	ch, err := t.Platform.Channels.Create(t.ctx(), spec)
	t.ok(err)
	ids := t.crowd(1)
	t.ok(t.Platform.Members.Add(t.ctx(), ch.ID, ids))
	return ch.ID, ids[0]
}

// out checks that every call that speaks of a channel's members or name fails
// with one of the errors, whether or not somebody is in.
func (t *chatTest) out(ch connector.ChannelID, in connector.MemberID, want ...error) {
	t.Helper()
	_, err := t.Platform.Channels.Observe(t.ctx(), ch)
	errs := map[string]error{
		"observe":        err,
		"remove":         t.Platform.Members.Remove(t.ctx(), ch, in),
		"remove nobody":  t.Platform.Members.Remove(t.ctx(), ch, t.Person("absent@example.com")),
		"add who was in": t.Platform.Members.Add(t.ctx(), ch, []connector.MemberID{in}),
	}
	if t.Platform.Renamer != nil {
		_, errs["name"] = t.Platform.Renamer.Name(t.ctx(), ch)
	}
	for call, err := range errs {
		if !slices.ContainsFunc(want, func(w error) bool { return errors.Is(err, w) }) {
			t.Errorf("%s: error %v, want %v", call, err, want)
		}
	}
}

func (t *chatTest) crowded() (connector.ChannelID, int) {
	t.Helper()
	ch, ids := t.create("acme"), t.crowd(t.ManyMembers)
	t.ok(t.Platform.Members.Add(t.ctx(), ch.ID, ids))
	return ch.ID, len(ids)
}

func chatObserveWhole(t *chatTest) {
	ch, n := t.crowded()
	begun := time0(t)
	seen, err := t.Platform.Channels.Observe(t.ctx(), ch)
	t.ok(err)
	if len(seen.Members) != n || seen.At.Before(begun) {
		t.Errorf("%d members at %s, want %d not before %s", len(seen.Members), seen.At, n, begun)
	}
}

func chatObservePart(t *chatTest) {
	if t.ManyMembers == 0 {
		return
	}
	ch, n := t.crowded()
	for _, fault := range []ChatFault{ChatFailed, ChatLost, ChatLimited} {
		t.Spoil(ChatObserve, fault, 1)
		if seen, err := t.Platform.Channels.Observe(t.ctx(), ch); err == nil {
			t.Errorf("%s: %d of %d members as if they were all", fault, len(seen.Members), n)
		}
		if in := t.members(ch); len(in) != n { // ends what was begun
			t.Errorf("after %s: %d members, want %d", fault, len(in), n)
		}
	}
}

// chatObserveResumed: a reading that had to wait loses nothing of its progress.
func chatObserveResumed(t *chatTest) {
	if t.ManyMembers == 0 {
		return
	}
	ch, n := t.crowded()
	t.Spoil(ChatObserve, ChatLimited, 1)
	_, err := t.Platform.Channels.Observe(t.ctx(), ch)
	t.waits(err)
	t.Spoil(ChatObserve, ChatLimited, 1) // a second page of the second try: not reached when the first is not read again
	if in := t.members(ch); len(in) != n {
		t.Errorf("%d members, want %d", len(in), n)
	}
}
