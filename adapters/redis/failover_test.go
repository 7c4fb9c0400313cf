package redis_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/internal/redistest"
)

const (
	// distance is one way between a primary and its replica.
	distance = 10 * time.Millisecond
	callers  = 32
	// loadFor is how long they accept before the primary dies.
	loadFor = 500 * time.Millisecond
)

// A primary that dies, with all that was on its way to its replica, takes
// nothing with it that was acknowledged. Without waiting for the replica it
// does, or this test would prove nothing.
func TestRedisFailoverLosesNothing(t *testing.T) {
	for round := range 3 {
		t.Run(fmt.Sprint("with WAIT ", round), func(t *testing.T) {
			if lost := lostInFailover(t, true); lost != 0 {
				t.Errorf("%d acknowledged intakes were lost", lost)
			}
		})
	}
	t.Run("without WAIT", func(t *testing.T) {
		if lost := lostInFailover(t, false); lost == 0 {
			t.Error("nothing was lost: this failover is none")
		}
	})
}

// lostInFailover kills a primary under load and counts which of the intakes
// that were acknowledged its replica does not have. waits: nothing is acknowledged
// without the replica.
func lostInFailover(t *testing.T, waits bool) (lost int) {
	o := redistest.Options{AppendFsync: "everysec"}
	primary := redistest.Start(t, o)
	link := redistest.StartLink(t, primary.Addr(), distance)
	follower := redistest.StartReplica(t, primary, link.Addr(), o)
	prefix := freshPrefix()
	first := startReplica(t, at(primary, prefix))
	if !waits {
		first.self.TrustPrimary()
	}
	l := startLoad(t, first, first.knowGroups(t, 8), callers)
	follower.AwaitSync(primary) // the Groups are there without WAIT too
	rest := time.NewTimer(loadFor)
	<-rest.C
	link.Cut()
	if !waits {
		l.goesOn(t) // else a busy machine may have had nothing on its way
	}
	primary.Kill()
	l.stop(t)
	follower.Promote()
	second := startReplica(t, at(follower, prefix))
	lost = l.missing(t, second)
	t.Logf("%d of %d acknowledged intakes lost", lost, len(l.acknowledged))
	return lost
}

// load is callers that accept intakes as fast as they can, each one until it is
// acknowledged.
type load struct {
	engine replica
	groups []connector.GroupID
	end    context.CancelFunc
	all    sync.WaitGroup

	mu           sync.Mutex
	acknowledged map[string]connector.GroupID
	refused      int
	wrong        error         // an error other than ErrStoreAway
	slowest      time.Duration // of all calls
}

func startLoad(t *testing.T, r replica, groups []connector.GroupID, callers int) *load {
	ctx, cancel := context.WithCancel(t.Context())
	l := &load{engine: r, groups: groups, end: cancel, acknowledged: map[string]connector.GroupID{}}
	t.Cleanup(func() {
		cancel()
		l.all.Wait()
	})
	for i := range callers {
		l.all.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				l.accept(ctx, fmt.Sprintf("i%d-%d", i, n), groups[(i+n)%len(groups)])
			}
		})
	}
	return l
}

// accept repeats an intake until it is acknowledged.
func (l *load) accept(ctx context.Context, id string, group connector.GroupID) {
	for ctx.Err() == nil {
		begun := time.Now()
		_, err := l.engine.Inbox.Accept(ctx, intake(id, group))
		took := time.Since(begun)
		l.mu.Lock()
		l.slowest = max(l.slowest, took)
		switch {
		case err == nil:
			l.acknowledged[id] = group
		case ctx.Err() == nil:
			l.refused++
			l.wrong = errors.Join(l.wrong, onlyAway(err))
		}
		l.mu.Unlock()
		if err == nil {
			return
		}
		again := time.NewTimer(20 * time.Millisecond)
		select {
		case <-again.C:
		case <-ctx.Done():
		}
	}
}

// goesOn waits until something is acknowledged that was begun from now on.
func (l *load) goesOn(t *testing.T) {
	t.Helper()
	count := func() int {
		l.mu.Lock()
		defer l.mu.Unlock()
		return len(l.acknowledged)
	}
	enough := count() + callers + 1 // each of them may be at one
	eventually(t, "more is acknowledged", func() error {
		if n := count(); n < enough {
			return fmt.Errorf("%d, want %d", n, enough)
		}
		return nil
	})
}

// stop ends the callers.
func (l *load) stop(t *testing.T) {
	t.Helper()
	l.end()
	l.all.Wait()
	if l.wrong != nil {
		t.Errorf("not acknowledged: %.500v", l.wrong)
	}
}

// missing counts what was acknowledged and is not there: the notice is not in
// its Group's outbox, or the identity is accepted as new.
func (l *load) missing(t *testing.T, r replica) (missing int) {
	t.Helper()
	there := map[string]bool{}
	for _, g := range l.groups {
		notices, err := r.Outbox.Notices(t.Context(), g, 1<<30)
		must(t, err)
		for _, n := range notices {
			if there[n.Event.ID] {
				t.Errorf("the notice of %s is there twice", n.Event.ID)
			}
			there[n.Event.ID] = true
		}
	}
	for id, g := range l.acknowledged {
		fresh, err := r.Inbox.Accept(t.Context(), intake(id, g))
		must(t, err)
		if fresh > 0 || !there[id] {
			missing++
		}
	}
	return missing
}

// Writes are held up by a replica that is gone, in case it comes back, and not
// for longer than promised.
func TestRedisReplicaGone(t *testing.T) {
	t.Parallel()
	primary := redistest.Start(t, redistest.Options{AppendFsync: "everysec"})
	follower := redistest.StartReplica(t, primary, "", redistest.Options{AppendFsync: "everysec"})
	r := startReplica(t, at(primary, ""))
	g := r.knowGroups(t, 1)[0]
	follower.Kill()
	gone, refused := time.Now(), 0
	eventually(t, "a promise without the replica", func() error {
		begun := time.Now()
		_, err := r.Inbox.Accept(t.Context(), intake("x", g))
		if took := time.Since(begun); took > 3*time.Second {
			t.Errorf("an answer took %v", took)
		}
		if err != nil {
			refused++
			must(t, onlyAway(err))
		}
		return err
	})
	took := time.Since(gone)
	t.Logf("%d refused, promised again after %v", refused, took.Round(time.Millisecond))
	if refused == 0 || took > 10*time.Second {
		t.Errorf("promised after %v and %d refusals, want some, and 10s at most", took, refused)
	}
	begun := time.Now()
	if _, err := r.Inbox.Accept(t.Context(), intake("y", g)); err != nil || time.Since(begun) > time.Second {
		t.Errorf("the next write: %v after %v", err, time.Since(begun))
	}
}

// A replica that is still getting its first copy cannot confirm anything, and
// nobody would make it the primary: writes do not wait for it.
func TestRedisReplicaLoads(t *testing.T) {
	t.Parallel()
	primary := redistest.Start(t, redistest.Options{AppendFsync: "everysec", Extra: []string{"repl-diskless-sync-delay 60"}})
	follower := redistest.Start(t, redistest.Options{})
	prefix := freshPrefix()
	r := startReplica(t, at(primary, prefix))
	g := r.knowGroups(t, 1)[0]
	host, port, err := net.SplitHostPort(primary.Addr())
	must(t, err)
	must(t, follower.Client().Do(t.Context(), "REPLICAOF", host, port).Err())
	eventually(t, "a replica that waits for its copy", func() error {
		n, err := r.self.Connected(t.Context())
		if err == nil && n != "1" {
			err = fmt.Errorf("%s replicas", n)
		}
		return err
	})
	r = startReplica(t, at(primary, prefix)) // that knows nothing from before
	for i := range 20 {
		if _, err := r.Inbox.Accept(t.Context(), intake(fmt.Sprint(i), g)); err != nil {
			t.Fatalf("while the replica loads: %v", err)
		}
	}
}

// A replica that hangs cannot confirm: what it does not have is not promised,
// also not when it is sent again, and the answer comes in time.
func TestRedisReplicaHangs(t *testing.T) {
	t.Parallel()
	primary := redistest.Start(t, redistest.Options{AppendFsync: "everysec"})
	link := redistest.StartLink(t, primary.Addr(), 0)
	follower := redistest.StartReplica(t, primary, link.Addr(), redistest.Options{AppendFsync: "everysec"})
	prefix := freshPrefix()
	r := startReplica(t, at(primary, prefix))
	g := r.knowGroups(t, 1)[0]
	link.HalfOpen()
	for try := range 3 {
		if try > 0 { // another replica, whose connections have written nothing yet
			r = startReplica(t, at(primary, prefix))
		}
		begun := time.Now()
		_, err := r.Inbox.Accept(t.Context(), intake("x", g))
		if err := onlyAway(err); err != nil {
			t.Fatalf("try %d: %v", try, err)
		}
		if took := time.Since(begun); took > 3*time.Second {
			t.Errorf("try %d took %v", try, took)
		}
	}
	link.Restore()
	eventually(t, "an acknowledged repeat", func() error {
		fresh, err := r.Inbox.Accept(t.Context(), intake("x", g))
		if err == nil && fresh != 0 {
			t.Error("the repeat is new")
		}
		return err
	})
	link.Cut()
	primary.Kill()
	follower.Promote()
	second := startReplica(t, at(follower, prefix))
	if fresh, err := second.Inbox.Accept(t.Context(), intake("x", g)); err != nil || fresh != 0 {
		t.Errorf("what was acknowledged is not there: %d new, %v", fresh, err)
	}
}

// A step that is refused writes all the same: Redis documents WAIT for the
// writes of its own connection, and whoever repeats what was stored has to wait
// for that.
func TestRedisRefusedStepWrites(t *testing.T) {
	server := redistest.Start(t, redistest.Options{AppendFsync: "everysec"})
	prefix := freshPrefix()
	r := startReplica(t, at(server, prefix))
	g := r.knowGroups(t, 1)[0]
	written := func() (n int64) {
		t.Helper()
		info, err := server.Client().InfoMap(t.Context(), "replication").Result()
		must(t, err)
		_, err = fmt.Sscan(info["Replication"]["master_repl_offset"], &n)
		must(t, err)
		return n
	}
	redistest.StartReplica(t, server, "", redistest.Options{}) // without one there is no history
	for i := range 2 {
		before := written()
		fresh, err := r.Inbox.Accept(t.Context(), intake("x", g))
		must(t, err)
		if fresh != 1-i || written() == before {
			t.Errorf("repeated %d times: %d new, %d bytes of history", i, fresh, written()-before)
		}
	}
}
