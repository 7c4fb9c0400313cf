package tell_test

import (
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/command"
	"roomkeeper/connector/connectortest"
	"roomkeeper/connector/tell"
)

// sweptAway has a Sweep hold one removal in each Group.
func (w *world) sweptAway(ids ...connector.GroupID) {
	w.Helper()
	for i, id := range ids {
		w.save(id, func(g *connector.Group) {
			g.State = connector.GroupHeld
			g.Held = &connector.Hold{
				Reason: connector.HoldGlobalRemoval, Plan: connector.Plan{ID: "p"}, Sweep: "s1",
				People: []connector.MemberID{"U1", connector.MemberID("U-" + string(id))},
			}
			g.Tell(connector.Telling{
				What: connector.TellHeld, About: "p", To: connector.AudienceAdmins, Shared: "s1", At: w.clock.Now().Add(time.Duration(i)),
			})
		})
	}
}

// says checks that each text was logged, and returns how many warnings there are.
func (w *world) says(texts ...string) int {
	w.Helper()
	for _, text := range texts {
		if !strings.Contains(w.logged.String(), text) {
			w.Errorf("%q is not in the log:\n%s", text, w.logged.String())
		}
	}
	return strings.Count(w.logged.String(), "level=WARN")
}

// notIn has our app not in the admins' channel for the next posts.
func (w *world) notIn(posts int) {
	for range posts {
		w.chat.Calls.Spoil(string(connectortest.ChatPost), 0, fault(connector.ErrNotInChannel, false))
	}
}

// ownerDecides checks what an owner gets of what a Sweep holds.
func (w *world) ownerDecides(ids ...connector.GroupID) {
	w.Helper()
	told := w.chat.Told(w.owner)
	if len(told) != len(ids) {
		w.Fatalf("the owner got %d messages, want %d", len(told), len(ids))
	}
	for i, id := range ids {
		card := told[i].Card
		if len(card.Buttons) != 2 || card.Buttons[0].Value != command.HoldValue(id, "p") || !strings.Contains(card.Text, "for this channel alone") {
			w.Errorf("%+v", card)
		}
	}
}

// Where the admins have no channel each owner decides of theirs, and the log says what
// the Sweep holds in all and how that is decided. A channel that is named later is told
// nothing twice.
func TestSweepWithoutAdminChannel(t *testing.T) {
	w := newWorld(t)
	w.lone = true
	ids := []connector.GroupID{w.group, w.add("2", w.owner), w.add("3", "")}
	w.sweptAway(ids...)
	teller := w.teller()
	for range 2 {
		for _, id := range ids {
			teller.Run(t.Context(), connector.Lease{Key: connector.JobKey{Lane: connector.LaneTellings, Group: id}, Attempt: 1})
		}
	}
	w.ownerDecides(ids[:2]...)
	if n := w.says("sweep=s1", "channels=3", "people=4", `POST /api/v1/sweeps/s1 {\"confirm\":true}`, "ROOMKEEPER_ADMIN_CHANNEL"); n != 1 {
		t.Errorf("%d warnings:\n%s", n, w.logged.String())
	}
	w.lone = false
	for _, id := range ids {
		w.settle(id)
	}
	w.told(2, 0)
}

// The same where their channel refuses us; it is asked once. Whose owner cannot be told
// waits until the channel takes it.
func TestSweepThatTheAdminChannelRefuses(t *testing.T) {
	w := newWorld(t)
	ids := []connector.GroupID{w.group, w.add("2", w.owner), w.add("3", ""), w.add("4", "")}
	w.sweptAway(ids...)
	w.notIn(2)
	for _, id := range ids {
		w.settleOne(id)
	}
	w.ownerDecides(ids[:2]...)
	w.says("sweep=s1", "ROOMKEEPER_ADMIN_CHANNEL cannot be written to: invite the app to that channel", "channel="+string(w.admins))
	if err := w.refused.Of(tell.AdminChannel{Platform: slack, Channel: w.admins}); !errors.Is(err, connector.ErrNotInChannel) {
		t.Error(err)
	}
	begun := w.clock.Now()
	for range 2 {
		w.gathered(ids...)
	}
	w.told(2, 1)
	if card := w.adminCards()[0]; card.Title != "Removals held in many channels" || card.Buttons[0].Value != command.SweepValue("s1") {
		t.Errorf("%+v", card)
	}
	if d := w.clock.Now().Sub(begun); d < 10*time.Minute || d > time.Hour {
		t.Errorf("told after %s", d)
	}
	if err := w.refused.Of(tell.AdminChannel{Platform: slack, Channel: w.admins}); err != nil {
		t.Error(err)
	}
	for _, id := range ids {
		if left := w.load(id).Tellings; len(left) != 0 {
			t.Errorf("left %+v", left)
		}
	}
}

// Whatever step fails, everybody is told once.
func TestSweepRefusedCutShort(t *testing.T) {
	for _, step := range []string{"group", "save_group", "list_groups", "set_mark", "queue", "entry", "put_entry"} {
		for skip := range 6 {
			w := newWorld(t)
			ids := []connector.GroupID{w.add("2", w.owner), w.add("3", ""), w.add("4", "")}
			w.sweptAway(ids...)
			for range 4 {
				w.chat.Calls.Spoil(string(connectortest.ChatPost), 0, fault(connector.ErrChannelGone, false))
			}
			w.failOnce(step, skip)
			for _, id := range ids {
				w.settleOne(id)
			}
			for range 2 {
				w.settleOne("gather/slack/held")
			}
			private := len(w.chat.Told(w.owner)) // cannot be looked up
			if private < 1 || private > 2 || len(w.adminCards()) != 1 {
				t.Errorf("%s after %d: the owner got %d, the admins %d", step, skip, private, len(w.adminCards()))
			}
		}
	}
}

// A hold of one channel that nobody can be told of says in the log how it is decided.
func TestHoldWithNobodyToTell(t *testing.T) {
	w := newWorld(t)
	w.lone, w.group = true, w.add("2", "")
	w.save(w.group, func(g *connector.Group) {
		g.Held = &connector.Hold{Reason: connector.HoldLargeRemoval, Plan: connector.Plan{ID: "p"}, People: []connector.MemberID{"U1", "U2"}}
		g.Tell(connector.Telling{What: connector.TellHeld, About: "p", To: connector.AudienceOwnerAndAdmin, At: w.clock.Now()})
	})
	w.settle(w.group)
	if n := w.says("people=2", "/api/v1/groups/"+string(w.group)+`/sync {\"confirm\":\"p\"}`, "ROOMKEEPER_ADMIN_CHANNEL"); n != 1 {
		t.Errorf("%d warnings", n)
	}
}

// What waits for a channel that refuses is told when it takes it, and after a week it is
// given up.
func TestGatheredWaitsForTheChannel(t *testing.T) {
	for later, want := range map[time.Duration]int{0: 1, 8 * 24 * time.Hour: 0} {
		w := newWorld(t)
		ids := w.lose(100, 102)
		for _, id := range ids {
			w.settleOne(id)
		}
		w.notIn(3)
		for range 3 {
			end := w.run(t.Context(), "gather/slack/unreachable", 1)
			if end.Outcome != connector.RunWait {
				t.Fatalf("%+v", end)
			}
			w.clock.Advance(end.After)
		}
		w.clock.Advance(later)
		w.settleOne("gather/slack/unreachable")
		w.told(0, want)
		for _, id := range ids {
			if left := w.load(id).Tellings; len(left) != 0 {
				t.Errorf("left %+v", left)
			}
		}
	}
}

// Where the channel is not named any more, owners are told what they were not told yet.
func TestGivenBackToOwners(t *testing.T) {
	w := newWorld(t)
	w.unreach(w.group)
	w.save(w.group, func(g *connector.Group) {
		g.Memberships[0].Status = connector.StatusToRemove
		g.Tell(connector.Telling{What: connector.TellRemovalNotAllowed, About: "x", To: connector.AudienceAdmins, Member: w.owner, At: w.clock.Now()})
	})
	w.settleOne(w.group)
	w.told(1, 0)
	w.chat.Calls.Spoil(string(connectortest.ChatPost), 0, fault(connector.ErrTemporary, false))
	w.run(t.Context(), "gather/slack/unreachable", 1)
	w.lone = true
	for range 2 {
		w.settleOne("gather/slack/unreachable")
		w.settleOne("gather/slack/removal_not_allowed")
		w.settleOne(w.group)
	}
	w.told(2, 0)
	if left := w.load(w.group).Tellings; len(left) != 0 {
		t.Errorf("left %+v", left)
	}
	w.lone = false
	w.settleOne("gather/slack/unreachable") // what was given back is not told later
	w.told(2, 0)
}

// The message of the day waits too.
func TestDailyWaitsForTheChannel(t *testing.T) {
	w := newWorld(t)
	w.miss(w.add("2", ""), "ann", connector.ReasonNoAccount)
	w.notIn(2)
	w.day("2030-01-02")
	w.told(0, 1)
}

// It is given up after a week.
func TestDailyIsGivenUp(t *testing.T) {
	w := newWorld(t)
	w.miss(w.add("2", ""), "ann", connector.ReasonNoAccount)
	w.notIn(2000)
	begun := w.clock.Now()
	w.day(begun.Format(time.DateOnly))
	if d := w.clock.Now().Sub(begun); d < 6*24*time.Hour || d > 8*24*time.Hour {
		t.Errorf("given up after %s", d)
	}
	w.told(0, 0)
	w.says("not told for a week; given up")
}

// Whom the admins' channel refuses later was told all the same, if they were.
func TestToldBeforeTheAdminChannelRefused(t *testing.T) {
	w := newWorld(t)
	ids := []connector.GroupID{w.group, w.add("2", w.owner)}
	w.sweptAway(ids...)
	w.settleOne(ids[0])
	w.refused.Put(w.adminChannels()[0], connector.ErrNotInChannel, w.clock.Now())
	w.settleOne(ids[1])
	w.told(0, 1)
}

// A channel that cannot be written to is said at the start, without a message in it.
func TestAdminChannelIsChecked(t *testing.T) {
	for name, c := range map[string]struct {
		arrange func(*world)
		says    string
	}{
		"fine":     {func(*world) {}, ""},
		"none":     {func(w *world) { w.admins = "C-none" }, "invite the app to that channel if it is there"},
		"archived": {func(w *world) { w.ok(w.chat.Platform().Archiver.Archive(w.Context(), w.admins)) }, "unarchive that channel"},
		"out": {func(w *world) {
			w.chat.Change(w.admins, func(ch *connectortest.MemoryChannel) { ch.Private, ch.Botless = false, true })
		}, "invite the app to that channel, or"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			c.arrange(w)
			w.adminChannels().Check(t.Context(), w.platforms(), &w.refused, w.clock.Now(), slog.New(slog.NewTextHandler(&w.logged, nil)))
			err := w.refused.Of(w.adminChannels()[0])
			if (err == nil) != (c.says == "") {
				t.Error(err)
			}
			w.chat.Change(w.admins, func(ch *connectortest.MemoryChannel) { ch.Archived, ch.Botless = false, false })
			w.adminChannels().Check(t.Context(), w.platforms(), &w.refused, w.clock.Now(), slog.New(slog.DiscardHandler))
			if err := w.refused.Of(w.adminChannels()[0]); err != nil && name != "none" {
				t.Errorf("put right, and yet %v", err)
			}
			if c.says != "" {
				w.says("ROOMKEEPER_ADMIN_CHANNEL cannot be written to: "+c.says, "channel="+string(w.admins))
			}
		})
	}
}
