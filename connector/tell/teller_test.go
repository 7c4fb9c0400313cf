package tell_test

import (
	"strings"
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/command"
	"roomkeeper/connector/connectortest"
)

func TestTellsEachOnce(t *testing.T) {
	for to, want := range map[connector.Audience][2]int{
		connector.AudienceOwner:         {1, 0},
		connector.AudienceAdmins:        {0, 1},
		connector.AudienceOwnerAndAdmin: {1, 1},
		connector.AudienceMember:        {1, 0},
	} {
		w := newWorld(t)
		w.extra("a", to)
		w.settle(w.group)
		w.settle(w.group)
		w.told(want[0], want[1])
		if left := w.load(w.group).Tellings; len(left) != 0 {
			t.Errorf("%s: left %+v", to, left)
		}
	}
}

func TestWhoHearsInsteadOfWhom(t *testing.T) {
	for name, c := range map[string]struct {
		arrange       func(*world)
		to            connector.Audience
		owner, admins int
	}{
		"an owner without account": {func(w *world) { w.group = w.add("2", "") }, connector.AudienceOwner, 0, 1},
		"an owner who takes none":  {func(w *world) { w.chat.Mute(w.owner) }, connector.AudienceOwner, 0, 1},
		"the admins only once":     {func(w *world) { w.chat.Mute(w.owner) }, connector.AudienceOwnerAndAdmin, 0, 1},
		"a member who takes none":  {func(w *world) { w.chat.Mute(w.owner) }, connector.AudienceMember, 0, 0},
		"no channel of the admins": {func(w *world) { w.lone = true }, connector.AudienceOwnerAndAdmin, 1, 0},
		"the owner for the admins": {func(w *world) { w.lone = true }, connector.AudienceAdmins, 1, 0},
		"nobody at all":            {func(w *world) { w.lone, w.group = true, w.add("2", "") }, connector.AudienceAdmins, 0, 0},
		"nothing private":          {func(w *world) { w.change = func(p *connector.ChatPlatform) { p.Messenger = nil } }, connector.AudienceOwner, 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			c.arrange(w)
			w.extra("a", c.to)
			w.extra("b", connector.AudienceOwner)
			w.save(w.group, func(g *connector.Group) { g.Tellings = g.Tellings[:1] })
			w.settle(w.group)
			w.told(c.owner, c.admins)
			if left := w.load(w.group).Tellings; len(left) != 0 {
				t.Errorf("left %+v", left)
			}
		})
	}
}

// Each step of a run fails once, and everybody is
// told once all the same: but that a private message whose outcome is unknown is
// repeated once, because it cannot be looked up.
func TestCrashPoints(t *testing.T) {
	for _, step := range []string{"group", "save_group", "entry", "put_entry"} {
		for skip := range 6 {
			w := newWorld(t)
			w.extra("a", connector.AudienceOwnerAndAdmin)
			w.extra("b", connector.AudienceAdmins)
			w.failOnce(step, skip)
			w.settle(w.group)
			private := len(w.chat.Told(w.owner))
			if private < 1 || private > 2 || len(w.chat.Channel(w.admins).Messages) != 1 {
				t.Errorf("%s after %d: the owner got %d, the admins %d", step, skip, private, len(w.chat.Channel(w.admins).Messages))
			}
		}
	}
}

func TestLostAnswers(t *testing.T) {
	for _, c := range []struct {
		op            connectortest.ChatOp
		fault         connectortest.MemoryFault
		owner, admins int
	}{
		{connectortest.ChatPost, fault(connector.ErrUnknownOutcome, true), 1, 1},
		{connectortest.ChatPost, fault(connector.ErrUnknownOutcome, false), 1, 1},
		{connectortest.ChatTell, fault(connector.ErrUnknownOutcome, true), 2, 1},
		{connectortest.ChatTell, fault(connector.ErrUnknownOutcome, false), 1, 1},
		{connectortest.ChatTell, connectortest.MemoryFault{Err: &connector.WaitError{After: time.Minute, What: "tell"}}, 1, 1},
		{connectortest.ChatTell, fault(connector.ErrTemporary, false), 1, 1},
	} {
		w := newWorld(t)
		w.extra("a", connector.AudienceOwnerAndAdmin)
		w.chat.Calls.Spoil(string(c.op), 0, c.fault)
		w.settle(w.group)
		w.told(c.owner, c.admins)
	}
}

// A private message that is lost twice is given up: the next thing is told.
func TestLostTwice(t *testing.T) {
	w := newWorld(t)
	w.extra("a", connector.AudienceOwner)
	w.extra("b", connector.AudienceOwner)
	w.chat.Calls.Spoil(string(connectortest.ChatTell), 0, fault(connector.ErrUnknownOutcome, true))
	w.chat.Calls.Spoil(string(connectortest.ChatTell), 0, fault(connector.ErrUnknownOutcome, true))
	w.settle(w.group)
	w.told(3, 0)
	if w.counted["extra lost"] != 1 || w.counted["extra told"] != 1 {
		t.Errorf("counted %v", w.counted)
	}
}

// What fails for ever keeps nothing else waiting for ever.
func TestGivesUp(t *testing.T) {
	w := newWorld(t)
	w.extra("a", connector.AudienceOwnerAndAdmin)
	for range 40 {
		w.chat.Calls.Spoil(string(connectortest.ChatTell), 0, fault(connector.ErrTemporary, false))
	}
	w.settle(w.group)
	w.told(0, 1)
	if left := w.load(w.group).Tellings; len(left) != 0 || w.counted["extra refused"] != 1 {
		t.Errorf("left %+v, counted %v", left, w.counted)
	}
}

// A Group that is saved meanwhile is read again, and nobody is told twice.
func TestSavedMeanwhile(t *testing.T) {
	w := newWorld(t)
	w.extra("a", connector.AudienceOwner)
	w.gate = func(step string) error {
		if step == "save_group" {
			w.gate = nil
			w.extra("b", connector.AudienceOwner)
		}
		return nil
	}
	w.settle(w.group)
	w.told(2, 0)
}

// What is not so any more is told to nobody.
func TestStale(t *testing.T) {
	w := newWorld(t)
	w.save(w.group, func(g *connector.Group) {
		for _, what := range []connector.TellingWhat{
			connector.TellHeld, connector.TellArchived, connector.TellLost, connector.TellUnreachable, connector.TellRemovalNotAllowed,
		} {
			g.Tell(connector.Telling{What: what, About: "old", To: connector.AudienceOwnerAndAdmin, At: w.clock.Now()})
		}
	})
	w.settle(w.group)
	w.told(0, 0)
}

func TestHeldCard(t *testing.T) {
	w := newWorld(t)
	w.save(w.group, func(g *connector.Group) {
		hold := connector.Hold{Reason: connector.HoldLargeRemoval, Plan: connector.Plan{ID: "p1"}}
		for i := range 30 {
			m := w.chat.Person(string(rune('a'+i)) + "@example.com")
			hold.People = append(hold.People, m)
			g.Memberships = append(g.Memberships, connector.Membership{Member: m, Name: "Person <!channel> " + string(rune('A'+i)), Status: connector.StatusMember})
		}
		g.Held, g.State = &hold, connector.GroupHeld
		g.Tell(connector.Telling{What: connector.TellHeld, About: "p1", To: connector.AudienceOwnerAndAdmin, At: w.clock.Now()})
	})
	w.settle(w.group)
	w.told(1, 1)
	for _, m := range []connectortest.MemoryMessage{w.chat.Told(w.owner)[0], w.chat.Channel(w.admins).Messages[0]} {
		if len(m.Card.Buttons) != 2 || m.Card.Buttons[0].ID != connector.ActionHoldConfirm || m.Card.Buttons[1].ID != connector.ActionHoldDismiss ||
			m.Card.Buttons[0].Value != string(w.group)+" p1" {
			t.Errorf("buttons %+v", m.Card.Buttons)
		}
		if len(m.Card.Fields) != 1 || !strings.Contains(m.Card.Fields[0].Label, "(30)") || !strings.HasSuffix(m.Card.Fields[0].Value, "and 10 more") {
			t.Errorf("fields %+v", m.Card.Fields)
		}
		if !strings.Contains(m.Card.Text, "#acme-1") || !strings.Contains(m.Card.Text, "more than half") {
			t.Errorf("text %q", m.Card.Text)
		}
	}
}

// Every telling has words of its own.
func TestEveryTellingHasWords(t *testing.T) {
	for what, state := range map[connector.TellingWhat]connector.GroupState{
		connector.TellExtra: connector.GroupActive, connector.TellNamePutBack: connector.GroupActive,
		connector.TellNameContested: connector.GroupActive, connector.TellRemovalNotAllowed: connector.GroupActive,
		connector.TellUnreachable: connector.GroupUnreachable, connector.TellArchived: connector.GroupArchived,
		connector.TellLost: connector.GroupLost, "something_new": connector.GroupActive,
	} {
		w := newWorld(t)
		w.save(w.group, func(g *connector.Group) {
			g.State = state
			g.Memberships[0].Status = connector.StatusToRemove
			g.Tell(connector.Telling{What: what, About: "a name", To: connector.AudienceAdmins, Member: w.owner, At: w.clock.Now()})
		})
		w.settle(w.group)
		w.told(0, 1)
		card := w.chat.Channel(w.admins).Messages[0].Card
		if card.Label == "" || card.Title != "Acme 1" || !strings.HasSuffix(card.Text, ".") || card.Footnote != "account 1 on slack." {
			t.Errorf("%s: %+v", what, card)
		}
	}
}

// What many Groups have in common is told to the admins once, and to each owner.
func TestSharedIsToldOnce(t *testing.T) {
	w := newWorld(t)
	groups := []connector.GroupID{w.group, w.add("2", w.owner), w.add("3", "")}
	for i, id := range groups {
		w.save(id, func(g *connector.Group) {
			g.Held, g.State = &connector.Hold{Reason: connector.HoldGlobalRemoval, Plan: connector.Plan{ID: "p"}}, connector.GroupHeld
			g.Tell(connector.Telling{
				What: connector.TellHeld, About: "p", To: connector.AudienceOwnerAndAdmin, Shared: "s1", At: w.clock.Now().Add(time.Duration(i)),
			})
		})
	}
	w.chat.Calls.Spoil(string(connectortest.ChatPost), 0, fault(connector.ErrUnknownOutcome, true))
	for _, id := range groups {
		w.settle(id)
	}
	w.told(2, 1)
	card := w.chat.Channel(w.admins).Messages[0].Card
	if len(card.Buttons) != 2 || card.Title != "Removals held in many channels" {
		t.Fatalf("%+v", card)
	}
	for i, action := range []connector.ActionID{connector.ActionHoldConfirm, connector.ActionHoldDismiss} {
		if b := card.Buttons[i]; b.ID != action || b.Value != command.SweepValue("s1") {
			t.Errorf("%+v", b)
		}
	}
}

// What a Sweep holds on a platform without a channel of the admins is told beside it,
// without buttons.
func TestSharedElsewhere(t *testing.T) {
	w := newWorld(t)
	groups := []connector.GroupID{w.add("2", ""), w.group, w.add("3", "")}
	for i, id := range groups {
		w.save(id, func(g *connector.Group) {
			if i != 1 {
				g.Platform = "discord"
			}
			g.Held, g.State = &connector.Hold{Reason: connector.HoldGlobalRemoval, Plan: connector.Plan{ID: "p"}}, connector.GroupHeld
			g.Tell(connector.Telling{What: connector.TellHeld, About: "p", To: connector.AudienceAdmins, Shared: "s1", At: w.clock.Now()})
		})
		w.settle(id)
	}
	w.told(0, 2)
	for i, on := range []string{"discord", "slack"} {
		card := w.chat.Channel(w.admins).Messages[i].Card
		if len(card.Buttons) != 2*i || card.Footnote != "Channels on "+on+"." {
			t.Errorf("%+v", card)
		}
	}
}

// Where the admins are on another platform, what they are told has no buttons:
// those would not work there.
func TestAdminsElsewhere(t *testing.T) {
	w := newWorld(t)
	w.save(w.group, func(g *connector.Group) {
		g.Platform, g.State = "discord", connector.GroupHeld
		g.Held = &connector.Hold{Reason: connector.HoldLargeRemoval, Plan: connector.Plan{ID: "p"}}
		g.Tell(connector.Telling{What: connector.TellHeld, About: "p", To: connector.AudienceAdmins, At: w.clock.Now()})
	})
	w.settle(w.group)
	w.told(0, 1)
	card := w.chat.Channel(w.admins).Messages[0].Card
	if len(card.Buttons) != 0 || !strings.Contains(card.Footnote, "on discord. Decide there: /crm sync confirm") {
		t.Errorf("%+v", card)
	}
}

// What is told in the Group's own channel goes nowhere else, and not while it is out
// of reach.
func TestTellsTheChannel(t *testing.T) {
	for state, want := range map[connector.GroupState]int{connector.GroupActive: 1, connector.GroupUnreachable: 0} {
		w := newWorld(t)
		channel := w.load(w.group).Channel.ID
		w.save(w.group, func(g *connector.Group) {
			g.State = state
			g.Tell(connector.Telling{What: connector.TellNamePutBack, About: "ours", To: connector.AudienceChannel, At: w.clock.Now()})
		})
		w.settle(w.group)
		w.settle(w.group)
		w.told(0, 0)
		if got := w.chat.Channel(channel).Messages; len(got) != want {
			t.Errorf("%s: %d messages in the channel, want %d", state, len(got), want)
		}
		if left := w.load(w.group).Tellings; len(left) != 0 {
			t.Errorf("left %+v", left)
		}
	}
}
