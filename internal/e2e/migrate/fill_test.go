package migrate_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"roomkeeper/adapters/bolt"
	"roomkeeper/connector"
	"roomkeeper/internal/app"
	"roomkeeper/internal/world"
)

// filled is an embedded store with one of everything and many of most, and what
// a test has to know to ask for all of it.
type filled struct {
	dir string
	// later is a time when every job is due.
	later   time.Time
	groups  []connector.GroupID
	records []connector.RecordKey
	users   []connector.UserID
	intakes []connector.Intake
	// waiting are jobs that are not due by then, whatever is asked for.
	waiting []connector.JobKey
}

// tickingClock tells a later time at each look, so that no two jobs are due at
// the same.
type tickingClock struct{ micros atomic.Int64 }

func (c *tickingClock) now() time.Time { return time.UnixMicro(c.micros.Add(7)).UTC() }

// fillStore makes a store in a new folder. Half of its jobs are due already.
func fillStore(t testing.TB, groups int) *filled {
	t.Helper()
	clock := &tickingClock{}
	clock.micros.Store(time.Now().Add(-time.Hour).UnixMicro())
	f := &filled{dir: t.TempDir(), later: time.Now().Add(48 * time.Hour).UTC()}
	engine, err := bolt.Open(filepath.Join(f.dir, app.DatabaseFile), bolt.Options{Clock: clock.now})
	if err != nil {
		t.Fatal(err)
	}
	e := engine.Ports()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	f.addGroups(t, e, clock, groups)
	f.addPeople(t, e, clock, groups)
	f.addFacts(t, e, clock)
	f.addRest(t, e, clock)
	f.addRuns(t, e, clock)
	must(engine.Close())
	return f
}

// addGroups makes Groups of all shapes, with cards that were posted and cards
// that were not.
func (f *filled) addGroups(t testing.TB, e connector.Engine, clock *tickingClock, n int) {
	ctx := t.Context()
	states := []connector.GroupState{connector.GroupActive, connector.GroupHeld, connector.GroupCreating, connector.GroupFailed}
	readings := map[connector.GroupID]connector.Reading{}
	var intakes []connector.Intake
	for i := range n {
		record := connector.RecordKey{CRM: "crm", Kind: "account", ID: strconv.Itoa(i)}
		g := connector.Group{
			ID: connector.GroupIDOf("slack", record), Platform: "slack", Record: record, RecordName: fmt.Sprintf("Record %d é\x00", i),
			State: connector.GroupCreating, CreatedAt: clock.now(),
		}
		f.groups, f.records = append(f.groups, g.ID), append(f.records, record)
		readings[g.ID] = connector.Reading{At: clock.now(), Digest: fmt.Sprint("d", i), TeamVersion: "7"}
		intakes = append(intakes, connector.Intake{ID: "open/" + record.ID, Group: g.ID, Open: &g, Jobs: []connector.Job{
			{Key: connector.JobKey{Lane: connector.LaneGroup, Group: g.ID}, Delay: delayOf(i, n), Urgent: i%7 == 0, Tags: []string{"sweep", record.ID}},
		}})
		for j := range i % 4 {
			id := fmt.Sprintf("evt\x01%d-%d/%s", i, j, g.ID)
			intakes = append(intakes, connector.Intake{
				ID: id, Group: g.ID, Touched: j == 1, At: clock.now(),
				Notice: &connector.Notice{Event: connector.NoticeEvent{ID: id, Type: connector.EventRecordUpdated, Changed: []string{"a:b"}}, AcceptedAt: clock.now()},
				Jobs:   []connector.Job{{Key: connector.JobKey{Lane: connector.LaneCards, Group: g.ID}}},
			})
		}
	}
	f.accept(t, e, intakes...)
	if err := e.Readings.SaveReadings(ctx, readings); err != nil {
		t.Fatal(err)
	}
	for i, id := range f.groups {
		g, err := e.Groups.Group(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		g.State = states[i%len(states)]
		if i%3 == 0 {
			g.Channel = connector.Channel{ID: connector.ChannelID(fmt.Sprint("C", i)), Name: fmt.Sprint("c-", i)}
		}
		if i%5 == 0 {
			g.Memberships = []connector.Membership{{User: "u1", Status: connector.StatusPending, Since: clock.now()}}
		}
		if i%10 < 3 {
			if g, err = e.Groups.SaveGroup(ctx, g); err != nil {
				t.Fatal(err)
			}
		}
		if i%40 == 3 {
			f.settle(t, e, clock, g)
		}
	}
}

// delayOf is 0 for a third of n jobs; another third becomes due by now, in the
// opposite order, and the rest hours later.
func delayOf(i, n int) time.Duration {
	switch i % 3 {
	case 1:
		return time.Duration(n-i) * time.Second / 2
	case 2:
		return 3 * time.Hour
	}
	return 0
}

// settle posts a Group's first card, gives up its second one and begins a third.
func (f *filled) settle(t testing.TB, e connector.Engine, clock *tickingClock, g connector.Group) {
	ctx := t.Context()
	notices, err := e.Outbox.Notices(ctx, g.ID, 10)
	if err != nil || len(notices) != 3 {
		t.Fatalf("%d notices: %v", len(notices), err)
	}
	entry, err := e.Ledger.PutEntry(ctx, g.ID, connector.LedgerEntry{Card: "card:1", Trying: clock.now(), Seq: notices[0].Seq})
	if err != nil {
		t.Fatal(err)
	}
	entry.Message, entry.At, entry.Trying = "m1", clock.now(), time.Time{}
	dead := &connector.DeadLetter{
		ID: "card-" + string(g.ID), At: clock.now(), Group: g.ID, Record: g.Record, Platform: "slack", What: "card", Reason: "invalid", Notice: &notices[1],
	}
	for _, err := range []error{
		e.Outbox.Settle(ctx, g.ID, notices[0].Seq, &entry, nil),
		e.Outbox.Settle(ctx, g.ID, notices[1].Seq, nil, dead),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := e.Ledger.PutEntry(ctx, g.ID, connector.LedgerEntry{Card: "card:2", Trying: clock.now(), Seq: notices[2].Seq}); err != nil {
		t.Fatal(err)
	}
}

func (f *filled) accept(t testing.TB, e connector.Engine, intakes ...connector.Intake) {
	t.Helper()
	if n, err := e.Inbox.Accept(t.Context(), intakes...); err != nil || n != len(intakes) {
		t.Fatalf("%d of %d are new: %v", n, len(intakes), err)
	}
	f.intakes = append(f.intakes, intakes...)
}

func (f *filled) addPeople(t testing.TB, e connector.Engine, clock *tickingClock, n int) {
	var people []connector.Person
	for i := range n {
		user := connector.User{ID: connector.UserID(fmt.Sprint("u", i)), Name: "Tom", Email: "tom@example.com", Active: true}
		f.users = append(f.users, user.ID)
		people = append(people, connector.Person{User: user, ReadAt: clock.now(), Links: map[connector.PlatformID]connector.Link{
			// Two users each are one member.
			"slack": {Member: connector.MemberID(fmt.Sprint("U", i/2)), Source: connector.LinkCRM, At: clock.now()},
		}})
	}
	if err := e.People.SavePeople(t.Context(), people); err != nil {
		t.Fatal(err)
	}
}

// addFacts accepts fat events of every shape.
func (f *filled) addFacts(t testing.TB, e connector.Engine, clock *tickingClock) {
	users := func(id string) []connector.User { return []connector.User{{ID: connector.UserID(id), Name: id}} }
	team := &connector.Team{Version: "3", Entries: []connector.Entry{{Principal: connector.Principal{Type: connector.PrincipalUser, ID: "u1"}}}}
	for i := range 5 {
		key, group := f.records[i], f.groups[i]
		record := &connector.Record{Key: key, Name: "told", ModifiedAt: clock.now()}
		name := func(what string) string { return fmt.Sprintf("%s-%d", what, i) }
		f.accept(t, e,
			connector.Intake{ID: name("users"), Facts: connector.Facts{Users: users(name("a")), At: clock.now()}},
			connector.Intake{ID: name("users+group"), Group: group, Facts: connector.Facts{Users: users(name("b")), At: clock.now()}},
			connector.Intake{ID: name("record"), FactsOf: key, Facts: connector.Facts{Record: record, At: clock.now()}},
			connector.Intake{ID: name("record+group"), Group: group, FactsOf: key, Facts: connector.Facts{Team: team, Users: users(name("c")), At: clock.now()}},
			connector.Intake{ID: name("no such group"), Group: "none"},
		)
		f.users = append(f.users, connector.UserID(name("a")), connector.UserID(name("b")), connector.UserID(name("c")))
	}
}

// addRest fills the small ports.
func (f *filled) addRest(t testing.TB, e connector.Engine, clock *tickingClock) {
	ctx := t.Context()
	claim := func(name string, keep time.Duration) error {
		_, err := e.Claims.Claim(ctx, name, keep)
		return err
	}
	sweep := func(id string, state connector.SweepState, ended time.Time) error {
		_, err := e.Sweeps.UpdateSweep(ctx, id, func(s *connector.Sweep) {
			s.State, s.StartedAt, s.EndedAt, s.Queued = state, clock.now(), ended, 9
		})
		return err
	}
	for i := range 30 {
		_, errName := e.Names.Reserve(ctx, "slack", fmt.Sprintf("c-%d\x00", i), f.groups[i])
		_, errSub := e.Subscriptions.UpdateSubscription(ctx, f.groups[i], func(s *connector.Subscription) {
			s.Topics, s.ChangedBy, s.ChangedAt = map[connector.Topic]bool{"custom:x": i%2 == 0}, "u1", clock.now()
		})
		for _, err := range []error{
			errName, errSub,
			e.Answers.Remember(ctx, fmt.Sprint("r", i), []byte{0, byte(i), 255}, clock.now()),
			e.Marks.SetMark(ctx, fmt.Sprint("m", i), fmt.Sprint("v", i)),
			claim(fmt.Sprint("long", i), 100*time.Hour),
			claim(fmt.Sprint("short", i), time.Minute),
			sweep(fmt.Sprint("listing", i), connector.SweepListing, time.Time{}),
			sweep(fmt.Sprint("running", i), connector.SweepRunning, time.Time{}),
			sweep(fmt.Sprint("done", i), connector.SweepDone, clock.now()),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}

// addRuns ends runs in every way, and one not at all.
func (f *filled) addRuns(t testing.TB, e connector.Engine, clock *tickingClock) {
	ctx, cancel := context.WithTimeout(t.Context(), world.Patience)
	defer cancel()
	for i := range 16 {
		lease, err := e.Queue.Take(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if i%2 == 0 { // asked for during the run
			job := connector.Job{Key: lease.Key, Delay: time.Hour, Urgent: i%4 == 0, Tags: []string{fmt.Sprint("again", i)}}
			if err := e.Queue.Add(ctx, job); err != nil {
				t.Fatal(err)
			}
		}
		if i >= 12 {
			continue // as when the process is killed
		}
		end := connector.RunEnd{
			Outcome: []connector.Outcome{connector.RunRetry, connector.RunWait, connector.RunDone, connector.RunDead}[i%4],
			After:   time.Duration(i) * time.Minute, Told: i == 1,
		}
		if i < 2 {
			end.After = f.later.Sub(clock.now()) + time.Hour
			f.waiting = append(f.waiting, lease.Key)
		}
		if end.Outcome == connector.RunDead {
			end.Dead = &connector.DeadLetter{ID: fmt.Sprint("dead", i), At: clock.now(), Group: lease.Key.Group, What: "group", Reason: "forbidden", Attempts: 3}
		}
		if err := e.Queue.Finish(ctx, lease, end); err != nil {
			t.Fatal(err)
		}
	}
}
