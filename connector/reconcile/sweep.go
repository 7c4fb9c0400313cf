package reconcile

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
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
	markWanted        = "sweep/wanted"
)

// Sweeper is the cron resync: it lists what changed in the CRM and queues the
// Groups of those Records. It reads no Record by itself and touches no channel.
type Sweeper struct {
	Engine    connector.Engine
	CRM       connector.CRM
	Policies  connector.Policies
	Platforms []connector.PlatformID
	// DriftMaxAge is the age at which a channel is read again whole.
	DriftMaxAge time.Duration
	Clock       func() time.Time
	Logger      *slog.Logger
	// Nudge is told that a Sweep is wanted; it must not block.
	Nudge func()
}

// Request asks durably for a full Sweep; Wanted tells whoever runs it.
func (s *Sweeper) Request(ctx context.Context) error {
	if err := s.want(ctx); err != nil {
		return err
	}
	s.Nudge()
	return nil
}

// want stores that a full Sweep is wanted, some time.
func (s *Sweeper) want(ctx context.Context) error {
	if err := s.Engine.Marks.SetMark(ctx, markWanted, s.Clock().UTC().Format(markTime)); err != nil {
		return fmt.Errorf("request sweep: %w", err)
	}
	return nil
}

// Wanted reports whether a full Sweep was requested and not begun since.
func (s *Sweeper) Wanted(ctx context.Context) (bool, error) {
	wanted, err := s.Engine.Marks.Mark(ctx, markWanted)
	if err != nil {
		return false, fmt.Errorf("read mark: %w", err)
	}
	return wanted != "", nil
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
	now := s.Clock()
	id := "s" + strconv.FormatInt(now.UnixNano(), 36)
	sweep, err := s.Engine.Sweeps.UpdateSweep(ctx, id, func(sw *connector.Sweep) {
		sw.Full, sw.Every, sw.State, sw.StartedAt = full, every, connector.SweepListing, now
	})
	if err != nil {
		return sweep, fmt.Errorf("begin sweep: %w", err)
	}
	return sweep, nil
}

// Carry lists and queues. When it fails nothing is concluded from what the
// list did not hold, and the next Sweep looks back as far as this one did.
// When the CRM asks to be left alone, wait is called, and the list goes on
// where it was if that returns true.
func (s *Sweeper) Carry(ctx context.Context, sweep connector.Sweep, wait func(time.Duration) bool) error {
	l := listing{
		Sweeper: s, sweep: sweep,
		queued: map[connector.GroupID]bool{}, changed: map[connector.UserID]connector.User{},
	}
	err := l.run(ctx)
	for asked := (*connector.WaitError)(nil); errors.As(err, &asked) && wait(asked.After); {
		err = l.run(ctx)
	}
	if err == nil {
		err = s.remember(ctx, sweep)
	}
	// Also a Sweep that was stopped has ended, and says so.
	_, updateErr := s.Engine.Sweeps.UpdateSweep(context.WithoutCancel(ctx), sweep.ID, func(sw *connector.Sweep) {
		sw.Queued, sw.State = len(l.queued), connector.SweepRunning
		if err != nil {
			s.fail(sw, err.Error())
		}
		endIfDone(sw, s.Clock())
	})
	return errors.Join(err, updateErr)
}

// Recover ends the Sweeps that were listing, or waiting for their turn, when
// the process was killed: their lists were never whole.
func (s *Sweeper) Recover(ctx context.Context) error {
	interrupted, err := s.Engine.Sweeps.ListingSweeps(ctx)
	if err != nil {
		return fmt.Errorf("list sweeps: %w", err)
	}
	for _, sweep := range interrupted {
		_, err := s.Engine.Sweeps.UpdateSweep(ctx, sweep.ID, func(sw *connector.Sweep) {
			if sw.State == connector.SweepListing {
				s.fail(sw, "the service was stopped before all was listed")
			}
		})
		if err != nil {
			return fmt.Errorf("end sweep: %w", err)
		}
	}
	return nil
}

func (s *Sweeper) fail(sw *connector.Sweep, why string) {
	sw.State, sw.Error, sw.EndedAt = connector.SweepFailed, connector.Cut(why, 300), s.Clock()
}

func (s *Sweeper) remember(ctx context.Context, sweep connector.Sweep) error {
	at := sweep.StartedAt.UTC().Format(markTime)
	if err := s.Engine.Marks.SetMark(ctx, markLastSweep, at); err != nil {
		return fmt.Errorf("remember sweep: %w", err)
	}
	if !sweep.Full {
		return nil
	}
	if err := s.Engine.Marks.SetMark(ctx, markLastFullSweep, at); err != nil {
		return fmt.Errorf("remember sweep: %w", err)
	}
	wanted, err := s.Engine.Marks.Mark(ctx, markWanted)
	if err != nil || wanted == "" || wanted > at {
		return err
	}
	return s.Engine.Marks.SetMark(ctx, markWanted, "")
}

// Told counts one ended run for each Sweep that waits for it.
func (s *Sweeper) Told(ctx context.Context, tags []string, ok bool) {
	for _, id := range tags {
		_, err := s.Engine.Sweeps.UpdateSweep(ctx, id, func(sw *connector.Sweep) {
			if ok {
				sw.Done++
			} else {
				sw.Failed++
			}
			endIfDone(sw, s.Clock())
		})
		if err != nil {
			s.Logger.WarnContext(ctx, "count sweep", "sweep", id, "error", err)
		}
	}
}

func endIfDone(sw *connector.Sweep, now time.Time) {
	if sw.State == connector.SweepRunning && sw.Done+sw.Failed >= sw.Queued {
		sw.State, sw.EndedAt = connector.SweepDone, now
	}
}
