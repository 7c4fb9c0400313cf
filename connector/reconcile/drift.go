package reconcile

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"roomkeeper/connector"
)

const (
	// planShare: plans are made for a hundredth of MaxAge, but for no less and no more than this.
	planShare    = 100
	shortestPlan = 10 * time.Second
	longestPlan  = 15 * time.Minute
	// lookShare: all channels are seen at once every quarter of MaxAge.
	lookShare = 4
)

// Drift reads each channel again before its last whole reading is too old, because
// chat events are best effort. It goes by what is stored: whatever was read in
// between, by whomever, is not read again for its age. A plan spreads the readings
// over the time until the next one and a part of that after it; each of them is a
// job of LaneDrift, and takes its calls out of half of a rate (connector.WithDrift).
//
// A reading that shows what is believed makes the Group's reading young again and
// costs no other call. One that shows something else has the effect of the chat
// event that was lost.
type Drift struct {
	Engine    connector.Engine
	Platforms map[connector.PlatformID]connector.ChatPlatform
	// MaxAge is how old the last whole reading of a channel may become, and the last
	// answer of the platform about somebody who is in one.
	MaxAge time.Duration
	Clock  func() time.Time
	Logger *slog.Logger

	mu    sync.Mutex
	looks map[connector.PlatformID]*look
	// turns are when the next reading that was told to wait may come back.
	turns map[connector.PlatformID]time.Time
}

// Every is how often Plan is to be called, by one replica of all.
func (d *Drift) Every() time.Duration {
	return min(max((d.MaxAge/planShare).Truncate(time.Second), shortestPlan), longestPlan)
}

// Plan queues the readings of the time until the next one. Where a platform asks
// for it, wait is called, and goes on when that returns true. A platform that fails
// does not stop the others, and is planned again next time.
func (d *Drift) Plan(ctx context.Context, wait func(time.Duration) bool) error {
	var errs []error
	for id, platform := range d.Platforms {
		if err := d.plan(ctx, platform, wait); err != nil {
			errs = append(errs, fmt.Errorf("drift on %s: %w", id, err))
		}
	}
	return errors.Join(errs...)
}

func (d *Drift) plan(ctx context.Context, platform connector.ChatPlatform, wait func(time.Duration) bool) error {
	c, err := d.census(ctx, platform)
	if err != nil {
		return err
	}
	looked, failed := d.lookAround(ctx, platform, c, wait)
	if looked {
		if c, err = d.census(ctx, platform); err != nil {
			return errors.Join(failed, err)
		}
	}
	p := pace{
		now: d.Clock(), within: d.MaxAge - 2*d.Every(), until: d.Every() + d.Every()/4,
		least: platform.Limits.AgedReads.Interval(),
	}
	if jobs := p.spread(c.aged); len(jobs) > 0 {
		if err := d.Engine.Queue.Add(ctx, jobs...); err != nil {
			return errors.Join(failed, fmt.Errorf("queue: %w", err))
		}
	}
	failed = errors.Join(failed, d.askPeople(ctx, platform, c.places, wait))
	return errors.Join(failed, d.report(ctx, platform, c))
}

// census is what Groups of a platform there are to be read.
type census struct {
	aged []aged
	// oldest is when the channel that was read the longest ago was read, of those
	// that are in reach; zero: there is none.
	oldest time.Time
	// single counts those that are read one by one: no Overview tells them whole.
	single int
	// since is when the channel was looked at that was looked at the longest ago, one
	// out of reach among them; zero: there is none.
	since time.Time
	// places are the Members who are asked for, see addPlaces; nil where a reading of
	// a channel tells who left.
	places map[connector.MemberID]bool
}

func (d *Drift) census(ctx context.Context, platform connector.ChatPlatform) (c census, err error) {
	l := d.look(platform.ID)
	last, err := d.markedLook(ctx, lookMark(platform.ID))
	if err != nil {
		return c, err
	}
	listed, err := d.markedLook(ctx, listedMark(platform.ID))
	if err != nil {
		return c, err
	}
	if platform.Limits.PlaceOutlivesAccount {
		c.places = map[connector.MemberID]bool{}
	}
	fresh := func(look time.Time) bool { return d.Clock().Sub(look) < 2*d.MaxAge/lookShare }
	err = d.eachGroup(ctx, platform.ID, func(g connector.Group) error {
		a := aged{group: g.ID, at: lookedAt(g), suspect: l.suspects(g)}
		spared := g.ChatReadAt.Equal(last) && fresh(last) // whom the last look told whole, the next one will
		switch {
		case inReach(g):
			if read := readAt(g); c.oldest.IsZero() || read.Before(c.oldest) {
				c.oldest = read
			}
			spared = spared || d.runComes(g)
			if c.places != nil {
				c.addPlaces(g)
			}
		case away(g.State):
			// A list of all channels said that nothing changed, or it was doubted.
			a.at = later(a.at, listed)
			spared = fresh(listed)
		default:
			return nil
		}
		if c.since.IsZero() || a.at.Before(c.since) {
			c.since = a.at
		}
		if !spared {
			c.single++
			c.aged = append(c.aged, a)
		}
		return nil
	})
	return c, err
}

// runComes reports whether a run is to read a channel anyway: a moment ago an event, or
// a look at all channels, said that it changed.
func (d *Drift) runComes(g connector.Group) bool {
	return g.TouchedAt.After(g.ChatReadAt) && d.Clock().Sub(g.TouchedAt) < d.Every()
}

func (d *Drift) eachGroup(ctx context.Context, platform connector.PlatformID, do func(connector.Group) error) error {
	for q := (connector.GroupQuery{Platform: platform, Limit: connector.LargestPage}); ; {
		page, err := d.Engine.Groups.ListGroups(ctx, q)
		if err != nil {
			return fmt.Errorf("list groups: %w", err)
		}
		for _, g := range page.Groups {
			if g.Channel.ID == "" {
				continue
			}
			if err := do(g); err != nil {
				return err
			}
		}
		if q.Cursor = page.Next; page.Next == "" {
			return nil
		}
	}
}

// inReach reports whether a Group's channel is one that is kept in step.
func inReach(g connector.Group) bool {
	return g.Channel.ID != "" && (g.State == connector.GroupActive || g.State == connector.GroupHeld)
}

// readAt is when a channel was read whole; one that never was is as old as it is.
func readAt(g connector.Group) time.Time {
	if g.ChatReadAt.IsZero() {
		return g.CreatedAt
	}
	return g.ChatReadAt
}

// lookedAt is when a channel was read or was to be.
func lookedAt(g connector.Group) time.Time { return later(readAt(g), g.ChatTriedAt) }

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
