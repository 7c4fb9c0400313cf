package brakes_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"roomkeeper/internal/world"
	"roomkeeper/sandbox/crm"
)

const (
	groups  = 40
	emptied = 30
)

// TestGlobalBrake: a CRM that loses the people of 30 of 40 teams takes nobody out
// of a channel, be it asked as often as it likes. Somebody decides, or the CRM comes
// to its senses.
func TestGlobalBrake(t *testing.T) { world.OnEach(t, globalBrake) }

func globalBrake(t *testing.T, p world.Platform) {
	w := world.Start(t, p, 4, groups)
	admins := w.Chat.AdminChannel(t, "u4", "admins")
	if err := w.Stop(t); err != nil {
		t.Fatal(err)
	}
	w.Env = append(w.Env, "ROOMKEEPER_ADMIN_CHANNEL="+p.Name+":"+admins)
	w.Restart(t)
	w.CRM.Act(t, "webhooks", world.Order{"mode": "off"})
	teams(t, w, groups, "u1", "u2", "u3")
	for n := range groups {
		owner := world.Order{"owner": crm.Principal{Type: "user", ID: "u1"}}
		w.CRM.Act(t, "edit", world.About(world.Account(n+1)).With("edit", owner))
		w.Open(t, world.Account(n+1))
	}
	for n := range groups {
		w.WaitState(t, world.Account(n+1), "active")
	}
	before := w.Chat.State(t)

	teams(t, w, emptied, "u1", "u2")
	first := sweep(t, w)
	if first.State != "done" || first.Verdict != "held" || first.Removals != emptied || first.Held != emptied || first.Done != groups {
		t.Fatalf("the sweep %+v", first)
	}
	removed(t, w, before, 0)
	again := sweep(t, w)
	if again.Verdict != "held" || again.Held != 0 {
		t.Errorf("the same again: %+v", again)
	}
	removed(t, w, before, 0)

	toldOf(t, w, admins, first)

	held := heldNow(t, w)
	if len(held) != emptied {
		t.Fatalf("%d are held", len(held))
	}
	one, two, three := held[0], held[1], held[2]
	end(t, w, one, "confirm", "not-this-plan", http.StatusConflict)
	end(t, w, one, "confirm", one.Plan.ID, http.StatusAccepted)
	end(t, w, one, "confirm", one.Plan.ID, http.StatusConflict)
	end(t, w, two, "dismiss", two.Plan.ID, http.StatusAccepted)
	w.Say(t, "u2", three.ChannelID, "sync confirm", "no such record") // no owner, no admin
	w.Say(t, "u1", three.ChannelID, "sync confirm", "Confirmed")
	removed(t, w, before, 2)

	teams(t, w, emptied, "u1", "u2", "u3")
	sane := sweep(t, w)
	if sane.Verdict != "" || sane.Held != 0 || len(heldNow(t, w)) != 0 {
		t.Errorf("a sane sweep %+v", sane)
	}
	w.Quiet(t, world.Patience)
	removed(t, w, before, 0) // whom the CRM names again is in again

	teams(t, w, emptied, "u1", "u2")
	sick := sweep(t, w)
	toldOf(t, w, admins, first, sick)
	w.Chat.Administers(t, "u4")
	if err := w.Chat.ByHand(t.Context(), world.Act{What: world.ByHandInvite, User: "u2", By: "u4", Channel: admins}); err != nil {
		t.Fatal(err)
	}
	press(t, w, admins, 1, "u2", "hold.confirm") // in the channel, and no admin
	w.Quiet(t, world.Patience)
	removed(t, w, before, 0)
	press(t, w, admins, 1, "u4", "hold.confirm")
	removed(t, w, before, emptied-1) // one was dismissed and is hand_added
	if status, _ := w.API.Do(t.Context(), "POST", "/sweeps/"+sick.ID, world.Order{"confirm": true}, nil); status != http.StatusConflict {
		t.Errorf("confirm what was confirmed: %d", status)
	}

	teams(t, w, emptied, "u1")
	more := sweep(t, w)
	if more.Verdict != "held" || more.Held != emptied {
		t.Errorf("another sweep %+v", more)
	}
	w.Quiet(t, world.Patience)
	press(t, w, admins, 2, "u4", "hold.dismiss")
	world.Eventually(t, world.Patience, "nothing is held", func() error {
		if n := len(heldNow(t, w)); n > 0 {
			return fmt.Errorf("%d are held", n)
		}
		return nil
	})
	if last := sweep(t, w); last.Verdict != "" {
		t.Errorf("after all was dismissed: %+v", last)
	}
	removed(t, w, before, emptied-1)
	w.Chat.Lawful(t)
}

// press presses a button of the n-th message in the admins' channel.
func press(t *testing.T, w *world.World, admins string, n int, user, action string) {
	t.Helper()
	cards := w.Chat.State(t).In(admins).Cards
	if len(cards) <= n {
		t.Fatalf("%d messages", len(cards))
	}
	if pressed := w.Chat.Click(t, user, admins, cards[n].Message, action); pressed.Status != 200 || pressed.Error != "" {
		t.Errorf("%s by %s: %+v", action, user, pressed)
	}
}

// teams gives the first n accounts a team.
func teams(t *testing.T, w *world.World, n int, users ...string) {
	t.Helper()
	var team []crm.Entry
	for _, u := range users {
		team = append(team, world.Employee(u))
	}
	for i := range n {
		w.CRM.Act(t, "team-set", world.About(world.Account(i+1)).With("record", world.Order{"team": team}))
	}
}

// toldOf waits until the admins were told of these Sweeps, of each once, and wants
// nobody told in private.
func toldOf(t *testing.T, w *world.World, admins string, sweeps ...sweepView) {
	t.Helper()
	w.Quiet(t, world.Patience)
	s := w.Chat.State(t)
	cards := s.In(admins).Cards
	if len(cards) != len(sweeps) || len(s.Directs) != 0 {
		t.Fatalf("%d messages for %d sweeps, %d in private: %+v", len(cards), len(sweeps), len(s.Directs), cards)
	}
	for i, sweep := range sweeps {
		for _, want := range []string{"Removals held in many channels", "/sweeps/" + sweep.ID} {
			if !strings.Contains(cards[i].Text, want) {
				t.Errorf("no %q in %s", want, cards[i].Text)
			}
		}
	}
}

type sweepView struct {
	ID, State, Verdict   string
	Done, Removals, Held int
}

// sweep makes a full Sweep and waits for its end.
func sweep(t *testing.T, w *world.World) (s sweepView) {
	t.Helper()
	w.API.Must(t, "POST", "/sweeps", world.Order{"full": true}, &s)
	world.Eventually(t, world.Patience, "the sweep's end", func() error {
		got := sweepView{}
		w.API.Must(t, "GET", "/sweeps/"+s.ID, nil, &got)
		if s = got; s.State != "done" {
			return fmt.Errorf("%+v", s)
		}
		return nil
	})
	return s
}

// heldNow are the Groups that are held, each for that it is one of many.
func heldNow(t *testing.T, w *world.World) []world.Group {
	t.Helper()
	var list struct{ Items []world.Group }
	w.API.Must(t, "GET", "/groups?state=held&limit=200", nil, &list)
	for _, g := range list.Items {
		if g.Held == nil || g.Held.Reason != "global_removal" || g.Plan == nil {
			t.Fatalf("%+v", g)
		}
	}
	return list.Items
}

// removed waits until so many people fewer are in all channels than before.
func removed(t *testing.T, w *world.World, before world.State, want int) {
	t.Helper()
	in := func(s world.State) (n int) {
		for _, ch := range s.Own() {
			n += len(ch.Members)
		}
		return n
	}
	world.Eventually(t, world.Patience, "removals", func() error {
		if got := in(before) - in(w.Chat.State(t)); got != want {
			return fmt.Errorf("%d were removed, want %d", got, want)
		}
		return nil
	})
}

func end(t *testing.T, w *world.World, g world.Group, what, plan string, want int) {
	t.Helper()
	status, err := w.API.Do(t.Context(), "POST", "/groups/"+g.ID+"/sync", world.Order{what: plan}, nil)
	var refused *world.StatusError
	if status != want || want == http.StatusConflict && (!errors.As(err, &refused) || !strings.Contains(refused.Body, "not the current plan")) {
		t.Errorf("%s %s: %d %v", what, plan, status, err)
	}
}
