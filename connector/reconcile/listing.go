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

// listing is one Sweep under way.
type listing struct {
	*Sweeper
	sweep connector.Sweep
	// queued holds every Group that was queued, so that none counts twice.
	queued map[connector.GroupID]bool
}

func (l *listing) run(ctx context.Context) error {
	if l.CRM.Changes == nil {
		if l.sweep.Full {
			return l.queueGroups(ctx, connector.GroupQuery{}, func(connector.Group) bool { return true })
		}
		return l.queueUnsettled(ctx)
	}
	since, err := l.since(ctx)
	if err != nil {
		return err
	}
	for _, policy := range l.Policies {
		if err := l.kind(ctx, policy.Kind, since); err != nil {
			return fmt.Errorf("list %s: %w", policy.Kind, err)
		}
	}
	if l.sweep.Full {
		if err := l.people(ctx); err != nil {
			return fmt.Errorf("list people: %w", err)
		}
		if err := l.unlisted(ctx); err != nil {
			return err
		}
		if err := l.outOfReach(ctx); err != nil {
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

// kind lists one kind whole. A lost cursor starts it again, once.
func (l *listing) kind(ctx context.Context, kind connector.Kind, since time.Time) error {
	cursor, lost := "", false
	for {
		page, err := l.CRM.Changes.Page(ctx, kind, since, cursor)
		if errors.Is(err, connector.ErrCursorLost) && !lost {
			cursor, lost = "", true
			continue
		}
		if err != nil {
			return err
		}
		if err := l.page(ctx, page.Items); err != nil {
			return err
		}
		if page.Next == "" {
			return nil
		}
		cursor = page.Next
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
			if now := readingOf(item, l.sweep.StartedAt); now.Digest == before.Digest {
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
	changed := map[connector.UserID]connector.User{}
	for cursor := ""; ; {
		people, next, err := l.Engine.People.ListPeople(ctx, cursor, peoplePage)
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
			if user, known := users[p.User.ID]; known && !sameUser(user, p.User) {
				changed[p.User.ID] = user
			}
		}
		if next == "" {
			break
		}
		cursor = next
	}
	if len(changed) == 0 {
		return nil
	}
	err := l.queueGroups(ctx, connector.GroupQuery{}, func(g connector.Group) bool {
		return slices.ContainsFunc(g.Memberships, func(row connector.Membership) bool {
			_, ok := changed[row.User]
			return ok
		})
	})
	if err != nil {
		return err
	}
	return l.rememberPeople(ctx, changed)
}

// rememberPeople stores what the CRM said of people, once their Groups are queued:
// the next Sweep need not tell it again.
func (l *listing) rememberPeople(ctx context.Context, changed map[connector.UserID]connector.User) error {
	for ids := range slices.Chunk(slices.Sorted(maps.Keys(changed)), peoplePage) {
		known, err := l.Engine.People.People(ctx, ids)
		if err != nil {
			return err
		}
		people := make([]connector.Person, 0, len(known))
		for id, person := range known {
			person.User, person.ReadAt = changed[id], l.Clock()
			people = append(people, person)
		}
		if err := l.Engine.People.SavePeople(ctx, people); err != nil {
			return err
		}
	}
	return nil
}

// outOfReach queues the Groups whose channel could not be read: a hand may
// have mended it without an event.
func (l *listing) outOfReach(ctx context.Context) error {
	for _, state := range []connector.GroupState{connector.GroupUnreachable, connector.GroupArchived} {
		if err := l.queueGroups(ctx, connector.GroupQuery{State: state}, func(connector.Group) bool { return true }); err != nil {
			return err
		}
	}
	return nil
}

// unlisted queues the Groups whose Record a whole list did not hold: reading
// it will tell what became of it.
func (l *listing) unlisted(ctx context.Context) error {
	return l.eachGroupPage(ctx, connector.GroupQuery{}, func(groups []connector.Group) error {
		ids := make([]connector.GroupID, len(groups))
		for i, g := range groups {
			ids[i] = g.ID
		}
		readings, err := l.Engine.Readings.Readings(ctx, ids)
		if err != nil {
			return fmt.Errorf("load readings: %w", err)
		}
		var missing []connector.GroupID
		for _, id := range ids {
			if r, known := readings[id]; (!known || r.At.Before(l.sweep.StartedAt)) && !l.queued[id] {
				missing = append(missing, id)
			}
		}
		return l.queue(ctx, missing)
	})
}

// queueUnsettled queues Groups that wait for somebody or something: people
// without an account, a hold.
func (l *listing) queueUnsettled(ctx context.Context) error {
	all := func(connector.Group) bool { return true }
	if err := l.queueGroups(ctx, connector.GroupQuery{Pending: true}, all); err != nil {
		return err
	}
	return l.queueGroups(ctx, connector.GroupQuery{State: connector.GroupHeld}, all)
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

func (l *listing) eachGroupPage(ctx context.Context, q connector.GroupQuery, do func([]connector.Group) error) error {
	for {
		page, err := l.Engine.Groups.ListGroups(ctx, q)
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
			Tags: []string{l.sweep.ID},
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
