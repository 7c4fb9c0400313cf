package assistant

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
)

func TestOrderIsKept(t *testing.T) {
	for name, err := range map[string]error{
		"wait": &connector.WaitError{After: time.Minute, What: "post"}, "temporary": connector.ErrTemporary,
		"unauthorized": connector.ErrUnauthorized, "unknown": connector.ErrUnknownOutcome, "other": errOther, "deadline": deadline(),
	} {
		for skip := range 3 {
			for _, done := range []bool{false, true} {
				lost := name == "unknown" || name == "other" || name == "deadline"
				if done && !lost {
					continue // these had no effect
				}
				t.Run(fmt.Sprintf("%s after %d, done %t", name, skip, done), func(t *testing.T) {
					w := newWorld(t)
					w.accept(note("1"), note("2"), note("3"))
					w.chat.Calls.Spoil("post", skip, fault(err, done))
					w.settle()
					w.shows("1", "2", "3")
					if n := len(w.dead()); n != 0 {
						t.Errorf("%d dead letters", n)
					}
				})
			}
		}
	}
}

func TestLostAnswerIsLookedUp(t *testing.T) {
	for _, done := range []bool{true, false} {
		w := newWorld(t)
		w.accept(note("1"))
		w.chat.Calls.Spoil("post", 0, fault(connector.ErrUnknownOutcome, done))
		begun := w.clock.Now()
		if end := w.run(1); end.Outcome != connector.RunRetry {
			t.Fatalf("end %+v", end)
		}
		if end := w.run(2); end.Outcome != connector.RunWait || end.After != 15*time.Second {
			t.Fatalf("end %+v, want a wait until the deadline + 5 s", end)
		}
		if n := w.chat.Calls.Counts(); n["find_card"] != 0 || n["post"] != 1 {
			t.Fatalf("calls %v", n)
		}
		w.clock.Advance(15*time.Second - w.clock.Now().Sub(begun))
		w.settle()
		w.shows("1")
		posts := 2
		if done {
			posts = 1
		}
		if n := w.chat.Calls.Counts(); n["find_card"] != 1 || n["post"] != posts {
			t.Errorf("done %t: calls %v", done, n)
		}
	}
}

// An edit that was meant while the outcome was unknown is not lost.
func TestFoundCardIsBroughtUpToDate(t *testing.T) {
	w := newWorld(t)
	w.accept(activity("e1", "a", "old", connector.EventActivityCreated))
	w.chat.Calls.Spoil("post", 0, fault(connector.ErrUnknownOutcome, true))
	w.run(1)
	w.ok(w.engine.Outbox.Settle(t.Context(), w.g.ID, 1, nil, nil)) // laid aside by hand
	w.accept(activity("e2", "a", "new", connector.EventActivityUpdated))
	w.clock.Advance(time.Minute)
	w.settle()
	w.shows("new")
}

func TestActivityIsOneCard(t *testing.T) {
	w := newWorld(t)
	w.accept(activity("e1", "a", "first", connector.EventActivityCreated))
	w.settle()
	w.accept(activity("e2", "a", "second", connector.EventActivityUpdated), activity("e3", "b", "other", connector.EventActivityCreated))
	w.settle()
	w.shows("second", "other")
	w.accept(activity("e4", "a", "second", connector.EventActivityDeleted), activity("e5", "never", "x", connector.EventActivityDeleted))
	w.settle()
	w.shows("second", "other")
	if m := w.messages()[0]; !m.Card.Gone || m.Card.Text != "" {
		t.Errorf("a deleted activity shows %+v", m.Card)
	}
	w.chat.Delete(w.g.Channel.ID, w.messages()[1].ID)
	w.accept(activity("e6", "b", "third", connector.EventActivityUpdated))
	w.settle()
	w.shows("second")
}

func TestDroppedAndCounted(t *testing.T) {
	w := newWorld(t)
	w.accept(connector.NoticeEvent{ID: "t", Type: connector.EventTeamChanged})
	w.settle()
	for _, state := range []connector.GroupState{connector.GroupArchived, connector.GroupFrozen, connector.GroupLost, connector.GroupUnreachable} {
		w.save(func(g *connector.Group) { g.State = state })
		w.accept(note(string(state)))
		w.settle()
	}
	w.shows()
	if got := fmt.Sprint(w.told); got != "map[custom:news silent:4 team_changed unsubscribed:1]" {
		t.Errorf("told %s", got)
	}
	if n := w.chat.Calls.Counts(); len(n) != 0 {
		t.Errorf("calls %v", n)
	}
}

func TestCardsWaitForTheChannel(t *testing.T) {
	w := newWorld(t)
	ch := w.g.Channel
	w.save(func(g *connector.Group) { g.State, g.Channel = connector.GroupCreating, connector.Channel{} })
	w.accept(note("1"))
	if end := w.run(1); end.Outcome != connector.RunDone {
		t.Fatalf("end %+v", end)
	}
	w.save(func(g *connector.Group) { g.Channel = ch })
	w.settle()
	w.shows("1")
}

func TestCardThatCannotBePosted(t *testing.T) {
	for name, err := range map[string]error{"forbidden": connector.ErrForbidden, "invalid": connector.ErrInvalid, "unsupported": connector.ErrUnsupported} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.accept(note("1"), note("2"), note("3"))
			w.chat.Calls.Spoil("post", 1, fault(err, false))
			w.settle()
			w.shows("1", "3")
			letters := w.dead()
			if len(letters) != 1 || letters[0].What != "card" || letters[0].Notice.Event.ID != "2" || letters[0].Record != w.g.Record {
				t.Fatalf("dead letters %+v", letters)
			}
			w.ok(w.engine.DeadLetters.Replay(t.Context(), letters[0].ID))
			w.settle()
			w.shows("1", "3", "2")
		})
	}
}

func TestGivesUpAfterAWhile(t *testing.T) {
	w := newWorld(t)
	w.accept(note("1"), note("2"))
	for range giveUpAfter {
		w.chat.Calls.Spoil("post", 0, fault(connector.ErrTemporary, false))
	}
	w.settle()
	w.shows("2")
	if letters := w.dead(); len(letters) != 1 || letters[0].Attempts != giveUpAfter {
		t.Errorf("dead letters %+v", letters)
	}
}

func TestChannelOutOfReach(t *testing.T) {
	w := newWorld(t)
	w.accept(note("1"), note("2"))
	w.chat.Change(w.g.Channel.ID, func(ch *connectortest.MemoryChannel) { ch.Botless = true })
	w.clock.Advance(time.Second)
	w.settle()
	w.shows()
	g, err := w.engine.Groups.Group(t.Context(), w.g.ID)
	w.ok(err)
	depth, err := w.engine.Queue.Depth(t.Context())
	w.ok(err)
	if len(w.dead()) != 0 || !g.TouchedAt.Equal(w.clock.Now()) || depth.Waiting != 1 {
		t.Fatalf("letters %v, touched at %s, %d jobs", w.dead(), g.TouchedAt, depth.Waiting)
	}
	w.clock.Advance(time.Minute)
	lease, err := w.engine.Queue.Take(t.Context())
	w.ok(err)
	if lease.Key.Lane != connector.LaneGroup || !slices.Equal(lease.Tags, connector.QueuedBy("card")) {
		t.Errorf("queued %+v by %q", lease.Key, lease.Tags)
	}
}

// A crash is a store that takes no more steps.
func TestCrashes(t *testing.T) {
	for step := 0; ; step++ {
		w := newWorld(t)
		w.accept(activity("e1", "a", "first", connector.EventActivityCreated), note("2"),
			activity("e3", "a", "edited", connector.EventActivityUpdated), note("4"))
		left := step
		w.gate = func(string) error {
			if left--; left < 0 {
				return connector.ErrStoreAway
			}
			return nil
		}
		end := w.run(1)
		crashed := left < 0
		if crashed && end.Outcome != connector.RunRetry {
			t.Fatalf("step %d: end %+v", step, end)
		}
		w.gate = nil
		w.settle()
		w.shows("edited", "2", "4")
		if n := len(w.dead()); n != 0 || t.Failed() {
			t.Fatalf("step %d: %d dead letters", step, n)
		}
		if !crashed {
			if step < 10 {
				t.Errorf("only %d steps", step)
			}
			return
		}
	}
}

// One step that fails is not a crash: the run may end otherwise.
func TestStoreFailures(t *testing.T) {
	for step := range 20 {
		w := newWorld(t)
		w.accept(note("1"), note("2"), note("3"))
		w.chat.Calls.Spoil("post", 1, fault(connector.ErrTemporary, false))
		at := 0
		w.gate = func(string) error {
			if at++; at == step+1 {
				return connector.ErrStoreAway
			}
			return nil
		}
		w.settle()
		w.shows("1", "2", "3")
	}
}

func TestDetailsFoundAgain(t *testing.T) {
	w := newWorld(t)
	d := &Details{
		Poster:    &Poster{Engine: w.engine, Clock: w.clock.Now},
		Platforms: map[connector.PlatformID]connector.ChatPlatform{slack: w.chat.Platform()}, Policies: connector.Policies{w.policy},
	}
	record := connector.Record{Key: w.g.Record, Name: "Old"}
	w.chat.Calls.Spoil("post", 0, fault(connector.ErrUnknownOutcome, true))
	standing, err := d.Refresh(t.Context(), w.g, record)
	if err == nil || standing != (connector.DetailsCard{}) {
		t.Fatalf("%+v, %v", standing, err)
	}
	record.Name = "New"
	w.clock.Advance(time.Minute)
	standing, err = d.Refresh(t.Context(), w.g, record)
	w.ok(err)
	w.shows("New")
	w.g.Details = standing
	again, err := d.Refresh(t.Context(), w.g, record)
	w.ok(err)
	if again != standing || !standing.Pinned {
		t.Errorf("%+v, then %+v", standing, again)
	}
}

// Without a look-up a lost post is repeated once, then laid aside; a replay
// begins anew.
func TestLostAnswerThatCannotBeLookedUp(t *testing.T) {
	for _, lost := range []int{1, 2, 3} {
		w := newWorld(t)
		w.accept(note("1"), note("2"))
		for range lost {
			w.chat.Calls.Spoil("post", 0, fault(connector.ErrUnknownOutcome, false))
			w.chat.Calls.Spoil("find_card", 0, fault(connector.ErrUnsupported, false))
		}
		w.settle()
		letters := w.dead()
		if lost == 1 {
			w.shows("1", "2")
			if len(letters) != 0 {
				t.Errorf("dead letters %+v", letters)
			}
			continue
		}
		w.shows("2")
		if n := w.chat.Calls.Counts()["post"]; n != lost+1 || len(letters) != 1 || letters[0].Notice.Event.ID != "1" {
			t.Fatalf("%d posts, dead letters %+v", n, letters)
		}
		w.ok(w.engine.DeadLetters.Replay(t.Context(), letters[0].ID))
		w.settle()
		w.shows("2", "1")
	}
}

// A post that is refused after a lost one, and the pruning of the ledger, do
// not allow another repetition.
func TestRepeatedOnceInAll(t *testing.T) {
	w := newWorld(t)
	w.accept(note("1"))
	for range 2 {
		w.chat.Calls.Spoil("find_card", 0, fault(connector.ErrUnsupported, false))
	}
	w.chat.Calls.Spoil("post", 0, fault(connector.ErrUnknownOutcome, true))
	w.chat.Calls.Spoil("post", 0, fault(connector.ErrTemporary, false))
	w.chat.Calls.Spoil("post", 0, fault(connector.ErrUnknownOutcome, true))
	for attempt := 1; len(w.dead()) == 0; attempt++ {
		if attempt > 10 {
			t.Fatal("never given up")
		}
		w.clock.Advance(w.run(attempt).After)
		w.ok(w.engine.Keeper.Prune(t.Context(), w.clock.Now(), time.Hour, time.Hour))
	}
	w.shows("1", "1")
}

// A details card that got lost twice is left until it would show something else.
func TestDetailsGivenUp(t *testing.T) {
	w := newWorld(t)
	d := &Details{
		Poster:    &Poster{Engine: w.engine, Clock: w.clock.Now},
		Platforms: map[connector.PlatformID]connector.ChatPlatform{slack: w.chat.Platform()}, Policies: connector.Policies{w.policy},
	}
	record := connector.Record{Key: w.g.Record, Name: "Old"}
	refresh := func() error {
		t.Helper()
		standing, err := d.Refresh(t.Context(), w.g, record)
		w.g.Details = standing
		w.clock.Advance(time.Minute)
		return err
	}
	for range 2 {
		w.chat.Calls.Spoil("post", 0, fault(connector.ErrUnknownOutcome, false))
		w.chat.Calls.Spoil("find_card", 0, fault(connector.ErrUnsupported, false))
		if err := refresh(); connector.ReasonOf(err) != connector.ReasonUnknownOutcome {
			t.Fatalf("error %v", err)
		}
	}
	if err := refresh(); connector.ReasonOf(err) != connector.ReasonUnsupported {
		t.Fatalf("error %v", err)
	}
	w.ok(refresh())
	if n := w.chat.Calls.Counts()["post"]; n != 2 {
		t.Fatalf("%d posts", n)
	}
	record.Name = "New"
	w.ok(refresh())
	w.shows("New")
}
