package cases_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"roomkeeper/adapters/bolt"
	"roomkeeper/adapters/redis"
	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
	"roomkeeper/internal/redistest"
)

// opener opens an empty store.
type opener func(t *testing.T, clock *connectortest.EngineClock) connector.Engine

func onBolt(t *testing.T, clock *connectortest.EngineClock) connector.Engine {
	t.Helper()
	store, err := bolt.Open(filepath.Join(connectortest.StoreDir(t), "test.db"), bolt.Options{Clock: clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return store.Ports()
}

func TestCasesBolt(t *testing.T) { everyCase(t, onBolt) }

func TestCasesRedis(t *testing.T) { everyCase(t, onRedis(t)) }

// onRedis opens empty stores in one server.
func onRedis(t *testing.T) opener {
	t.Helper()
	server := redistest.Start(t, redistest.Options{AppendFsync: "everysec"})
	opened := 0
	return func(t *testing.T, clock *connectortest.EngineClock) connector.Engine {
		t.Helper()
		opened++
		store, err := redis.Open(redis.Options{
			Topology: redis.Single, Addrs: []string{server.Addr()}, Prefix: fmt.Sprint("cases", opened), Deployment: "crm", Clock: clock.Now,
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = store.Close() })
		if err := store.Check(t.Context()); err != nil {
			t.Fatal(err)
		}
		return store.Ports()
	}
}

func everyCase(t *testing.T, open opener) {
	t.Helper()
	for _, s := range sections() {
		for _, r := range s.rows {
			t.Run(s.name+": "+r.name, func(t *testing.T) {
				for _, p := range platforms() {
					if want := r.on(p.id); want.absent == "" {
						t.Run(p.id, func(t *testing.T) { r.check(t, r.sideOf(p.id), open, want) })
					}
				}
			})
		}
	}
}

// sideOf makes the side that the case is played on.
func (r row) sideOf(platform string) func(*testing.T, connector.Limiter, func() time.Time) side {
	switch {
	case platform == "discord":
		return discordSide
	case r.token:
		return func(t *testing.T, limiter connector.Limiter, clock func() time.Time) side {
			t.Helper()
			return slackAs(t, limiter, clock, "xoxp-cases")
		}
	}
	return slackSide
}

// begun is the world right after what happens, with the Group in order before.
func (r row) begun(t *testing.T, sideOf func(*testing.T, connector.Limiter, func() time.Time) side, open opener) *world {
	t.Helper()
	clock := connectortest.NewEngineClock()
	w := newWorld(t, sideOf, open(t, clock), clock)
	if r.policy != nil {
		r.policy(&w.policy)
	}
	w.record("North", "ann")
	w.team("ann", "bob", "cid", "dan")
	if r.given != nil {
		r.given(w)
	}
	w.ok(w.recoverer().Fresh(t.Context()))
	if !r.unopened {
		w.hook(connector.EventChannelRequested)
		w.pass(time.Minute)
	}
	if r.before != nil {
		r.before(w)
	}
	w.pass(20 * time.Minute) // what is limited is free again
	w.reset()
	w.heard = nil
	r.act(w)
	return w
}

// check plays the case twice, since a dry run makes calls too.
func (r row) check(t *testing.T, sideOf func(*testing.T, connector.Limiter, func() time.Time) side, open opener, want outcome) {
	t.Helper()
	if plan := r.begun(t, sideOf, open).planned(); plan != want.plan {
		t.Errorf("PLAN\t%s\nwant\t%s", plan, want.plan)
	}
	w := r.begun(t, sideOf, open)
	w.pass(max(r.after, time.Minute))
	if calls := called(w.counts()); calls != want.calls {
		t.Errorf("CALLS\t%s\nwant\t%s", calls, want.calls)
	}
	if state := w.stands(); state != want.state {
		t.Errorf("STATE\t%s\nwant\t%s", state, want.state)
	}
	if paths := w.paths(); r.paths != "" && paths != r.paths {
		t.Errorf("PATHS\t%s\nwant\t%s", paths, r.paths)
	}
	if duties := w.duties(); r.duties != "" && duties != r.duties {
		t.Errorf("DUTIES\t%s\nwant\t%s", duties, r.duties)
	}
	if titled := w.titled(); want.titled != "" && titled != want.titled {
		t.Errorf("TITLED\t%s\nwant\t%s", titled, want.titled)
	}
	if told := w.hearing(); r.tells != "" && told != r.tells {
		t.Errorf("TOLD\t%s\nwant\t%s", told, r.tells)
	}
}
