package bolt

import (
	"context"
	"fmt"
	"time"

	"roomkeeper/connector"
)

type inbox struct{ *store }

// seen is the memory of an identity.
type seen struct {
	At time.Time `json:"at"`
	// Of is what it was remembered for; nil in what was stored before that was kept.
	Of *seenOf `json:"of,omitempty"`
}

// seenOf is for a move: an engine over several places remembers an identity
// beside what its intake was about.
type seenOf struct {
	Group connector.GroupID `json:"group,omitempty"`
	Facts bool              `json:"facts,omitempty"`
	// Record is the one of the Facts; nil when they are of Users only.
	Record *connector.RecordKey `json:"record,omitempty"`
}

func ofIntake(in connector.Intake) *seenOf {
	of := &seenOf{Group: in.Group, Facts: !in.Facts.Empty()}
	if in.Facts.Record != nil || in.Facts.Team != nil {
		of.Record = &in.FactsOf
	}
	return of
}

// Accept stores all intakes in one step: none is stored when it fails.
func (s inbox) Accept(ctx context.Context, intakes ...connector.Intake) (fresh int, err error) {
	for i := range intakes {
		if err := checkIntake(&intakes[i]); err != nil {
			return 0, fmt.Errorf("intake %d: %w", i, err)
		}
	}
	if len(intakes) == 0 {
		return 0, ctx.Err()
	}
	err = s.update(ctx, func(b *batch) error {
		fresh = 0
		for _, in := range intakes {
			isNew, err := s.accept(b, in)
			if err != nil {
				return err
			}
			if isNew {
				fresh++
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return fresh, nil
}

func checkIntake(in *connector.Intake) error {
	if in.Group == "" && in.Facts.Empty() {
		return fmt.Errorf("%w: no group", connector.ErrInvalid)
	}
	if (in.Facts.Record != nil || in.Facts.Team != nil) && in.FactsOf.IsZero() {
		return fmt.Errorf("%w: facts of no record", connector.ErrInvalid)
	}
	if in.Open != nil && in.Open.ID != in.Group {
		return fmt.Errorf("%w: opens group %q for %q", connector.ErrInvalid, in.Open.ID, in.Group)
	}
	if len(in.ID) > maxKey {
		return fmt.Errorf("%w: an identity of %d bytes", connector.ErrInvalid, len(in.ID))
	}
	return checkJobs(in.Jobs)
}

func (s *store) accept(b *batch, in connector.Intake) (fresh bool, err error) {
	at := in.At
	if at.IsZero() {
		at = s.now()
	}
	if in.ID != "" {
		_, known, err := get[seen](b.tx, bucketSeen, in.ID)
		if err != nil || known {
			return false, err
		}
		// By our clock: an event's own time may be old enough to be forgotten.
		if err := put(b, bucketSeen, in.ID, seen{At: s.now(), Of: ofIntake(in)}); err != nil {
			return false, err
		}
	}
	if err := mergeFacts(b, in.FactsOf, in.Facts); err != nil {
		return false, err
	}
	exists, err := openGroup(b, in)
	if err != nil || !exists {
		return true, err
	}
	if in.Notice != nil {
		if err := appendNotice(b, in.Group, *in.Notice); err != nil {
			return false, err
		}
	}
	if in.Touched {
		if err := touch(b, in.Group, at); err != nil {
			return false, err
		}
	}
	return true, s.addJobs(b, in.Jobs)
}

// openGroup stores the Group that an intake opens, or begins a failed one
// again; what is known of the failed one (an intent, people) stays. It
// reports whether there is a Group now.
func openGroup(b *batch, in connector.Intake) (exists bool, err error) {
	old, exists, err := get[connector.Group](b.tx, bucketGroups, string(in.Group))
	if err != nil || in.Open == nil {
		return exists, err
	}
	g := *in.Open
	if exists {
		if old.State != connector.GroupFailed {
			return true, nil
		}
		g = old
		g.State, g.Failure = connector.GroupCreating, ""
		if in.Open.RecordName != "" {
			g.RecordName = in.Open.RecordName
		}
		if in.Open.RecordURL != "" {
			g.RecordURL = in.Open.RecordURL
		}
	}
	_, err = writeGroup(b, old, g)
	return true, err
}

// touch moves the time of a Group's last touch forward.
func touch(b *batch, group connector.GroupID, at time.Time) error {
	last, _, err := get[time.Time](b.tx, bucketTouched, string(group))
	if err != nil || !at.After(last) {
		return err
	}
	return put(b, bucketTouched, string(group), at)
}
