package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"roomkeeper/connector"
)

// run is one reconciliation of one Group.
type run struct {
	*Reconciler
	g        connector.Group
	platform connector.ChatPlatform
	policy   connector.Policy
	last     connector.Reading
	read     connector.RecordTeam
	want     Desired
	// partial is what kept some people from being looked up; the run goes on
	// without them and is repeated.
	partial error
	// sweeps are those that asked for the run and judge its removals.
	sweeps []string
	// by is what queued the run, "" when that is not known.
	by string
	// asked: somebody asked for it. repeated: it failed before.
	asked, repeated bool
	// machines are members of the channel whom this run found to be no people.
	machines []connector.MemberID
	// ignored are the Members of users who are to be ignored, as far as they are known;
	// ignoredAsked: all of them were looked up; ignoredOpen: and some not found out.
	ignored                   []connector.MemberID
	ignoredAsked, ignoredOpen bool
	// persons are those whom it found to be people.
	persons []connector.MemberID
	// newUse: principals are used that were not before; nobody who looks for the
	// Groups of one finds this one before it is saved.
	newUse bool
	// late: something that only informs was deferred.
	late bool
	// named is what the channel is called by the last reading, "" where that does not tell.
	named string
	// readBefore is when the channel was read before that; zero: never, or not in this run.
	readBefore time.Time
	// next is when to come back although nothing failed; 0: not by itself.
	next time.Duration
}

// reconcile brings the channel into step and returns the Group as it then stands.
func (r *Reconciler) reconcile(ctx context.Context, lease connector.Lease, sweeps []string) (connector.Group, error) {
	n := run{Reconciler: r, by: broughtBy(lease.Tags), asked: askedFor(lease.Tags), repeated: lease.Attempt > 1, sweeps: sweeps}
	managed, err := n.load(ctx, lease.Key.Group)
	if err == nil && managed {
		err = n.bringIntoStep(ctx)
	}
	return n.g, n.queueTellings(ctx, err)
}

func (n *run) bringIntoStep(ctx context.Context) error {
	if n.g.Channel.ID == "" {
		// A platform that was away at the start was not looked at yet.
		if err := n.Recovery.Check(ctx, n.g.Platform); err != nil {
			return err
		}
		if err := n.gates.pass(ctx, n.g.Platform, n.Clock()); err != nil {
			return err
		}
	}
	if err := n.readCRM(ctx); err != nil {
		return err
	}
	if n.g.Channel.ID == "" {
		if err := n.create(ctx); err != nil {
			return err
		}
	}
	err := n.follow(ctx)
	if again, joinErr := n.rejoin(ctx, err); joinErr != nil {
		return joinErr
	} else if again {
		err = n.follow(ctx)
	}
	if err != nil {
		return n.standing(ctx, err)
	}
	if n.partial != nil {
		return n.partial
	}
	if n.newUse {
		stale, err := n.Resolver.Expander.stale(ctx, n.want.expanded)
		if err != nil {
			return err
		}
		if stale {
			n.wake(0)
		}
	}
	if err := n.comeBack(ctx); err != nil {
		return err
	}
	return n.saveReading(ctx)
}

// wake asks for a run in d at the latest.
func (n *run) wake(d time.Duration) {
	if d = max(d, time.Millisecond); n.next == 0 || d < n.next {
		n.next = d
	}
}

// comeBack queues the run that was asked for. It is an ordinary job and not
// this run's backoff, which would keep whatever happens until then waiting.
func (n *run) comeBack(ctx context.Context) error {
	if n.next == 0 {
		return nil
	}
	job := connector.Job{Key: connector.JobKey{Lane: connector.LaneGroup, Group: n.g.ID}, Delay: n.next, Tags: connector.QueuedBy(causeTime)}
	if err := n.Engine.Queue.Add(ctx, job); err != nil {
		return fmt.Errorf("queue next run: %w", err)
	}
	return nil
}

// follow changes an existing channel.
func (n *run) follow(ctx context.Context) error {
	if err := n.markPurpose(ctx); err != nil {
		return err
	}
	if err := n.members(ctx); err != nil {
		return err
	}
	if n.g.State == connector.GroupCreating {
		if err := n.queueCards(ctx); err != nil {
			return err
		}
	}
	if err := n.rename(ctx); err != nil {
		return err
	}
	if err := n.topic(ctx); err != nil {
		return err
	}
	err := n.details(ctx)
	if n.late && n.g.State != connector.GroupCreating && n.deferred(err) {
		// Tried again sooner, what was deferred would take what the card waits for.
		return nil
	}
	return err
}

// load fetches the Group and reports whether it is to be reconciled at all.
func (n *run) load(ctx context.Context, id connector.GroupID) (managed bool, err error) {
	n.g, err = n.Engine.Groups.Group(ctx, id)
	if errors.Is(err, connector.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("load group: %w", err)
	}
	switch n.g.State {
	case connector.GroupFailed, connector.GroupMoved, connector.GroupTombstone, connector.GroupFrozen, connector.GroupClosing:
		return false, nil
	case connector.GroupCreating, connector.GroupActive, connector.GroupHeld, connector.GroupUnmanaged,
		connector.GroupArchived, connector.GroupUnreachable, connector.GroupLost:
	}
	var ok bool
	if n.platform, ok = n.Platforms[n.g.Platform]; !ok {
		return false, nil
	}
	if n.policy, ok = n.Policies.Kind(string(n.g.Record.Kind)); !ok {
		if n.g.State == connector.GroupUnmanaged {
			return false, nil
		}
		n.g.State = connector.GroupUnmanaged
		return false, n.save(ctx)
	}
	if n.g.State == connector.GroupUnmanaged {
		n.manageAgain()
	}
	readings, err := n.Engine.Readings.Readings(ctx, []connector.GroupID{id})
	if err != nil {
		return false, fmt.Errorf("load reading: %w", err)
	}
	n.last = readings[id]
	return true, nil
}

// manageAgain takes up a Group whose kind is in use again. What became of its channel
// meanwhile is not known.
func (n *run) manageAgain() {
	switch {
	case n.g.Channel.ID == "" || n.g.Details.Message == "": // it was still being made
		n.g.State = connector.GroupCreating
	case n.g.Held != nil:
		n.g.State = connector.GroupHeld
	default:
		n.g.State = connector.GroupActive
	}
	n.g.ChatReadAt = time.Time{}
}

// readCRM reads Record, team and people. A reading that failed removes
// nobody: it is stored as a hold and tried again.
func (n *run) readCRM(ctx context.Context) error {
	read, err := n.Resolver.Read(ctx, n.g.Record)
	if err == nil && outdated(read, n.last) {
		return fmt.Errorf("%w: the CRM answered with an older state than before", connector.ErrTemporary)
	}
	if err == nil {
		n.read = read
		n.want, err = n.Resolver.Resolve(ctx, n.g.Platform, read, Known{Rows: n.g.Memberships, SelfEnrol: n.g.SelfEnrol})
	}
	var partial *PartialError
	if errors.As(err, &partial) {
		n.partial, err = err, nil
	}
	if err == nil {
		n.g.Unresolved, n.g.RecordURL = n.want.Unresolved, read.Record.URL
		n.newUse = !slices.Equal(n.g.Principals, n.want.Principals)
		if n.g.Principals = n.want.Principals; n.partial == nil {
			n.g.Owners = n.want.Owners()
		}
		n.g.Outside = n.want.mayComeIn()
		n.g.SelfEnrol, n.g.Listed = n.want.SelfEnrol, 0
		if n.want.SelfEnrol {
			n.g.Listed = n.want.Listed
		}
		return nil
	}
	if n.g.Channel.ID == "" && errors.Is(err, connector.ErrNotFound) {
		why := "the CRM has no such record"
		if errors.Is(err, connector.ErrUntold) {
			why = "the CRM has not told us about this record"
		}
		return n.refuse(ctx, why)
	}
	return n.holdUnreadable(ctx, err)
}

// holdUnreadable stores that the team could not be read, unless somebody
// only asked us to wait. Another hold stays: no reading said that it is over.
func (n *run) holdUnreadable(ctx context.Context, cause error) error {
	var wait *connector.WaitError
	if errors.As(cause, &wait) || ctx.Err() != nil || connector.ReasonOf(cause) == connector.ReasonStoreAway {
		return cause
	}
	if n.g.Held != nil {
		return cause
	}
	n.g.Held = &connector.Hold{Reason: connector.HoldTeamUnreadable, Since: n.Clock()}
	if n.g.State == connector.GroupActive {
		n.g.State = connector.GroupHeld
	}
	return errors.Join(cause, n.save(ctx))
}

// standing stores what an error says of the channel itself: archived, gone,
// or out of our reach. These are states, not failures.
func (n *run) standing(ctx context.Context, err error) error {
	state := standingOf(n.g, err)
	if state == "" {
		return err
	}
	n.Logger.WarnContext(ctx, "channel out of reach", "group", n.g.ID, "state", state, "error", err)
	if n.g.State != state {
		n.tellStanding(state)
	}
	n.g.State = state
	// Archiving takes bots out, and a private channel that is open again looks to
	// them as if it were gone.
	n.g.BotRemoved = n.g.BotRemoved || state == connector.GroupArchived
	if err := n.save(ctx); err != nil {
		return err
	}
	// The CRM was read, and what it said could not be applied: the digest stays, so
	// that a Sweep finds it again. What the CRM said before counts no more.
	read, now := n.last, readingOf(n.read, n.Clock())
	read.At, read.ModifiedAt, read.TeamVersion = now.At, now.ModifiedAt, now.TeamVersion
	if err := n.Engine.Readings.SaveReadings(ctx, map[connector.GroupID]connector.Reading{n.g.ID: read}); err != nil {
		return fmt.Errorf("save reading: %w", err)
	}
	return nil
}

// standingOf is the state that an error says a Group's channel is in; "": none.
func standingOf(g connector.Group, err error) connector.GroupState {
	switch {
	case errors.Is(err, connector.ErrArchived):
		return connector.GroupArchived
	case errors.Is(err, connector.ErrChannelGone) && !g.BotRemoved:
		return connector.GroupLost
	case errors.Is(err, connector.ErrNotInChannel), errors.Is(err, connector.ErrChannelGone):
		return connector.GroupUnreachable
	}
	return ""
}

// save stores the Group as it stands in this run.
func (n *run) save(ctx context.Context) error {
	saved, err := n.Engine.Groups.SaveGroup(ctx, n.g)
	if err != nil {
		return fmt.Errorf("save group: %w", err)
	}
	n.g = saved
	return nil
}

// saveReading remembers what was applied, so that a Sweep can tell whether
// the Record changed since.
func (n *run) saveReading(ctx context.Context) error {
	read := readingOf(n.read, n.Clock())
	read.Expansions, read.Setup = n.want.Expansions, n.Setup
	if err := n.Engine.Readings.SaveReadings(ctx, map[connector.GroupID]connector.Reading{n.g.ID: read}); err != nil {
		return fmt.Errorf("save reading: %w", err)
	}
	return nil
}
