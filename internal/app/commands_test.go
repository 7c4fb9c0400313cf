package app_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"roomkeeper/sandbox/crm"
	"roomkeeper/sandbox/slack"
)

// say types a command, wants a private answer that holds all of this, and
// returns its text.
func (w *world) say(t *testing.T, user, channel, text string, holds ...string) string {
	t.Helper()
	out := w.slack.command(t, user, channel, text)
	if out.Status != 200 || out.Error != "" || out.Message == nil {
		t.Fatalf("%s: %+v", text, out)
	}
	said := out.Message.Text + "\n" + string(out.Message.Blocks)
	if out.Message.EphemeralTo == "" {
		t.Errorf("%s: everybody sees the answer", text)
	}
	for _, part := range holds {
		if !strings.Contains(said, part) {
			t.Errorf("%s: no %q in %s", text, part, said)
		}
	}
	return out.Message.Text
}

// TestCommands: the commands of the public contract, as people type them.
func TestCommands(t *testing.T) {
	w := startWorld(t, 8, 2)
	w.crm.act(t, "webhooks", order{"mode": "off"})
	team := []crm.Entry{employee("u1"), employee("u2"), employee("u3"), employee("u4"), employee("u5")}
	w.crm.act(t, "team-set", about(account(1)).with("record", order{"team": team}))

	refused := w.say(t, "u8", "general", "open account 1", "no such record, or you may not")
	if w.say(t, "u8", "general", "open account 77") != refused {
		t.Error("a record that does not exist is answered otherwise than one that is not ours")
	}
	if g := w.group(t, account(1)); g != nil {
		t.Fatalf("somebody without a right opened %+v", g)
	}
	w.say(t, "u1", "general", "open account 1", "is being created")
	room := w.waitState(t, account(1), "active").ChannelID
	w.in(t, 1, "u1", "u2", "u3", "u4", "u5")
	w.say(t, "u1", "general", "OPEN Account 1", "Channel: #account-1")

	w.say(t, "u2", room, "help", "/crm open", "/crm why", "/crm subscribe")
	w.say(t, "u2", room, "help sync", "--dry-run", "confirm", "dismiss")
	w.say(t, "u2", room, "members", "Alma Arnold 1", "Elif Arnold 5")
	w.say(t, "u2", room, "why @u3", "Clara Arnold 3", "Related Team")
	w.say(t, "u2", room, "status", "Account 1", "5 in the channel", "Nothing is held.", "CRM read:")
	w.say(t, "u2", room, "details", "Account 1")
	w.say(t, "u8", "general", "status account 1", "no such record, or you may not")
	w.say(t, "u2", room, "sync", "or you may not")
	w.say(t, "u1", room, "sync --dry-run", "nothing to do", "Nothing was changed")

	w.misspelt(t, room)
	w.subscriptions(t, room)
}

// misspelt: a misspelt word is answered with the nearest one, nothing is done.
func (w *world) misspelt(t *testing.T, room string) {
	t.Helper()
	w.say(t, "u1", room, "unsubscribee all", "unsubscribe")
	w.say(t, "u1", room, "unsubscribe sales_recrd", "sales_record")
	w.say(t, "u1", "general", "open acount 2", "account")
	if g := w.group(t, account(2)); g != nil {
		t.Errorf("a misspelt command opened %+v", g)
	}
	w.say(t, "u1", room, "subscriptions", "sales_record", "Nobody has changed this yet")
}

// subscriptions: who may changes them, silence posts nothing and touches
// nothing else.
func (w *world) subscriptions(t *testing.T, room string) {
	t.Helper()
	w.say(t, "u2", room, "unsubscribe all", "or you may not")
	w.say(t, "u1", room, "unsubscribe sales_record", "Unsubscribed from sales_record")
	w.say(t, "u1", room, "unsubscribe all", "no more cards")
	w.say(t, "u2", room, "subscriptions", "On: none", "Last changed by u1")
	note := `{"type":"notification","data":{"kind":"account","record_id":"1","notification":{"topic":"x","title":"%s"}}}`
	w.taken(t, fmt.Sprintf(note, "Unheard"))
	w.say(t, "u1", room, "sync", "queued")
	w.quiet(t, patience)
	w.say(t, "u1", room, "subscribe all", "Subscribed to every Topic")
	w.taken(t, fmt.Sprintf(note, "Heard"))
	eventually(t, patience, "the second card", func() error {
		if n := posts(w.slack.state(t), "Heard"); n != 1 {
			return fmt.Errorf("%d posts", n)
		}
		return nil
	})
	if n := posts(w.slack.state(t), "Unheard"); n != 0 {
		t.Errorf("%d cards in a silenced channel", n)
	}
	w.in(t, 1, "u1", "u2", "u3", "u4", "u5")
}

// TestHeldRemoval: a large removal waits until the owner confirms it, by
// command or by button, or dismisses it.
func TestHeldRemoval(t *testing.T) {
	all := []string{"u1", "u2", "u3", "u4", "u5"}
	for name, release := range map[string]struct {
		do   func(t *testing.T, w *world, room string)
		left []string
	}{
		"confirm": {func(t *testing.T, w *world, room string) {
			w.say(t, "u2", room, "sync confirm", "or you may not")
			w.say(t, "u1", room, "sync confirm", "3 people will be removed")
		}, []string{"u1", "u2"}},
		"dismiss": {func(t *testing.T, w *world, room string) {
			w.say(t, "u1", room, "sync dismiss", "will stay and count as added by hand")
		}, all},
		"confirm by button": {func(t *testing.T, w *world, room string) { w.press(t, room, "hold.confirm", "u1") }, []string{"u1", "u2"}},
		"dismiss by button": {func(t *testing.T, w *world, room string) { w.press(t, room, "hold.dismiss", "u1") }, all},
	} {
		t.Run(name, func(t *testing.T) {
			w := startWorld(t, 8, 1)
			room := w.hold(t, all, release.left[:2])
			release.do(t, w, room)
			w.in(t, 1, release.left...)
			eventually(t, patience, "no longer held", func() error {
				if g := w.group(t, account(1)); g.Held != nil || g.State != "active" {
					return fmt.Errorf("%s, %+v", g.State, g.Held)
				}
				return nil
			})
			w.say(t, "u1", room, "sync confirm", "Nothing is held")
			w.say(t, "u1", room, "sync --dry-run", "nothing to do")
			if err := w.inNow(t, 1, release.left...); err != nil {
				t.Error(err)
			}
		})
	}
}

// hold opens account 1 for all, takes all but some off the team and waits for
// the hold. It returns the channel.
func (w *world) hold(t *testing.T, all, some []string) string {
	t.Helper()
	w.crm.act(t, "webhooks", order{"mode": "off"})
	set := func(users []string) {
		var team []crm.Entry
		for _, u := range users {
			team = append(team, employee(u))
		}
		w.crm.act(t, "team-set", about(account(1)).with("record", order{"team": team}))
	}
	set(all)
	w.open(t, account(1))
	room := w.waitState(t, account(1), "active").ChannelID
	w.in(t, 1, all...)
	set(some)
	w.say(t, "u1", room, "sync --dry-run", "remove Clara Arnold 3", "is held")
	w.taken(t, teamChanged)
	g := w.waitState(t, account(1), "held")
	if g.Held == nil || g.Held.Reason != "large_removal" || g.Plan == nil {
		t.Fatalf("%+v", g)
	}
	if err := w.inNow(t, 1, all...); err != nil {
		t.Errorf("while held: %v", err)
	}
	w.say(t, "u2", room, "status", "Held since", "sync confirm", "3 people")
	return room
}

// press asks for the held plan and presses a button of the answer.
func (w *world) press(t *testing.T, room, action, user string) {
	t.Helper()
	out := w.slack.command(t, user, room, "sync --dry-run")
	if out.Message == nil || !strings.Contains(string(out.Message.Blocks), action) {
		t.Fatalf("no button %s: %+v", action, out.Message)
	}
	var pressed slack.Outcome
	w.slack.must(t, "POST", "/click", slack.Click{User: user, Channel: room, TS: out.Message.TS, ActionID: action}, &pressed)
	if pressed.Status != 200 || pressed.Error != "" {
		t.Errorf("%s: %+v", action, pressed)
	}
}

// TestPressByOthers: whoever may not, or presses what is over, changes nothing.
func TestPressByOthers(t *testing.T) {
	w := startWorld(t, 8, 1)
	all := []string{"u1", "u2", "u3", "u4", "u5"}
	room := w.hold(t, all, all[:2])
	g := w.group(t, account(1))
	status, err := w.api.do(t.Context(), "POST", "/groups/"+g.ID+"/sync", order{"confirm": "p0000"}, nil)
	var conflict *statusError
	if !errors.As(err, &conflict) || status != 409 {
		t.Fatalf("another plan: %d %v", status, err)
	}
	var p refusal
	if err := json.Unmarshal([]byte(conflict.body), &p); err != nil || !strings.Contains(p.Detail, "not the current plan") {
		t.Errorf("%s", conflict.body)
	}
	w.say(t, "u3", room, "sync confirm", "or you may not")
	if err := w.inNow(t, 1, all...); err != nil {
		t.Error(err)
	}
	// Back on the team: nothing is left to hold, nor to confirm.
	var team []crm.Entry
	for _, u := range slices.Backward(all) {
		team = append(team, employee(u))
	}
	w.crm.act(t, "team-set", about(account(1)).with("record", order{"team": team}))
	w.taken(t, teamChanged)
	w.waitState(t, account(1), "active")
	if status, _ := w.api.do(t.Context(), "POST", "/groups/"+g.ID+"/sync", order{"confirm": g.Plan.ID}, nil); status != 409 {
		t.Errorf("a plan that is over: %d, want 409", status)
	}
}
