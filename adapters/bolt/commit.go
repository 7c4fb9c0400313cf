package bolt

import (
	"context"
	"errors"
	"fmt"

	"go.etcd.io/bbolt"

	"roomkeeper/connector"
)

// groupLimit is how many writes share one transaction and one fsync at most.
const groupLimit = 512

// errRollback makes bbolt drop a transaction that is not to be committed.
var errRollback = errors.New("rolled back")

var errClosed = fmt.Errorf("%w: closed", connector.ErrStoreAway)

// request is one write that waits for the committer.
type request struct {
	// write may run several times, so it sets what it returns from the start.
	write func(*batch) error
	// away is called, by the committer, when the write could not be made
	// durable; may be nil.
	away func()
	err  error
	done chan struct{}
}

// batch is the transaction that a write takes part in.
type batch struct {
	tx *bbolt.Tx
	// wrote is set when the running write changed anything.
	wrote bool
	// keys are the changes to the schedule that follow the commit.
	keys map[connector.JobKey]change
}

// update runs write in a transaction that is durable when update returns nil.
// A write that fails changes nothing. ctx counts until the committer has the
// write: from then on update waits for the outcome, so that it is always known
// and the variables that write sets are never shared.
func (s *store) update(ctx context.Context, write func(*batch) error) error {
	return s.submit(ctx, &request{write: write})
}

func (s *store) submit(ctx context.Context, r *request) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	r.done = make(chan struct{})
	select {
	case <-s.closing:
		return errClosed
	default:
	}
	select {
	case s.requests <- r:
	case <-s.closing:
		return errClosed
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", connector.ErrStoreAway, ctx.Err())
	}
	select {
	case <-r.done:
		return r.err
	case <-s.stopped:
	}
	select {
	case <-r.done:
		return r.err
	default:
		return errClosed
	}
}

// commitLoop is the only writer: it takes what waits, commits it as one and
// goes on, whatever happened. What was handed over before Close is written.
func (s *store) commitLoop() {
	defer close(s.stopped)
	for {
		select {
		case first := <-s.requests:
			s.commit(s.waiting(first))
		case <-s.closing:
			for {
				select {
				case first := <-s.requests:
					s.commit(s.waiting(first))
				default:
					return
				}
			}
		}
	}
}

// waiting returns first and what waits behind it.
func (s *store) waiting(first *request) []*request {
	group := []*request{first}
	for len(group) < groupLimit {
		select {
		case r := <-s.requests:
			group = append(group, r)
		default:
			return group
		}
	}
	return group
}

// commit writes a group and answers all of it. A write that fails after it
// changed something takes the transaction with it: the rest runs again.
func (s *store) commit(group []*request) {
	for len(group) > 0 {
		spoiled, keys, err := s.attempt(group)
		if spoiled >= 0 {
			close(group[spoiled].done)
			group = append(group[:spoiled:spoiled], group[spoiled+1:]...)
			continue
		}
		if err != nil {
			s.fail(group, err)
		} else {
			s.jobs.apply(keys)
		}
		for _, r := range group {
			close(r.done)
		}
		return
	}
}

// attempt runs a group in one transaction. It returns the place of a write
// that spoiled it, or -1 and how the commit ended.
func (s *store) attempt(group []*request) (spoiled int, keys map[connector.JobKey]change, err error) {
	b := &batch{keys: map[connector.JobKey]change{}}
	spoiled = -1
	err = s.db.Update(func(tx *bbolt.Tx) error {
		b.tx = tx
		anything := false
		for i, r := range group {
			b.wrote = false
			r.err = r.write(b)
			if r.err != nil && b.wrote {
				spoiled = i
				return errRollback
			}
			anything = anything || b.wrote
		}
		if !anything {
			return errRollback
		}
		return nil
	})
	if errors.Is(err, errRollback) {
		err = nil
	}
	return spoiled, b.keys, err
}

// fail answers a group whose commit failed. A failed commit may still be
// visible, so the schedule takes over what the file now shows.
func (s *store) fail(group []*request, cause error) {
	s.log.Error("writing to the database failed", "error", cause, "writes", len(group))
	for _, r := range group {
		if r.err != nil {
			continue
		}
		r.err = fmt.Errorf("%w: %w", connector.ErrStoreAway, cause)
		if r.away != nil {
			r.away()
		}
	}
	if err := s.adoptJobs(); err != nil {
		s.log.Error("reading the queue after a failed write", "error", err)
	}
}
