package reconcile

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"roomkeeper/connector"
)

// debounce gathers the events of one edit into one run.
const debounce = 300 * time.Millisecond

// Acceptor turns events into stored intakes. What it accepted survives a
// crash; what happens next is the queue's.
type Acceptor struct {
	Engine   connector.Engine
	Policies connector.Policies
	// Platforms are the platforms in use; the first is the default one.
	Platforms []connector.PlatformID
	Sweeper   *Sweeper
	// Bots are our own members, by platform; whoever they are joins and leaves
	// silently.
	Bots   *Bots
	Clock  func() time.Time
	Logger *slog.Logger
}

// Accept stores what the events ask for. nil: all of it is durable. The same
// events again change nothing. A *connector.MeaningError: nothing was stored,
// nor will it be.
func (a *Acceptor) Accept(ctx context.Context, events []connector.Event) error {
	if err := a.served(events); err != nil {
		return err
	}
	var intakes []connector.Intake
	sweep, err := a.peopleChanged(ctx, events)
	if err != nil {
		return err
	}
	if sweep {
		// Also before the facts are stored: afterwards they are no news any more,
		// should we end in between.
		if err := a.Sweeper.want(ctx); err != nil {
			return err
		}
	}
	for _, e := range events {
		if !e.Facts.Empty() {
			// First, because the runs that follow read them.
			intakes = append(intakes, connector.Intake{ID: e.ID + "/facts", Facts: e.Facts, FactsOf: e.Record, At: a.Clock()})
		}
		intakes = append(intakes, a.intakes(e)...)
		// New facts of people may concern any Group that waits for them.
		sweep = sweep || e.Type == connector.EventGap || e.Type == connector.EventPrincipalChanged && len(e.Facts.Users) > 0
	}
	if _, err := a.Engine.Inbox.Accept(ctx, intakes...); err != nil {
		return fmt.Errorf("accept: %w", err)
	}
	if err := a.principals(ctx, events); err != nil {
		return err
	}
	if sweep {
		// Last: what it queues reads the facts.
		return a.Sweeper.Request(ctx)
	}
	return nil
}

// principals stores that the Groups which use the principals of the events are to
// be looked at again, and that what is remembered of these is stale. The facts of
// the same events are stored before.
func (a *Acceptor) principals(ctx context.Context, events []connector.Event) error {
	var jobs []connector.Job
	for _, e := range events {
		if e.Type != connector.EventPrincipalChanged || e.Principal == nil {
			continue
		}
		key := connector.PrincipalKey{Type: e.Principal.Type, ID: e.Principal.ID}
		job := connector.Job{Key: key.Job(), Delay: debounce, Tags: eventCause(e)}
		if slices.ContainsFunc(jobs, func(j connector.Job) bool { return j.Key == job.Key }) {
			continue
		}
		if err := principalChanged(ctx, a.Engine.Marks, key); err != nil {
			return err
		}
		jobs = append(jobs, job)
	}
	if len(jobs) == 0 {
		return nil
	}
	if err := a.Engine.Queue.Add(ctx, jobs...); err != nil {
		return fmt.Errorf("queue principals: %w", err)
	}
	return nil
}

// peopleChanged reports whether events say something new of people who are
// known already: that concerns every Group that they are in.
func (a *Acceptor) peopleChanged(ctx context.Context, events []connector.Event) (bool, error) {
	var told []connector.User
	var ids []connector.UserID
	for _, e := range events {
		for _, user := range e.Facts.Users {
			told, ids = append(told, user), append(ids, user.ID)
		}
	}
	if len(ids) == 0 {
		return false, nil
	}
	known, err := a.Engine.Facts.FactUsers(ctx, ids)
	if err != nil {
		return false, fmt.Errorf("read people: %w", err)
	}
	return slices.ContainsFunc(told, func(user connector.User) bool {
		before, ok := known[user.ID]
		return ok && !sameUser(before, user)
	}), nil
}

// served refuses requests for a channel on a platform that is not in use.
func (a *Acceptor) served(events []connector.Event) error {
	for i, e := range events {
		if e.Type != connector.EventChannelRequested || e.Platform == "" || slices.Contains(a.Platforms, e.Platform) {
			continue
		}
		if len(events) == 1 {
			i = -1
		}
		return &connector.MeaningError{
			Index: i, Field: "platform", Detail: fmt.Sprintf("%q is not in use; in use: %v", e.Platform, a.Platforms),
		}
	}
	return nil
}

// intakes fans one event out to the Groups that it concerns.
func (a *Acceptor) intakes(e connector.Event) []connector.Intake {
	switch e.Type {
	case connector.EventRecordCreated, connector.EventRecordUpdated, connector.EventRecordDeleted,
		connector.EventRecordRestored, connector.EventRecordMerged, connector.EventTeamChanged:
		return a.each(e, []connector.RecordKey{e.Record}, a.Platforms, connector.LaneGroup)
	case connector.EventActivityCreated, connector.EventActivityUpdated, connector.EventActivityDeleted:
		return a.each(e, e.Activity.Targets, a.Platforms, connector.LaneCards)
	case connector.EventNotification:
		return a.each(e, []connector.RecordKey{e.Record}, a.Platforms, connector.LaneCards)
	case connector.EventChannelRequested:
		platform := e.Platform
		if platform == "" {
			platform = a.Platforms[0]
		}
		intake := openIntake(e.ID, eventCause(e), platform, e.Record, a.Clock())
		if e.Actor.Type == connector.PrincipalUser {
			// Whoever asks for a channel that people join by themselves has joined, if
			// they belong. How many belong, and so who joins by themselves, is not known yet.
			intake.Open.Memberships = []connector.Membership{{
				User: connector.UserID(e.Actor.ID), Status: connector.StatusPending, Enrolled: true, Since: a.Clock(),
			}}
		}
		return []connector.Intake{intake}
	case connector.EventPrincipalChanged, connector.EventGap, connector.EventPing:
		return nil
	}
	return nil
}

func (a *Acceptor) each(e connector.Event, records []connector.RecordKey, platforms []connector.PlatformID, lane connector.Lane) []connector.Intake {
	var out []connector.Intake
	for _, record := range records {
		for _, platform := range platforms {
			group := connector.GroupIDOf(platform, record)
			jobs := []connector.Job{{Key: connector.JobKey{Lane: connector.LaneCards, Group: group}}}
			if lane == connector.LaneGroup {
				jobs = append(jobs, connector.Job{Key: connector.JobKey{Lane: lane, Group: group}, Delay: debounce, Tags: eventCause(e)})
			}
			out = append(out, connector.Intake{
				ID: e.ID + "/" + string(group), Group: group, At: a.Clock(), Jobs: jobs,
				Notice: &connector.Notice{Event: noticeOf(e), AcceptedAt: a.Clock()},
			})
		}
	}
	return out
}

func noticeOf(e connector.Event) connector.NoticeEvent {
	n := connector.NoticeEvent{
		ID: e.ID, Type: e.Type, Actor: e.Actor, At: e.At,
		Changed: e.Changed, Changes: e.Changes, Notification: e.Notification,
	}
	if e.Activity != nil {
		activity := *e.Activity
		activity.Targets = nil
		n.Activity = &activity
	}
	return n
}

// openIntake asks for a Group, once.
func openIntake(identity string, cause []string, platform connector.PlatformID, record connector.RecordKey, now time.Time) connector.Intake {
	group := connector.GroupIDOf(platform, record)
	return connector.Intake{
		ID: identity, Group: group, At: now,
		Open: &connector.Group{
			ID: group, Platform: platform, Record: record,
			State: connector.GroupCreating, Origin: connector.CreatedByUs, CreatedAt: now,
		},
		Jobs: []connector.Job{{Key: connector.JobKey{Lane: connector.LaneGroup, Group: group}, Urgent: true, Tags: cause}},
	}
}
