package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"roomkeeper/connector"
)

// Join notes that people who may be in a Group's channel asked to be, and queues
// the run that lets them in. Who had left is invited again; who is in already is
// kept as one who joined. people have a Member.
func (p *Planner) Join(ctx context.Context, id connector.GroupID, people []Wanted) error {
	return p.change(ctx, id, func(g *connector.Group) error {
		for _, w := range people {
			p.enrol(g, w)
		}
		return nil
	})
}

func (p *Planner) enrol(g *connector.Group, w Wanted) {
	i := slices.IndexFunc(g.Memberships, func(row connector.Membership) bool { return row.User == w.User.ID })
	if i < 0 {
		i = slices.IndexFunc(g.Memberships, func(row connector.Membership) bool {
			return row.User == "" && row.Member == w.Member
		})
	}
	if i < 0 {
		g.Memberships = append(g.Memberships, connector.Membership{Status: connector.StatusRemoved})
		i = len(g.Memberships) - 1
	}
	row := &g.Memberships[i]
	before := row.Status
	row.User, row.Member, row.Name, row.Why = w.User.ID, w.Member, w.User.Name, w.Why
	row.Enrolled, row.Leaving, row.Kept, row.Reason = true, false, false, ""
	if isIn(row.Status) {
		// They may have left unnoticed: the channel is read, and who is out is let in.
		row.Owned, row.Seen, row.Status = true, false, inAs(*row, g.SelfEnrol)
	} else {
		// Nothing was sent yet: whoever left before is invited like anybody new.
		row.Status, row.Owned, row.Seen = connector.StatusPending, false, false
	}
	if row.Status != before {
		row.Since, row.By = p.Clock(), causeJoin
	}
	for j := range g.Memberships {
		if other := &g.Memberships[j]; other.Member == w.Member && other.Status == connector.StatusLeft {
			other.Status, other.Owned, other.Seen = connector.StatusPending, false, false
		}
	}
}

// change edits a Group by compare-and-swap and queues a run that sees it.
func (p *Planner) change(ctx context.Context, id connector.GroupID, edit func(*connector.Group) error) error {
	for {
		g, err := p.Engine.Groups.Group(ctx, id)
		if err != nil {
			return fmt.Errorf("load group: %w", err)
		}
		g.Memberships = slices.Clone(g.Memberships)
		if err := edit(&g); err != nil {
			return err
		}
		// Queued first, as in endHold.
		if err := p.queue(ctx, id, afterSave); err != nil {
			return err
		}
		_, err = p.Engine.Groups.SaveGroup(ctx, g)
		if errors.Is(err, connector.ErrConflict) && ctx.Err() == nil {
			continue
		}
		if err != nil {
			return fmt.Errorf("save group: %w", err)
		}
		return nil
	}
}
