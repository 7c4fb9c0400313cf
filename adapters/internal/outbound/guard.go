package outbound

import (
	"sync"
	"time"

	"roomkeeper/connector"
)

// maxInFlight is how many calls of one platform are on the way from one process:
// fewer than it has workers (internal/app: 16), so that a platform that hangs
// leaves enough of them to the others.
const maxInFlight = 6

// maxUrgent is the same for calls that a person waits for, all calls counted.
const maxUrgent = 12

// When a platform does not answer.
const (
	// failuresToOpen calls in a row without an answer make the rest wait.
	failuresToOpen = 3
	// They wait firstWait, then twice as long after each probe, up to longestWait.
	firstWait   = 2 * time.Second
	longestWait = 30 * time.Second
	// shortestWait is for a place among the calls in flight; it grows with the age of the oldest of them.
	shortestWait = 100 * time.Millisecond
	fullWait     = 5 * time.Second
)

// Outcome is what became of a call.
type Outcome int

// Answered: the platform said something, whatever it was. Silent: it did not, or
// only that it cannot. Unsaid: we gave the call up, which tells nothing.
const (
	Answered Outcome = iota
	Silent
	Unsaid
)

// Guard keeps a platform that is away from holding a process's workers. It is
// safe for concurrent use; make it with NewGuard.
type Guard struct {
	what string
	now  func() time.Time

	mu       sync.Mutex
	last     int
	inFlight map[int]time.Time // when each call began
	failures int
	wait     time.Duration
	opens    time.Time // until then only what is on the way
	probe    int       // the one call that is let through; 0: none
}

// NewGuard makes a Guard for one platform.
func NewGuard(platform connector.PlatformID, now func() time.Time) *Guard {
	return &Guard{what: string(platform), now: now, inFlight: map[int]time.Time{}}
}

// Enter lets a call through, which has to tell leave what became of it, or
// returns a *connector.WaitError. A call that a person waits for (urgent) finds
// a place when others do not.
func (g *Guard) Enter(urgent bool) (leave func(Outcome), err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.now()
	if wait := g.shut(now); wait > 0 {
		return nil, &connector.WaitError{After: wait, What: g.what + " does not answer"}
	}
	places := maxInFlight
	if urgent {
		places = maxUrgent
	}
	if len(g.inFlight) >= places {
		return nil, &connector.WaitError{After: g.patience(now), What: g.what + ": calls in flight"}
	}
	g.last++
	id := g.last
	g.inFlight[id] = now
	if g.failures >= failuresToOpen {
		g.probe = id
	}
	var once sync.Once
	return func(o Outcome) { once.Do(func() { g.leave(id, o) }) }, nil
}

// shut is how long nobody else is let through.
func (g *Guard) shut(now time.Time) time.Duration {
	switch {
	case g.failures < failuresToOpen:
		return 0
	case g.probe != 0:
		return g.wait
	}
	return g.opens.Sub(now)
}

// patience is how long to wait for a place: as long as the oldest call has been
// on the way, so that a slow platform is asked for a place less often.
func (g *Guard) patience(now time.Time) time.Duration {
	oldest := now
	for _, began := range g.inFlight {
		if began.Before(oldest) {
			oldest = began
		}
	}
	return min(max(now.Sub(oldest), shortestWait), fullWait)
}

func (g *Guard) leave(id int, o Outcome) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.inFlight, id)
	probed := g.probe == id
	if probed {
		g.probe = 0
	}
	switch {
	case o == Answered:
		g.failures, g.wait = 0, 0
	case o == Unsaid:
	case g.failures < failuresToOpen:
		if g.failures++; g.failures == failuresToOpen {
			g.wait = firstWait
			g.opens = g.now().Add(g.wait)
		}
	case probed:
		g.wait = min(2*g.wait, longestWait)
		g.opens = g.now().Add(g.wait)
	}
}

// OutcomeOf is the Outcome of a call that ended with this HTTP status, or with
// none (0); given: the caller gave it up before its deadline.
func OutcomeOf(status int, given bool) Outcome {
	switch {
	case given:
		return Unsaid
	case status == 0, status >= 500:
		return Silent
	}
	return Answered
}
