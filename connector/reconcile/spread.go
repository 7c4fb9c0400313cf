package reconcile

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"roomkeeper/connector"
)

// The Groups that a principal concerns are queued one after another, so that a
// large department neither floods the CRM nor keeps others waiting.
const (
	spreadStep   = 100 * time.Millisecond
	spreadWithin = 10 * time.Minute
)

// Spreader carries out what principal.changed asks for: it queues every Group
// that uses the principal. A run of it may be repeated at any time.
type Spreader struct {
	Engine connector.Engine
	Logger *slog.Logger
}

// Run is a run of LanePrincipals. It is never given up.
func (s *Spreader) Run(ctx context.Context, lease connector.Lease) connector.RunEnd {
	key, ok := connector.PrincipalOf(lease.Key)
	if !ok {
		s.Logger.ErrorContext(ctx, "job of no principal", "job", lease.Key.Group)
		return connector.RunEnd{Outcome: connector.RunDone}
	}
	if err := s.spread(ctx, key, causesOf(lease.Tags)); err != nil {
		s.Logger.WarnContext(ctx, "queue the groups of a principal", "type", key.Type, "attempt", lease.Attempt, "error", err)
		return connector.RunEnd{Outcome: connector.RunRetry, After: Backoff(lease.Attempt)}
	}
	return connector.RunEnd{Outcome: connector.RunDone}
}

func (s *Spreader) spread(ctx context.Context, key connector.PrincipalKey, causes []string) error {
	after := time.Duration(0)
	for q := (connector.GroupQuery{}); ; {
		page, err := s.Engine.Groups.ListGroups(ctx, q)
		if err != nil {
			return fmt.Errorf("list groups: %w", err)
		}
		var jobs []connector.Job
		for _, g := range page.Groups {
			if !principalConcerns(g, key) {
				continue
			}
			jobs = append(jobs, connector.Job{Key: connector.JobKey{Lane: connector.LaneGroup, Group: g.ID}, Delay: after, Tags: causes})
			after = (after + spreadStep) % spreadWithin
		}
		if len(jobs) > 0 {
			if err := s.Engine.Queue.Add(ctx, jobs...); err != nil {
				return fmt.Errorf("queue groups: %w", err)
			}
		}
		if page.Next == "" {
			return nil
		}
		q.Cursor = page.Next
	}
}

// principalConcerns reports whether a change of a principal may change who is
// wanted in a Group; of a user, whether
// they are one of its people or named by its team.
func principalConcerns(g connector.Group, key connector.PrincipalKey) bool {
	if key.Type != connector.PrincipalUser {
		return g.Uses(key)
	}
	return slices.Contains(g.Outside, connector.UserID(key.ID)) ||
		slices.ContainsFunc(g.Memberships, func(row connector.Membership) bool { return string(row.User) == key.ID })
}
