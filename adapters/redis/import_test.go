package redis_test

import (
	"errors"
	"strconv"
	"testing"

	"github.com/alicebob/miniredis/v2"

	"roomkeeper/adapters/redis"
	"roomkeeper/connector"
)

func openTarget(t *testing.T, server *miniredis.Miniredis) *redis.Target {
	t.Helper()
	target, err := redis.OpenTarget(redis.Options{Addrs: []string{server.Addr()}, Prefix: "rk", Deployment: "crm", AllowVolatile: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = target.Close() })
	return target
}

// What could be read nowhere afterwards is not imported.
func TestImportRefuses(t *testing.T) {
	target := openTarget(t, miniredis.RunT(t))
	if err := target.Begin(t.Context(), "file", "1"); err != nil {
		t.Fatal(err)
	}
	for name, h := range map[string]connector.Holding{
		"nothing":                    {},
		"a group without a revision": {Group: &connector.Group{ID: "g1"}},
		"a job without a key":        {Job: &connector.HeldJob{}},
		"a letter without an id":     {Dead: &connector.DeadLetter{Group: "g1"}},
	} {
		if err := target.Import(t.Context(), []connector.Holding{h}); !errors.Is(err, connector.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A target goes from empty over unfinished to finished, and belongs to one source
// on the way.
func TestTargetStanding(t *testing.T) {
	server := miniredis.RunT(t)
	target := openTarget(t, server)
	stands := func(want redis.TargetStanding) {
		t.Helper()
		if got, err := target.Standing(t.Context()); err != nil || got != want {
			t.Errorf("standing %+v, want %+v (%v)", got, want, err)
		}
	}
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	stands(redis.TargetStanding{Empty: true})
	check(target.Begin(t.Context(), "file", "1"))
	stands(redis.TargetStanding{Source: "file", State: "1"})
	mark := []connector.Holding{{Mark: &connector.HeldMark{Name: "m", Value: "v"}}}
	check(target.Import(t.Context(), mark))
	check(target.Compare(t.Context(), mark))
	if err := target.Compare(t.Context(), []connector.Holding{{Mark: &connector.HeldMark{Name: "m", Value: "w"}}}); !errors.Is(err, connector.ErrConflict) {
		t.Errorf("another value: %v", err)
	}

	for _, other := range []func() error{
		func() error { return target.Begin(t.Context(), "other file", "1") },
		func() error { return target.Finish(t.Context(), "other file") },
	} {
		if err := other(); !errors.Is(err, connector.ErrConflict) {
			t.Errorf("another source: %v", err)
		}
	}
	// The same state goes on, a later one begins anew.
	check(target.Begin(t.Context(), "file", "1"))
	check(target.Compare(t.Context(), mark))
	check(target.Begin(t.Context(), "file", "2"))
	if err := target.Compare(t.Context(), mark); !errors.Is(err, connector.ErrConflict) {
		t.Errorf("what came from an earlier state: %v", err)
	}
	check(target.Finish(t.Context(), "file"))
	stands(redis.TargetStanding{Finished: true, Source: "file", State: "2"})
	if err := target.Begin(t.Context(), "file", "2"); !errors.Is(err, connector.ErrConflict) {
		t.Errorf("a finished one: %v", err)
	}
}

// A later notice's number is above that of any message that is shown, also where
// nothing tells the sequence.
func TestImportRaisesSequence(t *testing.T) {
	server := miniredis.RunT(t)
	target := openTarget(t, server)
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(target.Begin(t.Context(), "file", "1"))
	for i, h := range []connector.Holding{
		{Group: &connector.Group{ID: "g1", Revision: 4}},
		{Entry: &connector.HeldEntry{Group: "g1", Entry: connector.LedgerEntry{Card: "c", Seq: 1000, Revision: 2}}},
		{Notice: &connector.HeldNotice{Group: "g1", Notice: connector.Notice{Seq: 2000}}},
	} {
		check(target.Import(t.Context(), []connector.Holding{h}))
		seq, err := server.Get("rk:{0}:seq")
		check(err)
		if n, err := strconv.Atoi(seq); err != nil || n < 1000*i {
			t.Errorf("the sequence is at %s after %d (%v)", seq, 1000*i, err)
		}
	}
}
