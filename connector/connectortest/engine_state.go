package connectortest

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"roomkeeper/connector"
)

func engineFactRules() map[string]func(*engineTest) {
	return map[string]func(*engineTest){
		"team by version": factTeams,
		"users by time":   factUsers,
		"record is whole": factRecord,
		"not said twice":  factsOnce,
		"with a group":    factsWithGroup,
		"of users only":   factsOfUsers,
		"of no record": func(t *engineTest) {
			_, err := t.Engine.Inbox.Accept(t.ctx(), connector.Intake{Facts: connector.Facts{Team: &connector.Team{}}})
			t.is(err, connector.ErrInvalid)
		},
		"nothing was said": func(t *engineTest) { t.same(t.facts(), connector.Facts{}) },
	}
}

func factKey() connector.RecordKey {
	return connector.RecordKey{CRM: "crm", Kind: connector.KindAccount, ID: "1"}
}

func (t *engineTest) facts() connector.Facts {
	t.Helper()
	f, err := t.Engine.Facts.Facts(t.ctx(), factKey())
	t.ok(err)
	return f
}

func (t *engineTest) putFacts(f connector.Facts) {
	t.Helper()
	t.accept(1, connector.Intake{Facts: f, FactsOf: factKey()})
}

// said is an intake of facts with an identity.
func said(id, team string) connector.Intake {
	return connector.Intake{ID: id, FactsOf: factKey(), Facts: connector.Facts{
		Team: &connector.Team{Entries: []connector.Entry{{Role: team}}},
	}}
}

// What an event said is not applied again, whatever was said meanwhile.
func factsOnce(t *engineTest) {
	old, young := said("e1", "old"), said("e2", "young")
	t.accept(1, old)
	t.accept(1, young)
	t.accept(0, old, young, old)
	t.same(t.facts().Team.Entries[0].Role, "young")
}

// Facts do not depend on the Group, and are as atomic as the rest.
func factsWithGroup(t *engineTest) {
	in := said("e1", "first")
	in.Group, in.Notice = "g1", engineNotice("e1", t.Clock.Now())
	t.accept(1, in)
	t.same(t.facts().Team.Entries[0].Role, "first")
	t.group("g1")
	t.accept(0, in)
	t.same(t.notices("g1"), []string(nil))
	bad := said("e2", "second")
	bad.Group, bad.Jobs = "g1", []connector.Job{{}}
	_, err := t.Engine.Inbox.Accept(t.ctx(), bad)
	t.is(err, connector.ErrInvalid)
	t.same(t.facts().Team.Entries[0].Role, "first")
	bad.Jobs = nil
	t.accept(1, bad)
	t.same(t.facts().Team.Entries[0].Role, "second")
}

func factsOfUsers(t *engineTest) {
	in := connector.Intake{ID: "e1", Facts: connector.Facts{Users: []connector.User{{ID: "u1", Name: "one"}}, At: t.Clock.Now()}}
	t.accept(1, in)
	t.accept(0, in)
	users, err := t.Engine.Facts.FactUsers(t.ctx(), []connector.UserID{"u1"})
	t.ok(err)
	t.same(users, map[connector.UserID]connector.User{"u1": {ID: "u1", Name: "one"}})
}

func factTeams(t *engineTest) {
	for _, step := range []struct{ put, want connector.Version }{
		{"2", "2"}, {"1", "2"}, {"10", "10"}, {"9", "10"}, {"", ""}, {"3", "3"},
	} {
		t.putFacts(connector.Facts{Team: &connector.Team{Version: step.put}, At: t.Clock.Now()})
		if got := t.facts(); got.Record != nil || got.Team.Version != step.want {
			t.Fatalf("after %q: %s, want version %q", step.put, engineText(got), step.want)
		}
	}
	entries := []connector.Entry{{Role: "owner"}}
	t.putFacts(connector.Facts{Team: &connector.Team{Version: "3", Entries: entries}, At: t.Clock.Now()})
	if got := t.facts().Team.Entries; len(got) != 0 {
		t.Fatalf("an equal version replaced the team: %v", got)
	}
}

func factRecord(t *engineTest) {
	now := t.Clock.Now()
	put := func(name string, modified time.Time) {
		t.putFacts(connector.Facts{Record: &connector.Record{Key: factKey(), Name: name, ModifiedAt: modified}, At: now})
	}
	want := func(name string) {
		t.Helper()
		if got := t.facts().Record; got == nil || got.Name != name {
			t.Fatalf("record %s, want the name %q", engineText(got), name)
		}
	}
	put("first", time.Time{})
	want("first")
	put("second", now)
	want("second")
	put("older", now.Add(-time.Hour))
	want("second")
	put("undated", time.Time{})
	want("undated")
	t.putFacts(connector.Facts{Team: &connector.Team{Version: "1"}, At: now})
	want("undated")
}

func factUsers(t *engineTest) {
	now := t.Clock.Now()
	t.putFacts(connector.Facts{Users: []connector.User{{ID: "u1", Name: "one"}, {ID: "u2", Name: "two"}}, At: now})
	t.putFacts(connector.Facts{Users: []connector.User{{ID: "u1", Name: "old"}}, At: now.Add(-time.Second)})
	t.putFacts(connector.Facts{Users: []connector.User{{ID: "u2", Name: "new", Active: true}}, At: now.Add(time.Second)})
	users, err := t.Engine.Facts.FactUsers(t.ctx(), []connector.UserID{"u1", "u2", "u3"})
	t.ok(err)
	t.same(users, map[connector.UserID]connector.User{
		"u1": {ID: "u1", Name: "one"}, "u2": {ID: "u2", Name: "new", Active: true},
	})
}

func enginePeopleRules() map[string]func(*engineTest) {
	return map[string]func(*engineTest){
		"known ones":      peopleKnown,
		"users of member": peopleUsersOf,
		"pages":           peoplePages,
		"by hand":         peopleByHand,
		"updated":         peopleUpdated,
	}
}

func enginePerson(id, member string) connector.Person {
	p := connector.Person{User: connector.User{ID: connector.UserID(id), Active: true}}
	if member != "" {
		p.Links = map[connector.PlatformID]connector.Link{"slack": {Member: connector.MemberID(member), Source: connector.LinkEmail}}
	}
	return p
}

func peopleKnown(t *engineTest) {
	t.ok(t.Engine.People.SavePeople(t.ctx(), nil))
	t.ok(t.Engine.People.SavePeople(t.ctx(), []connector.Person{enginePerson("u1", "M1"), enginePerson("u2", "")}))
	known, err := t.Engine.People.People(t.ctx(), []connector.UserID{"u1", "u2", "u3"})
	t.ok(err)
	t.same(known, map[connector.UserID]connector.Person{"u1": enginePerson("u1", "M1"), "u2": enginePerson("u2", "")})
}

func peopleUsersOf(t *engineTest) {
	want := func(platform, member string, users ...connector.UserID) {
		t.Helper()
		got, err := t.Engine.People.UsersOf(t.ctx(), connector.PlatformID(platform), connector.MemberID(member))
		t.ok(err)
		t.same(got, users)
	}
	save := func(persons ...connector.Person) {
		t.Helper()
		t.ok(t.Engine.People.SavePeople(t.ctx(), persons))
	}
	want("slack", "M1")
	save(enginePerson("u1", "M1"), enginePerson("u2", "M1"), enginePerson("u3", "M10"))
	want("slack", "M1", "u1", "u2")
	want("discord", "M1")
	save(enginePerson("u1", "M2"))
	want("slack", "M1", "u2")
	want("slack", "M2", "u1")
	save(enginePerson("u2", ""))
	want("slack", "M1", "u2") // nothing was found out there
	save(connector.Person{User: connector.User{ID: "u2"}, Links: map[connector.PlatformID]connector.Link{"slack": {Source: connector.LinkEmail}}})
	want("slack", "M1")
	save(enginePerson("u3", "M10"))
	want("slack", "M10", "u3")
}

func peoplePages(t *engineTest) {
	var all []connector.Person
	for i := range 7 {
		all = append(all, enginePerson(fmt.Sprint("u", i), ""))
	}
	t.ok(t.Engine.People.SavePeople(t.ctx(), all))
	var got []connector.Person
	for cursor, pages := "", 0; ; pages++ {
		page, next, err := t.Engine.People.ListPeople(t.ctx(), cursor, 3)
		t.ok(err)
		got = append(got, page...)
		if cursor = next; next == "" || pages > 3 {
			break
		}
	}
	t.same(got, all)
}

func engineReadingRules() map[string]func(*engineTest) {
	return map[string]func(*engineTest){
		"saved together": func(t *engineTest) {
			saved := map[connector.GroupID]connector.Reading{}
			ids := []connector.GroupID{"unknown"}
			for i := range 500 {
				id := connector.GroupID(fmt.Sprint("g", i))
				ids = append(ids, id)
				saved[id] = connector.Reading{At: t.Clock.Now(), Digest: fmt.Sprint(i), TeamVersion: "3"}
			}
			t.ok(t.Engine.Readings.SaveReadings(t.ctx(), nil))
			t.ok(t.Engine.Readings.SaveReadings(t.ctx(), saved))
			got, err := t.Engine.Readings.Readings(t.ctx(), ids)
			t.ok(err)
			t.same(got, saved)
			t.ok(t.Engine.Readings.SaveReadings(t.ctx(), map[connector.GroupID]connector.Reading{"g1": {Digest: "new"}}))
			got, err = t.Engine.Readings.Readings(t.ctx(), []connector.GroupID{"g1"})
			t.ok(err)
			t.same(got, map[connector.GroupID]connector.Reading{"g1": {Digest: "new"}})
		},
	}
}

func engineSubscriptionRules() map[string]func(*engineTest) {
	return map[string]func(*engineTest){
		"saved": func(t *engineTest) {
			got, err := t.Engine.Subscriptions.Subscription(t.ctx(), "g1")
			t.ok(err)
			t.same(got, connector.Subscription{})
			wants := connector.Subscription{
				Topics: map[connector.Topic]bool{connector.TopicPool: true, "custom:x": false}, Fields: []string{"stage"},
				ChangedBy: "u1", ChangedAt: t.Clock.Now(),
			}
			saved, err := t.Engine.Subscriptions.UpdateSubscription(t.ctx(), "g1", func(s *connector.Subscription) { *s = wants })
			t.ok(err)
			t.same(saved, wants)
			got, err = t.Engine.Subscriptions.Subscription(t.ctx(), "g1")
			t.ok(err)
			t.same(got, wants)
		},
		"no change is lost": func(t *engineTest) {
			var changers sync.WaitGroup
			for i := range 40 {
				changers.Go(func() {
					_, err := t.Engine.Subscriptions.UpdateSubscription(t.ctx(), "g1", func(s *connector.Subscription) {
						s.Fields = append(s.Fields, fmt.Sprint(i))
					})
					if err != nil {
						t.Errorf("update: %v", err)
					}
				})
			}
			changers.Wait()
			got, err := t.Engine.Subscriptions.Subscription(t.ctx(), "g1")
			t.ok(err)
			t.same(len(got.Fields), 40)
		},
	}
}

func engineNameRules() map[string]func(*engineTest) {
	return map[string]func(*engineTest){
		"reserved and released": func(t *engineTest) {
			reserve := func(platform connector.PlatformID, group, want connector.GroupID) {
				t.Helper()
				holder, err := t.Engine.Names.Reserve(t.ctx(), platform, "acme", group)
				t.ok(err)
				t.same(holder, want)
				holder, err = t.Engine.Names.Holder(t.ctx(), platform, "acme")
				t.ok(err)
				t.same(holder, want)
			}
			free := func(platform connector.PlatformID, name string) {
				t.Helper()
				holder, err := t.Engine.Names.Holder(t.ctx(), platform, name)
				t.ok(err)
				t.same(holder, "")
			}
			free("slack", "acme")
			reserve("slack", "g1", "g1")
			reserve("slack", "g2", "g1")
			reserve("slack", "g1", "g1")
			reserve("discord", "g2", "g2")
			t.ok(t.Engine.Names.Release(t.ctx(), "slack", "acme", "g2"))
			reserve("slack", "g2", "g1")
			free("slack", "acme-2")
			t.ok(t.Engine.Names.Release(t.ctx(), "slack", "acme", "g1"))
			t.ok(t.Engine.Names.Release(t.ctx(), "slack", "acme", "g1"))
			free("slack", "acme")
			reserve("slack", "g2", "g2")
		},
	}
}

func engineAnswerRules() map[string]func(*engineTest) {
	return map[string]func(*engineTest){
		"the first is kept": func(t *engineTest) {
			_, err := t.Engine.Answers.Answer(t.ctx(), "r1")
			t.is(err, connector.ErrNotFound)
			t.ok(t.Engine.Answers.Remember(t.ctx(), "r1", []byte("\x00first\xff"), t.Clock.Now()))
			t.ok(t.Engine.Answers.Remember(t.ctx(), "r1", []byte("second"), t.Clock.Now()))
			got, err := t.Engine.Answers.Answer(t.ctx(), "r1")
			t.ok(err)
			t.same(string(got), "\x00first\xff")
		},
	}
}

func engineMarkRules() map[string]func(*engineTest) {
	return map[string]func(*engineTest){
		"set and read": func(t *engineTest) {
			value, err := t.Engine.Marks.Mark(t.ctx(), "m")
			t.ok(err)
			t.same(value, "")
			t.ok(t.Engine.Marks.SetMark(t.ctx(), "m", "1"))
			t.ok(t.Engine.Marks.SetMark(t.ctx(), "m", "2"))
			value, err = t.Engine.Marks.Mark(t.ctx(), "m")
			t.ok(err)
			t.same(value, "2")
		},
	}
}

func engineSweepRules() map[string]func(*engineTest) {
	return map[string]func(*engineTest){
		"those that are open": func(t *engineTest) {
			var want []string
			for i, state := range []connector.SweepState{
				connector.SweepListing, connector.SweepRunning, connector.SweepDone, connector.SweepFailed, connector.SweepListing,
			} {
				s, err := t.Engine.Sweeps.UpdateSweep(t.ctx(), fmt.Sprint("s", i), func(s *connector.Sweep) { s.State = state })
				t.ok(err)
				if state == connector.SweepListing {
					want = append(want, s.ID)
				}
			}
			listed := func() (ids []string) {
				sweeps, err := t.Engine.Sweeps.OpenSweeps(t.ctx())
				t.ok(err)
				for _, s := range sweeps {
					ids = append(ids, s.ID)
				}
				slices.Sort(ids)
				return ids
			}
			t.same(listed(), want)
			_, err := t.Engine.Sweeps.UpdateSweep(t.ctx(), "s0", func(s *connector.Sweep) { s.State = connector.SweepFailed })
			t.ok(err)
			t.same(listed(), want[1:])
			for _, id := range []string{"s1", "s2"} {
				_, err := t.Engine.Sweeps.UpdateSweep(t.ctx(), id, func(s *connector.Sweep) { s.Waits = true })
				t.ok(err)
			}
			t.same(listed(), []string{"s1", "s4"})
		},
		"counted in one step": func(t *engineTest) {
			_, err := t.Engine.Sweeps.Sweep(t.ctx(), "s1")
			t.is(err, connector.ErrNotFound)
			var counters sync.WaitGroup
			for range 40 {
				counters.Go(func() {
					if _, err := t.Engine.Sweeps.UpdateSweep(t.ctx(), "s1", func(s *connector.Sweep) { s.Done++ }); err != nil {
						t.Errorf("update: %v", err)
					}
				})
			}
			counters.Wait()
			last, err := t.Engine.Sweeps.UpdateSweep(t.ctx(), "s1", func(s *connector.Sweep) { s.State = connector.SweepDone })
			t.ok(err)
			t.same(last, connector.Sweep{ID: "s1", State: connector.SweepDone, Done: 40})
			read, err := t.Engine.Sweeps.Sweep(t.ctx(), "s1")
			t.ok(err)
			t.same(read, last)
		},
	}
}
