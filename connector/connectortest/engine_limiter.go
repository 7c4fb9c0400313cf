package connectortest

import (
	"fmt"
	"math/rand/v2"
	"time"

	"roomkeeper/connector"
)

func engineLimiterRules() map[string]func(*engineTest) {
	return map[string]func(*engineTest){
		"burst, then the rate":  limiterRate,
		"refused takes nothing": limiterRefused,
		"pause":                 limiterPause,
		"buckets are apart":     limiterBuckets,
		"a rate must be a rate": func(t *engineTest) {
			_, err := t.Engine.Limiter.Allow(t.ctx(), "b", connector.Rate{}, connector.PriorityOther)
			t.is(err, connector.ErrInvalid)
		},
		"a priority must be a priority": func(t *engineTest) {
			for _, p := range []connector.Priority{-1, connector.Priorities} {
				_, err := t.Engine.Limiter.Allow(t.ctx(), "b", engineTier(), p)
				t.is(err, connector.ErrInvalid)
			}
		},
		"an hour never too many":         limiterHour,
		"who waits before the crowd":     limiterCrowd,
		"claimed, although one is there": limiterClaimed,
		"in the order of priorities":     limiterOrder,
		"one claim for a priority":       limiterOneClaim,
		"an abandoned claim":             limiterAbandoned,
		"claims over a pause":            limiterClaimedPause,
		"claims are of one bucket":       limiterClaimedBucket,
		"an hour of all priorities":      limiterMixedHour,
	}
}

// allow asks as most calls do.
func (t *engineTest) allow(bucket string, rate connector.Rate) time.Duration {
	t.Helper()
	return t.allowAt(bucket, rate, connector.PriorityOther)
}

func (t *engineTest) allowAt(bucket string, rate connector.Rate, p connector.Priority) time.Duration {
	t.Helper()
	wait, err := t.Engine.Limiter.Allow(t.ctx(), bucket, rate, p)
	t.ok(err)
	return wait
}

// near fails the test unless a wait is what it should be; rates are fractions.
func (t *engineTest) near(got, want time.Duration) {
	t.Helper()
	if got < want-10*time.Millisecond || got > want+10*time.Millisecond {
		t.Fatalf("wait %s, want %s", got, want)
	}
}

func engineTier() connector.Rate { return connector.Rate{Count: 50, Period: time.Minute, Burst: 3} }

func limiterRate(t *engineTest) {
	for range 3 {
		t.near(t.allow("b", engineTier()), 0)
	}
	t.near(t.allow("b", engineTier()), 1200*time.Millisecond)
	t.Clock.Advance(1210 * time.Millisecond)
	t.near(t.allow("b", engineTier()), 0)
	if t.allow("b", engineTier()) == 0 {
		t.Fatal("two calls in the time of one")
	}
}

func limiterRefused(t *engineTest) {
	single := connector.Rate{Count: 1, Period: time.Second}
	t.near(t.allow("b", single), 0)
	for range 10 {
		t.near(t.allow("b", single), time.Second)
	}
	t.Clock.Advance(time.Second + time.Millisecond)
	t.near(t.allow("b", single), 0)
}

func limiterPause(t *engineTest) {
	t.ok(t.Engine.Limiter.Pause(t.ctx(), "b", time.Minute))
	t.ok(t.Engine.Limiter.Pause(t.ctx(), "b", time.Second))
	t.near(t.allow("b", engineTier()), time.Minute)
	t.Clock.Advance(50 * time.Second)
	t.near(t.allow("b", engineTier()), 10*time.Second)
	t.ok(t.Engine.Limiter.Pause(t.ctx(), "b", time.Minute))
	t.near(t.allow("b", engineTier()), time.Minute)
	t.Clock.Advance(time.Minute)
	t.near(t.allow("b", engineTier()), 0)
}

func limiterBuckets(t *engineTest) {
	single := connector.Rate{Count: 1, Period: time.Hour, Burst: 1}
	t.ok(t.Engine.Limiter.Pause(t.ctx(), "paused", time.Minute))
	for i := range 3000 {
		t.near(t.allow(fmt.Sprint("b", i), single), 0)
	}
	t.near(t.allow("b0", single), time.Hour)
	t.near(t.allow("paused", single), time.Minute)
}

func limiterHour(t *engineTest) {
	calls := 0
	for range 3600 {
		for t.allow("b", engineTier()) == 0 {
			calls++
		}
		t.Clock.Advance(time.Second)
	}
	if calls > 3003 || calls < 2950 {
		t.Fatalf("%d calls in an hour at 50 a minute", calls)
	}
}

// engineSingle gives one call a second and keeps none in store.
func engineSingle() connector.Rate { return connector.Rate{Count: 1, Period: time.Second, Burst: 1} }

// engineTick is a little more than the time between two calls of engineSingle.
const engineTick = time.Second + time.Millisecond

// Of all that are back for the same call, whoever a person waits for gets it,
// even as the last one to ask; then the crowd goes on.
func limiterCrowd(t *engineTest) {
	const crowd = 50
	urgent := connector.PriorityCard.Urgent()
	backlog := func(taken int) {
		t.Helper()
		got := 0
		for range crowd {
			if t.allowAt("b", engineSingle(), connector.PriorityRemoval) == 0 {
				got++
			}
		}
		t.same(got, taken)
	}
	backlog(1)
	t.near(t.allowAt("b", engineSingle(), urgent), time.Second)
	t.Clock.Advance(engineTick)
	backlog(0)
	t.near(t.allowAt("b", engineSingle(), urgent), 0)
	backlog(0)
	for range 3 {
		t.Clock.Advance(engineTick)
		backlog(1)
	}
}

// What is there is not given to somebody lower, and not told to be there.
func limiterClaimed(t *engineTest) {
	tier := engineTier()
	for range 3 {
		t.near(t.allow("b", tier), 0)
	}
	t.near(t.allowAt("b", tier, connector.PriorityAddition), 1200*time.Millisecond)
	t.near(t.allowAt("b", tier, connector.PriorityRemoval), 1200*time.Millisecond)
	t.near(t.allow("b", tier), 3*1200*time.Millisecond)
	t.Clock.Advance(2500 * time.Millisecond)
	t.near(t.allow("b", tier), 2*1200*time.Millisecond)
	t.near(t.allowAt("b", tier, connector.PriorityAddition), 1200*time.Millisecond)
	t.near(t.allowAt("b", tier, connector.PriorityRemoval), 0)
	t.near(t.allow("b", tier), 1200*time.Millisecond)
	t.near(t.allowAt("b", tier, connector.PriorityAddition), 0)
	t.near(t.allow("b", tier), 1100*time.Millisecond)
	t.Clock.Advance(1110 * time.Millisecond)
	t.near(t.allow("b", tier), 0)
}

func limiterOrder(t *engineTest) {
	order := []connector.Priority{
		connector.PriorityCard, connector.PriorityOther, connector.PriorityAddition, connector.PriorityRemoval,
		connector.PriorityCard.Urgent(), connector.PriorityOther.Urgent(),
		connector.PriorityAddition.Urgent(), connector.PriorityRemoval.Urgent(),
	}
	t.same(len(order), connector.Priorities)
	t.near(t.allow("b", engineSingle()), 0)
	for _, p := range order {
		t.near(t.allowAt("b", engineSingle(), p), time.Second)
	}
	for last := len(order) - 1; last >= 0; last-- {
		t.Clock.Advance(engineTick)
		for i, p := range order[:last] {
			t.near(t.allowAt("b", engineSingle(), p), time.Duration(last-i)*time.Second)
		}
		t.near(t.allowAt("b", engineSingle(), order[last]), 0)
	}
}

// The first of two takes the claim away, the second asks and has one again.
func limiterOneClaim(t *engineTest) {
	urgent := connector.PriorityOther.Urgent()
	t.near(t.allow("b", engineSingle()), 0)
	for range 2 {
		t.near(t.allowAt("b", engineSingle(), urgent), time.Second)
	}
	t.Clock.Advance(engineTick)
	t.near(t.allowAt("b", engineSingle(), urgent), 0)
	t.near(t.allow("b", engineSingle()), time.Second)
	t.near(t.allowAt("b", engineSingle(), urgent), time.Second)
	t.Clock.Advance(engineTick)
	t.near(t.allow("b", engineSingle()), time.Second)
	t.near(t.allowAt("b", engineSingle(), urgent), 0)
	t.Clock.Advance(engineTick)
	t.near(t.allow("b", engineSingle()), 0)
}

// A claimant that never comes back is in the way for the grace and no longer.
func limiterAbandoned(t *engineTest) {
	t.near(t.allow("b", engineSingle()), 0)
	t.near(t.allowAt("b", engineSingle(), connector.PriorityRemoval.Urgent()), time.Second)
	t.Clock.Advance(time.Second + connector.ClaimGrace - 10*time.Millisecond)
	t.near(t.allow("b", engineSingle()), time.Second)
	t.Clock.Advance(20 * time.Millisecond)
	t.near(t.allow("b", engineSingle()), 0)
}

func limiterClaimedPause(t *engineTest) {
	urgent := connector.PriorityCard.Urgent()
	t.ok(t.Engine.Limiter.Pause(t.ctx(), "b", time.Minute))
	t.near(t.allowAt("b", engineSingle(), urgent), time.Minute)
	t.near(t.allow("b", engineSingle()), time.Minute+time.Second)
	t.Clock.Advance(time.Minute + time.Millisecond)
	t.near(t.allow("b", engineSingle()), time.Second)
	t.near(t.allowAt("b", engineSingle(), urgent), 0)
	t.Clock.Advance(engineTick)
	t.near(t.allow("b", engineSingle()), 0)
}

func limiterClaimedBucket(t *engineTest) {
	t.near(t.allow("b1", engineSingle()), 0)
	t.near(t.allowAt("b1", engineSingle(), connector.PriorityCard.Urgent()), time.Second)
	t.near(t.allow("b2", engineSingle()), 0)
}

// limiterCaller asks again when it was told to, a little late; when it was
// let through it pauses before its next call.
type limiterCaller struct {
	priority connector.Priority
	pause    time.Duration
	next     time.Time
}

// Whoever asks in whichever order, and although some never come back for what
// they asked, the rate is kept and hardly any of it is lost.
func limiterMixedHour(t *engineTest) {
	tier := connector.Rate{Count: 20, Period: time.Minute, Burst: 4}
	random := rand.New(rand.NewPCG(1, 2))
	var callers []*limiterCaller
	for p := range connector.Priority(connector.Priorities) {
		callers = append(callers, &limiterCaller{p, time.Duration(p) * 20 * time.Second, t.Clock.Now()})
	}
	for range 4 { // cards are what there is most of
		callers = append(callers, &limiterCaller{next: t.Clock.Now()})
	}
	calls := map[connector.Priority]int{}
	total, end := 0, t.Clock.Now().Add(time.Hour)
	for {
		first := callers[0]
		for _, c := range callers {
			if c.next.Before(first.next) {
				first = c
			}
		}
		if first.next.After(end) {
			break
		}
		t.Clock.Advance(max(first.next.Sub(t.Clock.Now()), 0))
		late := time.Duration(random.Int64N(int64(500 * time.Millisecond)))
		wait := t.allowAt("b", tier, first.priority)
		switch {
		case wait == 0:
			calls[first.priority]++
			total++
			wait = first.pause
		case random.IntN(8) == 0:
			wait += first.pause // gives up on this one
		}
		first.next = t.Clock.Now().Add(wait + late)
	}
	if total > 1204 || total < 1150 {
		t.Fatalf("%d calls in an hour at 20 a minute: %v", total, calls)
	}
	for p := range connector.Priority(connector.Priorities) {
		if calls[p] == 0 {
			t.Fatalf("none of priority %d was let through: %v", p, calls)
		}
	}
}
