package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"roomkeeper/connector"
)

// Leave notes that a Member asked to be out of a Group's channel, and queues the
// run that lets them go. Whoever is not known to be in is looked for first: nobody may
// have told that they came. ErrNotFound: they are neither in nor expected. A
// *ReadError: the channel could not be read for it.
func (p *Planner) Leave(ctx context.Context, id connector.GroupID, member connector.MemberID) error {
	err := p.leave(ctx, id, member, false)
	if !errors.Is(err, errNoRow) {
		return err
	}
	in, err := p.isIn(ctx, id, member)
	if err != nil {
		return err
	}
	if !in {
		return fmt.Errorf("member of the group: %w", connector.ErrNotFound)
	}
	return p.leave(ctx, id, member, true)
}

// ReadError says that a channel could not be read.
type ReadError struct{ Err error }

func (e *ReadError) Error() string { return "read channel: " + e.Err.Error() }

// Unwrap returns what kept it from being read.
func (e *ReadError) Unwrap() error { return e.Err }

// errNoRow: a Member is neither in a channel nor expected, as far as is known.
var errNoRow = errors.New("no row of the member")

// isIn reads whether a Member is in a Group's channel; nobody is in one that is out of
// reach, as far as is known.
func (p *Planner) isIn(ctx context.Context, id connector.GroupID, member connector.MemberID) (bool, error) {
	g, err := p.Engine.Groups.Group(ctx, id)
	if err != nil {
		return false, fmt.Errorf("load group: %w", err)
	}
	platform, _, err := p.keeps(g)
	if err != nil || g.Channel.ID == "" || member == "" {
		return false, err
	}
	have, err := platform.Channels.Observe(ctx, g.Channel.ID)
	switch {
	case err == nil:
		return slices.Contains(have.Members, member), nil
	case standingOf(g, err) != "":
		return false, nil
	}
	return false, &ReadError{Err: err}
}

// leave notes a wish to be out by the rows of a Member; in: a reading shows that they are
// in, whatever the rows say.
func (p *Planner) leave(ctx context.Context, id connector.GroupID, member connector.MemberID, in bool) error {
	return p.change(ctx, id, func(g *connector.Group) error {
		if in {
			p.noticed(g, member)
		}
		found := false
		for i := range g.Memberships {
			row := &g.Memberships[i]
			if row.Member != member || row.Status == connector.StatusRemoved {
				continue
			}
			found, row.Enrolled = true, false
			if slices.ContainsFunc(row.Why, func(w connector.Path) bool { return w.Via == connector.ViaOwner }) {
				// They said so themselves: nobody adds them again.
				g.OwnerReadded = row.User
			}
			switch {
			case isIn(row.Status):
				row.Leaving = true
			case row.Status == connector.StatusLeft:
				// They may be in again unnoticed: the channel is read.
				row.Leaving, g.TouchedAt = true, p.Clock()
			case row.Status == connector.StatusPending:
				row.Status, row.Owned, row.Reason = connector.StatusLeft, true, ""
				row.Since, row.By = p.Clock(), causeLeave
			}
		}
		if !found {
			return errNoRow
		}
		return nil
	})
}

// noticed lists a Member whom a reading showed in as one who came by hand. The run
// reads the channel for itself.
func (p *Planner) noticed(g *connector.Group, member connector.MemberID) {
	known := false
	for i := range g.Memberships {
		row := &g.Memberships[i]
		if row.Member != member {
			continue
		}
		known = true
		if row.Status == connector.StatusRemoved {
			row.Status, row.Since, row.By = connector.StatusHandAdded, p.Clock(), causeLeave
		}
	}
	if !known {
		g.Memberships = append(g.Memberships, connector.Membership{
			Member: member, Status: connector.StatusHandAdded, Since: p.Clock(), By: causeLeave,
		})
	}
	g.TouchedAt = p.Clock()
}
