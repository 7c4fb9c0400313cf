package reconcile

import (
	"context"
	"fmt"
	"sync"
	"time"

	"roomkeeper/connector"
)

// markOtherSetup is when a replica was last heard of that runs by another
// configuration than markSetup says; "": none since the last full Sweep for that reason
// was asked for.
const markOtherSetup = "sweep/setup_other"

const (
	// goneAfter is how long nothing may be heard of replicas until they are gone. They
	// say every minute that they live, and stop saying so up to 25 s before their last
	// run has ended.
	goneAfter = 3 * time.Minute
	// differLong is how long replicas may run by different configurations before that
	// is worth a warning: an update that replaces one after the other is over by then.
	differLong = 15 * time.Minute
)

// Setups watches whether the replicas that share an engine run by one configuration.
// While an update replaces them one after the other, those that are not replaced yet
// apply the configuration before, also to Groups that the Sweep of the new one has
// looked at. Once nothing is heard of them any more, one more full Sweep is asked for,
// which finds what they applied by the Setup in its Readings.
//
// What was started last is right; when all that run by it are gone, as after an update
// that was taken back, what runs still is. That others live is told by words that
// change, and not by their times: clocks need not agree.
type Setups struct {
	*Sweeper

	mu            sync.Mutex
	latest, other word
	// since is when two configurations were first noticed; zero: there is one.
	since  time.Time
	warned bool
}

// word is what was last heard of somebody, and when it was new.
type word struct {
	text string
	at   time.Time
}

// alive hears a word and reports whether whoever says it lives.
func (w *word) alive(text string, now time.Time) bool {
	if text != w.text {
		w.text, w.at = text, now
	}
	return text != "" && now.Sub(w.at) < goneAfter
}

// Look compares with the other replicas and says to them that this one lives. It is
// called every minute, after Configured.
func (s *Setups) Look(ctx context.Context) error {
	latest, err := s.Engine.Marks.Mark(ctx, markSetup)
	if err != nil {
		return fmt.Errorf("read mark: %w", err)
	}
	other, err := s.Engine.Marks.Mark(ctx, markOtherSetup)
	if err != nil {
		return fmt.Errorf("read mark: %w", err)
	}
	if latest == "" {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.Clock()
	latestLives, otherLives := s.latest.alive(latest, now), s.other.alive(other, now)
	if setupIn(latest) != s.Setup && latestLives {
		s.noted(ctx, true)
		return s.setMark(ctx, markOtherSetup, s.heard())
	}
	s.noted(ctx, otherLives)
	if setupIn(latest) != s.Setup || other != "" && !otherLives {
		if err := s.Request(ctx); err != nil {
			return err
		}
		s.Logger.InfoContext(ctx, "replicas that ran by another configuration are gone; a full sweep looks at what they applied")
		// After the request: until then nothing is forgotten.
		if err := s.setMark(ctx, markOtherSetup, ""); err != nil {
			return err
		}
	}
	return s.setMark(ctx, markSetup, s.heard())
}

// noted remembers since when configurations differ, and says so once when it lasts.
func (s *Setups) noted(ctx context.Context, differ bool) {
	now := s.Clock()
	switch {
	case !differ:
		s.since, s.warned = time.Time{}, false
	case s.since.IsZero():
		s.since = now
	case !s.warned && now.Sub(s.since) >= differLong:
		s.warned = true
		s.Logger.WarnContext(ctx, "replicas run by different configurations: what one applies to a channel, another one may take back; "+
			"give all of them the same KINDS, settings of kinds, RESOLVE and IGNORE_USERS", "since", s.since.UTC().Format(time.RFC3339))
	}
}

// Status is nil unless replicas run by different configurations for longer than an
// update takes; then it is an ErrConflict.
func (s *Setups) Status() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.since.IsZero() || s.Clock().Sub(s.since) < differLong {
		return nil
	}
	return fmt.Errorf("%w: replicas run by different configurations since %s", connector.ErrConflict, s.since.UTC().Format(time.RFC3339))
}
