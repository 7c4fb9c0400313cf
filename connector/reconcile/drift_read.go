package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"roomkeeper/connector"
)

// driftTries is how often a reading that failed is made again at once; after that
// the next plan comes to it.
const driftTries = 3

// Run reads the channel of a lease of LaneDrift. It never waits.
func (d *Drift) Run(ctx context.Context, lease connector.Lease) connector.RunEnd {
	platform, err := d.read(connector.WithDrift(ctx), lease.Key.Group)
	var wait *connector.WaitError
	switch {
	case errors.As(err, &wait):
		return connector.RunEnd{Outcome: connector.RunWait, After: d.turn(platform, wait.After)}
	case err == nil, errors.Is(err, connector.ErrConflict): // somebody else is at it
		return connector.RunEnd{Outcome: connector.RunDone, Told: true}
	case lease.Attempt < driftTries:
		return connector.RunEnd{Outcome: connector.RunRetry, After: Backoff(lease.Attempt), Told: true}
	}
	d.Logger.WarnContext(ctx, "channel not read", "group", lease.Key.Group, "error", err)
	return connector.RunEnd{Outcome: connector.RunDone, Told: true}
}

// turn is how long a reading waits that was told to: those that wait come back one
// by one, as the platform lets them through, and not all at every chance.
func (d *Drift) turn(platform connector.PlatformID, wait time.Duration) time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.Clock()
	at := now.Add(wait)
	if next := d.turns[platform]; next.After(at) && next.Before(now.Add(d.Every())) {
		at = next
	}
	if d.turns == nil {
		d.turns = map[connector.PlatformID]time.Time{}
	}
	d.turns[platform] = at.Add(d.Platforms[platform].Limits.AgedReads.Interval())
	return at.Sub(now)
}

// read reads the channel of a Group, and returns its platform.
func (d *Drift) read(ctx context.Context, id connector.GroupID) (connector.PlatformID, error) {
	g, err := d.Engine.Groups.Group(ctx, id)
	if errors.Is(err, connector.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("load group: %w", err)
	}
	platform, ok := d.Platforms[g.Platform]
	young := d.Clock().Sub(lookedAt(g)) < d.Every() // read meanwhile
	if !ok || young || !inReach(g) && !away(g.State) {
		return g.Platform, nil
	}
	begun := d.Clock()
	have, err := platform.Channels.Observe(ctx, g.Channel.ID)
	if have.At.IsZero() {
		have.At = begun
	}
	switch state := standingOf(g, err); {
	case err == nil && inReach(g):
		return g.Platform, d.take(ctx, g, have)
	case err == nil, state != "" && state != g.State:
		if err := d.doubt(ctx, g, ""); err != nil {
			return g.Platform, err
		}
		return g.Platform, d.tried(ctx, id, begun)
	case state == g.State, refused(err):
		g.ChatTriedAt = begun
		_, err = d.Engine.Groups.SaveGroup(ctx, g)
		return g.Platform, err
	}
	return g.Platform, fmt.Errorf("read channel: %w", err)
}

// tried notes when a channel was read that a run is to look at: where that run cannot
// end, it is not read again at once.
func (d *Drift) tried(ctx context.Context, id connector.GroupID, at time.Time) error {
	g, err := d.Engine.Groups.Group(ctx, id)
	if err != nil {
		return fmt.Errorf("load group: %w", err)
	}
	g.ChatTriedAt = at
	if _, err := d.Engine.Groups.SaveGroup(ctx, g); err != nil && !errors.Is(err, connector.ErrConflict) {
		return fmt.Errorf("save group: %w", err)
	}
	return nil
}

// away reports whether a state is that of a channel that could not be worked with.
func away(s connector.GroupState) bool {
	return s == connector.GroupUnreachable || s == connector.GroupArchived || s == connector.GroupLost
}

// take takes over a whole reading: where it shows what is believed, the channel is
// read; otherwise a run is to see to it.
func (d *Drift) take(ctx context.Context, g connector.Group, have connector.Observed) error {
	if !have.At.After(g.ChatReadAt) {
		return nil
	}
	open := g.Held != nil && g.Held.Reason == connector.HoldMassVanish || outstanding(g.Memberships)
	if open || !g.ChatReadAt.After(g.TouchedAt) || renamed(g, have.Name) && !g.NameDoubted || !sameMembers(believed(g).Members, have.Members) {
		return d.doubt(ctx, g, have.Name)
	}
	g.ChatReadAt = have.At
	_, err := d.Engine.Groups.SaveGroup(ctx, g)
	if errors.Is(err, connector.ErrConflict) {
		return nil // whoever saved it reads it when they must
	}
	return err
}

// doubt does what the event does that was lost: it has a run read the channel, and
// its name when that is another one than known.
func (d *Drift) doubt(ctx context.Context, g connector.Group, name string) error {
	if renamed(g, name) && !g.NameDoubted {
		g.NameDoubted = true
		if _, err := d.Engine.Groups.SaveGroup(ctx, g); err != nil && !errors.Is(err, connector.ErrConflict) {
			return fmt.Errorf("save group: %w", err)
		}
	}
	d.Logger.InfoContext(ctx, "a channel is not as it was left; no event told", "group", g.ID)
	if _, err := d.Engine.Inbox.Accept(ctx, touchIntake("", causeDrift, g.ID, d.Clock())); err != nil {
		return fmt.Errorf("accept: %w", err)
	}
	return nil
}

func sameMembers(a, b []connector.MemberID) bool {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(slices.Compact(a), slices.Compact(b))
}
