package reconcile

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"roomkeeper/connector"
)

// Where a place in a channel outlives the account (Limits.PlaceOutlivesAccount), no
// reading of a channel tells that somebody left the workspace. So the platform is asked
// for everybody whose last answer is about to become older than MaxAge, once however
// many channels they are in. What is stored of that is the age of the answer, on the
// Link; who is gone is found as by the chat event that was lost. In memory are ids of
// people, none for each channel.

// addPlaces adds the Members of a Group of whom only the platform can tell that they are
// gone: who is in by us, or wanted. true: somewhere they are wanted.
func (c *census) addPlaces(g connector.Group) {
	for _, row := range g.Memberships {
		if row.Member == "" || !isIn(row.Status) || row.Status == connector.StatusService {
			continue
		}
		if wanted := len(row.Why) > 0; wanted || row.Owned {
			c.places[row.Member] = c.places[row.Member] || wanted
		}
	}
}

// leavers are Members who left a workspace, with the Users that they are.
type leavers map[connector.MemberID][]connector.UserID

// askPeople asks for those whose turn it is, and has runs look at the Groups of those who
// are gone. It ends where the platform asks to wait for longer than wait allows, where it
// fails again and again, or when half of the time until the next plan is over: who was
// not asked for is first in that.
func (d *Drift) askPeople(ctx context.Context, platform connector.ChatPlatform, places map[connector.MemberID]bool, wait func(time.Duration) bool) error {
	if len(places) == 0 {
		return nil
	}
	at, open, err := d.answers(ctx, platform.ID, places)
	if err != nil {
		return err
	}
	call := rollCall{Drift: d, platform: platform, wait: wait, gone: leavers{}}
	failed := call.all(ctx, d.share(at), d.Clock().Add(d.Every()/2))
	return errors.Join(failed, d.touchLeft(ctx, platform.ID, call.gone, open))
}

// answers is when the platform last answered for each of the Members. open are those whom
// it called gone before, and whom some Group lists as wanted and in all the same.
func (d *Drift) answers(ctx context.Context, platform connector.PlatformID, places map[connector.MemberID]bool) (at map[connector.MemberID]time.Time, open leavers, err error) {
	at, open = map[connector.MemberID]time.Time{}, leavers{}
	for cursor := ""; ; {
		people, next, err := d.Engine.People.ListPeople(ctx, cursor, connector.LargestPage)
		if err != nil {
			return nil, nil, fmt.Errorf("list people: %w", err)
		}
		for _, p := range people {
			link := p.Links[platform]
			wanted, in := places[link.Member]
			switch {
			case link.Member == "" || !in:
			case !link.Gone:
				at[link.Member] = later(at[link.Member], later(link.At, link.AskedAt))
			case wanted:
				open[link.Member] = append(open[link.Member], p.User.ID)
			}
		}
		if cursor = next; next == "" {
			return at, open, nil
		}
	}
}

// share are those who are asked for in this plan, the oldest answers first: as many as
// let nobody's become older than MaxAge when each plan until then asks for as many. Who
// was asked for in one plan is due in the one that comes MaxAge later, and not before,
// unless too many are due with them.
func (d *Drift) share(answered map[connector.MemberID]time.Time) []connector.MemberID {
	all := slices.SortedFunc(maps.Keys(answered), func(a, b connector.MemberID) int {
		return cmp.Or(answered[a].Compare(answered[b]), cmp.Compare(a, b))
	})
	n, now := 0, d.Clock()
	for i, member := range all {
		left := answered[member].Add(d.MaxAge).Sub(now)
		plans := 1 + int(max(left, 0)/d.Every())
		n = max(n, (i+1)/plans)
	}
	return all[:n]
}

// touchLeft has runs look at the Groups that those who are gone concern, and at those
// that such a run did not come to: it was noted that somebody is gone, and then we ended.
func (d *Drift) touchLeft(ctx context.Context, platform connector.PlatformID, gone, open leavers) error {
	if len(gone)+len(open) == 0 {
		return nil
	}
	var intakes []connector.Intake
	flush := func() error {
		if _, err := d.Engine.Inbox.Accept(ctx, intakes...); err != nil {
			return fmt.Errorf("accept: %w", err)
		}
		intakes = nil
		return nil
	}
	err := d.eachGroup(ctx, platform, func(g connector.Group) error {
		if !gone.concern(g) && !open.overdue(g) {
			return nil
		}
		d.Logger.InfoContext(ctx, "somebody left the workspace; no event told", "group", g.ID)
		if intakes = append(intakes, touchIntake("", causeDrift, g.ID, d.Clock())); len(intakes) < connector.LargestPage {
			return nil
		}
		return flush()
	})
	return errors.Join(err, flush())
}

func (l leavers) concern(g connector.Group) bool {
	for member, users := range l {
		if concerns(g, member, users) {
			return true
		}
	}
	return false
}

// overdue reports whether a Group lists one of them as wanted and in, and nothing says
// that a run is to come.
func (l leavers) overdue(g connector.Group) bool {
	return inReach(g) && !g.TouchedAt.After(g.ChatReadAt) && slices.ContainsFunc(g.Memberships, func(row connector.Membership) bool {
		_, gone := l[row.Member]
		return gone && isIn(row.Status) && len(row.Why) > 0
	})
}
