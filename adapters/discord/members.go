package discord

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/bwmarrin/discordgo"

	"roomkeeper/adapters/internal/interrupted"
	"roomkeeper/connector"
)

// Add lets people in one by one, and goes on after a wait where it stopped.
func (a *Adapter) Add(ctx context.Context, channel connector.ChannelID, members []connector.MemberID) error {
	me, err := a.self(ctx)
	if err != nil {
		return err
	}
	a.leaving.Drop(channel)
	run := a.added.Take(channel, a.now())
	rest := run.Rest(members, me.Bot)
	ch := a.before(run, channel, rest)
	if ch == nil {
		if ch, err = a.reach(ctx, channel); err != nil {
			return a.interrupted(channel, run, err)
		}
		rest = slices.DeleteFunc(rest, func(id connector.MemberID) bool {
			if !inside(ch, id) {
				return false
			}
			run.Settle([]connector.MemberID{id}) // by a reading of just now
			return true
		})
	}
	run.State.channel = ch
	r, err := a.rights(ctx)
	if err != nil {
		return a.interrupted(channel, run, err)
	}
	a.members.Drop(ch.ID)
	for _, id := range rest {
		err := a.addOne(ctx, ch, id, r)
		reason := refusalOf(err, ch.IsThread())
		if err != nil && reason == "" {
			return a.interrupted(channel, run, err)
		}
		run.Settle([]connector.MemberID{id}, refusals(id, reason)...)
	}
	a.lately.Drop(channel)
	return run.Result(members)
}

// interrupted keeps a run that can be gone on with, and returns why it ended.
func (a *Adapter) interrupted(channel connector.ChannelID, run *addition, err error) error {
	if !interrupted.Passing(err) {
		a.lately.Drop(channel)
		return err
	}
	if _, waits := errors.AsType[*connector.WaitError](err); waits {
		run.State.seen = a.lately.last(channel, a.now()).seen
	} else {
		// Something was sent whose outcome is open: only a new reading tells it.
		run.State = reading{}
		a.lately.Drop(channel)
	}
	a.added.Keep(channel, run, a.now())
	return err
}

// refusals are what is told of one person; none when they are in.
func refusals(id connector.MemberID, reason connector.PendingReason) []connector.MemberError {
	if reason == "" {
		return nil
	}
	return []connector.MemberError{{Member: id, Reason: reason}}
}

func (a *Adapter) addOne(ctx context.Context, ch *discordgo.Channel, id connector.MemberID, r rights) error {
	if !isID(string(id)) {
		return refused("no id of a user", connector.ErrNotFound)
	}
	if ch.IsThread() {
		return a.joinThread(ctx, ch.ID, string(id), http.MethodPut)
	}
	return a.setOverwrite(ctx, ch.ID, letIn(overwriteOf(ch, string(id)), string(id), r))
}

// refusalOf says why one person is not in; "" where the error is not about them.
// Of a thread that we do see, missing access is theirs: they do not see its parent.
func refusalOf(err error, thread bool) connector.PendingReason {
	switch {
	case hasCode(err, codeUnknownMember) && thread:
		return connector.ReasonOtherWorkspace
	case errors.Is(err, connector.ErrNotFound):
		return connector.ReasonUnknownUser
	case hasCode(err, codeThreadFull, codeOverwritesFull), thread && hasCode(err, codeMissingAccess):
		return connector.ReasonInvitationRefused
	}
	return ""
}

// Remove takes one person out. ErrForbidden: the guild does not let us. Somebody
// who sees the channel by a role goes on seeing it. The channel is not read again for
// somebody whom an Observe of a moment ago showed to be in, nor after a wait.
func (a *Adapter) Remove(ctx context.Context, channel connector.ChannelID, member connector.MemberID) (err error) {
	run := a.leaving.next(channel, a.now())
	defer func() { a.leaving.waits(channel, run, err, a.now()) }()
	if last := a.lately.last(channel, a.now()); last.channel != nil {
		run.reading = last
	}
	if run.channel != nil && !run.holds(member) {
		run.channel = nil // who came since then is not in what was read
	}
	if run.channel == nil {
		if run.channel, err = a.reach(ctx, channel); err != nil {
			return err
		}
	}
	a.members.Drop(run.channel.ID)
	a.added.Drop(channel)
	a.lately.Drop(channel)
	if err := a.takeOut(ctx, run.channel, member); err != nil {
		return err
	}
	if !run.seen.At.IsZero() {
		a.lately.keep(channel, run.without(member), a.now())
	}
	return nil
}

func (a *Adapter) takeOut(ctx context.Context, ch *discordgo.Channel, member connector.MemberID) error {
	switch {
	case !isID(string(member)):
		return nil
	case ch.IsThread():
		return a.joinThread(ctx, ch.ID, string(member), http.MethodDelete)
	case !sees(overwriteOf(ch, string(member))):
		return nil
	}
	return a.dropOverwrite(ctx, ch.ID, string(member))
}
