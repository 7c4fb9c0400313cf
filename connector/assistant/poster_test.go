package assistant

import (
	"context"
	"testing"
	"time"

	"roomkeeper/connector"
)

// slowLedger lets something happen before and after the next intent is stored.
type slowLedger struct {
	connector.Ledger
	before, after func()
}

func (l *slowLedger) PutEntry(ctx context.Context, group connector.GroupID, e connector.LedgerEntry) (connector.LedgerEntry, error) {
	before, after := l.before, l.after
	l.before, l.after = nil, nil
	if before != nil {
		before()
	}
	stored, err := l.Ledger.PutEntry(ctx, group, e)
	if after != nil {
		after()
	}
	return stored, err
}

func (w *world) slow() *slowLedger {
	l := &slowLedger{Ledger: w.engine.Ledger}
	w.engine.Ledger = l
	return l
}

func (w *world) entry(event connector.NoticeEvent) connector.LedgerEntry {
	w.Helper()
	e, err := w.engine.Ledger.Entry(w.Context(), w.g.ID, CardIDOf(w.g.ID, identityOf(event)))
	w.ok(err)
	return e
}

// late lets as much time pass as a post may take.
func (w *world) late() { w.clock.Advance(w.chat.Platform().Limits.CallTimeout) }

func (w *world) posts(want int) {
	w.Helper()
	if n := w.chat.Calls.Counts()["post"]; n != want {
		w.Fatalf("%d posts, want %d", n, want)
	}
}

// An intent that took as long to store as a post may take is taken back: the
// card is posted by a later run, without a look-up, however often this happens.
func TestLateIntentIsTakenBack(t *testing.T) {
	w := newWorld(t)
	w.accept(note("1"), note("2"))
	l := w.slow()
	for _, slow := range []func(){func() { l.before = w.late }, func() { l.after = w.late }} {
		slow()
		if end := w.run(giveUpAfter); end.Outcome != connector.RunRetry {
			t.Fatalf("end %+v", end)
		}
		w.posts(0)
		if e := w.entry(note("1")); !e.Trying.IsZero() {
			t.Errorf("the intent is still there: %+v", e)
		}
	}
	w.settle()
	w.shows("1", "2")
	if n := w.chat.Calls.Counts(); n["find_card"] != 0 || len(w.dead()) != 0 {
		t.Errorf("calls %v, %d dead letters", n, len(w.dead()))
	}
}

// Where it cannot be taken back either, the next run looks the card up.
func TestLateIntentStays(t *testing.T) {
	w := newWorld(t)
	w.accept(note("1"))
	w.slow().after = func() {
		w.late()
		w.gate = func(string) error { return connector.ErrStoreAway }
	}
	w.run(1)
	w.posts(0)
	w.gate = nil
	w.settle()
	w.shows("1")
	if n := w.chat.Calls.Counts()["find_card"]; n != 1 {
		t.Errorf("%d look-ups", n)
	}
}

// timedCards notes how long each post may take.
type timedCards struct {
	connector.Cards
	left []time.Duration
}

func (c *timedCards) Post(ctx context.Context, channel connector.ChannelID, id connector.CardID, card connector.Card) (connector.MessageID, error) {
	deadline, _ := ctx.Deadline()
	c.left = append(c.left, time.Until(deadline))
	return c.Cards.Post(ctx, channel, id, card)
}

// A post has what storing its intent left of its time.
func TestPostEndsWithItsIntent(t *testing.T) {
	w := newWorld(t)
	w.accept(note("1"))
	w.slow().after = func() { w.clock.Advance(w.chat.Platform().Limits.CallTimeout - time.Second) }
	a, platform := w.assistant(), w.chat.Platform()
	cards := &timedCards{Cards: platform.Cards}
	platform.Cards = cards
	a.Platforms[slack] = platform
	a.Run(t.Context(), connector.Lease{Key: connector.JobKey{Lane: connector.LaneCards, Group: w.g.ID}, Attempt: 1})
	w.shows("1")
	if len(cards.left) != 1 || cards.left[0] <= 0 || cards.left[0] > time.Second {
		t.Errorf("time left for the posts: %v, want a second", cards.left)
	}
}

// A worker whose work another one does meanwhile does not post the card again
// and leaves what the other one stored.
func TestOvertakenWorker(t *testing.T) {
	for name, c := range map[string]struct {
		stop  func(l *slowLedger, overtake func())
		after time.Duration
	}{
		"at the same time":          {func(l *slowLedger, overtake func()) { l.before = overtake }, 0},
		"stopped before its intent": {func(l *slowLedger, overtake func()) { l.before = overtake }, time.Minute},
		"stopped after its intent":  {func(l *slowLedger, overtake func()) { l.after = overtake }, time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.accept(activity("e1", "a", "first", connector.EventActivityCreated))
			c.stop(w.slow(), func() {
				w.clock.Advance(c.after)
				if end := w.run(1); end.Outcome != connector.RunDone {
					t.Errorf("the other worker: %+v", end)
				}
			})
			if end := w.run(1); end.Outcome != connector.RunRetry {
				t.Errorf("the stopped worker: %+v", end)
			}
			w.settle()
			w.shows("first")
			w.accept(activity("e2", "a", "second", connector.EventActivityUpdated))
			w.settle()
			w.shows("second")
			w.posts(1)
		})
	}
}
