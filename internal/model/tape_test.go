package model_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"roomkeeper/connector"
)

// tape is what one run read and did: the test sees all that crosses the ports.
type tape struct {
	record *connector.Record
	team   *connector.Team
	users  map[connector.UserID]connector.User
	asked  []connector.UserID
	// steps are the chat calls about people, in their order.
	steps []step
	// spoilt: something failed, or the run broke off.
	spoilt bool
	// unexpanded: of a principal it could not be read who is behind it; refused: the
	// CRM would not say. mishap: something was made to fail.
	unexpanded, refused, mishap bool
	// bySweep: a Sweep asked for the run.
	bySweep bool
}

// step is one call about who is in a channel.
type step struct {
	what    string // "read", "add", "remove"
	members []connector.MemberID
	refused map[connector.MemberID]connector.PendingReason
	err     error
	// At is when a reading began.
	channel connector.ChannelID
}

func (t *tape) rewind() { *t = tape{users: map[connector.UserID]connector.User{}} }

// unread reports whether the channel could not be reached: then what the CRM said was
// not gone by.
func (t *tape) unread() bool {
	return slices.ContainsFunc(t.steps, func(s step) bool {
		return s.err != nil && (s.what == "read" || errors.Is(s.err, connector.ErrArchived) ||
			errors.Is(s.err, connector.ErrChannelGone) || errors.Is(s.err, connector.ErrNotInChannel))
	})
}

type tapedChannels struct {
	connector.Channels
	tape *tape
}

func (c tapedChannels) Observe(ctx context.Context, id connector.ChannelID) (connector.Observed, error) {
	seen, err := c.Channels.Observe(ctx, id)
	c.tape.steps = append(c.tape.steps, step{what: "read", channel: id, members: slices.Clone(seen.Members), err: err})
	return seen, err
}

func (c tapedChannels) Create(ctx context.Context, spec connector.ChannelSpec) (connector.Created, error) {
	made, err := c.Channels.Create(ctx, spec)
	c.tape.steps = append(c.tape.steps, step{what: "add", members: slices.Clone(spec.Members), err: err})
	if made.Whole != nil {
		c.tape.steps = append(c.tape.steps, step{what: "read", channel: made.ID, members: slices.Clone(made.Whole.Members)})
	}
	return made, err
}

type tapedMembers struct {
	connector.Members
	tape *tape
}

func (m tapedMembers) Add(ctx context.Context, id connector.ChannelID, members []connector.MemberID) error {
	err := m.Members.Add(ctx, id, members)
	s := step{what: "add", channel: id, members: slices.Clone(members), err: err, refused: map[connector.MemberID]connector.PendingReason{}}
	if failed, ok := err.(*connector.MembersError); ok { //nolint:errorlint // the fake's own
		s.err = nil
		for _, f := range failed.Failed {
			s.refused[f.Member] = f.Reason
		}
	}
	m.tape.steps = append(m.tape.steps, s)
	return err
}

func (m tapedMembers) Remove(ctx context.Context, id connector.ChannelID, member connector.MemberID) error {
	err := m.Members.Remove(ctx, id, member)
	m.tape.steps = append(m.tape.steps, step{what: "remove", channel: id, members: []connector.MemberID{member}, err: err})
	return err
}

type tapedRecords struct {
	connector.Records
	w *world
}

func (r tapedRecords) Record(ctx context.Context, key connector.RecordKey) (connector.Record, error) {
	if r.w.past.hidden[key] {
		return connector.Record{}, fmt.Errorf("record %s: %w", key, connector.ErrForbidden)
	}
	record, err := r.Records.Record(ctx, key)
	if old := r.w.past.stale(key); err == nil && old != nil {
		record = old.Record
	}
	if err == nil {
		r.w.tape.record = &record
	}
	return record, err
}

// tapedChanges list what we may see.
type tapedChanges struct {
	connector.Changes
	w *world
}

func (c tapedChanges) Page(ctx context.Context, kind connector.Kind, since time.Time, cursor string) (connector.ChangesPage, error) {
	page, err := c.Changes.Page(ctx, kind, since, cursor)
	page.Items = slices.DeleteFunc(slices.Clone(page.Items), func(rt connector.RecordTeam) bool { return c.w.past.hidden[rt.Record.Key] })
	return page, err
}

type tapedTeams struct {
	connector.Teams
	w *world
}

func (t tapedTeams) Team(ctx context.Context, key connector.RecordKey) (connector.Team, error) {
	team, err := t.Teams.Team(ctx, key)
	if old := t.w.past.stale(key); err == nil && old != nil {
		team = old.Team
	}
	if err == nil {
		t.w.tape.team = &team
	}
	return team, err
}

type tapedUsers struct {
	connector.Users
	tape *tape
}

func (u tapedUsers) UsersByID(ctx context.Context, ids []connector.UserID) (map[connector.UserID]connector.User, error) {
	users, err := u.Users.UsersByID(ctx, ids)
	if err == nil {
		u.tape.asked = append(u.tape.asked, ids...)
		maps.Copy(u.tape.users, users)
	}
	return users, err
}

func isNotFound(err error) bool { return errors.Is(err, connector.ErrNotFound) }
