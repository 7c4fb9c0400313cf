package both_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"roomkeeper/internal/world"
)

const (
	// before are channels that stand, after those that are asked for, when a
	// platform stops to answer. Together they are many more than the connector
	// has workers, and than one platform may have calls on the way.
	before = 10
	after  = 40
	all    = before + after
)

// TestBothOneHeld: a platform that takes calls and does not answer them keeps no
// worker that the other one needs. Nothing here is measured in time: the other
// one is done while every call to the first is still on the way.
func TestBothOneHeld(t *testing.T) {
	for _, c := range []struct{ held, free string }{{onDiscord, onSlack}, {onSlack, onDiscord}} {
		t.Run(c.held, func(t *testing.T) {
			w := standing(t, "ROOMKEEPER_CHAT_TIMEOUT=60s")
			held, free := w.On(t, c.held), w.On(t, c.free)
			gate := held.Chat.Hold(t, world.Gate{Verb: world.Any, When: world.Before, Times: -1})
			ended := callsEnded(t, held)
			load(t, w)
			held.Chat.Held(t, gate, 1)
			done(t, free, func() error {
				if n := callsEnded(t, held); n != ended {
					return fmt.Errorf("%d held calls ended meanwhile", n-ended)
				}
				return nil
			})
			// People are answered meanwhile, too.
			free.Say(t, "u1", room(t, free, 1).ID, "status", "Renamed 1", "active")
			held.Chat.Release(t, gate)
			right(t, w, held)
		})
	}
}

// TestBothOneOutOfQuota: a platform that refuses every call for ten minutes gets
// next to none, loses nothing, and slows nobody down.
func TestBothOneOutOfQuota(t *testing.T) {
	w := standing(t)
	guild := w.On(t, onDiscord)
	limit(t, guild, 600)
	load(t, w)
	done(t, w, nil)
	limited := 0
	for _, c := range guild.Chat.Counts(t) {
		limited += c.Limited
	}
	// Each of the calls that were on the way when the first one was refused.
	if limited == 0 || limited > 16 {
		t.Errorf("%d calls were refused", limited)
	}
	for n := before; n < all; n++ {
		if g := guild.Group(t, world.Account(n+1)); g == nil || g.State != "creating" {
			t.Errorf("account %d on Discord: %+v", n+1, g)
		}
	}
	if reached := guild.Health(t).Live; reached != http.StatusOK {
		t.Errorf("/livez %d", reached)
	}
}

// TestBothQuotaComesBack: after the wait that it named, the platform is asked
// again and everything becomes right there too.
func TestBothQuotaComesBack(t *testing.T) {
	w := standing(t)
	guild := w.On(t, onDiscord)
	limit(t, guild, 4)
	load(t, w)
	done(t, w, nil)
	guild.Chat.AllStruck(t)
	guild.Chat.ClearFaults(t)
	right(t, w, guild)
}

// limit refuses every call of the guild's, as its global limit does
// (docs.discord.com/developers/topics/rate-limits).
func limit(t *testing.T, guild *world.World, seconds int) {
	t.Helper()
	guild.Chat.Must(t, "POST", "/faults", world.Order{
		"method": "*", "kind": world.FaultStatus, "status": http.StatusTooManyRequests, "retry_after": seconds, "times": -1,
		"body": fmt.Sprintf(`{"message":"You are being rate limited.","retry_after":%d.0,"global":true}`, seconds),
	}, nil)
}

// standing is a world with the first channels on both platforms.
func standing(t *testing.T, env ...string) *world.World {
	t.Helper()
	w := world.StartWith(t, []world.Platform{world.Slack(), world.Discord()}, 25, all, env...)
	w.CRM.Act(t, "webhooks", world.Order{"mode": "off"})
	for n := range before {
		request(t, w, n+1, onSlack)
		request(t, w, n+1, onDiscord)
	}
	w.Quiet(t, world.Patience)
	return w
}

// load is more than one platform can have on the way: the standing channels'
// names and teams change and all of them are swept, the other records' channels
// are asked for on both platforms, and each record gets a card.
func load(t *testing.T, w *world.World) {
	t.Helper()
	for n := range before {
		ref := world.Account(n + 1)
		w.CRM.Act(t, "edit", world.About(ref).With("edit", world.Order{"name": fmt.Sprintf("Renamed %d", n+1)}))
		w.CRM.Act(t, "team-add", world.About(ref).With("entry", world.Employee("u25")))
	}
	w.API.Must(t, "POST", "/sweeps", world.Order{"full": true}, nil)
	for n := before; n < all; n++ {
		for _, platform := range []string{onDiscord, onSlack} {
			request(t, w, n+1, platform)
		}
	}
	for n := range all {
		happens(t, w, fmt.Sprintf("evt-visit-%d", n+1), world.Sale(fmt.Sprintf("visit-%d", n+1), "Visit", world.Account(n+1)))
	}
}

func everything() []world.Expected {
	var list []world.Expected
	for n := range all {
		list = append(list, world.Expected{Ref: world.Account(n + 1), Sales: []string{"Visit"}})
	}
	return list
}

// done waits until every channel of a platform is right: people, names, details
// and cards. As long as it waits, still has to be nil.
func done(t *testing.T, free *world.World, still func() error) {
	t.Helper()
	world.Eventually(t, world.Patience, "everything done on "+free.Chat.Name, func() error {
		if still != nil {
			if err := still(); err != nil {
				t.Fatalf("%s is not done: %v", free.Chat.Name, err)
			}
		}
		s := free.Chat.State(t)
		var errs []error
		for _, e := range everything() {
			if err := free.Wrong(t, s, e); err != nil {
				errs = append(errs, fmt.Errorf("account %s: %w", e.Ref.ID, err))
			}
		}
		if len(errs) > 0 {
			return fmt.Errorf("%d of %d: %w", len(errs), all, errors.Join(errs[:min(2, len(errs))]...))
		}
		return nil
	})
}

// right waits until a platform that is back has everything, once.
func right(t *testing.T, w, back *world.World) {
	t.Helper()
	done(t, back, nil)
	w.Quiet(t, world.Patience)
	w.Check(t, everything()...)
	for _, platform := range []string{onSlack, onDiscord} {
		w.On(t, platform).Check(t, everything()...)
	}
}

// callsEnded counts a platform's calls that were answered or given up.
func callsEnded(t *testing.T, w *world.World) (n int) {
	t.Helper()
	for _, c := range w.Chat.Counts(t) {
		n += c.Answered + c.Gone
	}
	return n
}
