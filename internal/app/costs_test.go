package app_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/internal/world"
	"roomkeeper/sandbox/crm"
)

// Sizes of the world in which a Sweep is measured, and of the CRM's pages.
const (
	sweepUsers  = 1000
	recordsPage = 500
	usersPage   = 100
)

// sweepCosts is what a full Sweep took in which nothing had changed.
type sweepCosts struct {
	groups int
	// crm and chat are calls, by route and method.
	crm, chat map[string]int
	queued    int
	// peak is the most memory in use while it ran, in bytes, garbage apart.
	peak uint64
}

// sweepOf measures a full Sweep over so many Groups.
func sweepOf(tb testing.TB, groups int) sweepCosts {
	tb.Helper()
	r := startRig(tb, sweepUsers, groups)
	defer r.close(tb)
	r.seed(tb, connector.GroupActive)
	a, _ := r.startApp(tb)
	r.resetCalls(tb)
	stop := make(chan struct{})
	peak := make(chan uint64, 1)
	go func() { peak <- peakHeap(stop) }()
	sweep, err := a.FullSweep(context.Background())
	close(stop)
	if err != nil {
		tb.Fatal(err)
	}
	return sweepCosts{groups: groups, crm: r.CRM.Counts(tb), chat: r.chatCalls(tb), queued: sweep.Queued, peak: <-peak}
}

// peakHeap collects the garbage again and again and returns the most that was
// left, so that it does not matter when the collector would have run.
func peakHeap(stop <-chan struct{}) uint64 {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	var peak uint64
	for {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		peak = max(peak, m.HeapAlloc)
		select {
		case <-stop:
			return peak
		case <-tick.C:
		}
	}
}

// TestSweepCosts: when nothing changed, a full Sweep lists records and people
// by whole pages and does nothing else, and its memory does not grow with the
// number of Groups.
func TestSweepCosts(t *testing.T) {
	small, large := sweepOf(t, sweepSmall), sweepOf(t, sweepLarge)
	for _, s := range []sweepCosts{small, large} {
		want := map[string]int{"GET /records": pages(s.groups, recordsPage), "GET /users": pages(sweepUsers, usersPage)}
		if !maps.Equal(s.crm, want) {
			t.Errorf("%d Groups: the CRM was called %v, want %v", s.groups, s.crm, want)
		}
		if sum(s.chat) != 0 || s.queued != 0 {
			t.Errorf("%d Groups: %d were queued, the workspace was called %v", s.groups, s.queued, s.chat)
		}
	}
	ratio := float64(large.peak) / float64(small.peak)
	t.Logf("heap at most %.1f MB for %d Groups, %.1f MB for %d: %.2f times",
		megabytes(small.peak), sweepSmall, megabytes(large.peak), sweepLarge, ratio)
	if ratio > 2 {
		t.Errorf("a Sweep of %d times the Groups takes %.2f times the memory, want at most 2", sweepLarge/sweepSmall, ratio)
	}
}

func megabytes(bytes uint64) float64 { return float64(bytes) / (1 << 20) }

// TestSweepOfRealGroups: what a run remembers of a record is what the list
// says of it, so that a Sweep after it finds nothing changed. A full one that
// a person asks for looks at every Group all the same.
func TestSweepOfRealGroups(t *testing.T) {
	w := world.Start(t, world.Slack(), 30, 3)
	for n := 1; n <= 3; n++ {
		w.Open(t, world.Account(n))
		w.WaitState(t, world.Account(n), "active")
	}
	for _, want := range []struct {
		full   bool
		queued int
	}{{false, 0}, {true, 3}} { // before the first Sweep an incremental one lists everything too
		w.CRM.Act(t, "reset-calls", world.Order{})
		var sweep struct {
			ID, State            string
			Full                 bool
			Queued, Done, Failed int
		}
		w.API.Must(t, "POST", "/sweeps", world.Order{"full": want.full}, &sweep)
		world.Eventually(t, world.Patience, "sweep", func() error {
			w.API.Must(t, "GET", "/sweeps/"+sweep.ID, nil, &sweep)
			if sweep.State != "done" {
				return errors.New(sweep.State)
			}
			return nil
		})
		if sweep.Full != want.full || sweep.Queued != want.queued || sweep.Done != want.queued || sweep.Failed != 0 {
			t.Errorf("%+v, want %d queued and done: %v", sweep, want.queued, w.CRM.Counts(t))
		}
	}
}

// openTeam is the size of the team whose channel is measured.
const openTeam = 250

// openCosts is what opening a channel for openTeam people took, by method,
// and the fewest calls that could do it.
type openCosts struct {
	workspace     int
	calls, fewest map[string]int
}

// openOf opens a channel in a workspace of so many members, our bot included.
// The team is spread over the whole workspace.
func openOf(tb testing.TB, workspace int) openCosts {
	tb.Helper()
	people := workspace - 1
	r := startRig(tb, people, 1)
	defer r.close(tb)
	team := make([]crm.Entry, openTeam)
	for i := range team {
		team[i] = world.Employee(world.PersonID(i * people / openTeam))
	}
	r.CRM.Act(tb, "team-set", world.About(world.Account(1)).With("record", world.Order{"team": team}))
	r.CRM.Act(tb, "edit", world.About(world.Account(1)).With("edit", world.Order{"owner": crm.Principal{Type: "user", ID: team[0].Principal.ID}}))
	_, api := r.startApp(tb)
	r.resetCalls(tb)
	var g world.Group
	api.Must(tb, "POST", "/groups", world.Account(1), &g)
	world.Eventually(tb, world.Patience, "open", func() error {
		api.Must(tb, "GET", "/groups/"+g.ID, nil, &g)
		if g.State != "active" {
			return fmt.Errorf("%s %s", g.State, g.Failure)
		}
		return nil
	})
	if in := world.MembersOf(g); in != openTeam {
		tb.Fatalf("%d of %d are in", in, openTeam)
	}
	list, ask := pages(workspace, 200), openTeam
	fewest := map[string]int{
		"conversations.create": 1, "conversations.setTopic": 1, "conversations.setPurpose": 1, "conversations.invite": pages(openTeam, 100),
		"conversations.members": pages(openTeam+1, 999), "chat.postMessage": 1, "pins.add": 1,
	}
	if list < ask {
		fewest["users.list"] = list
	} else {
		fewest["users.lookupByEmail"] = ask
	}
	return openCosts{workspace: workspace, calls: r.chatCalls(tb), fewest: fewest}
}

// people are the calls that find accounts.
func people(calls map[string]int) int { return calls["users.list"] + calls["users.lookupByEmail"] }

// methods are those of either side, in order.
func (c openCosts) methods() []string {
	all := maps.Clone(c.fewest)
	maps.Copy(all, c.calls)
	return slices.Sorted(maps.Keys(all))
}

// TestOpenCosts: a channel for many people is opened with the fewest calls of Slack's.
// How large a workspace is turns out only while it is listed: in one that is
// too large to list, the listing stops once it has cost as much as asking for
// each address, and only whoever was not on it yet is asked for.
func TestOpenCosts(t *testing.T) {
	for _, c := range []struct {
		workspace, people int
	}{{300, 2}, {1000, 5}, {60_000, 300}} {
		t.Run(fmt.Sprintf("workspace of %d", c.workspace), func(t *testing.T) {
			costs := openOf(t, c.workspace)
			t.Logf("calls %v, fewest %v", costs.calls, costs.fewest)
			for _, method := range costs.methods() {
				if method == "users.list" || method == "users.lookupByEmail" {
					continue
				}
				if costs.calls[method] != costs.fewest[method] {
					t.Errorf("%s was called %d times, want %d", method, costs.calls[method], costs.fewest[method])
				}
			}
			if n := people(costs.calls); n > c.people {
				t.Errorf("finding the people took %d calls, want at most %d", n, c.people)
			}
		})
	}
}
