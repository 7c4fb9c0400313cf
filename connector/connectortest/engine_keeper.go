package connectortest

import (
	"fmt"
	"time"

	"roomkeeper/connector"
)

func engineKeeperRules() map[string]func(*engineTest) {
	return map[string]func(*engineTest){
		"ping":                         func(t *engineTest) { t.ok(t.Engine.Keeper.Ping(t.ctx())) },
		"prune":                        keeperPrune,
		"prune keeps a post under way": keeperKeepsPosts,
		"prune ended sweeps":           keeperPrunesSweeps,
		"closed":                       keeperClosed,
	}
}

func keeperPrune(t *engineTest) {
	const keep, keepDead = 30 * 24 * time.Hour, 60 * 24 * time.Hour
	t.group("g1")
	write := func(id string) {
		now := t.Clock.Now()
		t.accept(1, connector.Intake{ID: id, Group: "g1"})
		t.ok(t.Engine.Answers.Remember(t.ctx(), id, []byte(id), now))
		t.putEntry("g1", connector.LedgerEntry{Card: connector.CardID(id), At: now})
		t.bury(connector.DeadLetter{ID: id, At: now, Group: "g1", What: "group"})
	}
	for i := range 5 {
		write(fmt.Sprint("old", i))
	}
	t.Clock.Advance(keep + time.Hour)
	write("young")
	t.ok(t.Engine.Keeper.Prune(t.ctx(), t.Clock.Now(), keep, keepDead))
	t.accept(0, connector.Intake{ID: "young", Group: "g1"})
	t.accept(1, connector.Intake{ID: "old0", Group: "g1"})
	_, err := t.Engine.Answers.Answer(t.ctx(), "old0")
	t.is(err, connector.ErrNotFound)
	_, err = t.Engine.Answers.Answer(t.ctx(), "young")
	t.ok(err)
	_, err = t.Engine.Ledger.Entry(t.ctx(), "g1", "old0")
	t.is(err, connector.ErrNotFound)
	_, err = t.Engine.Ledger.Entry(t.ctx(), "g1", "young")
	t.ok(err)
	t.same(len(t.letters(0)), 6)
	t.Clock.Advance(keep)
	t.ok(t.Engine.Keeper.Prune(t.ctx(), t.Clock.Now(), keep, keepDead))
	t.same(t.letters(0), []string{"young"})
	t.is(t.Engine.DeadLetters.Drop(t.ctx(), "old0"), connector.ErrNotFound)
}

// A post that may be under way is remembered, however old the card is.
func keeperKeepsPosts(t *engineTest) {
	const keep = 30 * 24 * time.Hour
	now := t.Clock.Now()
	prune := func() {
		t.Helper()
		t.ok(t.Engine.Keeper.Prune(t.ctx(), t.Clock.Now(), keep, keep))
	}
	for card, at := range map[connector.CardID]time.Time{"first": {}, "again": now.Add(-2 * keep)} {
		t.putEntry("g1", connector.LedgerEntry{Card: card, Trying: now, At: at})
	}
	t.Clock.Advance(keep)
	prune()
	for _, card := range []connector.CardID{"first", "again"} {
		entry, err := t.Engine.Ledger.Entry(t.ctx(), "g1", card)
		t.ok(err)
		t.same(entry.Trying, now)
	}
	t.Clock.Advance(time.Second)
	prune()
	_, err := t.Engine.Ledger.Entry(t.ctx(), "g1", "first")
	t.is(err, connector.ErrNotFound)
}

func keeperPrunesSweeps(t *engineTest) {
	const keep = 30 * 24 * time.Hour
	begun := t.Clock.Now()
	for id, ended := range map[string]time.Time{"old": begun, "young": begun.Add(2 * time.Hour), "running": {}} {
		_, err := t.Engine.Sweeps.UpdateSweep(t.ctx(), id, func(s *connector.Sweep) { s.StartedAt, s.EndedAt = begun, ended })
		t.ok(err)
	}
	t.Clock.Advance(keep + time.Hour)
	t.ok(t.Engine.Keeper.Prune(t.ctx(), t.Clock.Now(), keep, keep))
	_, err := t.Engine.Sweeps.Sweep(t.ctx(), "old")
	t.is(err, connector.ErrNotFound)
	for _, id := range []string{"young", "running"} {
		_, err := t.Engine.Sweeps.Sweep(t.ctx(), id)
		t.ok(err)
	}
}

func keeperClosed(t *engineTest) {
	ended := make(chan error, 1)
	go func() {
		_, err := t.Engine.Queue.Take(t.ctx())
		ended <- err
	}()
	t.ok(t.Engine.Keeper.Close())
	select {
	case err := <-ended:
		t.is(err, connector.ErrStoreAway)
	case <-time.After(enginePatience):
		t.Fatal("Take goes on after Close")
	}
	t.ok(t.Engine.Keeper.Close())
	t.is(t.Engine.Keeper.Ping(t.ctx()), connector.ErrStoreAway)
	_, err := t.Engine.Groups.Group(t.ctx(), "g1")
	t.is(err, connector.ErrStoreAway)
	_, err = t.Engine.Inbox.Accept(t.ctx(), connector.Intake{ID: "e", Group: "g1"})
	t.is(err, connector.ErrStoreAway)
	_, err = t.Engine.Queue.Depth(t.ctx())
	t.is(err, connector.ErrStoreAway)
}

func engineDurabilityRules() map[string]func(*engineTest) {
	return map[string]func(*engineTest){
		"after a close": func(t *engineTest) { survives(t, false) },
		"after a kill":  func(t *engineTest) { survives(t, true) },
	}
}

// survives writes through every port, takes the state over and reads it back.
func survives(t *engineTest, abrupt bool) {
	if t.Reopen == nil {
		t.Skip("the engine's state cannot be taken over")
	}
	now := t.Clock.Now()
	g := t.group("g1")
	t.accept(1, connector.Intake{ID: "e1", Group: "g1", Notice: engineNotice("e1", now), Touched: true, At: now})
	t.putEntry("g1", connector.LedgerEntry{Card: "c1", Message: "m1", At: now})
	t.putFacts(connector.Facts{Team: &connector.Team{Version: "1"}, At: now})
	t.ok(t.Engine.People.SavePeople(t.ctx(), []connector.Person{enginePerson("u1", "M1")}))
	t.ok(t.Engine.Readings.SaveReadings(t.ctx(), map[connector.GroupID]connector.Reading{"g1": {Digest: "d"}}))
	_, err := t.Engine.Subscriptions.UpdateSubscription(t.ctx(), "g1", func(s *connector.Subscription) { s.ChangedBy = "u1" })
	t.ok(err)
	_, err = t.Engine.Names.Reserve(t.ctx(), "slack", "acme", "g1")
	t.ok(err)
	t.ok(t.Engine.Answers.Remember(t.ctx(), "r1", []byte("a"), now))
	t.ok(t.Engine.Marks.SetMark(t.ctx(), "m", "v"))
	_, err = t.Engine.Sweeps.UpdateSweep(t.ctx(), "s1", func(s *connector.Sweep) { s.Queued = 3 })
	t.ok(err)
	t.claims("c1", time.Hour, true)
	t.bury(connector.DeadLetter{ID: "d1", At: now, Group: "g1", What: "group"})
	running := t.survivingJobs()

	t.reopen(abrupt)

	read, err := t.Engine.Groups.Group(t.ctx(), "g1")
	t.ok(err)
	g.TouchedAt = now
	t.same(read, g)
	t.accept(0, connector.Intake{ID: "e1", Group: "g1"})
	t.same(t.notices("g1"), []string{"e1"})
	_, err = t.Engine.Ledger.Entry(t.ctx(), "g1", "c1")
	t.ok(err)
	t.same(t.facts().Team.Version, "1")
	users, err := t.Engine.People.UsersOf(t.ctx(), "slack", "M1")
	t.ok(err)
	t.same(users, []string{"u1"})
	known, err := t.Engine.Readings.Readings(t.ctx(), []connector.GroupID{"g1"})
	t.ok(err)
	t.same(known["g1"].Digest, "d")
	wants, err := t.Engine.Subscriptions.Subscription(t.ctx(), "g1")
	t.ok(err)
	t.same(wants.ChangedBy, "u1")
	holder, err := t.Engine.Names.Reserve(t.ctx(), "slack", "acme", "g2")
	t.ok(err)
	t.same(holder, "g1")
	answer, err := t.Engine.Answers.Answer(t.ctx(), "r1")
	t.ok(err)
	t.same(string(answer), "a")
	mark, err := t.Engine.Marks.Mark(t.ctx(), "m")
	t.ok(err)
	t.same(mark, "v")
	sweep, err := t.Engine.Sweeps.Sweep(t.ctx(), "s1")
	t.ok(err)
	t.same(sweep.Queued, 3)
	t.claims("c1", time.Hour, false)
	t.same(t.letters(0), []string{"d1"})
	t.survivedJobs(running)
}

// survivingJobs leaves one key of each kind in the queue: due, delayed, in a
// backoff, running, running and asked for again, done.
func (t *engineTest) survivingJobs() (running connector.Lease) {
	t.Helper()
	t.add(groupJob("retried"))
	t.finishAfter(t.take("group/retried"), connector.RunRetry, time.Hour)
	t.add(groupJob("done"))
	t.finish(t.take("group/done"), connector.RunDone)
	again := groupJob("again")
	again.Tags = []string{"a"}
	t.add(groupJob("running"), again)
	running = t.take("group/running")
	t.take("group/again")
	again.Tags, again.Delay = []string{"b"}, time.Hour
	t.add(again)
	t.Clock.Advance(time.Second)
	t.add(groupJob("due"), delayedJob("delayed", time.Minute))
	return running
}

func (t *engineTest) survivedJobs(running connector.Lease) {
	t.Helper()
	t.is(t.Engine.Queue.Finish(t.ctx(), running, connector.RunEnd{Outcome: connector.RunDone}), connector.ErrLeaseLost)
	// Interrupted runs have no certain place among those that are due.
	due := map[string]connector.Lease{}
	for range 3 {
		lease := t.takeAny()
		due[nameOfKey(lease.Key)] = lease
		t.finish(lease, connector.RunDone)
	}
	for _, want := range []string{"group/running", "group/again", "group/due"} {
		if due[want].Token == "" {
			t.Fatalf("%s was not taken, but %v", want, due)
		}
	}
	t.same(due["group/again"].Tags, []string{"a", "b"})
	t.add(groupJob("retried"))
	t.noneDue()
	t.Clock.Advance(time.Minute)
	t.finish(t.take("group/delayed"), connector.RunDone)
	t.noneDue()
	t.Clock.Advance(time.Hour)
	retried := t.take("group/retried")
	t.same(retried.Attempt, 2)
	t.finish(retried, connector.RunDone)
	t.noneDue()
}
