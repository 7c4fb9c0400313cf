package slack

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"roomkeeper/adapters/internal/interrupted"
	"roomkeeper/adapters/internal/membership"
	"roomkeeper/connector"
)

const inviteMethod = "conversations.invite"

// maxInvites is how many people one call takes: "up to 100 users" of the
// argument; the prose of the same page says 1000
// (docs.slack.dev/reference/methods/conversations.invite).
const maxInvites = 100

// additions keep interrupted Adds. The zero value is ready.
type additions = membership.Adds[invited]

// addition is one run of Add.
type addition = membership.Add[invited]

// invited is what an Add has done: sent is whether any invitation was.
type invited struct{ sent bool }

// Add invites people in batches, and goes on after a wait where it stopped.
func (a *Adapter) Add(ctx context.Context, channel connector.ChannelID, members []connector.MemberID) error {
	me, err := a.self(ctx)
	if err != nil {
		return err
	}
	a.members.Drop(string(channel))
	run := a.invited.Take(channel, a.now())
	for batch := range slices.Chunk(run.Rest(members, me.Bot), maxInvites) {
		if err := a.invite(ctx, channel, batch, run); err != nil {
			return a.interrupted(channel, run, err)
		}
	}
	a.lately.Drop(channel)
	return run.Result(members)
}

// interrupted keeps a run that can be gone on with, and returns why it ended.
func (a *Adapter) interrupted(channel connector.ChannelID, run *addition, err error) error {
	if interrupted.Passing(err) {
		a.invited.Keep(channel, run, a.now())
	}
	if run.State.sent {
		// Who is in by it only a new reading tells.
		a.lately.Drop(channel)
	} else {
		a.lately.unsent(channel, err, a.now())
	}
	return err
}

// invite asks for one batch and settles it: who is not refused is in.
func (a *Adapter) invite(ctx context.Context, channel connector.ChannelID, batch []connector.MemberID, run *addition) error {
	ids := make([]string, len(batch))
	for i, id := range batch {
		ids[i] = string(id)
	}
	ctx, answer := captured(ctx)
	_, err := a.api.ForceInviteUsersToConversationContext(ctx, string(channel), ids...)
	err = failed(inviteMethod, err)
	if !waits(err) {
		run.State.sent = true
	}
	said, refusedByCode := errors.AsType[*apiError](err)
	if refused, told := perPerson(answer.errors); told && (err == nil || refusedByCode) {
		run.Settle(batch, refused...)
		return nil
	}
	switch {
	case err == nil:
		run.Settle(batch)
		return nil
	case !refusedByCode || !aboutPeople(said.code):
		return err
	case len(batch) == 1:
		run.Settle(batch, refusalOf(batch[0], said.code)...)
		return nil
	}
	// The refusal names nobody: halves find out of whom it speaks.
	if err := a.invite(ctx, channel, batch[:len(batch)/2], run); err != nil {
		return err
	}
	return a.invite(ctx, channel, batch[len(batch)/2:], run)
}

// perPerson reads the "errors" list of an invitation. Entries of a shape that
// is not known are left out; false when the list names nobody.
func perPerson(list []byte) ([]connector.MemberError, bool) {
	var entries []json.RawMessage
	if json.Unmarshal(list, &entries) != nil {
		return nil, false
	}
	var refused []connector.MemberError
	named := false
	for _, raw := range entries {
		var entry struct {
			User  string `json:"user"`
			Error string `json:"error"`
		}
		if json.Unmarshal(raw, &entry) != nil || entry.User == "" {
			continue
		}
		named = true
		refused = append(refused, refusalOf(connector.MemberID(entry.User), entry.Error)...)
	}
	return refused, named
}

// refusalOf says why one person is not in; nothing when they are.
func refusalOf(id connector.MemberID, code string) []connector.MemberError {
	switch code {
	case "already_in_channel", "cant_invite_self":
		return nil
	case "user_is_restricted", "ura_max_channels":
		return []connector.MemberError{{Member: id, Reason: connector.ReasonGuest}}
	case "org_user_not_in_team", "invitee_cant_see_channel":
		return []connector.MemberError{{Member: id, Reason: connector.ReasonOtherWorkspace}}
	case "user_not_found":
		return []connector.MemberError{{Member: id, Reason: connector.ReasonUnknownUser}}
	}
	return []connector.MemberError{{Member: id, Reason: connector.ReasonInvitationRefused}}
}

// aboutPeople reports that the code of a refused invitation speaks of who was
// invited, not of the channel or of us.
func aboutPeople(code string) bool {
	switch code {
	case "already_in_channel", "cant_invite_self", "cant_invite", "user_is_restricted", "ura_max_channels",
		"org_user_not_in_team", "invitee_cant_see_channel", "user_not_found", "app_cannot_join_channel":
		return true
	}
	return false
}
