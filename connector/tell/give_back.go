package tell

import (
	"context"
	"fmt"
	"time"

	"roomkeeper/connector"
)

// giveBackAfter lets a Group be saved before it is told of.
const giveBackAfter = time.Second

func (t *Teller) haveChannel(on connector.PlatformID) bool {
	_, there := t.admins(on)
	return there
}

// giveBack has what waited for the admins told to the owners, where the admins have no
// channel any more. Whoever was told already is not told again.
func (t *Teller) giveBack(ctx context.Context, key connector.GroupID) error {
	on, what := parseGatherKey(key)
	q := connector.GroupQuery{Platform: on}
	for {
		page, err := t.Engine.Groups.ListGroups(ctx, q)
		if err != nil {
			return fmt.Errorf("list groups: %w", err)
		}
		for _, g := range page.Groups {
			changed := false
			for i, telling := range g.Tellings {
				if telling.Gathered && telling.What == what {
					g.Tellings[i].Gathered, g.Tellings[i].To, changed = false, connector.AudienceOwner, true
				}
			}
			if !changed {
				continue
			}
			// Queued first, and for after the save: a crash between the two loses nothing.
			job := connector.Job{Key: connector.JobKey{Lane: connector.LaneTellings, Group: g.ID}, Delay: giveBackAfter}
			if err := t.Engine.Queue.Add(ctx, job); err != nil {
				return fmt.Errorf("queue tellings: %w", err)
			}
			if _, err := t.Engine.Groups.SaveGroup(ctx, g); err != nil {
				return fmt.Errorf("save group: %w", err)
			}
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			return t.forget(ctx, key)
		}
	}
}

// forget drops a message that is not to be told any more.
func (t *Teller) forget(ctx context.Context, key connector.GroupID) error {
	kept, err := load[gatherings](ctx, t.Engine.Marks, string(key))
	if err != nil || kept.Now == nil {
		return err
	}
	kept.Now = nil
	return save(ctx, t.Engine.Marks, string(key), kept)
}
