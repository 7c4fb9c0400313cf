package connectortest

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"roomkeeper/connector"
)

func engineGroupRules() map[string]func(*engineTest) {
	return map[string]func(*engineTest){
		"none": func(t *engineTest) {
			_, err := t.Engine.Groups.Group(t.ctx(), "g1")
			t.is(err, connector.ErrNotFound)
		},
		"saved whole":             groupSavedWhole,
		"compare and swap":        groupCompareAndSwap,
		"one of many savers wins": groupOneSaverWins,
		"pages":                   groupPages,
		"filters":                 groupFilters,
		"moved channel":           groupMovedChannel,
		"touch does not conflict": groupTouch,
	}
}

func groupSavedWhole(t *engineTest) {
	g := engineGroup("g1", t.Clock.Now())
	g.Memberships = []connector.Membership{{User: "u1", Status: connector.StatusMember, Owned: true, Since: t.Clock.Now(),
		Why: []connector.Path{{Via: connector.ViaOwner, ID: "u1"}}}}
	g.Intent = &connector.Intent{Name: "acme", At: t.Clock.Now(), Attempt: 2}
	g.Held = &connector.Hold{Reason: connector.HoldLargeRemoval, Since: t.Clock.Now(), Plan: connector.Plan{ID: "p"}}
	saved, err := t.Engine.Groups.SaveGroup(t.ctx(), g)
	t.ok(err)
	if saved.Revision == 0 {
		t.Fatal("a saved group has no revision")
	}
	read, err := t.Engine.Groups.Group(t.ctx(), "g1")
	t.ok(err)
	t.same(read, saved)
	g.Revision = saved.Revision
	t.same(read, g)
}

func groupCompareAndSwap(t *engineTest) {
	first := t.group("g1")
	_, err := t.Engine.Groups.SaveGroup(t.ctx(), engineGroup("g1", t.Clock.Now()))
	t.is(err, connector.ErrConflict)
	stray := engineGroup("g2", t.Clock.Now())
	stray.Revision = 7
	_, err = t.Engine.Groups.SaveGroup(t.ctx(), stray)
	t.is(err, connector.ErrConflict)
	changed := first
	changed.State = connector.GroupActive
	second, err := t.Engine.Groups.SaveGroup(t.ctx(), changed)
	t.ok(err)
	if second.Revision == first.Revision {
		t.Fatal("the revision did not change")
	}
	_, err = t.Engine.Groups.SaveGroup(t.ctx(), first)
	t.is(err, connector.ErrConflict)
	read, err := t.Engine.Groups.Group(t.ctx(), "g1")
	t.ok(err)
	t.same(read, second)
}

func groupOneSaverWins(t *engineTest) {
	g := t.group("g1")
	var (
		savers sync.WaitGroup
		won    atomic.Int32
	)
	for i := range 20 {
		savers.Go(func() {
			mine := g
			mine.RecordName = fmt.Sprint("saver ", i)
			if _, err := t.Engine.Groups.SaveGroup(t.ctx(), mine); err == nil {
				won.Add(1)
			}
		})
	}
	savers.Wait()
	if won.Load() != 1 {
		t.Fatalf("%d savers of one revision won", won.Load())
	}
}

func (t *engineTest) list(q connector.GroupQuery) (ids []string) {
	t.Helper()
	for {
		page, err := t.Engine.Groups.ListGroups(t.ctx(), q)
		t.ok(err)
		if q.Limit > 0 && len(page.Groups) > q.Limit {
			t.Fatalf("a page of %d, want at most %d", len(page.Groups), q.Limit)
		}
		for _, g := range page.Groups {
			ids = append(ids, string(g.ID))
		}
		if page.Next == "" {
			return ids
		}
		q.Cursor = page.Next
	}
}

func groupPages(t *engineTest) {
	t.same(t.list(connector.GroupQuery{}), []string(nil))
	var all, odd []string
	for i := range 1203 {
		id := fmt.Sprintf("g%04d", i)
		open := engineGroup(id, t.Clock.Now())
		all = append(all, id)
		if i%100 == 1 {
			open.State = connector.GroupUnreachable
			odd = append(odd, id)
		}
		t.accept(1, connector.Intake{Group: open.ID, Open: &open})
	}
	t.same(t.list(connector.GroupQuery{}), all)
	t.same(t.list(connector.GroupQuery{Limit: 500}), all)
	t.same(t.list(connector.GroupQuery{Limit: 401}), all)
	t.same(t.list(connector.GroupQuery{State: connector.GroupUnreachable, Limit: 3}), odd)
	page, err := t.Engine.Groups.ListGroups(t.ctx(), connector.GroupQuery{})
	t.ok(err)
	if len(page.Groups) != 200 {
		t.Fatalf("a page without a limit has %d groups, want 200", len(page.Groups))
	}
}

func groupFilters(t *engineTest) {
	record := connector.RecordKey{CRM: "crm", Kind: connector.KindAccount, ID: "shared"}
	for i, platform := range []connector.PlatformID{"slack", "discord", "slack"} {
		g := engineGroup(fmt.Sprint("g", i), t.Clock.Now())
		g.Platform = platform
		if i < 2 {
			g.Record = record
		}
		g.Channel.ID = connector.ChannelID(fmt.Sprint("C", i/2))
		g.State = connector.GroupActive
		if i == 1 {
			g.Memberships = []connector.Membership{{User: "u", Status: connector.StatusPending, Reason: connector.ReasonNoAccount}}
			g.State = connector.GroupHeld
		}
		_, err := t.Engine.Groups.SaveGroup(t.ctx(), g)
		t.ok(err)
	}
	for _, c := range []struct {
		query connector.GroupQuery
		want  []string
	}{
		{connector.GroupQuery{Platform: "slack"}, []string{"g0", "g2"}},
		{connector.GroupQuery{Channel: "C0"}, []string{"g0", "g1"}},
		{connector.GroupQuery{Channel: "C0", Limit: 1}, []string{"g0", "g1"}},
		{connector.GroupQuery{Channel: "C0", Platform: "discord"}, []string{"g1"}},
		{connector.GroupQuery{Channel: "C"}, nil},
		{connector.GroupQuery{Record: record}, []string{"g0", "g1"}},
		{connector.GroupQuery{Record: record, Platform: "slack"}, []string{"g0"}},
		{connector.GroupQuery{Record: record, State: connector.GroupHeld}, []string{"g1"}},
		{connector.GroupQuery{Pending: true}, []string{"g1"}},
		{connector.GroupQuery{State: connector.GroupActive}, []string{"g0", "g2"}},
		{connector.GroupQuery{State: connector.GroupActive, Platform: "discord"}, nil},
	} {
		t.same(t.list(c.query), c.want)
	}
}

func groupMovedChannel(t *engineTest) {
	g := t.group("g1")
	g.Channel = connector.Channel{ID: "C1", Name: "one"}
	g, err := t.Engine.Groups.SaveGroup(t.ctx(), g)
	t.ok(err)
	g.Channel = connector.Channel{ID: "C2", Name: "two"}
	_, err = t.Engine.Groups.SaveGroup(t.ctx(), g)
	t.ok(err)
	t.same(t.list(connector.GroupQuery{Channel: "C1"}), []string(nil))
	t.same(t.list(connector.GroupQuery{Channel: "C2"}), []string{"g1"})
}

func groupTouch(t *engineTest) {
	g := t.group("g1")
	at := t.Clock.Now().Add(time.Minute)
	t.accept(1, connector.Intake{ID: "e1", Group: "g1", Touched: true, At: at})
	t.accept(1, connector.Intake{ID: "e0", Group: "g1", Touched: true, At: at.Add(-time.Second)})
	g.State = connector.GroupActive
	saved, err := t.Engine.Groups.SaveGroup(t.ctx(), g)
	t.ok(err)
	read, err := t.Engine.Groups.Group(t.ctx(), "g1")
	t.ok(err)
	page, err := t.Engine.Groups.ListGroups(t.ctx(), connector.GroupQuery{})
	t.ok(err)
	for _, got := range []connector.Group{saved, read, page.Groups[0]} {
		if !got.TouchedAt.Equal(at) || got.State != connector.GroupActive {
			t.Fatalf("touched at %s in state %s, want %s and active", got.TouchedAt, got.State, at)
		}
	}
}
