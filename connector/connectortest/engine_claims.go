package connectortest

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

func engineClaimRules() map[string]func(*engineTest) {
	return map[string]func(*engineTest){
		"one of many gets it":  claimedByOne,
		"not given twice":      claimedOnce,
		"forgotten after keep": claimForgotten,
		"each its own time":    claimsKeptApart,
		"other names":          claimsOfOtherNames,
		"prune":                claimsPruned,
		"after a close":        func(t *engineTest) { claimSurvives(t, false) },
		"after a kill":         func(t *engineTest) { claimSurvives(t, true) },
	}
}

// claims claims a name and fails the test unless it is given as it should be.
func (t *engineTest) claims(name string, keep time.Duration, want bool) {
	t.Helper()
	given, err := t.Engine.Claims.Claim(t.ctx(), name, keep)
	t.ok(err)
	if given != want {
		t.Fatalf("claim of %q given: %t, want %t", name, given, want)
	}
}

func claimedByOne(t *engineTest) {
	for round := range 5 {
		var (
			claimers sync.WaitGroup
			given    atomic.Int32
		)
		for range 40 {
			claimers.Go(func() {
				ok, err := t.Engine.Claims.Claim(t.ctx(), fmt.Sprint("tick", round), time.Hour)
				if err != nil {
					t.Errorf("claim: %v", err)
				}
				if ok {
					given.Add(1)
				}
			})
		}
		claimers.Wait()
		if n := given.Load(); n != 1 {
			t.Fatalf("given to %d of 40 at once", n)
		}
	}
}

func claimedOnce(t *engineTest) {
	t.claims("tick", time.Hour, true)
	t.claims("tick", time.Hour, false)
	t.Clock.Advance(59 * time.Minute)
	t.claims("tick", time.Hour, false)
}

// Whoever is refused does not keep the claim alive.
func claimForgotten(t *engineTest) {
	for range 2 {
		t.claims("tick", time.Minute, true)
		t.Clock.Advance(40 * time.Second)
		t.claims("tick", time.Minute, false)
		t.Clock.Advance(20 * time.Second)
	}
}

func claimsKeptApart(t *engineTest) {
	t.claims("short", time.Minute, true)
	t.claims("long", time.Hour, true)
	t.Clock.Advance(2 * time.Minute)
	t.claims("long", time.Minute, false)
	t.claims("short", time.Hour, true)
	t.Clock.Advance(2 * time.Minute)
	t.claims("short", time.Hour, false)
}

func claimsOfOtherNames(t *engineTest) {
	t.claims("cron/full/2026-03-04T03:00:00Z", time.Hour, true)
	for _, name := range []string{
		"cron/full/2026-03-04T03:00:01Z", "cron/prune/2026-03-04T03:00:00Z", "cron/full", "cron/full/2026-03-04T03:00:00Z/", "é {x} *",
	} {
		t.claims(name, time.Hour, true)
		t.claims(name, time.Hour, false)
	}
}

// Pruning takes no claim back.
func claimsPruned(t *engineTest) {
	t.claims("short", time.Minute, true)
	t.claims("long", time.Hour, true)
	t.Clock.Advance(2 * time.Minute)
	t.ok(t.Engine.Keeper.Prune(t.ctx(), t.Clock.Now(), time.Second, time.Second))
	t.claims("long", time.Hour, false)
	t.claims("short", time.Hour, true)
}

// A replica that starts again finds the claims of the one before, and their
// time goes on.
func claimSurvives(t *engineTest, abrupt bool) {
	if t.Reopen == nil {
		t.Skip("the engine's state cannot be taken over")
	}
	t.claims("tick", time.Hour, true)
	t.Clock.Advance(40 * time.Minute)
	t.reopen(abrupt)
	t.claims("tick", time.Hour, false)
	t.Clock.Advance(21 * time.Minute)
	t.claims("tick", time.Hour, true)
}
