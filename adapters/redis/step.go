package redis

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"roomkeeper/connector"
)

// step is what one commit does: the operations of scripts/commit.lua. Guards
// are numbered with the writes, from 1.
type step struct {
	place place
	keys  []string
	ops   []any
	count int
	// asks: jobs are queued, later: one of them for later.
	asks, later bool
}

func newStep(p place) *step {
	s := &step{place: p}
	for _, name := range queueKeys() {
		s.keys = append(s.keys, p.key(name))
	}
	return s
}

// queueKeys are the keys that every script of a place takes first.
func queueKeys() []string {
	return []string{keySeq, keyReady, keyUrgent, keyDelayed, keyDue, keyRunning, keyJobs}
}

// key is a key's place in KEYS.
func (s *step) key(name string) int {
	name = s.place.key(name)
	if i := slices.Index(s.keys, name); i >= 0 {
		return i + 1
	}
	s.keys = append(s.keys, name)
	return len(s.keys)
}

// op adds an operation and returns its number.
func (s *step) op(name string, args ...any) int {
	s.ops = append(s.ops, name, len(args))
	s.ops = append(s.ops, args...)
	s.count++
	return s.count
}

// is guards that a field still holds what was read; "" for nothing.
func (s *step) is(key, field, raw string) int { return s.op("is", s.key(key), field, raw) }

// put stores a value.
func (s *step) put(key, field string, v any) error {
	raw, err := s.place.encode(v)
	if err != nil {
		return err
	}
	s.op("put", s.key(key), field, raw)
	return nil
}

func (s *step) set(key, field, text string)                    { s.op("set", s.key(key), field, text) }
func (s *step) del(key, field string)                          { s.op("del", s.key(key), field) }
func (s *step) rank(key, score, member string)                 { s.op("rank", s.key(key), score, member) }
func (s *step) unrank(key, member string)                      { s.op("unrank", s.key(key), member) }
func (s *step) rankAt(key string, at time.Time, member string) { s.rank(key, micros(at), member) }

// ask queues jobs.
func (s *step) ask(jobs ...connector.Job) {
	for _, job := range jobs {
		s.asks, s.later = true, s.later || job.Delay > 0
		args := []any{jobName(job.Key), max(job.Delay, 0).Microseconds(), flag(job.Urgent)}
		for _, tag := range job.Tags {
			args = append(args, tag)
		}
		s.op("ask", args...)
	}
}

func flag(on bool) int {
	if on {
		return 1
	}
	return 0
}

// commit carries out a step. guard is the number of the guard that does not
// hold, and then nothing was done.
func (e *Engine) commit(ctx context.Context, what string, s *step) (guard int, err error) {
	c := e.commitCall(s)
	if err := e.run(ctx, what, s.place, true, c); err != nil {
		return 0, err
	}
	if s.asks {
		e.queue.changed(s.place, s.later)
	}
	return c.guard()
}

// confirm returns once a replica has all that a place was told before, where
// there are replicas.
func (e *Engine) confirm(ctx context.Context, p place) error {
	return e.blind(ctx, "confirm", newStep(p))
}

func (e *Engine) commitCall(s *step) *call {
	return &call{script: e.scripts.commit, keys: s.keys, args: append([]any{e.clock()}, s.ops...)}
}

// guard reads the reply of a commit.
func (c *call) guard() (int, error) {
	n, err := c.reply.Int()
	if err != nil {
		return 0, fmt.Errorf("%w: reply of a commit: %w", connector.ErrStoreAway, err)
	}
	return n, nil
}

// revisionText is a revision as a field; "" for none.
func revisionText(n uint64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatUint(n, 10)
}
