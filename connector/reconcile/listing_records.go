package reconcile

import (
	"context"
	"errors"
	"fmt"
	"time"

	"roomkeeper/connector"
)

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
