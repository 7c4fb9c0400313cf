package reconcile

import (
	"context"
	"errors"
	"fmt"
	"time"

	"roomkeeper/connector"
)

// look is what came of the last look at all channels of a platform, as far as this
// process made it. Without it readings go by their age alone.
type look struct {
	at time.Time
	// suspected are Groups whose channels do not look as they should.
	suspected map[connector.GroupID]bool
}

// suspects reports whether a Group was suspected and not looked at since.
func (l *look) suspects(g connector.Group) bool {
	return l.suspected[g.ID] && lookedAt(g).Before(l.at)
}

func (d *Drift) look(platform connector.PlatformID) *look {
	d.mu.Lock()
	defer d.mu.Unlock()
	if l := d.looks[platform]; l != nil {
		return l
	}
	return &look{}
}

func (d *Drift) setLook(platform connector.PlatformID, l *look) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.looks == nil {
		d.looks = map[connector.PlatformID]*look{}
	}
	d.looks[platform] = l
}

// lookAround sees all channels at once, where the platform can, when that was long
// ago and some reading is old enough to be worth it.
func (d *Drift) lookAround(ctx context.Context, platform connector.ChatPlatform, c census, wait func(time.Duration) bool) (looked bool, err error) {
	worth := d.Clock().Add(-d.MaxAge / lookShare)
	if platform.Overview == nil || c.since.IsZero() || c.since.After(worth) {
		return false, nil
	}
	if last, err := d.markedLook(ctx, lookMark(platform.ID)); err != nil || last.After(worth) {
		return false, err
	}
	seen, err := platform.Overview.Overview(connector.WithDrift(ctx))
	for asked := (*connector.WaitError)(nil); errors.As(err, &asked) && wait(asked.After); {
		seen, err = platform.Overview.Overview(connector.WithDrift(ctx))
	}
	if refused(err) {
		d.Logger.WarnContext(ctx, "the channels are not listed; each is read by itself", "platform", platform.ID, "error", err)
		return false, d.markLook(ctx, lookMark(platform.ID), d.Clock())
	}
	if err != nil {
		return false, fmt.Errorf("see all channels: %w", err)
	}
	if err := d.compare(ctx, platform, seen); err != nil {
		return false, err
	}
	if !seen.Partial {
		if err := d.markLook(ctx, listedMark(platform.ID), seen.At); err != nil {
			return false, err
		}
	}
	return true, d.markLook(ctx, lookMark(platform.ID), seen.At)
}

// markedLook is when a look was last marked; zero: never.
func (d *Drift) markedLook(ctx context.Context, mark string) (time.Time, error) {
	text, err := d.Engine.Marks.Mark(ctx, mark)
	if err != nil {
		return time.Time{}, fmt.Errorf("read mark: %w", err)
	}
	at, err := time.Parse(markTime, text)
	if err != nil {
		return time.Time{}, nil //nolint:nilerr // none was stored
	}
	return at, nil
}

func (d *Drift) markLook(ctx context.Context, mark string, at time.Time) error {
	if err := d.Engine.Marks.SetMark(ctx, mark, at.UTC().Format(markTime)); err != nil {
		return fmt.Errorf("store mark: %w", err)
	}
	return nil
}

// lookMark names when all channels of a platform were last looked at, or were to be.
func lookMark(platform connector.PlatformID) string { return "drift/look/" + string(platform) }

// listedMark names when a list of all of them last said which are out of reach.
func listedMark(platform connector.PlatformID) string { return "drift/listed/" + string(platform) }

// compare holds what was seen against what is believed.
func (d *Drift) compare(ctx context.Context, platform connector.ChatPlatform, seen connector.Overlook) error {
	l := &look{at: seen.At, suspected: map[connector.GroupID]bool{}}
	ours := byPurpose(seen)
	err := d.eachGroup(ctx, platform.ID, func(g connector.Group) error {
		glimpse, listed := seen.Channels[g.Channel.ID]
		if missing := !listed && (g.State == connector.GroupLost || inReach(g) && !seen.Partial); missing {
			if ch, ok := sameUnderOtherID(g, ours, platform.Limits); ok {
				return d.rekey(ctx, platform, g, ch)
			}
		}
		if inReach(g) && listed && glimpse.Whole != nil {
			return d.take(ctx, g, *glimpse.Whole)
		}
		if inReach(g) && renamed(g, glimpse.Name) && !g.NameDoubted && seen.At.After(g.ChatReadAt) {
			if err := d.doubt(ctx, g, glimpse.Name); err != nil {
				return err
			}
		}
		// What was read a moment ago is not doubted for what was seen a moment ago.
		if lookedAt(g).After(seen.At.Add(-d.Every())) || !suspicious(g, glimpse, listed, seen.Partial) {
			return nil
		}
		if away(g.State) {
			return d.doubt(ctx, g, "") // no reading would say more
		}
		l.suspected[g.ID] = true
		return nil
	})
	if err != nil {
		return err
	}
	d.setLook(platform.ID, l)
	return nil
}

// suspicious reports whether a channel does not look as its Group says.
func suspicious(g connector.Group, glimpse connector.Glimpse, listed, partial bool) bool {
	closed := glimpse.Archived || glimpse.Out
	switch {
	case inReach(g):
		return !listed && !partial || closed || glimpse.Count >= 0 && listed && glimpse.Count != len(believed(g).Members)
	case g.State == connector.GroupArchived:
		return listed && !glimpse.Archived || !listed && !partial
	case g.State == connector.GroupUnreachable, g.State == connector.GroupLost:
		return listed && !closed
	}
	return false
}

// renamed reports whether a name is neither the one that a channel has nor one that
// it may have been given.
func renamed(g connector.Group, name string) bool {
	return name != "" && name != g.Channel.Name && name != g.NameMeant
}
