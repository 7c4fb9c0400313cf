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
// events again change nothing.
func (a *Acceptor) Accept(ctx context.Context, events []connector.Event) error {
	var intakes []connector.Intake
	sweep := false
	for _, e := range events {
		if !e.Facts.Empty() {
			if err := a.Engine.Facts.PutFacts(ctx, e.Record, e.Facts); err != nil {
				return fmt.Errorf("store facts: %w", err)
			}
		}
		intakes = append(intakes, a.intakes(e)...)
		sweep = sweep || e.Type == connector.EventGap || e.Type == connector.EventPrincipalChanged
	}
	if sweep {
		if err := a.Sweeper.Request(ctx); err != nil {
			return err
		}
	}
	if len(intakes) == 0 {
		return nil
	}
	if _, err := a.Engine.Inbox.Accept(ctx, intakes...); err != nil {
		return fmt.Errorf("accept: %w", err)
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
		return []connector.Intake{openIntake(e.ID, platform, e.Record, a.Clock())}
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
				jobs = append(jobs, connector.Job{Key: connector.JobKey{Lane: lane, Group: group}, Delay: debounce})
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
func openIntake(identity string, platform connector.PlatformID, record connector.RecordKey, now time.Time) connector.Intake {
	group := connector.GroupIDOf(platform, record)
	return connector.Intake{
		ID: identity, Group: group, At: now,
		Open: &connector.Group{
			ID: group, Platform: platform, Record: record,
			State: connector.GroupCreating, Origin: connector.CreatedByUs, CreatedAt: now,
		},
		Jobs: []connector.Job{{Key: connector.JobKey{Lane: connector.LaneGroup, Group: group}, Urgent: true}},
	}
}

// AcceptChat stores that a channel may have changed on the chat's side. Our
// own doings echo as events and are left out.
func (a *Acceptor) AcceptChat(ctx context.Context, e connector.ChatEvent) error {
	if e.Type == connector.ChatEventsWereMissed {
		return a.touchAll(ctx, e)
	}
	if e.Channel == "" {
		a.Logger.WarnContext(ctx, "chat event", "platform", e.Platform, "type", e.Type)
		return nil
	}
	page, err := a.Engine.Groups.ListGroups(ctx, connector.GroupQuery{Platform: e.Platform, Channel: e.Channel, Limit: 1})
	if err != nil {
		return fmt.Errorf("find group: %w", err)
	}
	if len(page.Groups) == 0 || a.echo(page.Groups[0], e) {
		return nil
	}
	if _, err := a.Engine.Inbox.Accept(ctx, touchIntake(e.ID, page.Groups[0].ID, a.Clock())); err != nil {
		return fmt.Errorf("accept: %w", err)
	}
	return nil
}

// touchIntake marks that a channel may have changed on the chat's side.
func touchIntake(identity string, group connector.GroupID, now time.Time) connector.Intake {
	return connector.Intake{
		ID: identity, Group: group, Touched: true, At: now,
		Jobs: []connector.Job{{Key: connector.JobKey{Lane: connector.LaneGroup, Group: group}, Delay: debounce}},
	}
}

// touchAll marks every channel of a platform: nobody knows in which of them
// something happened.
func (a *Acceptor) touchAll(ctx context.Context, e connector.ChatEvent) error {
	for q := (connector.GroupQuery{Platform: e.Platform}); ; {
		page, err := a.Engine.Groups.ListGroups(ctx, q)
		if err != nil {
			return fmt.Errorf("list groups: %w", err)
		}
		var intakes []connector.Intake
		for _, g := range page.Groups {
			if g.Channel.ID != "" {
				intakes = append(intakes, touchIntake(e.ID+"/"+string(g.ID), g.ID, a.Clock()))
			}
		}
		if _, err := a.Engine.Inbox.Accept(ctx, intakes...); err != nil {
			return fmt.Errorf("accept: %w", err)
		}
		if page.Next == "" {
			return nil
		}
		q.Cursor = page.Next
	}
}

// echo reports whether an event only tells what we did ourselves.
func (a *Acceptor) echo(g connector.Group, e connector.ChatEvent) bool {
	if e.Member != "" && e.Member == a.Bots.Get(e.Platform) {
		// Into a channel that we had lost we were invited.
		return e.Type == connector.ChatMemberJoined && g.State != connector.GroupUnreachable && g.State != connector.GroupLost
	}
	i := slices.IndexFunc(g.Memberships, func(m connector.Membership) bool { return m.Member == e.Member })
	if i < 0 {
		return false
	}
	row := g.Memberships[i]
	switch e.Type {
	case connector.ChatMemberJoined:
		return row.Owned && (row.Status == connector.StatusMember || row.Status == connector.StatusPending)
	case connector.ChatMemberLeft:
		return row.Status == connector.StatusRemoved || row.Status == connector.StatusToRemove
	case connector.ChatChannelRenamed, connector.ChatChannelArchived, connector.ChatChannelRestored,
		connector.ChatChannelDeleted, connector.ChatBotRemoved, connector.ChatTokenRevoked, connector.ChatEventsWereMissed:
	}
	return false
}
