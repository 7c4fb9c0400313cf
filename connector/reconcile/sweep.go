package reconcile

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"roomkeeper/connector"
)

// sweepOverlap is how far an incremental Sweep looks back before the start
// of the last one: clocks differ, and CRMs list what they committed late.
const sweepOverlap = 2 * time.Minute

// markTime is a time in a mark: of one width, so that marks sort as times do.
const markTime = "2006-01-02T15:04:05.000000000Z"

// Marks of the Sweeper.
const (
	markLastSweep     = "sweep/last"
	markLastFullSweep = "sweep/last_full"
)

// Sweeper is the cron resync: it lists what changed in the CRM and queues the
// Groups of those Records. It reads no Record by itself and touches no channel.
type Sweeper struct {
	Engine    connector.Engine
	CRM       connector.CRM
	Policies  connector.Policies
	Platforms []connector.PlatformID
	// Setup is that of the Reconciler: what was applied by another one is applied anew.
	Setup string
	// Expander reads principals; nil: they are not compared.
	Expander *Expander
	// Replica names this process among those that share the engine.
	Replica string
	// Limit is how much one Sweep may remove over all Groups.
	Limit  Limit
	Clock  func() time.Time
	Logger *slog.Logger
	// Nudge is told that a Sweep is wanted; it must not block.
	Nudge func()
	// Due is told that a Sweep may be judged; it must not block.
	Due func()
}

// LastStarted is when the last successful Sweep began; zero: never. A full
// Sweep counts as an incremental one too.
func (s *Sweeper) LastStarted(ctx context.Context, full bool) (time.Time, error) {
	name := markLastSweep
	if full {
		name = markLastFullSweep
	}
	text, err := s.Engine.Marks.Mark(ctx, name)
	if err != nil || text == "" {
		return time.Time{}, err
	}
	return time.Parse(markTime, text)
}

// Begin stores a new Sweep that queues what differs, to be carried out by
// Carry: of what changed since the last one, or of everything.
func (s *Sweeper) Begin(ctx context.Context, full bool) (connector.Sweep, error) {
	return s.begin(ctx, full, false)
}

// BeginEvery stores a new full Sweep that queues every Group, whether or not
// anything seems to differ.
func (s *Sweeper) BeginEvery(ctx context.Context) (connector.Sweep, error) {
	return s.begin(ctx, true, true)
}

func (s *Sweeper) begin(ctx context.Context, full, every bool) (connector.Sweep, error) {
	var request string
	if full {
		var err error
		if request, err = s.request(ctx); err != nil {
			return connector.Sweep{}, fmt.Errorf("begin sweep: %w", err)
		}
	}
	now := s.Clock()
	sweep, err := s.Engine.Sweeps.UpdateSweep(ctx, sweepID(now), func(sw *connector.Sweep) {
		sw.Full, sw.Every, sw.Request = full, every, request
		sw.Replica, sw.State, sw.StartedAt = s.Replica, connector.SweepListing, now
	})
	if err != nil {
		return sweep, fmt.Errorf("begin sweep: %w", err)
	}
	return sweep, nil
}

// sweepID sorts by time; two replicas never make the same one.
func sweepID(now time.Time) string {
	return "s" + strconv.FormatInt(now.UnixNano(), 36) + "-" + strings.ToLower(rand.Text()[:8])
}

// errPanicked is how a Sweep ended that did not return.
var errPanicked = errors.New("the sweep broke off: a defect, see the log")

// Carry lists and queues, for a Sweep that somebody attends to (Attend). When
// it fails nothing is concluded from what the list did not hold, and the next
// Sweep looks back as far as this one did. When the CRM asks to be left alone,
// wait is called, and the list goes on where it was if that returns true. A
// full Sweep that is stopped, because ctx ends, is wanted again.
func (s *Sweeper) Carry(ctx context.Context, sweep connector.Sweep, wait func(time.Duration) bool) (err error) {
	l := listing{
		Sweeper: s, sweep: sweep,
		queued: map[connector.GroupID]bool{}, changed: map[connector.UserID]connector.User{},
		missing: map[connector.UserID]bool{},
	}
	err = errPanicked
	defer func() { err = errors.Join(err, l.end(ctx, err)) }()
	err = l.carry(ctx, wait)
	return err
}

func (s *Sweeper) fail(sw *connector.Sweep, why string) {
	sw.State, sw.Error, sw.EndedAt = connector.SweepFailed, connector.Cut(why, 300), s.Clock()
}

func (s *Sweeper) remember(ctx context.Context, sweep connector.Sweep) error {
	at := sweep.StartedAt.UTC().Format(markTime)
	marks := [][2]string{{markLastSweep, at}}
	if sweep.Full {
		marks = append(marks, [2]string{markLastFullSweep, at})
	}
	if sweep.Request != "" {
		marks = append(marks, [2]string{markAnswered, sweep.Request})
	}
	for _, mark := range marks {
		if err := s.Engine.Marks.SetMark(ctx, mark[0], mark[1]); err != nil {
			return fmt.Errorf("remember sweep: %w", err)
		}
	}
	return nil
}

// Told counts one ended run for each Sweep that waits for it.
func (s *Sweeper) Told(ctx context.Context, tags []string, ok bool) {
	for _, tag := range tags {
		if _, cause := connector.CauseOfTag(tag); cause {
			continue
		}
		id, passed := strings.CutSuffix(tag, passedTag)
		sweep, err := s.Engine.Sweeps.UpdateSweep(ctx, id, func(sw *connector.Sweep) {
			switch {
			case passed:
				sw.Passing--
				if !ok {
					sw.Done, sw.Failed = sw.Done-1, sw.Failed+1
				}
			case ok:
				sw.Done++
			default:
				sw.Failed++
			}
			if sw.State == connector.SweepRunning {
				sw.SeenAt = s.Clock()
			}
			endIfDone(sw, s.Clock())
		})
		if err != nil {
			s.Logger.WarnContext(ctx, "count sweep", "sweep", id, "error", err)
		} else if s.due(sweep) {
			s.Due()
		}
	}
}

// endIfDone ends a Sweep whose Groups were all looked at, unless it is to be judged.
func endIfDone(sw *connector.Sweep, now time.Time) {
	if sw.State == connector.SweepRunning && !sw.Waits && sw.Passing <= 0 && sw.Done+sw.Failed >= sw.Queued {
		sw.State, sw.EndedAt = connector.SweepDone, now
	}
}
