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

// RecordOf finds the Record and the platform that a Group's id was derived from, of
// which nothing can be read off: by a stored Group, else among all Records that the
// CRM lists. ErrNotFound: there is none, or the CRM lists none.
func (a *Adopter) RecordOf(ctx context.Context, id connector.GroupID) (connector.RecordKey, connector.PlatformID, error) {
	g, err := a.Engine.Groups.Group(ctx, id)
	if err == nil {
		return g.Record, g.Platform, nil
	}
	if !errors.Is(err, connector.ErrNotFound) {
		return connector.RecordKey{}, "", fmt.Errorf("load group: %w", err)
	}
	var key connector.RecordKey
	var on connector.PlatformID
	err = a.eachRecord(ctx, func(r connector.Record) bool {
		for platform := range a.Platforms {
			if connector.GroupIDOf(platform, r.Key) == id {
				key, on = r.Key, platform
			}
		}
		return on == ""
	})
	if errors.Is(err, connector.ErrUnsupported) || err == nil && on == "" {
		return key, on, fmt.Errorf("record of group %s: %w", id, connector.ErrNotFound)
	}
	return key, on, err
}

// eachRecord gives do all Records of the kinds in use until it wants no more.
// ErrUnsupported: the CRM lists none. A lost cursor starts a kind again, so that do
// may get a Record twice.
func (a *Adopter) eachRecord(ctx context.Context, do func(connector.Record) (more bool)) error {
	if a.CRM.Changes == nil {
		return fmt.Errorf("list records: %w", connector.ErrUnsupported)
	}
	unlisted := 0
	for _, policy := range a.Policies {
		more, err := a.eachOf(ctx, policy.Kind, do)
		switch {
		case errors.Is(err, connector.ErrUnsupported):
			unlisted++
		case err != nil:
			return fmt.Errorf("list %s: %w", policy.Kind, err)
		case !more:
			return nil
		}
	}
	if unlisted == len(a.Policies) {
		return fmt.Errorf("list records: %w", connector.ErrUnsupported)
	}
	return nil
}

func (a *Adopter) eachOf(ctx context.Context, kind connector.Kind, do func(connector.Record) (more bool)) (more bool, err error) {
	lost := false
	for cursor := ""; ; {
		page, err := a.CRM.Changes.Page(ctx, kind, time.Time{}, cursor)
		if errors.Is(err, connector.ErrCursorLost) && !lost {
			cursor, lost = "", true
			continue
		}
		if err != nil {
			return false, err
		}
		for _, item := range page.Items {
			if !do(item.Record) {
				return false, nil
			}
		}
		if cursor = page.Next; cursor == "" {
			return true, nil
		}
	}
}

// Suggest lists likely pairs, the likeliest first. It changes nothing.
// ErrUnsupported: the CRM does not list its Records.
func (a *Adopter) Suggest(ctx context.Context) ([]connector.AdoptSuggestion, error) {
	records := map[connector.RecordKey]connector.Record{}
	err := a.eachRecord(ctx, func(r connector.Record) bool {
		if goneRecord(r) == "" {
			records[r.Key] = r
		}
		return true
	})
	if err != nil {
		return nil, err
	}
	var all []connector.AdoptSuggestion
	for _, id := range slices.Sorted(maps.Keys(a.Platforms)) {
		some, err := a.suggestOn(ctx, a.Platforms[id], records)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

// suggestOn pairs what has no partner on a platform yet.
func (a *Adopter) suggestOn(ctx context.Context, platform connector.ChatPlatform, records map[connector.RecordKey]connector.Record) ([]connector.AdoptSuggestion, error) {
	if platform.Adopter == nil {
		return nil, nil
	}
	channels, err := platform.Adopter.Adoptable(ctx)
	if err != nil {
		return nil, fmt.Errorf("list channels: %w", err)
	}
	taken, held := map[connector.RecordKey]bool{}, map[connector.ChannelID]bool{}
	for q := (connector.GroupQuery{Platform: platform.ID}); ; {
		page, err := a.Engine.Groups.ListGroups(ctx, q)
		if err != nil {
			return nil, fmt.Errorf("list groups: %w", err)
		}
		for _, g := range page.Groups {
			taken[g.Record] = taken[g.Record] || g.State != connector.GroupFailed && g.State != connector.GroupLost
			held[g.Channel.ID] = true
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			break
		}
	}
	pairs := newPairs(platform.Limits.NameLength, a.Policies)
	for _, key := range slices.SortedFunc(maps.Keys(records), compareKeys) {
		if !taken[key] {
			pairs.record(records[key])
		}
	}
	var all []connector.AdoptSuggestion
	for _, ch := range channels {
		if _, marked := a.Recovery.recordOf(ch.Purpose); marked || held[ch.ID] {
			continue
		}
		for _, s := range pairs.with(ch.Channel) {
			s.Platform = platform.ID
			all = append(all, s)
		}
	}
	return onePerRecord(all), nil
}
