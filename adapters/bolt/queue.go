package bolt

import (
	"context"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"roomkeeper/connector"
)

// awayDelay is how long a run waits to be repeated when its end could not be
// stored: long enough not to spin on a full disk.
const awayDelay = 5 * time.Second

type queue struct{ *store }

// Add stores the jobs in one step.
func (q queue) Add(ctx context.Context, jobs ...connector.Job) error {
	if err := checkJobs(jobs); err != nil || len(jobs) == 0 {
		return err
	}
	return q.update(ctx, func(b *batch) error {
		return q.addJobs(b, jobs)
	})
}

// Take leases without writing: a run that the process does not survive is
// queued again by the next Open.
func (q queue) Take(ctx context.Context) (connector.Lease, error) { return q.jobs.take(ctx) }

// Finish is durable when it returns nil. When the store is away the run is
// over all the same: what is stored still asks for it, so it runs again.
func (q queue) Finish(ctx context.Context, lease connector.Lease, end connector.RunEnd) error {
	switch end.Outcome {
	case connector.RunDone, connector.RunRetry, connector.RunWait, connector.RunDead:
	default:
		return fmt.Errorf("%w: outcome %q", connector.ErrInvalid, end.Outcome)
	}
	return q.submit(ctx, &request{
		write: func(b *batch) error { return q.finish(b, lease, end) },
		away:  func() { q.jobs.release(lease.Key, q.now().Add(max(end.After, awayDelay))) },
	})
}

// Depth reports what waits.
func (q queue) Depth(ctx context.Context) (connector.QueueDepth, error) {
	select {
	case <-q.closing:
		return connector.QueueDepth{}, errClosed
	default:
		return q.jobs.depth(), ctx.Err()
	}
}

func checkJobs(jobs []connector.Job) error {
	for _, job := range jobs {
		if job.Key.Lane == "" || job.Key.Group == "" {
			return fmt.Errorf("%w: job without a key", connector.ErrInvalid)
		}
		if err := checkKey(jobKey(job.Key)); err != nil {
			return err
		}
	}
	return nil
}

func jobKey(key connector.JobKey) string { return keyOf(string(key.Lane), string(key.Group)) }

// addJobs merges jobs into their entries.
func (s *store) addJobs(b *batch, jobs []connector.Job) error {
	now := s.now()
	for _, job := range jobs {
		e, known, err := get[entry](b.tx, bucketJobs, jobKey(job.Key))
		if err != nil {
			return err
		}
		version, err := nextVersion(b)
		if err != nil {
			return err
		}
		due := now.Add(max(job.Delay, 0))
		switch {
		case !known:
			e = entry{
				Key: job.Key, Due: due, Urgent: job.Urgent, Tags: connector.MergeTags(nil, job.Tags),
				Order: version, Version: version,
			}
		case s.isRunning(b, job.Key):
			e.askAgain(job, due)
		default:
			e.fold()
			e.ask(job, due, version)
		}
		if err := putEntry(b, e); err != nil {
			return err
		}
	}
	return nil
}

// finish ends a run.
func (s *store) finish(b *batch, lease connector.Lease, end connector.RunEnd) error {
	held, ran, ok := s.jobs.running(lease.Key)
	if !ok || held.Token != lease.Token || b.keys[lease.Key].ended {
		return fmt.Errorf("%w: %s/%s", connector.ErrLeaseLost, lease.Key.Lane, lease.Key.Group)
	}
	e, known, err := get[entry](b.tx, bucketJobs, jobKey(lease.Key))
	if err != nil {
		return err
	}
	if !known {
		// Its removal failed and is in the file all the same.
		e = entry{Key: held.Key, Urgent: held.Urgent, Tags: held.Tags, Version: ran}
	}
	version, err := nextVersion(b)
	if err != nil {
		return err
	}
	if end.Told {
		e.told(held.Tags, end.Outcome == connector.RunRetry || end.Outcome == connector.RunWait)
	}
	next := &e
	switch end.Outcome {
	case connector.RunRetry:
		e.delay(s.now().Add(max(end.After, 0)), held.Attempt, version)
	case connector.RunWait:
		e.delay(s.now().Add(max(end.After, 0)), held.Attempt-1, version)
	case connector.RunDone, connector.RunDead:
		next = e.next(ran, version)
	}
	if end.Outcome == connector.RunDead && end.Dead != nil {
		if err := putDead(b, *end.Dead); err != nil {
			return err
		}
	}
	b.keys[lease.Key] = change{ended: true}
	if next == nil {
		return remove(b, bucketJobs, jobKey(lease.Key))
	}
	return putEntry(b, *next)
}

// isRunning reports whether a run of the key is on, as this transaction sees it.
func (s *store) isRunning(b *batch, key connector.JobKey) bool {
	if b.keys[key].ended {
		return false
	}
	_, _, running := s.jobs.running(key)
	return running
}

// nextVersion numbers the changes of the queue.
func nextVersion(b *batch) (uint64, error) {
	b.wrote = true
	return b.tx.Bucket([]byte(bucketJobs)).NextSequence()
}

func putEntry(b *batch, e entry) error {
	b.keys[e.Key] = change{entry: &e, ended: b.keys[e.Key].ended}
	return put(b, bucketJobs, jobKey(e.Key), e)
}

// loadJobs reads the queue at the start: everything unfinished waits again.
func (s *store) loadJobs() error {
	entries, err := s.storedJobs()
	if err != nil {
		return err
	}
	var interrupted []entry
	for i := range entries {
		if entries[i].Again != nil {
			entries[i].fold()
			interrupted = append(interrupted, entries[i])
		}
	}
	if len(interrupted) > 0 {
		err = s.db.Update(func(tx *bbolt.Tx) error {
			b := &batch{tx: tx, keys: map[connector.JobKey]change{}}
			for _, e := range interrupted {
				if err := putEntry(b, e); err != nil {
					return err
				}
			}
			return nil
		})
	}
	s.jobs.adopt(entries)
	return err
}

// adoptJobs queues what is stored and not known.
func (s *store) adoptJobs() error {
	entries, err := s.storedJobs()
	if err == nil {
		s.jobs.adopt(entries)
	}
	return err
}

func (s *store) storedJobs() (entries []entry, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error {
		return scan(tx, bucketJobs, "", "", func(_ string, e entry) (bool, error) {
			entries = append(entries, e)
			return true, nil
		})
	})
	return entries, err
}
