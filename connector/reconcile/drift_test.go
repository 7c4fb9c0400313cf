package reconcile_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
	"roomkeeper/connector/reconcile"
)

// checked is a world with a drift check, which outlives its single plans.
type checked struct {
	*world
	drift *reconcile.Drift
	log   bytes.Buffer
}

// checkedWorld has five Groups whose channels were read a day ago.
func checkedWorld(t *testing.T, manners connectortest.Manners) *checked {
	t.Helper()
	w := newWorld(t)
	w.chat.SetManners(manners)
	w.person("a", "b", "c")
	for i := range 5 {
		id := fmt.Sprint(i)
		w.record(id, "Acme "+id, "a", "b", "c")
		w.open(id)
	}
	c := &checked{world: w}
	c.drift = &reconcile.Drift{
		Engine: w.engine, Platforms: w.platforms(), MaxAge: 24 * time.Hour, Clock: w.clock.Now,
		Logger: slog.New(slog.NewTextHandler(&c.log, nil)),
	}
	w.clock.Advance(24 * time.Hour)
	w.forget()
	return c
}

// plan makes one plan and returns whose readings it queued.
func (c *checked) plan() []string {
	c.Helper()
	c.queue.take("")
	c.ok(c.drift.Plan(c.Context(), never))
	var ids []string
	var last time.Duration
	for _, job := range c.queue.take(connector.LaneDrift) {
		if job.Delay <= last || job.Urgent {
			c.Errorf("job %+v after %s", job, last)
		}
		last = job.Delay
		for i := range 5 {
			if id := fmt.Sprint(i); groupOf(id) == job.Key.Group {
				ids = append(ids, id)
			}
		}
	}
	slices.Sort(ids) // those of one age come in any order
	return ids
}

// read makes one reading for its age.
func (c *checked) read(id string) connector.RunEnd {
	return c.drift.Run(c.Context(), connector.Lease{Key: connector.JobKey{Lane: connector.LaneDrift, Group: groupOf(id)}, Attempt: 1})
}

// TestDriftSteady: channels that did not change cost one reading each, and nothing
// of the CRM's.
func TestDriftSteady(t *testing.T) {
	c := checkedWorld(t, connectortest.Manners{})
	c.person("d")
	c.team("3", "a", "b")
	c.settle("3") // a removal reads the channel
	c.forget()
	if got := fmt.Sprint(c.plan()); got != "[0 1 2 4]" {
		t.Errorf("planned %s", got)
	}
	for _, id := range []string{"0", "1", "2", "4", "3"} {
		if end := c.read(id); end.Outcome != connector.RunDone {
			t.Errorf("%s: %+v", id, end)
		}
	}
	c.calls(map[string]int{"observe": 4, "overview": 1})
	if n := len(c.crm.Calls.Log()); n != 0 {
		t.Errorf("%d calls of the CRM", n)
	}
	for i := range 5 {
		if g := c.group(fmt.Sprint(i)); !g.ChatReadAt.Equal(c.clock.Now()) || g.State != connector.GroupActive {
			t.Errorf("%d: read at %s, %s", i, g.ChatReadAt, g.State)
		}
	}
	if got := c.plan(); len(got) > 0 {
		t.Errorf("planned %v again", got)
	}
	if n := len(c.queue.take("")); n != 0 {
		t.Errorf("%d runs queued", n)
	}
}

// TestDriftWholeAtOnce: a platform that tells everybody in one call is asked once.
func TestDriftWholeAtOnce(t *testing.T) {
	c := checkedWorld(t, connectortest.Manners{SharedNames: true, AllAtOnce: true})
	c.chat.Leave(c.group("2").Channel.ID, member("c"))
	c.chat.Change(c.group("4").Channel.ID, func(ch *connectortest.MemoryChannel) { ch.Name = "other" })
	if got := c.plan(); len(got) > 0 {
		t.Errorf("planned %v: runs come to those", got)
	}
	for range 2 {
		c.clock.Advance(15 * time.Minute)
		c.ok(c.drift.Plan(t.Context(), never))
	}
	c.calls(map[string]int{"overview": 1})
	for i, touched := range []bool{false, false, true, false, true} {
		g := c.group(fmt.Sprint(i))
		if g.TouchedAt.IsZero() == touched || g.NameDoubted != (i == 4) {
			t.Errorf("%d: touched at %s, name doubted %t", i, g.TouchedAt, g.NameDoubted)
		}
	}
	c.settle("2")
	c.settle("4")
	if row := c.row("2", "c"); row.Status != connector.StatusLeft {
		t.Errorf("c left without an event and is %+v", row)
	}
	if got := c.channel("4").Name; got == "other" {
		t.Errorf("the name is still %s", got)
	}
	c.forget()
	c.clock.Advance(5 * time.Hour)
	c.ok(c.drift.Plan(t.Context(), never))
	c.calls(map[string]int{})
	c.clock.Advance(time.Hour)
	c.ok(c.drift.Plan(t.Context(), never))
	c.calls(map[string]int{"overview": 1})
}

// TestDriftSuspects: what does not look as it should is read first, whatever its
// age, and a run follows that does what the lost event would have done.
func TestDriftSuspects(t *testing.T) {
	for name, spoil := range map[string]struct {
		hand func(ch *connectortest.MemoryChannel)
		want connector.GroupState
	}{
		"left":      {func(ch *connectortest.MemoryChannel) { ch.Members = ch.Members[:2] }, connector.GroupActive},
		"archived":  {func(ch *connectortest.MemoryChannel) { ch.Archived = true }, connector.GroupArchived},
		"no bot":    {func(ch *connectortest.MemoryChannel) { ch.Private, ch.Botless = false, true }, connector.GroupActive}, // rejoined,
		"deleted":   {func(ch *connectortest.MemoryChannel) { ch.Deleted = true }, connector.GroupLost},
		"in hiding": {func(ch *connectortest.MemoryChannel) { ch.Botless = true }, connector.GroupLost},
	} {
		t.Run(name, func(t *testing.T) {
			c := checkedWorld(t, connectortest.Manners{})
			c.clock.Advance(-12 * time.Hour)
			c.chat.Change(c.group("3").Channel.ID, spoil.hand)
			if got := fmt.Sprint(c.plan()); got != "[3]" {
				t.Fatalf("planned %s", got)
			}
			c.clock.Advance(time.Second)
			c.read("3")
			jobs := c.queue.take(connector.LaneGroup)
			if g := c.group("3"); g.TouchedAt.IsZero() {
				t.Errorf("not touched; jobs %v", jobs)
			}
			c.settle("3")
			if g := c.group("3"); g.State != spoil.want {
				t.Errorf("state %s, want %s", g.State, spoil.want)
			}
			if name == "left" && c.row("3", "c").Status != connector.StatusLeft {
				t.Errorf("c is %+v", c.row("3", "c"))
			}
			// Mended by hand, and again no event told.
			c.chat.Change(c.group("3").Channel.ID, func(ch *connectortest.MemoryChannel) {
				ch.Archived, ch.Botless, ch.Deleted = false, false, false
			})
			c.clock.Advance(7 * time.Hour)
			touched := c.group("3").TouchedAt
			c.plan() // what a list shows to be in reach again costs no reading first
			if g := c.group("3"); spoil.want != connector.GroupActive && !g.TouchedAt.After(touched) {
				t.Error("not touched once it was mended")
			}
			c.settle("3")
			if g := c.group("3"); g.State != connector.GroupActive {
				t.Errorf("state %s once it was mended", g.State)
			}
		})
	}
}

// TestDriftEqualCount: the count orders, and proves nothing.
func TestDriftEqualCount(t *testing.T) {
	c := checkedWorld(t, connectortest.Manners{})
	c.person("d")
	c.chat.Change(c.group("3").Channel.ID, func(ch *connectortest.MemoryChannel) { ch.Members = members("a", "b", "d") })
	if got := len(c.plan()); got != 5 {
		t.Errorf("planned %d, want all by their age", got)
	}
	c.read("3")
	c.settle("3")
	if c.row("3", "c").Status != connector.StatusLeft || c.row("3", "d").Status != connector.StatusHandAdded {
		t.Errorf("rows %+v", c.group("3").Memberships)
	}
}

// outOfReach are the ways in which a channel gets there, by the state of its Group.
func outOfReach() map[connector.GroupState]func(*connectortest.MemoryChannel) {
	return map[connector.GroupState]func(*connectortest.MemoryChannel){
		connector.GroupArchived: func(ch *connectortest.MemoryChannel) { ch.Archived = true },
		connector.GroupLost:     func(ch *connectortest.MemoryChannel) { ch.Botless = true },
	}
}

// TestDriftOutOfReach: a list of all channels that shows what is out of reach costs
// no other reading of that; where there is none each is read within MaxAge.
func TestDriftOutOfReach(t *testing.T) {
	for state, hand := range outOfReach() {
		t.Run(string(state), func(t *testing.T) {
			c := checkedWorld(t, connectortest.Manners{})
			c.chat.Change(c.group("3").Channel.ID, hand)
			c.settle("3")
			for range 6 {
				c.clock.Advance(24 * time.Hour)
				if got := fmt.Sprint(c.plan()); got != "[0 1 2 4]" {
					t.Errorf("planned %s", got)
				}
			}
			c.drift.Platforms = c.platforms()
			alone := c.drift.Platforms[slack]
			alone.Overview = nil
			c.drift.Platforms[slack] = alone
			c.clock.Advance(24 * time.Hour)
			if got := len(c.plan()); got != 5 {
				t.Errorf("planned %d without a list", got)
			}
			c.forget()
			c.read("3")
			c.calls(map[string]int{"observe": 1})
			if g := c.group("3"); g.State != state || !g.ChatTriedAt.Equal(c.clock.Now()) {
				t.Errorf("%s, tried at %s", g.State, g.ChatTriedAt)
			}
		})
	}
}

// TestDriftArchivedAndGone: a list that does not hold an archived channel any more
// says that it is gone, or that our bot is out of it.
func TestDriftArchivedAndGone(t *testing.T) {
	c := checkedWorld(t, connectortest.Manners{})
	c.chat.Change(c.group("3").Channel.ID, func(ch *connectortest.MemoryChannel) { ch.Archived = true })
	c.settle("3")
	c.clock.Advance(24 * time.Hour)
	c.chat.Change(c.group("3").Channel.ID, func(ch *connectortest.MemoryChannel) { ch.Botless = true })
	c.plan()
	c.settle("3")
	if g := c.group("3"); g.State != connector.GroupUnreachable {
		t.Errorf("state %s", g.State)
	}
	touched := c.group("3").TouchedAt
	c.clock.Advance(24 * time.Hour)
	c.plan()
	if !c.group("3").TouchedAt.Equal(touched) {
		t.Error("doubted again")
	}
}

// TestDriftAllOutOfReach: where no channel is in reach, it is noticed all the same
// that one is again, although no event told, and by whichever process comes to look.
func TestDriftAllOutOfReach(t *testing.T) {
	for state, hand := range outOfReach() {
		t.Run(string(state), func(t *testing.T) {
			c := checkedWorld(t, connectortest.Manners{})
			for i := range 5 {
				c.chat.Change(c.group(fmt.Sprint(i)).Channel.ID, hand)
				c.settle(fmt.Sprint(i))
			}
			c.plan()
			c.clock.Advance(7 * time.Hour)
			c.chat.Change(c.group("3").Channel.ID, func(ch *connectortest.MemoryChannel) { ch.Archived, ch.Botless = false, false })
			c.plan()
			c.settle("3")
			if g := c.group("3"); g.State != connector.GroupActive {
				t.Errorf("%s, and its channel is open", g.State)
			}
			if g := c.group("2"); g.State != state {
				t.Errorf("%s, and its channel is %s", g.State, state)
			}
		})
	}
}

// TestDriftFailures: a platform that asks to wait is left alone, and one that fails
// is planned again.
func TestDriftFailures(t *testing.T) {
	c := checkedWorld(t, connectortest.Manners{})
	c.chat.Calls.Spoil("overview", 0, connectortest.MemoryFault{Err: connector.ErrTemporary})
	if err := c.drift.Plan(t.Context(), never); err == nil {
		t.Error("a look that failed is no error")
	}
	if n := len(c.queue.take(connector.LaneDrift)); n != 5 {
		t.Errorf("%d readings by age alone", n)
	}
	c.chat.Calls.Spoil("observe", 0, connectortest.MemoryFault{Err: &connector.WaitError{After: time.Second, What: "members"}})
	if end := c.read("0"); end.Outcome != connector.RunWait || end.After != time.Second {
		t.Errorf("end %+v", end)
	}
	c.chat.Calls.Spoil("observe", 0, connectortest.MemoryFault{Err: &connector.WaitError{After: time.Second, What: "members"}})
	if end := c.read("1"); end.Outcome != connector.RunWait || end.After != time.Second+time.Minute/50 {
		t.Errorf("the second one that waits: %+v", end)
	}
	c.chat.Calls.Spoil("observe", 0, connectortest.MemoryFault{Err: connector.ErrTemporary})
	if end := c.read("0"); end.Outcome != connector.RunRetry {
		t.Errorf("end %+v", end)
	}
	if g := c.group("0"); !g.TouchedAt.IsZero() || !g.ChatTriedAt.IsZero() {
		t.Errorf("group %+v", g)
	}
	c.chat.Calls.Spoil("observe", 0, connectortest.MemoryFault{Err: connector.ErrUnsupported})
	if end := c.read("0"); end.Outcome != connector.RunDone || c.group("0").ChatTriedAt.IsZero() {
		t.Errorf("end %+v", end)
	}
}

// TestRunWithAnOldReading: a run that somebody caused does not wait for the share of
// those that nobody did.
func TestRunWithAnOldReading(t *testing.T) {
	c := checkedWorld(t, connectortest.Manners{})
	before := c.group("0").ChatReadAt
	c.person("d")
	c.team("0", "a", "b", "c")
	c.chat.Calls.Spoil("observe", 0, connectortest.MemoryFault{Err: &connector.WaitError{After: time.Hour, What: "members"}})
	if end := c.run("0"); end.Outcome != connector.RunDone {
		t.Errorf("end %+v", end)
	}
	if g := c.group("0"); !g.ChatReadAt.Equal(before) {
		t.Errorf("read at %s", g.ChatReadAt)
	}
	c.settle("0")
	if g := c.group("0"); !g.ChatReadAt.After(before) {
		t.Error("not read although the rate gave it")
	}
}

// TestDriftTooMany: what the rate does not suffice for is said once.
func TestDriftTooMany(t *testing.T) {
	c := checkedWorld(t, connectortest.Manners{})
	c.drift.MaxAge = 5 * time.Second
	for range 3 {
		c.ok(c.drift.Plan(t.Context(), never))
		c.clock.Advance(time.Minute)
	}
	all, err := c.drift.Observations(t.Context())
	c.ok(err)
	if len(all) != 1 || all[0].Groups != 5 || all[0].Takes != 6*time.Second || !all[0].TooMany() || all[0].Oldest.IsZero() {
		t.Errorf("observations %+v", all)
	}
	if n := strings.Count(c.log.String(), "level=WARN"); n != 1 || !strings.Contains(c.log.String(), "takes=6s") {
		t.Errorf("%d warnings:\n%s", n, c.log.String())
	}
}
