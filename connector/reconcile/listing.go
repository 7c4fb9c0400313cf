package reconcile

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"roomkeeper/connector"
)

// listing is one Sweep under way, and how far it got.
type listing struct {
	*Sweeper
	sweep connector.Sweep
	// queued holds every Group that was queued, so that none counts twice.
	queued map[connector.GroupID]bool

	// kinds counts those that are listed whole. cursor is the place in the list
	// that comes after them: the next kind's, or everybody known; lost says that
	// the CRM lost it once.
	kinds  int
	cursor string
	lost   bool
	// changed are the people of whom the CRM says something new.
	changed map[connector.UserID]connector.User
	// missing are the people whom the CRM does not know any more.
	missing map[connector.UserID]bool
	// expansions are the digests of the principals that were read, "" where that
	// failed; nil before the first, when what was read earlier was made stale.
	expansions map[connector.PrincipalKey]string
}

// carry lists everything, waiting where the CRM asks for it.
func (l *listing) carry(ctx context.Context, wait func(time.Duration) bool) error {
	err := l.run(ctx)
	for asked := (*connector.WaitError)(nil); errors.As(err, &asked) && wait(asked.After); {
		err = l.run(ctx)
	}
	if errors.Is(context.Cause(ctx), errTakenOver) {
		return errTakenOver
	}
	if err != nil {
		return err
	}
	return l.remember(ctx, l.sweep)
}

// end stores how it ended: with nil, when all is queued. Also a Sweep that was
// stopped has ended, and says so.
func (l *listing) end(ctx context.Context, failed error) error {
	var errs []error
	if failed != nil && ctx.Err() != nil && l.sweep.Full && !errors.Is(context.Cause(ctx), errTakenOver) {
		// First: once it has ended nobody else would ask for it.
		errs = append(errs, l.want(context.WithoutCancel(ctx)))
	}
	sweep, err := l.Engine.Sweeps.UpdateSweep(context.WithoutCancel(ctx), l.sweep.ID, func(sw *connector.Sweep) {
		if !l.lists(*sw) {
			return
		}
		sw.Queued, sw.State = len(l.queued), connector.SweepRunning
		if failed != nil {
			l.fail(sw, failed.Error())
		}
		endIfDone(sw, l.Clock())
	})
	if err == nil && l.due(sweep) {
		l.Due()
	}
	return errors.Join(append(errs, err)...)
}

// run lists all that is not listed yet. After a *connector.WaitError it goes
// on from there; after any other error it cannot.
func (l *listing) run(ctx context.Context) error {
	if l.sweep.Full {
		if err := l.principals(ctx); err != nil {
			return fmt.Errorf("read principals: %w", err)
		}
	}
	switch {
	case l.sweep.Every, l.sweep.Full && l.CRM.Changes == nil:
		return l.queueGroups(ctx, connector.GroupQuery{}, func(connector.Group) bool { return true })
	case l.CRM.Changes == nil:
		return l.queueUnsettled(ctx)
	}
	since, err := l.since(ctx)
	if err != nil {
		return err
	}
	for ; l.kinds < len(l.Policies); l.kinds++ {
		kind := l.Policies[l.kinds].Kind
		if err := l.kind(ctx, kind, since); err != nil {
			return fmt.Errorf("list %s: %w", kind, err)
		}
	}
	if l.sweep.Full {
		if err := l.people(ctx); err != nil {
			return fmt.Errorf("list people: %w", err)
		}
		if err := l.doubtful(ctx); err != nil {
			return err
		}
	}
	return l.queueUnsettled(ctx)
}

// since is where an incremental Sweep starts; zero lists everything.
func (l *listing) since(ctx context.Context) (time.Time, error) {
	if l.sweep.Full {
		return time.Time{}, nil
	}
	last, err := l.LastStarted(ctx, false)
	if err != nil || last.IsZero() {
		return time.Time{}, err
	}
	return last.Add(-sweepOverlap), nil
}

// kind lists the rest of one kind. A lost cursor starts it again, once.
func (l *listing) kind(ctx context.Context, kind connector.Kind, since time.Time) error {
	for {
		page, err := l.CRM.Changes.Page(ctx, kind, since, l.cursor)
		if errors.Is(err, connector.ErrCursorLost) && !l.lost {
			l.cursor, l.lost = "", true
			continue
		}
		if errors.Is(err, connector.ErrUnsupported) && l.cursor == "" {
			// A kind that the CRM does not list: its Groups are read singly.
			l.Logger.InfoContext(ctx, "the CRM does not list this kind", "kind", kind)
			return nil
		}
		if err != nil {
			return err
		}
		if err := l.page(ctx, page.Items); err != nil {
			return err
		}
		if l.cursor = page.Next; l.cursor == "" {
			l.lost = false
			return nil
		}
	}
}

// page compares one page with what was last applied.
func (l *listing) page(ctx context.Context, items []connector.RecordTeam) error {
	for _, platform := range l.Platforms {
		ids := make([]connector.GroupID, len(items))
		for i, item := range items {
			ids[i] = connector.GroupIDOf(platform, item.Record.Key)
		}
		last, err := l.Engine.Readings.Readings(ctx, ids)
		if err != nil {
			return fmt.Errorf("load readings: %w", err)
		}
		same := map[connector.GroupID]connector.Reading{}
		var changed []connector.GroupID
		for i, item := range items {
			before, known := last[ids[i]]
			if !known || outdated(item, before) {
				continue
			}
			if policy, _ := l.Policies.Kind(string(item.Record.Key.Kind)); policy.MembersOf != "" {
				item.Team = connector.Team{} // a run does not read it
			}
			if now := readingOf(item, l.sweep.StartedAt); now.Digest == before.Digest && l.sameSetup(before) {
				now.Expansions, now.Setup = before.Expansions, l.Setup
				same[ids[i]] = now
			} else {
				changed = append(changed, ids[i])
			}
		}
		if len(same) > 0 {
			if err := l.Engine.Readings.SaveReadings(ctx, same); err != nil {
				return fmt.Errorf("save readings: %w", err)
			}
		}
		if err := l.queue(ctx, changed); err != nil {
			return err
		}
	}
	return nil
}

// peoplePage is how many people are asked for at once: what the CRM's list
// takes in one call.
const peoplePage = 100

// people compares what the CRM says of everybody known, and queues the Groups
// of those who changed.
func (l *listing) people(ctx context.Context) error {
	for {
		people, next, err := l.Engine.People.ListPeople(ctx, l.cursor, peoplePage)
		if err != nil {
			return err
		}
		ids := make([]connector.UserID, len(people))
		for i, p := range people {
			ids[i] = p.User.ID
		}
		users, err := l.CRM.Users.UsersByID(ctx, ids)
		if err != nil {
			return err
		}
		for _, p := range people {
			user, known := users[p.User.ID]
			if !known {
				l.missing[p.User.ID] = true
			} else if !sameUser(user, p.User) {
				l.changed[p.User.ID] = user
			}
		}
		if l.cursor = next; next == "" {
			break
		}
	}
	if len(l.changed) == 0 {
		return nil
	}
	err := l.queueGroups(ctx, connector.GroupQuery{}, func(g connector.Group) bool {
		return slices.ContainsFunc(g.Memberships, func(row connector.Membership) bool {
			_, ok := l.changed[row.User]
			return ok
		})
	})
	if err != nil {
		return err
	}
	return l.rememberPeople(ctx)
}

// rememberPeople stores what the CRM said of people, once their Groups are queued:
// the next Sweep need not tell it again.
func (l *listing) rememberPeople(ctx context.Context) error {
	for ids := range slices.Chunk(slices.Sorted(maps.Keys(l.changed)), peoplePage) {
		known, err := l.Engine.People.People(ctx, ids)
		if err != nil {
			return err
		}
		people := make([]connector.Person, 0, len(known))
		for id := range known {
			people = append(people, connector.Person{User: l.changed[id], ReadAt: l.Clock()})
		}
		if err := l.Engine.People.SavePeople(ctx, people); err != nil {
			return err
		}
	}
	return nil
}

// doubtful queues the Groups whose Record a whole list did not hold, because
// reading it will tell what became of it, and those whose team names people who were
// inactive or external and are so no more.
func (l *listing) doubtful(ctx context.Context) error {
	return l.eachGroupPage(ctx, connector.GroupQuery{}, func(groups []connector.Group) error {
		ids := make([]connector.GroupID, len(groups))
		for i, g := range groups {
			ids[i] = g.ID
		}
		readings, err := l.Engine.Readings.Readings(ctx, ids)
		if err != nil {
			return fmt.Errorf("load readings: %w", err)
		}
		var doubted []connector.GroupID
		for _, g := range groups {
			if r, known := readings[g.ID]; !known || r.At.Before(l.sweep.StartedAt) || l.misses(g) {
				doubted = append(doubted, g.ID)
			}
		}
		back, err := l.backInside(ctx, groups)
		if err != nil {
			return err
		}
		return l.queue(ctx, append(doubted, back...))
	})
}

// backInside are the Groups whose team names somebody who was inactive or external
// and is so no more.
func (l *listing) backInside(ctx context.Context, groups []connector.Group) (back []connector.GroupID, err error) {
	outside := map[connector.UserID]bool{}
	for _, g := range groups {
		for _, id := range g.Outside {
			outside[id] = true
		}
	}
	if len(outside) == 0 {
		return nil, nil
	}
	users, err := l.CRM.Users.UsersByID(ctx, slices.Sorted(maps.Keys(outside)))
	if err != nil {
		return nil, fmt.Errorf("read users: %w", err)
	}
	for _, g := range groups {
		if slices.ContainsFunc(g.Outside, func(id connector.UserID) bool {
			user, known := users[id]
			return known && user.Active && !user.External
		}) {
			back = append(back, g.ID)
		}
	}
	return back, nil
}

// queueUnsettled queues Groups that wait for somebody or something: people
// without an account, a hold, their kind being in use again.
func (l *listing) queueUnsettled(ctx context.Context) error {
	all := func(connector.Group) bool { return true }
	if err := l.queueGroups(ctx, connector.GroupQuery{Pending: true}, all); err != nil {
		return err
	}
	if err := l.queueGroups(ctx, connector.GroupQuery{State: connector.GroupHeld}, all); err != nil {
		return err
	}
	return l.queueGroups(ctx, connector.GroupQuery{State: connector.GroupUnmanaged}, func(g connector.Group) bool {
		_, again := l.Policies.Kind(string(g.Record.Kind))
		return again
	})
}

func (l *listing) queueGroups(ctx context.Context, q connector.GroupQuery, which func(connector.Group) bool) error {
	return l.eachGroupPage(ctx, q, func(groups []connector.Group) error {
		var ids []connector.GroupID
		for _, g := range groups {
			if which(g) {
				ids = append(ids, g.ID)
			}
		}
		return l.queue(ctx, ids)
	})
}

func (s *Sweeper) eachGroupPage(ctx context.Context, q connector.GroupQuery, do func([]connector.Group) error) error {
	for {
		page, err := s.Engine.Groups.ListGroups(ctx, q)
		if err != nil {
			return fmt.Errorf("list groups: %w", err)
		}
		if err := do(page.Groups); err != nil {
			return err
		}
		if page.Next == "" {
			return nil
		}
		q.Cursor = page.Next
	}
}

// queue adds Groups that this Sweep has not queued yet.
func (l *listing) queue(ctx context.Context, ids []connector.GroupID) error {
	var jobs []connector.Job
	for _, id := range ids {
		if l.queued[id] {
			continue
		}
		l.queued[id] = true
		jobs = append(jobs, connector.Job{
			Key:  connector.JobKey{Lane: connector.LaneGroup, Group: id},
			Tags: append(connector.QueuedBy(causeSweep), l.sweep.ID),
		})
	}
	if len(jobs) == 0 {
		return nil
	}
	if err := l.Engine.Queue.Add(ctx, jobs...); err != nil {
		return fmt.Errorf("queue: %w", err)
	}
	return nil
}

// misses reports whether a Group lists somebody as known whom the CRM does not know
// any more, or the other way round: neither changes the person. Nor does it when there
// is an account now for somebody who is in by the one that they had before.
func (l *listing) misses(g connector.Group) bool {
	return slices.ContainsFunc(g.Memberships, func(row connector.Membership) bool {
		listed := row.Reason == connector.ReasonUnknownUser
		before := isIn(row.Status) && !listed && row.Reason != ""
		return row.User != "" && len(row.Why) > 0 && (l.missing[row.User] != listed || before)
	})
}
