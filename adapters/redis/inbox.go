package redis

import (
	"context"
	"fmt"

	"roomkeeper/connector"
)

type inbox struct{ *Engine }

// acceptTries is how often an intake that opens a Group is tried when somebody
// else changes the Group meanwhile.
const acceptTries = 10

// Accept stores intakes that follow one another in one exchange. Facts are
// stored first: they lie elsewhere, and may be stored when the rest is not.
func (s inbox) Accept(ctx context.Context, intakes ...connector.Intake) (fresh int, err error) {
	l, err := s.reach(ctx)
	if err != nil {
		return 0, err
	}
	for i := range intakes {
		if err := checkIntake(&intakes[i]); err != nil {
			return 0, fmt.Errorf("intake %d: %w", i, err)
		}
	}
	var plain []connector.Intake
	flush := func() error {
		n, err := s.acceptPlain(ctx, l, plain)
		plain, fresh = nil, fresh+n
		return err
	}
	for _, in := range intakes {
		if in.Facts.Empty() && in.Open == nil {
			plain = append(plain, in)
			continue
		}
		if err := flush(); err != nil {
			return 0, err
		}
		isNew, err := s.acceptWhole(ctx, l, in)
		if err != nil {
			return 0, err
		}
		if isNew {
			fresh++
		}
	}
	if err := flush(); err != nil {
		return 0, err
	}
	return fresh, nil
}

func checkIntake(in *connector.Intake) error {
	if err := in.Check(); err != nil {
		return err
	}
	if in.ID != "" {
		if err := checkID("an identity", in.ID); err != nil {
			return err
		}
	}
	return checkJobs(in.Jobs)
}

// acceptPlain stores intakes that need nothing to be read first.
func (s inbox) acceptPlain(ctx context.Context, l *layout, intakes []connector.Intake) (fresh int, err error) {
	var places []place
	calls, later := map[place][]*call{}, map[place]bool{}
	for _, in := range intakes {
		p := l.group(in.Group)
		step := newStep(p)
		see(step, in.ID)
		if err := s.take(step, in); err != nil {
			return 0, err
		}
		if calls[p] == nil {
			places = append(places, p)
		}
		calls[p] = append(calls[p], s.commitCall(step))
		later[p] = later[p] || step.later
	}
	for _, p := range places {
		if err := s.run(ctx, "accept", p, true, calls[p]...); err != nil {
			return 0, err
		}
		s.queue.changed(p, later[p])
		for _, c := range calls[p] {
			guard, err := c.guard()
			if err != nil {
				return 0, err
			}
			if guard == 0 {
				fresh++
			}
		}
	}
	return fresh, nil
}

// see remembers an identity; the step fails when it is remembered already. An
// event's own time may be old enough to be forgotten, so it is now.
func see(s *step, id string) {
	if id == "" {
		return
	}
	s.op("unseen", s.key(keySeen), id)
	s.op("see", s.key(keySeen), id)
}

// take adds what an intake brings to a Group that there is, or is opened by
// the same step.
func (s inbox) take(step *step, in connector.Intake) error {
	group := step.key(keyGroup + string(in.Group))
	step.op("when", group, fieldRevision)
	if in.Notice != nil {
		if err := give(step, in.Group, *in.Notice); err != nil {
			return err
		}
	}
	if in.Touched {
		at := in.At
		if at.IsZero() {
			at = s.now()
		}
		step.op("later", group, fieldTouched, timeKey(at))
	}
	step.ask(in.Jobs...)
	return nil
}

// acceptWhole stores one intake that has Facts, or opens a Group.
func (s inbox) acceptWhole(ctx context.Context, l *layout, in connector.Intake) (fresh bool, err error) {
	if !in.Facts.Empty() {
		fresh, err = s.acceptFacts(ctx, l, in)
		if err != nil || in.Group == "" {
			return fresh, err
		}
	}
	if in.Open == nil {
		n, err := s.acceptPlain(ctx, l, []connector.Intake{in})
		return n > 0, err
	}
	for range acceptTries {
		step := newStep(l.group(in.Group))
		see(step, in.ID)
		guards := step.count
		if err := s.open(ctx, step, in); err != nil {
			return false, err
		}
		if err := s.take(step, in); err != nil {
			return false, err
		}
		guard, err := s.commit(ctx, "accept", step)
		if err != nil {
			return false, err
		}
		if guard <= guards {
			return guard == 0, nil
		}
	}
	return false, fmt.Errorf("open group %s: %w", in.Group, connector.ErrConflict)
}

// open adds the Group that an intake opens.
func (s inbox) open(ctx context.Context, step *step, in connector.Intake) error {
	old, err := s.readGroup(ctx, in.Group)
	if err != nil {
		return err
	}
	if g, changed := in.Opened(old.group, old.revision != ""); changed {
		_, err = writeGroup(step, old, g)
	}
	return err
}
