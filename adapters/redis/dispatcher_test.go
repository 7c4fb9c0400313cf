package redis

import (
	"fmt"
	"math"
	"runtime"
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/internal/redistest"
)

// byHand opens an engine of two shards whose dispatcher does what the test says.
func byHand(t *testing.T) *Engine {
	t.Helper()
	server := redistest.Start(t, redistest.Options{AppendFsync: "everysec"})
	e, err := Open(Options{Addrs: []string{server.Addr()}, Prefix: "hand", Deployment: "crm", Shards: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := e.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	shards := e.queue.shards
	e.queue.stop()
	e.queue = newDispatcher(e)
	for _, s := range shards {
		e.queue.shards = append(e.queue.shards, &shard{place: s.place, stale: true})
	}
	e.queue.lookAt(e.queue.needsLook) // makes the consumer groups
	return e
}

// groupIn is a Group whose jobs are in a shard.
func (e *Engine) groupIn(s *shard, name string) connector.GroupID {
	for i := 0; ; i++ {
		if g := connector.GroupID(fmt.Sprint(name, i)); e.layout.Load().group(g) == s.place {
			return g
		}
	}
}

func addJob(t *testing.T, e *Engine, group connector.GroupID, urgent bool) {
	t.Helper()
	job := connector.Job{Key: connector.JobKey{Lane: connector.LaneGroup, Group: group}, Urgent: urgent}
	if err := (queue{e}).Add(t.Context(), job); err != nil {
		t.Fatal(err)
	}
}

// await registers takers.
func await(t *testing.T, e *Engine, n int) (takers []*taker) {
	t.Helper()
	for range n {
		w, err := e.queue.wait(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		takers = append(takers, w)
	}
	return takers
}

// A blocking read may bring an entry while the shards are looked at. The look
// has nobody to run the job, so it must leave it to whoever takes next.
func TestLookLeavesWhatABlockingReadBrings(t *testing.T) {
	e := byHand(t)
	s := e.queue.shards[0]
	group := e.groupIn(s, "g")
	addJob(t, e, group, false)
	e.queue.readShard(s)
	if leases := e.queue.look(s, 0); len(s.given) != 0 || len(leases) != 0 || math.IsInf(s.ready, 1) {
		t.Errorf("after the look %v and %v are held, and ready is %v", s.given, leases, s.ready)
	}
	w := await(t, e, 1)[0]
	e.queue.round()
	if lease := <-w.lease; lease.Key.Group != group {
		t.Fatalf("took %v", lease.Key)
	}
}

// What a blocking read has brought goes behind what is urgent, in the same shard
// and in another one, and before the others.
func TestUrgentBeforeWhatABlockingReadBrought(t *testing.T) {
	e := byHand(t)
	s, other := e.queue.shards[0], e.queue.shards[1]
	brought, here, there, later := e.groupIn(s, "brought"), e.groupIn(s, "here"), e.groupIn(other, "there"), e.groupIn(other, "later")
	addJob(t, e, brought, false)
	e.queue.readShard(s)
	if len(s.given) != 1 {
		t.Fatalf("the read brought %v", s.given)
	}
	addJob(t, e, later, false)
	addJob(t, e, there, true)
	takers := await(t, e, 2)
	e.queue.round()
	if first, second := <-takers[0].lease, <-takers[1].lease; first.Key.Group != there || second.Key.Group != brought {
		t.Errorf("took %s and %s, want %s and %s", first.Key.Group, second.Key.Group, there, brought)
	}
	addJob(t, e, e.groupIn(s, "second"), false)
	e.queue.readShard(s)
	addJob(t, e, here, true)
	takers = await(t, e, 1)
	e.queue.round()
	if lease := <-takers[0].lease; lease.Key.Group != here {
		t.Errorf("took %s, want %s", lease.Key.Group, here)
	}
}

// Whoever comes while others are served gets what was queued before.
func TestLaterTakerGetsWhatIsUrgentByThen(t *testing.T) {
	e := byHand(t)
	first, other := e.groupIn(e.queue.shards[0], "a"), e.groupIn(e.queue.shards[0], "b")
	urgent := e.groupIn(e.queue.shards[1], "urgent")
	addJob(t, e, first, false)
	addJob(t, e, other, false)
	slow := await(t, e, 1)[0]
	slow.lease = make(chan connector.Lease) // it is being served until the test takes it
	served := make(chan int)
	go func() { served <- e.queue.round() }()
	for e.queue.idle() > 0 {
		runtime.Gosched()
	}
	addJob(t, e, urgent, true)
	late := await(t, e, 1)[0]
	if lease := <-slow.lease; lease.Key.Group != first {
		t.Errorf("took %s first, want %s", lease.Key.Group, first)
	}
	if n := <-served; n != 2 {
		t.Errorf("served %d", n)
	}
	if lease := <-late.lease; lease.Key.Group != urgent {
		t.Errorf("then took %s, want %s", lease.Key.Group, urgent)
	}
}

// A blocking read does not know who goes first.
func TestReadsOnlyWhatIsNotThereYet(t *testing.T) {
	e := byHand(t)
	addJob(t, e, e.groupIn(e.queue.shards[0], "g"), false)
	e.queue.lookAt(e.queue.needsLook)
	await(t, e, 1)
	if wait, toDo := e.queue.untilNext(); !toDo {
		t.Errorf("rests for %s although a job waits", wait)
	}
	for _, s := range e.queue.shards {
		if s.reading {
			t.Errorf("a blocking read is on at %v", s.place)
		}
	}
}

// At the end nothing can be fetched, also where a job is known to wait.
func TestRoundEndsWithTheEngine(t *testing.T) {
	e := byHand(t)
	addJob(t, e, e.groupIn(e.queue.shards[0], "g"), false)
	e.queue.lookAt(e.queue.needsLook)
	await(t, e, 1)
	e.queue.end()
	ended := make(chan int)
	go func() { ended <- e.queue.round() }()
	select {
	case n := <-ended:
		if n != 0 {
			t.Errorf("served %d", n)
		}
	case <-time.After(5 * time.Second):
		t.Fatal("the round goes on")
	}
}
