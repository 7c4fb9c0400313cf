package tell

import (
	"context"
	"fmt"
	"sync"

	"roomkeeper/connector"
)

// nobody counts and logs what nobody is there to hear: of a hold how it is decided, of
// the missing channel once.
func (t *Teller) nobody(ctx context.Context, g connector.Group, telling connector.Telling) {
	t.Observe(telling.What, outcomeNobody)
	switch {
	case telling.What == connector.TellHeld && telling.Shared == "":
		t.Logger.WarnContext(ctx, "removals are held, and there is nobody to tell: "+
			"give the record an owner with an account, or set ROOMKEEPER_ADMIN_CHANNEL to a channel of the admins",
			"group", g.ID, "channel", g.Channel.Name, "reason", g.Held.Reason, "people", len(heldPeople(*g.Held)),
			"decide", fmt.Sprintf(`POST /api/v1/groups/%[1]s/sync {"confirm":"%[2]s"} or {"dismiss":"%[2]s"}`, g.ID, g.Held.Plan.ID))
	case telling.What != connector.TellHeld:
		t.noAdmins(ctx, telling.What, g.ID)
	}
}

func (t *Teller) noAdmins(ctx context.Context, what connector.TellingWhat, of connector.GroupID) {
	t.unheard.Do(func() {
		t.Logger.WarnContext(ctx, "there is nobody to tell; set ROOMKEEPER_ADMIN_CHANNEL to a channel of the admins", "what", what, "group", of)
	})
}

// said is what was logged, each once.
type said struct {
	mu   sync.Mutex
	what map[string]bool
}

// saidKept bounds what is remembered.
const saidKept = 100

// first reports whether something is said for the first time.
func (s *said) first(what string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.what[what] {
		return false
	}
	if s.what == nil || len(s.what) >= saidKept {
		s.what = map[string]bool{}
	}
	s.what[what] = true
	return true
}

// logSweep says once what a Sweep holds and how that is decided, where the admins are
// not told: each owner decides for one channel only, and some channels have none.
func (t *Teller) logSweep(ctx context.Context, sweep string) {
	if !t.said.first(sweep) {
		return
	}
	channels, people, err := t.heldBy(ctx, sweep)
	if err != nil {
		t.Logger.WarnContext(ctx, "cannot count what a sweep holds", "sweep", sweep, "error", err)
	}
	t.Logger.WarnContext(ctx, "a sweep holds removals, and the admins are not told: the owners are, each of their channels; "+
		"set ROOMKEEPER_ADMIN_CHANNEL to a channel that the app is in",
		"sweep", sweep, "channels", channels, "people", people,
		"decide", fmt.Sprintf(`POST /api/v1/sweeps/%s {"confirm":true} or {"dismiss":true}`, sweep))
}

// heldBy counts what a Sweep holds, and what is about to follow its verdict.
func (t *Teller) heldBy(ctx context.Context, sweep string) (channels, people int, err error) {
	type person struct {
		on connector.PlatformID
		id connector.MemberID
	}
	seen := map[person]bool{}
	q := connector.GroupQuery{State: connector.GroupHeld}
	for {
		page, err := t.Engine.Groups.ListGroups(ctx, q)
		if err != nil {
			return channels, len(seen), fmt.Errorf("list groups: %w", err)
		}
		for _, g := range page.Groups {
			if g.Held == nil || g.Held.Reason != connector.HoldGlobalRemoval || g.Held.Sweep != sweep && g.Awaits != sweep {
				continue
			}
			channels++
			for _, m := range heldPeople(*g.Held) {
				seen[person{g.Platform, m}] = true
			}
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			return channels, len(seen), nil
		}
	}
}
