package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"roomkeeper/connector"
)

// Planner shows, releases and drops Plans.
type Planner struct{ *Reconciler }

// Preview returns what a run would do now, by fresh readings of both sides.
// It changes neither.
func (p *Planner) Preview(ctx context.Context, id connector.GroupID) (connector.Plan, error) {
	g, err := p.Engine.Groups.Group(ctx, id)
	if err != nil {
		return connector.Plan{}, fmt.Errorf("load group: %w", err)
	}
	platform, policy, err := p.keeps(g)
	if err != nil {
		return connector.Plan{}, err
	}
	n := run{Reconciler: p.Reconciler, g: g, platform: platform, policy: policy}
	n.read, err = p.Resolver.Read(ctx, g.Record)
	if err != nil {
		return connector.Plan{}, err
	}
	if n.want, err = p.Resolver.Resolve(ctx, g.Platform, n.read, Known{Rows: g.Memberships, SelfEnrol: g.SelfEnrol}); err != nil && !isPartial(err) {
		return connector.Plan{}, err
	}
	return n.preview(ctx)
}

func (p *Planner) keeps(g connector.Group) (connector.ChatPlatform, connector.Policy, error) {
	platform, ok := p.Platforms[g.Platform]
	if !ok {
		return platform, connector.Policy{}, fmt.Errorf("platform %s is not in use: %w", g.Platform, connector.ErrNotFound)
	}
	policy, ok := p.Policies.Kind(string(g.Record.Kind))
	if !ok {
		return platform, policy, fmt.Errorf("kind %s is not in use: %w", g.Record.Kind, connector.ErrNotFound)
	}
	return platform, policy, nil
}

func (n *run) preview(ctx context.Context) (connector.Plan, error) {
	var plan connector.Plan
	var have connector.Observed
	begun := n.Clock()
	if n.g.Channel.ID == "" {
		create, err := n.createPlanned(ctx)
		if err != nil {
			return plan, err
		}
		plan.Actions = append(plan.Actions, create)
	} else if observed, err := n.platform.Channels.Observe(ctx, n.g.Channel.ID); err != nil {
		if errors.Is(err, connector.ErrChannelGone) && standingOf(n.g, err) == connector.GroupUnreachable {
			err = fmt.Errorf("%w: %s", connector.ErrNotInChannel, err.Error())
		}
		return plan, fmt.Errorf("read channel: %w", err)
	} else {
		have = observed
		n.keepName(have, begun)
	}
	diff, err := n.spare(ctx, have)
	if err != nil {
		return plan, err
	}
	people := planOf(n.g, diff)
	plan.ID, plan.Held, plan.Actions = people.ID, people.Held, append(plan.Actions, people.Actions...)
	plan.Later, plan.Counted = diff.Later, n.counted(have)
	name, err := n.namePlanned(ctx)
	if err != nil {
		return plan, err
	}
	plan.Actions = append(plan.Actions, name...)
	topic, err := n.topicPlanned(ctx)
	if err != nil {
		return plan, err
	}
	plan.Actions = append(plan.Actions, topic...)
	if n.platform.Calls != nil {
		plan.Calls = n.platform.Calls(plan, len(have.Members)+len(plan.Of(connector.ActionAdd)))
	}
	return plan, nil
}

// counted is how many removals a Sweep's run of this Group would have its judgement count.
func (n *run) counted(have connector.Observed) int {
	in := n.input(have, false)
	in.Swept = true
	return countedIn(Diff(in).Held)
}

// planOf is the part of a Plan that is about people, with what is held of it.
func planOf(g connector.Group, diff Difference) (plan connector.Plan) {
	plan.ID = diff.Plan.ID
	if diff.Held != nil {
		plan.ID, plan.Held = diff.Held.Plan.ID, diff.Held.Reason
		if sameHold(g.Held, diff.Held) {
			plan.ID = g.Held.Plan.ID
		}
		plan.Actions = append(plan.Actions, diff.Held.Plan.Actions...)
	}
	plan.Actions = append(plan.Actions, diff.Plan.Actions...)
	return plan
}

// Resync queues a run that a person waits for, and that reads the channel.
func (p *Planner) Resync(ctx context.Context, id connector.GroupID) error {
	if _, err := p.Engine.Groups.Group(ctx, id); err != nil {
		return fmt.Errorf("load group: %w", err)
	}
	read := connector.Intake{Group: id, Touched: true, At: p.Clock(), Jobs: []connector.Job{asked(id, 0)}}
	if _, err := p.Engine.Inbox.Accept(ctx, read); err != nil {
		return fmt.Errorf("accept: %w", err)
	}
	return nil
}

// Rename asks that the channel be named by the kind's template as it is now, and
// queues a run that a person waits for.
func (p *Planner) Rename(ctx context.Context, id connector.GroupID) error {
	for {
		g, err := p.Engine.Groups.Group(ctx, id)
		if err != nil {
			return fmt.Errorf("load group: %w", err)
		}
		if g.RenameAsked || g.Origin != connector.CreatedByUs {
			return p.queue(ctx, id, 0)
		}
		g.RenameAsked = true
		// Queued first: a request that is stored is carried out.
		if err := p.queue(ctx, id, afterSave); err != nil {
			return err
		}
		_, err = p.Engine.Groups.SaveGroup(ctx, g)
		if err == nil || !errors.Is(err, connector.ErrConflict) || ctx.Err() != nil {
			if err != nil {
				return fmt.Errorf("save group: %w", err)
			}
			return nil
		}
	}
}

// Confirm releases the held Plan of that id. ErrConflict: it is not the
// current one.
func (p *Planner) Confirm(ctx context.Context, id connector.GroupID, plan connector.PlanID) error {
	return p.endHold(ctx, id, plan, func(g *connector.Group) {
		g.Confirmed = append(g.Confirmed, g.Held.People...)
	})
}

// Dismiss drops the held Plan of that id: whom it would have removed become
// hand_added. ErrConflict: it is not the current one.
func (p *Planner) Dismiss(ctx context.Context, id connector.GroupID, plan connector.PlanID) error {
	return p.endHold(ctx, id, plan, func(g *connector.Group) {
		for i := range g.Memberships {
			row := &g.Memberships[i]
			if slices.Contains(g.Held.People, row.Member) {
				row.Owned, row.Seen, row.Status, row.Since = false, false, connector.StatusHandAdded, p.Clock()
				row.Reason, row.By, row.Kept = "", dismissed, true
			}
		}
	})
}

// dismissed is the cause of a status that a decision brought about.
const dismissed = "dismissed"

// endHold changes the Group by compare-and-swap; a run that saves meanwhile
// only makes it look again.
func (p *Planner) endHold(ctx context.Context, id connector.GroupID, plan connector.PlanID, change func(*connector.Group)) error {
	for {
		g, err := p.Engine.Groups.Group(ctx, id)
		if err != nil {
			return fmt.Errorf("load group: %w", err)
		}
		if g.Held == nil || g.Held.Plan.ID == "" || g.Held.Plan.ID != plan {
			return fmt.Errorf("plan %s is not the current one: %w", plan, connector.ErrConflict)
		}
		change(&g)
		// What was decided is carried out on a fresh reading.
		g.Held, g.Awaits, g.TouchedAt = nil, "", p.Clock()
		if g.State == connector.GroupHeld {
			g.State = connector.GroupActive
		}
		// Queued first: when it cannot be, nothing was changed; the delay lets
		// the change be stored before the run.
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

// afterSave is how much later a run starts that is queued before what it is
// to see is stored.
const afterSave = 250 * time.Millisecond

func (p *Planner) queue(ctx context.Context, id connector.GroupID, delay time.Duration) error {
	if err := p.Engine.Queue.Add(ctx, asked(id, delay)); err != nil {
		return fmt.Errorf("queue group: %w", err)
	}
	return nil
}

// asked is a run that somebody asked for.
func asked(id connector.GroupID, delay time.Duration) connector.Job {
	return connector.Job{Key: connector.JobKey{Lane: connector.LaneGroup, Group: id}, Delay: delay, Urgent: true, Tags: connector.QueuedBy(causeSync)}
}
