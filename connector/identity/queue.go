package identity

import (
	"context"
	"fmt"
	"slices"

	"roomkeeper/connector"
)

// people are those whose Groups are queued.
type people struct {
	users   map[connector.UserID]bool
	members map[member]bool
}

type member struct {
	platform connector.PlatformID
	id       connector.MemberID
}

// add takes a User and all Members that they are.
func (c *people) add(p connector.Person) {
	if c.users == nil {
		c.users, c.members = map[connector.UserID]bool{}, map[member]bool{}
	}
	c.users[p.User.ID] = true
	for platform, link := range p.Links {
		if link.Member != "" {
			c.members[member{platform, link.Member}] = true
		}
	}
}

func (c people) in(g connector.Group) bool {
	return slices.ContainsFunc(g.Memberships, func(m connector.Membership) bool {
		return m.User != "" && c.users[m.User] || m.Member != "" && c.members[member{g.Platform, m.Member}]
	})
}

// queue queues every Group that names one of them, on all platforms: what the
// CRM says of a User may be new too.
func (l *Linker) queue(ctx context.Context, concerned people) error {
	for q := (connector.GroupQuery{Limit: connector.LargestPage}); ; {
		page, err := l.Engine.Groups.ListGroups(ctx, q)
		if err != nil {
			return fmt.Errorf("list groups: %w", err)
		}
		var jobs []connector.Job
		for _, g := range page.Groups {
			if concerned.in(g) {
				key := connector.JobKey{Lane: connector.LaneGroup, Group: g.ID}
				jobs = append(jobs, connector.Job{Key: key, Urgent: connector.Urgent(ctx), Tags: connector.QueuedBy("link")})
			}
		}
		if len(jobs) > 0 {
			if err := l.Engine.Queue.Add(ctx, jobs...); err != nil {
				return fmt.Errorf("queue: %w", err)
			}
		}
		if page.Next == "" {
			return nil
		}
		q.Cursor = page.Next
	}
}
