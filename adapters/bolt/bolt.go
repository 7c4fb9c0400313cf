// Package bolt is the embedded engine: one bbolt file that one process uses.
//
// Every write goes through one committer that groups what waits into one
// transaction and one fsync (commit.go). The schedule of the queue is kept in
// memory over durable entries (schedule.go, queue.go); leases and rate buckets
// live and die with the process.
package bolt

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"roomkeeper/connector"
)

// lockTimeout is how long Open waits for another process to let go of the file.
const lockTimeout = time.Second

// Options are what an Engine needs from outside; the zero value will do.
type Options struct {
	// Clock tells the time; nil means time.Now.
	Clock func() time.Time
	// Logger gets what the operator should know; nil discards.
	Logger *slog.Logger
}

// Engine is an open database file. It is safe for concurrent use.
type Engine struct {
	store   *store
	limiter *limiter
	close   sync.Once
	closed  error
}

// store is what the ports share.
type store struct {
	db    *bbolt.DB
	clock func() time.Time
	log   *slog.Logger
	jobs  *schedule

	requests chan *request
	// closing is closed to end the committer, stopped when it has ended.
	closing, stopped chan struct{}
}

// Open opens the database file at path, and makes it and its folder when
// there is none. It fails with ErrLocked, ErrForeign, ErrDamaged, ErrMoved or
// connector.ErrNewerFormat and then leaves the file as it is.
func Open(path string, opts Options) (*Engine, error) {
	if opts.Clock == nil {
		opts.Clock = time.Now
	}
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	if err := inspect(path); err != nil {
		return nil, openError(path, err)
	}
	db, err := openFile(path)
	if err != nil {
		return nil, openError(path, err)
	}
	if err := refuseMoved(db, path); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	s := &store{
		db: db, clock: opts.Clock, log: opts.Logger,
		requests: make(chan *request, groupLimit),
		closing:  make(chan struct{}), stopped: make(chan struct{}),
	}
	s.jobs = newSchedule(s.now)
	if err := s.prepare(); err != nil {
		return nil, errors.Join(openError(path, err), db.Close())
	}
	go s.commitLoop()
	return &Engine{store: s, limiter: newLimiter(s.now)}, nil
}

// Ports returns the engine as the ports of the domain.
func (e *Engine) Ports() connector.Engine {
	s := e.store
	return connector.Engine{
		Groups: groups{s}, Inbox: inbox{s}, Outbox: outbox{s}, Ledger: ledger{s},
		Facts: facts{s}, People: people{s}, Readings: readings{s},
		Subscriptions: subscriptions{s}, Names: names{s}, Answers: answers{s},
		Marks: marks{s}, Sweeps: sweeps{s}, Claims: claims{s}, Queue: queue{s}, DeadLetters: deadLetters{s},
		Limiter: e.limiter, Keeper: keeper{e},
	}
}

// Close writes what was accepted, ends every Take and lets go of the file.
// Later calls fail with connector.ErrStoreAway. Closing again does nothing.
func (e *Engine) Close() error {
	e.close.Do(func() {
		close(e.store.closing)
		<-e.store.stopped
		e.store.jobs.close()
		e.closed = e.store.db.Close()
	})
	return e.closed
}

// now is the time as it is stored: UTC, without a monotonic reading.
func (s *store) now() time.Time { return s.clock().Round(0).UTC() }

// view runs fn on a snapshot. Keep it short: an open reading keeps old pages
// from being used again.
func (s *store) view(ctx context.Context, fn func(*bbolt.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	err := s.db.View(fn)
	if errors.Is(err, bolterrors.ErrDatabaseNotOpen) || errors.Is(err, bolterrors.ErrInvalidMapping) {
		return fmt.Errorf("%w: %w", connector.ErrStoreAway, err)
	}
	return err
}
