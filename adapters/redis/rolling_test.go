package redis_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"roomkeeper/adapters/redis"
	"roomkeeper/connector"
	"roomkeeper/internal/redistest"
)

// laterFormat is what a later version writes.
const laterFormat = 2

// startLater opens an engine of a later version.
func startLater(t *testing.T, o redis.Options) replica {
	t.Helper()
	o.Deployment = "crm"
	e, err := redis.Open(o)
	must(t, err)
	t.Cleanup(func() { must(t, e.Close()) })
	must(t, e.CheckAs(t.Context(), laterFormat))
	return replica{e, e.Ports()}
}

func rolling(t *testing.T) (server *redistest.Server, o redis.Options) {
	server = redistest.Start(t, redistest.Options{AppendFsync: "everysec"})
	o = at(server, freshPrefix())
	o.Lease = time.Second
	return server, o
}

// estate is a value of every kind.
type estate struct {
	group, failed connector.Group
	notice        connector.Notice
	entry         connector.LedgerEntry
	person        connector.Person
	record        connector.RecordKey
	letter        connector.DeadLetter
}

var later = connector.Job{Key: connector.JobKey{Lane: connector.LaneGroup, Group: "g0"}, Delay: time.Hour}

// leave stores an estate.
func (r replica) leave(t *testing.T) (e estate) {
	t.Helper()
	ctx, now := t.Context(), time.Now().UTC()
	e.record = connector.RecordKey{CRM: "crm", Kind: "account", ID: "0"}
	var err error
	save := func(g connector.Group) connector.Group {
		g, err = r.Groups.SaveGroup(ctx, g)
		must(t, err)
		return g
	}
	e.group = save(connector.Group{ID: "g0", Platform: "slack", State: connector.GroupActive, Record: e.record})
	e.failed = save(connector.Group{ID: "g1", Platform: "slack", State: connector.GroupFailed, Record: e.record})
	_, err = r.Inbox.Accept(ctx, connector.Intake{ID: "i", Group: "g0", At: now, Notice: &connector.Notice{Event: connector.NoticeEvent{ID: "i"}}})
	must(t, err)
	notices, err := r.Outbox.Notices(ctx, "g0", 1)
	must(t, err)
	e.notice = notices[0]
	e.entry, err = r.Ledger.PutEntry(ctx, "g0", connector.LedgerEntry{Card: "c", At: now})
	must(t, err)
	e.person = connector.Person{User: connector.User{ID: "u1", Name: "One"}}
	must(t, r.People.SavePeople(ctx, []connector.Person{e.person}))
	_, err = r.Inbox.Accept(ctx, e.facts("f", now))
	must(t, err)
	must(t, r.Readings.SaveReadings(ctx, map[connector.GroupID]connector.Reading{"g0": {At: now, Digest: "d"}}))
	_, err = r.Subscriptions.UpdateSubscription(ctx, "g0", func(*connector.Subscription) {})
	must(t, err)
	_, err = r.Names.Reserve(ctx, "slack", "name", "g0")
	must(t, err)
	must(t, r.Answers.Remember(ctx, "a", []byte("answer"), now))
	must(t, r.Marks.SetMark(ctx, "m", "v"))
	_, err = r.Sweeps.UpdateSweep(ctx, "s", func(s *connector.Sweep) { s.State = connector.SweepListing })
	must(t, err)
	_, err = r.Claims.Claim(ctx, "tick", time.Hour)
	must(t, err)
	e.letter = connector.DeadLetter{ID: "d", At: now, Group: "g1", What: "group"}
	must(t, r.Outbox.Settle(ctx, "g1", 1<<40, nil, &e.letter))
	must(t, r.Queue.Add(ctx, later))
	return e
}

func (e estate) facts(id string, at time.Time) connector.Intake {
	return connector.Intake{ID: id, FactsOf: e.record, At: at, Facts: connector.Facts{
		Record: &connector.Record{Key: e.record, Name: "Zero"}, Users: []connector.User{{ID: "u1", Name: "One"}}, At: at,
	}}
}

// What a later version wrote is refused and stays as it is, byte for byte,
// whichever way the older one tries to change it.
func TestRedisRollingRefuses(t *testing.T) {
	server, o := rolling(t)
	e := startLater(t, o).leave(t)
	older := startReplica(t, o)
	ctx, now, client := t.Context(), time.Now().UTC(), server.Client()
	whole := dump(t, client, o.Prefix)
	intakeOf := func(in connector.Intake) func() error {
		return func() error {
			_, err := older.Inbox.Accept(ctx, in)
			return err
		}
	}
	failed := e.failed
	for name, try := range map[string]func() error{
		"Group":         func() error { _, err := older.Groups.Group(ctx, "g0"); return err },
		"ListGroups":    func() error { _, err := older.Groups.ListGroups(ctx, connector.GroupQuery{}); return err },
		"SaveGroup":     func() error { _, err := older.Groups.SaveGroup(ctx, e.group); return err },
		"Accept, Open":  intakeOf(connector.Intake{ID: "o", Group: "g1", Open: &failed, At: now}),
		"Accept, Jobs":  intakeOf(connector.Intake{ID: "j", Group: "g0", Jobs: []connector.Job{later}, Touched: true, At: now}),
		"Accept, Facts": intakeOf(e.facts("f2", now)),
		"Accept, a notice and Jobs": intakeOf(connector.Intake{
			ID: "nj", Group: "g0", Jobs: []connector.Job{later}, Notice: &connector.Notice{}, At: now,
		}),
		"Notices":             func() error { _, err := older.Outbox.Notices(ctx, "g0", 10); return err },
		"Settle":              func() error { return older.Outbox.Settle(ctx, "g0", e.notice.Seq, nil, nil) },
		"Settle, an entry":    func() error { return older.Outbox.Settle(ctx, "g0", 1<<40, &e.entry, nil) },
		"Settle, a letter":    func() error { return older.Outbox.Settle(ctx, "g1", 1<<40, nil, &e.letter) },
		"Entry":               func() error { _, err := older.Ledger.Entry(ctx, "g0", "c"); return err },
		"PutEntry":            func() error { _, err := older.Ledger.PutEntry(ctx, "g0", e.entry); return err },
		"PutEntry, a new one": func() error { _, err := older.Ledger.PutEntry(ctx, "g0", connector.LedgerEntry{Card: "c"}); return err },
		"Facts":               func() error { _, err := older.Facts.Facts(ctx, e.record); return err },
		"FactUsers":           func() error { _, err := older.Facts.FactUsers(ctx, []connector.UserID{"u1"}); return err },
		"People":              func() error { _, err := older.People.People(ctx, []connector.UserID{"u1"}); return err },
		"SavePeople":          func() error { return older.People.SavePeople(ctx, []connector.Person{e.person}) },
		"Readings":            func() error { _, err := older.Readings.Readings(ctx, []connector.GroupID{"g0"}); return err },
		"SaveReadings": func() error {
			return older.Readings.SaveReadings(ctx, map[connector.GroupID]connector.Reading{"g0": {}})
		},
		"Subscription": func() error { _, err := older.Subscriptions.Subscription(ctx, "g0"); return err },
		"UpdateSubscription": func() error {
			_, err := older.Subscriptions.UpdateSubscription(ctx, "g0", func(*connector.Subscription) {})
			return err
		},
		"Reserve":     func() error { _, err := older.Names.Reserve(ctx, "slack", "name", "g1"); return err },
		"Holder":      func() error { _, err := older.Names.Holder(ctx, "slack", "name"); return err },
		"Release":     func() error { return older.Names.Release(ctx, "slack", "name", "g0") },
		"Answer":      func() error { _, err := older.Answers.Answer(ctx, "a"); return err },
		"Remember":    func() error { return older.Answers.Remember(ctx, "a", nil, now) },
		"Mark":        func() error { _, err := older.Marks.Mark(ctx, "m"); return err },
		"SetMark":     func() error { return older.Marks.SetMark(ctx, "m", "w") },
		"Sweep":       func() error { _, err := older.Sweeps.Sweep(ctx, "s"); return err },
		"UpdateSweep": func() error { _, err := older.Sweeps.UpdateSweep(ctx, "s", func(*connector.Sweep) {}); return err },
		"OpenSweeps":  func() error { _, err := older.Sweeps.OpenSweeps(ctx); return err },
		"ListDead":    func() error { _, _, err := older.DeadLetters.ListDead(ctx, "", 10); return err },
		"Replay":      func() error { return older.DeadLetters.Replay(ctx, "d") },
		"Drop":        func() error { return older.DeadLetters.Drop(ctx, "d") },
		"Add": func() error {
			return older.Queue.Add(ctx, connector.Job{Key: later.Key, Urgent: true, Tags: []string{"t"}})
		},
	} {
		// Remember keeps the first answer, whoever wrote it: no change is no error.
		if err := try(); !errors.Is(err, connector.ErrNewerFormat) && name != "Remember" {
			t.Errorf("%s: %v", name, err)
		}
		if now := dump(t, client, o.Prefix); !maps.Equal(now, whole) {
			for key, before := range whole {
				if now[key] != before {
					t.Errorf("%s changed %s\n%s\nto\n%s", name, key, before, now[key])
				}
			}
			whole = now
		}
	}
}

// What an older version adds beside what a later one wrote changes none of it.
func TestRedisRollingAdds(t *testing.T) {
	server, o := rolling(t)
	newer := startLater(t, o)
	newer.leave(t)
	older := startReplica(t, o)
	before := valuesOf(dump(t, server.Client(), o.Prefix), laterFormat)
	_, err := older.Inbox.Accept(t.Context(), connector.Intake{
		ID: "x", Group: "g0", Touched: true, Notice: &connector.Notice{Event: connector.NoticeEvent{ID: "x"}}, At: time.Now(),
	})
	must(t, err)
	must(t, older.Keeper.Prune(t.Context(), time.Now(), time.Hour, time.Hour))
	if after := valuesOf(dump(t, server.Client(), o.Prefix), laterFormat); after != before || before < 10 {
		t.Errorf("%d values of the later version, before %d", after, before)
	}
	notices, err := newer.Outbox.Notices(t.Context(), "g0", 10)
	if err != nil || len(notices) != 2 || notices[1].Event.ID != "x" {
		t.Errorf("the later version reads %+v, %v", notices, err)
	}
}

// valuesOf counts the values of a format in a dump: fields of hashes, which are
// quoted there, and members of outboxes, which are numbered.
func valuesOf(dump map[string]string, format byte) (n int) {
	for _, content := range dump {
		n += strings.Count(content, fmt.Sprintf(`"\x%02x`, format)) + strings.Count(content, ":"+string(rune(format))+"{")
	}
	return n
}

// A later version reads and rewrites what the older one wrote.
func TestRedisRollingTakesOver(t *testing.T) {
	server, o := rolling(t)
	older := startReplica(t, o)
	e := older.leave(t)
	newer := startLater(t, o)
	ctx := t.Context()
	_, err := newer.Groups.SaveGroup(ctx, e.group)
	must(t, err)
	notices, err := newer.Outbox.Notices(ctx, "g0", 10)
	must(t, err)
	must(t, newer.Outbox.Settle(ctx, "g0", notices[0].Seq, &e.entry, nil))
	must(t, newer.People.SavePeople(ctx, []connector.Person{e.person}))
	_, err = newer.Inbox.Accept(ctx, e.facts("f2", time.Now().UTC()))
	must(t, err)
	must(t, newer.Readings.SaveReadings(ctx, map[connector.GroupID]connector.Reading{"g0": {}}))
	_, err = newer.Subscriptions.UpdateSubscription(ctx, "g0", func(*connector.Subscription) {})
	must(t, err)
	if holder, err := newer.Names.Reserve(ctx, "slack", "name", "g1"); err != nil || holder != "g0" {
		t.Errorf("the name is %q's, %v", holder, err)
	}
	must(t, newer.Marks.SetMark(ctx, "m", "w"))
	_, err = newer.Sweeps.UpdateSweep(ctx, "s", func(s *connector.Sweep) { s.Queued++ })
	must(t, err)
	must(t, newer.DeadLetters.Replay(ctx, "d"))
	lease, err := newer.takeSoon(t, time.Second)
	must(t, err)
	newer.done(t, lease)
	must(t, newer.Queue.Add(ctx, connector.Job{Key: later.Key}))
	newer.done(t, newer.mustTake(t, later.Key))
	// The answer and the name are what they were.
	if n := valuesOf(dump(t, server.Client(), o.Prefix), 1); n != 2 {
		t.Errorf("%d values are still the older version's, want 2", n)
	}
}

// A job that a later version wrote is run by it, although the older one takes
// too, and asks for it in vain.
func TestRedisRollingJobs(t *testing.T) {
	_, o := rolling(t)
	newer, older := startLater(t, o), startReplica(t, o)
	ctx, cancel := context.WithCancel(t.Context())
	taken := make(chan connector.Lease, 10)
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		for ctx.Err() == nil {
			if lease, err := older.Queue.Take(ctx); err == nil {
				taken <- lease
			}
		}
	}()
	defer func() { <-stopped }()
	defer cancel()
	for range 5 {
		newer.add(t, cardsOf("g"))
		lease := newer.mustTake(t, cardsOf("g"))
		if err := older.Queue.Add(ctx, connector.Job{Key: cardsOf("g")}); !errors.Is(err, connector.ErrNewerFormat) {
			t.Errorf("the older one asked for it: %v", err)
		}
		newer.done(t, lease)
	}
	// The older one runs its own, until the later one asks for it too. A reading that is
	// left from when the later one waited might bring it there, where nobody waits: it
	// would be handed back as the later version writes it.
	eventually(t, "no reading of the later one", func() error {
		if newer.self.Reads() {
			return errors.New("it still reads")
		}
		return nil
	})
	older.add(t, cardsOf("own"))
	var own connector.Lease
	select {
	case own = <-taken:
	case <-time.After(patience):
		t.Fatal("the older one got no job")
	}
	newer.add(t, cardsOf("own"))
	select {
	case <-own.Lost:
	case <-time.After(patience):
		t.Error("the older one goes on with what it cannot end")
	}
	newer.done(t, newer.mustTake(t, cardsOf("own")))
	if len(taken) > 0 {
		t.Errorf("the older one was given %+v", <-taken)
	}
}
