package commands_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"roomkeeper/internal/world"
	"roomkeeper/sandbox/crm"
)

// TestCommands: the commands of the public contract, as people type them.
func TestCommands(t *testing.T) { world.OnEach(t, commands) }

func commands(t *testing.T, p world.Platform) {
	w := world.Start(t, p, 8, 2)
	w.CRM.Act(t, "webhooks", world.Order{"mode": "off"})
	team := []crm.Entry{world.Employee("u1"), world.Employee("u2"), world.Employee("u3"), world.Employee("u4"), world.Employee("u5")}
	w.CRM.Act(t, "team-set", world.About(world.Account(1)).With("record", world.Order{"team": team}))

	refused := w.Say(t, "u8", "general", "open account 1", "no such record, or you may not")
	if w.Say(t, "u8", "general", "open account 77") != refused {
		t.Error("a record that does not exist is answered otherwise than one that is not ours")
	}
	if g := w.Group(t, world.Account(1)); g != nil {
		t.Fatalf("somebody without a right opened %+v", g)
	}
	w.Say(t, "u1", "general", "open account 1", "is being created")
	room := w.WaitState(t, world.Account(1), "active").ChannelID
	w.In(t, 1, "u1", "u2", "u3", "u4", "u5")
	w.Say(t, "u1", "general", "OPEN Account 1", "Channel: #account-1")

	w.Say(t, "u2", room, "help", "/crm open", "/crm why", "/crm subscribe")
	w.Say(t, "u2", room, "help sync", "--dry-run", "confirm", "dismiss")
	w.Say(t, "u2", room, "members", "Alma Arnold 1", "Elif Arnold 5")
	w.Say(t, "u2", room, "why @u3", "Clara Arnold 3", "Related Team")
	w.Say(t, "u2", room, "status", "Account 1", "5 in the channel", "Nothing is held.", "CRM read:")
	w.Say(t, "u2", room, "details", "Account 1")
	w.Say(t, "u8", "general", "status account 1", "no such record, or you may not")
	w.Say(t, "u2", room, "sync", "or you may not")
	w.Say(t, "u1", room, "sync --dry-run", "nothing to do", "Nothing was changed")

	misspelt(t, w, room)
	subscriptions(t, w, room)
	w.Chat.Lawful(t)
}

// misspelt: a misspelt word is answered with the nearest one, nothing is done.
func misspelt(t *testing.T, w *world.World, room string) {
	t.Helper()
	if !w.Chat.Choosy {
		w.Say(t, "u1", room, "unsubscribee all", "unsubscribe")
	}
	w.Say(t, "u1", room, "unsubscribe sales_recrd", "sales_record")
	w.Say(t, "u1", "general", "open acount 2", "account")
	if g := w.Group(t, world.Account(2)); g != nil {
		t.Errorf("a misspelt command opened %+v", g)
	}
	w.Say(t, "u1", room, "subscriptions", "sales_record", "Nobody has changed this yet")
}

// subscriptions: who may changes them, silence posts nothing and touches
// nothing else.
func subscriptions(t *testing.T, w *world.World, room string) {
	t.Helper()
	w.Say(t, "u2", room, "unsubscribe all", "or you may not")
	w.Say(t, "u1", room, "unsubscribe sales_record", "Unsubscribed from sales_record")
	w.Say(t, "u1", room, "unsubscribe all", "no more cards")
	w.Say(t, "u2", room, "subscriptions", "On: none", "Last changed by "+shown(t, w, "u1"))
	note := `{"type":"notification","data":{"kind":"account","record_id":"1","notification":{"topic":"x","title":"%s"}}}`
	w.Taken(t, fmt.Sprintf(note, "Unheard"))
	w.Say(t, "u1", room, "sync", "queued")
	w.Quiet(t, world.Patience)
	w.Say(t, "u1", room, "subscribe all", "Subscribed to every Topic")
	w.Taken(t, fmt.Sprintf(note, "Heard"))
	world.Eventually(t, world.Patience, "the second card", func() error {
		if n := w.Chat.State(t).Posts("Heard"); n != 1 {
			return fmt.Errorf("%d posts", n)
		}
		return nil
	})
	if n := w.Chat.State(t).Posts("Unheard"); n != 0 {
		t.Errorf("%d cards in a silenced channel", n)
	}
	w.In(t, 1, "u1", "u2", "u3", "u4", "u5")
}

// shown is what others are told that somebody is called.
func shown(t *testing.T, w *world.World, user string) string {
	t.Helper()
	for _, person := range w.Chat.State(t).People {
		if person.Name == user {
			return person.Shown
		}
	}
	t.Fatalf("no account of %s", user)
	return ""
}

// TestHeldRemoval: a large removal waits until the owner confirms it, by
// command or by button, or dismisses it.
func TestHeldRemoval(t *testing.T) { world.OnEach(t, heldRemoval) }

func heldRemoval(t *testing.T, p world.Platform) {
	all := []string{"u1", "u2", "u3", "u4", "u5"}
	for name, release := range map[string]struct {
		do   func(t *testing.T, w *world.World, room string)
		left []string
	}{
		"confirm": {func(t *testing.T, w *world.World, room string) {
			w.Say(t, "u2", room, "sync confirm", "or you may not")
			w.Say(t, "u1", room, "sync confirm", "3 people will be removed")
		}, []string{"u1", "u2"}},
		"dismiss": {func(t *testing.T, w *world.World, room string) {
			w.Say(t, "u1", room, "sync dismiss", "will stay and count as added by hand")
		}, all},
		"confirm by button": {func(t *testing.T, w *world.World, room string) { press(t, w, room, "hold.confirm", "u1") }, []string{"u1", "u2"}},
		"dismiss by button": {func(t *testing.T, w *world.World, room string) { press(t, w, room, "hold.dismiss", "u1") }, all},
	} {
		t.Run(name, func(t *testing.T) {
			w := world.Start(t, p, 8, 1)
			room := hold(t, w, all, release.left[:2])
			release.do(t, w, room)
			w.In(t, 1, release.left...)
			world.Eventually(t, world.Patience, "no longer held", func() error {
				if g := w.Group(t, world.Account(1)); g.Held != nil || g.State != "active" {
					return fmt.Errorf("%s, %+v", g.State, g.Held)
				}
				return nil
			})
			w.Say(t, "u1", room, "sync confirm", "Nothing is held")
			w.Say(t, "u1", room, "sync --dry-run", "nothing to do")
			if err := w.InNow(t, 1, release.left...); err != nil {
				t.Error(err)
			}
			w.Chat.Lawful(t)
		})
	}
}

// hold opens account 1 for all, takes all but some off the team and waits for
// the hold. It returns the channel.
func hold(t *testing.T, w *world.World, all, some []string) string {
	t.Helper()
	w.CRM.Act(t, "webhooks", world.Order{"mode": "off"})
	set := func(users []string) {
		var team []crm.Entry
		for _, u := range users {
			team = append(team, world.Employee(u))
		}
		w.CRM.Act(t, "team-set", world.About(world.Account(1)).With("record", world.Order{"team": team}))
	}
	set(all)
	w.Open(t, world.Account(1))
	room := w.WaitState(t, world.Account(1), "active").ChannelID
	w.In(t, 1, all...)
	set(some)
	w.Say(t, "u1", room, "sync --dry-run", "remove Clara Arnold 3", "is held")
	w.Taken(t, world.TeamChanged)
	g := w.WaitState(t, world.Account(1), "held")
	if g.Held == nil || g.Held.Reason != "large_removal" || g.Plan == nil {
		t.Fatalf("%+v", g)
	}
	if err := w.InNow(t, 1, all...); err != nil {
		t.Errorf("while held: %v", err)
	}
	w.Say(t, "u2", room, "status", "Held since", "sync confirm", "3 people")
	return room
}

// press asks for the held plan and presses a button of the answer.
func press(t *testing.T, w *world.World, room, action, user string) {
	t.Helper()
	out := w.Chat.Command(t, user, room, "sync --dry-run")
	if !slices.Contains(out.Actions, action) {
		t.Fatalf("no button %s: %+v", action, out)
	}
	pressed := w.Chat.Click(t, user, room, out.Message, action)
	if pressed.Status != 200 || pressed.Error != "" {
		t.Errorf("%s: %+v", action, pressed)
	}
}

// TestPressByOthers: whoever may not, or presses what is over, changes nothing.
func TestPressByOthers(t *testing.T) { world.OnEach(t, pressByOthers) }

func pressByOthers(t *testing.T, p world.Platform) {
	w := world.Start(t, p, 8, 1)
	all := []string{"u1", "u2", "u3", "u4", "u5"}
	room := hold(t, w, all, all[:2])
	g := w.Group(t, world.Account(1))
	status, err := w.API.Do(t.Context(), "POST", "/groups/"+g.ID+"/sync", world.Order{"confirm": "p0000"}, nil)
	var conflict *world.StatusError
	if !errors.As(err, &conflict) || status != 409 {
		t.Fatalf("another plan: %d %v", status, err)
	}
	var said world.Refusal
	if err := json.Unmarshal([]byte(conflict.Body), &said); err != nil || !strings.Contains(said.Detail, "not the current plan") {
		t.Errorf("%s", conflict.Body)
	}
	w.Say(t, "u3", room, "sync confirm", "or you may not")
	if err := w.InNow(t, 1, all...); err != nil {
		t.Error(err)
	}
	// Back on the team: nothing is left to hold, nor to confirm.
	var team []crm.Entry
	for _, u := range slices.Backward(all) {
		team = append(team, world.Employee(u))
	}
	w.CRM.Act(t, "team-set", world.About(world.Account(1)).With("record", world.Order{"team": team}))
	w.Taken(t, world.TeamChanged)
	w.WaitState(t, world.Account(1), "active")
	if status, _ := w.API.Do(t.Context(), "POST", "/groups/"+g.ID+"/sync", world.Order{"confirm": g.Plan.ID}, nil); status != 409 {
		t.Errorf("a plan that is over: %d, want 409", status)
	}
}
