package connectortest

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"roomkeeper/connector"
)

func engineOutboxRules() map[string]func(*engineTest) {
	return map[string]func(*engineTest){
		"in order, within a group": outboxOrder,
		"settle is one step":       outboxSettle,
		"seq is never given again": outboxSeq,
	}
}

func outboxOrder(t *engineTest) {
	t.group("g1")
	t.group("g10")
	var want []string
	for i := range 120 {
		id := fmt.Sprint("e", i)
		want = append(want, id)
		t.accept(2,
			connector.Intake{ID: "1" + id, Group: "g1", Notice: engineNotice(id, t.Clock.Now())},
			connector.Intake{ID: "10" + id, Group: "g10", Notice: engineNotice("x", t.Clock.Now())})
	}
	t.same(t.notices("g1"), want)
	notices, err := t.Engine.Outbox.Notices(t.ctx(), "g1", 5)
	t.ok(err)
	if len(notices) != 5 {
		t.Fatalf("%d notices, want 5", len(notices))
	}
	for i := range notices[1:] {
		if notices[i].Seq >= notices[i+1].Seq {
			t.Fatalf("seq %d comes before %d", notices[i].Seq, notices[i+1].Seq)
		}
	}
	none, err := t.Engine.Outbox.Notices(t.ctx(), "nobody", 5)
	t.ok(err)
	t.same(len(none), 0)
}

func outboxSettle(t *engineTest) {
	t.group("g1")
	now := t.Clock.Now()
	t.accept(3,
		connector.Intake{ID: "e1", Group: "g1", Notice: engineNotice("e1", now)},
		connector.Intake{ID: "e2", Group: "g1", Notice: engineNotice("e2", now)},
		connector.Intake{ID: "e3", Group: "g1", Notice: engineNotice("e3", now)})
	notices, err := t.Engine.Outbox.Notices(t.ctx(), "g1", 10)
	t.ok(err)
	entry := connector.LedgerEntry{Card: "card", Message: "m1", Seq: notices[0].Seq, At: now}
	t.ok(t.Engine.Outbox.Settle(t.ctx(), "g1", notices[0].Seq, &entry, nil))
	letter := connector.DeadLetter{ID: "d1", At: now, Group: "g1", What: "card", Reason: "refused", Notice: &notices[1]}
	t.ok(t.Engine.Outbox.Settle(t.ctx(), "g1", notices[1].Seq, nil, &letter))
	t.same(t.notices("g1"), []string{"e3"})
	stored, err := t.Engine.Ledger.Entry(t.ctx(), "g1", "card")
	t.ok(err)
	entry.Revision = stored.Revision
	t.same(stored, entry)
	letters, _, err := t.Engine.DeadLetters.ListDead(t.ctx(), "", 0)
	t.ok(err)
	t.same(letters, []connector.DeadLetter{letter})
	t.ok(t.Engine.Outbox.Settle(t.ctx(), "g1", notices[0].Seq, &stored, nil))
	t.same(t.notices("g1"), []string{"e3"})
}

func outboxSeq(t *engineTest) {
	t.group("g1")
	last := uint64(0)
	for i := range 5 {
		t.accept(1, connector.Intake{ID: fmt.Sprint(i), Group: "g1", Notice: engineNotice("e", t.Clock.Now())})
		notices, err := t.Engine.Outbox.Notices(t.ctx(), "g1", 10)
		t.ok(err)
		if len(notices) != 1 || notices[0].Seq <= last {
			t.Fatalf("notices %s after seq %d", engineText(notices), last)
		}
		last = notices[0].Seq
		t.ok(t.Engine.Outbox.Settle(t.ctx(), "g1", last, nil, nil))
		if i == 2 && t.Reopen != nil {
			t.reopen(false)
		}
	}
}

func engineLedgerRules() map[string]func(*engineTest) {
	return map[string]func(*engineTest){
		"one of many stores":          ledgerOneOfMany,
		"put and read":                ledgerPut,
		"compare and swap":            ledgerCompare,
		"settled by compare and swap": ledgerSettleCompare,
	}
}

// Of two workers that read the same entry only one stores its intent.
func ledgerOneOfMany(t *engineTest) {
	for round := range 5 {
		var (
			callers sync.WaitGroup
			stored  atomic.Int32
		)
		entry := connector.LedgerEntry{Card: connector.CardID(fmt.Sprint("c", round)), Trying: t.Clock.Now()}
		for range 16 {
			callers.Go(func() {
				switch _, err := t.Engine.Ledger.PutEntry(t.ctx(), "g1", entry); {
				case err == nil:
					stored.Add(1)
				case !errors.Is(err, connector.ErrConflict):
					t.Errorf("put entry: %v", err)
				}
			})
		}
		callers.Wait()
		t.same(stored.Load(), int32(1))
	}
}

func (t *engineTest) putEntry(group connector.GroupID, entry connector.LedgerEntry) connector.LedgerEntry {
	t.Helper()
	stored, err := t.Engine.Ledger.PutEntry(t.ctx(), group, entry)
	t.ok(err)
	read, err := t.Engine.Ledger.Entry(t.ctx(), group, entry.Card)
	t.ok(err)
	t.same(read, stored)
	return stored
}

func ledgerPut(t *engineTest) {
	_, err := t.Engine.Ledger.Entry(t.ctx(), "g1", "c1")
	t.is(err, connector.ErrNotFound)
	meant := connector.LedgerEntry{Card: "c1", Trying: t.Clock.Now(), Seq: 4, At: t.Clock.Now(), Repeated: true}
	stored := t.putEntry("g1", meant)
	meant.Revision = stored.Revision
	t.same(stored, meant)
	posted := connector.LedgerEntry{Card: "c1", Message: "m", Seq: 4, At: t.Clock.Now(), Revision: stored.Revision}
	stored = t.putEntry("g1", posted)
	posted.Revision = stored.Revision
	t.same(stored, posted)
	_, err = t.Engine.Ledger.Entry(t.ctx(), "g2", "c1")
	t.is(err, connector.ErrNotFound)
}

// Whoever read an entry that somebody else has replaced since, or none, does
// not replace it.
func ledgerCompare(t *engineTest) {
	none := connector.LedgerEntry{Card: "c1", Trying: t.Clock.Now()}
	first := t.putEntry("g1", none)
	second := first
	second.Message, second.Trying = "m", time.Time{}
	second = t.putEntry("g1", second)
	for _, late := range []connector.LedgerEntry{none, first} {
		_, err := t.Engine.Ledger.PutEntry(t.ctx(), "g1", late)
		t.is(err, connector.ErrConflict)
	}
	read, err := t.Engine.Ledger.Entry(t.ctx(), "g1", "c1")
	t.ok(err)
	t.same(read, second)
	_, err = t.Engine.Ledger.PutEntry(t.ctx(), "g2", second)
	t.is(err, connector.ErrConflict)
	t.putEntry("g2", none)
}

// A late settlement does nothing at all.
func ledgerSettleCompare(t *engineTest) {
	t.group("g1")
	now := t.Clock.Now()
	t.accept(1, connector.Intake{ID: "e1", Group: "g1", Notice: engineNotice("e1", now)})
	notices, err := t.Engine.Outbox.Notices(t.ctx(), "g1", 1)
	t.ok(err)
	late := t.putEntry("g1", connector.LedgerEntry{Card: "c1", Trying: now})
	stored := late
	stored.Message = "m"
	stored = t.putEntry("g1", stored)
	letter := connector.DeadLetter{ID: "d1", At: now, Group: "g1", What: "card"}
	t.is(t.Engine.Outbox.Settle(t.ctx(), "g1", notices[0].Seq, &late, &letter), connector.ErrConflict)
	t.same(t.notices("g1"), []string{"e1"})
	t.same(t.letters(0), []string(nil))
	read, err := t.Engine.Ledger.Entry(t.ctx(), "g1", "c1")
	t.ok(err)
	t.same(read, stored)
	t.ok(t.Engine.Outbox.Settle(t.ctx(), "g1", notices[0].Seq, &stored, nil))
	t.same(t.notices("g1"), []string(nil))
}

func engineDeadLetterRules() map[string]func(*engineTest) {
	return map[string]func(*engineTest){
		"listed oldest first": deadListed,
		"replay a card":       deadReplayCard,
		"replay a group":      deadReplayGroup,
		"replayed once":       deadReplayOnce,
		"replay a refusal":    deadReplayRefused,
		"drop": func(t *engineTest) {
			t.is(t.Engine.DeadLetters.Drop(t.ctx(), "d1"), connector.ErrNotFound)
			t.is(t.Engine.DeadLetters.Replay(t.ctx(), "d1"), connector.ErrNotFound)
			t.bury(connector.DeadLetter{ID: "d1", At: t.Clock.Now(), Group: "g1", What: "group"})
			t.ok(t.Engine.DeadLetters.Drop(t.ctx(), "d1"))
			t.is(t.Engine.DeadLetters.Drop(t.ctx(), "d1"), connector.ErrNotFound)
			t.same(t.letters(0), []string(nil))
			t.noneDue()
		},
	}
}

// bury stores a dead letter.
func (t *engineTest) bury(letter connector.DeadLetter) {
	t.Helper()
	t.ok(t.Engine.Outbox.Settle(t.ctx(), letter.Group, 1<<62, nil, &letter))
}

func (t *engineTest) letters(limit int) (ids []string) {
	t.Helper()
	for cursor := ""; ; {
		letters, next, err := t.Engine.DeadLetters.ListDead(t.ctx(), cursor, limit)
		t.ok(err)
		for _, letter := range letters {
			ids = append(ids, letter.ID)
		}
		if next == "" {
			return ids
		}
		cursor = next
	}
}

func deadListed(t *engineTest) {
	now := t.Clock.Now()
	for i, id := range []string{"b", "a", "c"} {
		t.bury(connector.DeadLetter{ID: id, At: now.Add(-time.Duration(i) * time.Hour), Group: "g1", What: "group"})
	}
	t.same(t.letters(0), []string{"c", "a", "b"})
	t.same(t.letters(1), []string{"c", "a", "b"})
	t.bury(connector.DeadLetter{ID: "c", At: now.Add(time.Hour), Group: "g1", What: "group"})
	t.same(t.letters(2), []string{"a", "b", "c"})
}

func deadReplayCard(t *engineTest) {
	t.group("g1")
	now := t.Clock.Now()
	t.accept(2,
		connector.Intake{ID: "e1", Group: "g1", Notice: engineNotice("e1", now)},
		connector.Intake{ID: "e2", Group: "g1", Notice: engineNotice("e2", now)})
	notices, err := t.Engine.Outbox.Notices(t.ctx(), "g1", 1)
	t.ok(err)
	letter := connector.DeadLetter{ID: "d1", At: now, Group: "g1", What: "card", Notice: &notices[0]}
	t.ok(t.Engine.Outbox.Settle(t.ctx(), "g1", notices[0].Seq, nil, &letter))
	t.noneDue()
	t.ok(t.Engine.DeadLetters.Replay(t.ctx(), "d1"))
	t.same(t.notices("g1"), []string{"e2", "e1"})
	t.same(t.letters(0), []string(nil))
	t.finish(t.take("cards/g1"), connector.RunDone)
	t.noneDue()
	t.is(t.Engine.DeadLetters.Replay(t.ctx(), "d1"), connector.ErrNotFound)
}

// Of many who replay a letter at once one does.
func deadReplayOnce(t *engineTest) {
	t.group("g1")
	for round := range 5 {
		id := fmt.Sprint("d", round)
		t.bury(connector.DeadLetter{ID: id, At: t.Clock.Now(), Group: "g1", What: "card", Notice: engineNotice(id, t.Clock.Now())})
		var callers sync.WaitGroup
		for range 8 {
			callers.Go(func() {
				if err := t.Engine.DeadLetters.Replay(t.ctx(), id); err != nil && !errors.Is(err, connector.ErrNotFound) {
					t.Errorf("replay: %v", err)
				}
			})
		}
		callers.Wait()
	}
	t.same(t.notices("g1"), []string{"d0", "d1", "d2", "d3", "d4"})
}

func deadReplayGroup(t *engineTest) {
	t.group("g1")
	t.bury(connector.DeadLetter{ID: "d1", At: t.Clock.Now(), Group: "g1", What: "group"})
	t.ok(t.Engine.DeadLetters.Replay(t.ctx(), "d1"))
	run := t.take("group/g1")
	t.same(run.Tags, connector.QueuedBy(connector.CauseReplay))
	t.finish(run, connector.RunDone)
	t.noneDue()
	t.same(t.letters(0), []string(nil))
}

func deadReplayRefused(t *engineTest) {
	g := t.group("g1")
	g.State, g.Failure = connector.GroupFailed, "nobody is on the team"
	_, err := t.Engine.Groups.SaveGroup(t.ctx(), g)
	t.ok(err)
	t.bury(connector.DeadLetter{ID: "d1", At: t.Clock.Now(), Group: "g1", What: "group"})
	t.ok(t.Engine.DeadLetters.Replay(t.ctx(), "d1"))
	g, err = t.Engine.Groups.Group(t.ctx(), "g1")
	t.ok(err)
	if g.State != connector.GroupCreating || g.Failure != "" {
		t.Errorf("the group is %s (%q), want creating", g.State, g.Failure)
	}
}
