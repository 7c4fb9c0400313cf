package app

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"roomkeeper/adapters/bolt"
	"roomkeeper/adapters/redis"
	"roomkeeper/config"
	"roomkeeper/connector"
)

// A Redis that goes away during a move, as in a failover, is waited for.
const (
	awayWithin = time.Minute
	awayPause  = time.Second
)

// MigrateOptions are what a move of the embedded state takes. To and Clock are
// required.
type MigrateOptions struct {
	Config config.Config
	To     *config.Redis
	// DryRun looks at both sides and changes neither.
	DryRun bool
	Clock  func() time.Time
	// Progress is called now and then; may be nil.
	Progress func(MigrateProgress)
}

// MigrateProgress is how far a move is: everything is moved, then all of it is
// compared.
type MigrateProgress struct {
	Comparing   bool
	Done, Total int
}

// Migration is what a move found or did.
type Migration struct {
	// From is the file, To where its state lies now, without any login.
	From, To string
	// Already: an earlier move was complete.
	Already bool
	Counts  []MigrateCount
}

// MigrateCount is how many there are of one kind of data.
type MigrateCount struct {
	Kind string
	N    int
}

// Migrate moves the embedded state into a Redis. It may be stopped at any moment
// and called again: until it returns nil, the file is what counts. A
// *ConfigError is for the operator.
func Migrate(ctx context.Context, o MigrateOptions) (m Migration, err error) {
	m.From = filepath.Join(o.Config.Store.DataDir, DatabaseFile)
	source, err := bolt.OpenSource(m.From)
	if err != nil {
		return m, &ConfigError{Err: adviseSource(m.From, err)}
	}
	defer func() { err = errors.Join(err, source.Close()) }()
	c := o.Config
	c.Store.Redis = o.To
	options, err := redisOptions(c)
	if err != nil {
		return m, &ConfigError{Err: err}
	}
	m.To = options.Place()
	target, err := redis.OpenTarget(options)
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, target.Close()) }()
	return m, (&mover{o, source, target, &m}).move(ctx)
}

// adviseSource says what to do about a file that cannot be moved.
func adviseSource(path string, err error) error {
	switch {
	case errors.Is(err, bolt.ErrAbsent):
		return fmt.Errorf("%w; set ROOMKEEPER_DATA_DIR to the folder that the service used", err)
	case errors.Is(err, bolt.ErrLocked):
		return fmt.Errorf("stop the service first: %w: %s", bolt.ErrLocked, path)
	}
	return adviseStore(err)
}

// mover is one move.
type mover struct {
	MigrateOptions
	source *bolt.Source
	target *redis.Target
	result *Migration
}

func (m *mover) move(ctx context.Context) error {
	from, err := m.source.Standing()
	if err != nil {
		return &ConfigError{Err: err}
	}
	if from.CRM != "" && from.CRM != m.Config.CRM.Name {
		return &ConfigError{Err: fmt.Errorf("the embedded state is about the CRM %q, and ROOMKEEPER_CRM_NAME is %q; run this with the variables of the service",
			from.CRM, m.Config.CRM.Name)}
	}
	to, err := m.target.Standing(ctx)
	if err != nil {
		return refusedBy("nothing was changed: the Redis to move to", err)
	}
	what, err := decide(from, to, m.result.To)
	if err != nil {
		return &ConfigError{Err: err}
	}
	counts, err := m.source.Count(ctx)
	if err != nil {
		return err
	}
	total := m.count(counts)
	m.result.Already = what != moveAll
	switch {
	case m.DryRun || what == moveNothing:
		return nil
	case what == moveMark:
		return m.source.MarkMoved(m.result.To, m.Clock())
	}
	if err := m.moveAll(ctx, total); err != nil {
		return fmt.Errorf("not finished, and nothing is lost: run `connector migrate` again, or go on without Redis as before: %w", err)
	}
	return nil
}

// refusedBy tells what only the operator can mend from what may pass.
func refusedBy(what string, err error) error {
	err = fmt.Errorf("%s: %w", what, err)
	if errors.Is(err, connector.ErrStoreAway) {
		return err
	}
	return &ConfigError{Err: err}
}

// count notes how many there are of what a person knows.
func (m *mover) count(counts map[connector.HoldingKind]int) (total int) {
	for _, kind := range connector.HoldingKinds() {
		total += counts[kind]
		if kind != connector.HoldsSequence && counts[kind] > 0 {
			m.result.Counts = append(m.result.Counts, MigrateCount{Kind: string(kind), N: counts[kind]})
		}
	}
	return total
}

// moveAll moves, compares, lets the target be used, and only then ends the use
// of the file: stopped before the last step, it finds a finished target.
func (m *mover) moveAll(ctx context.Context, total int) error {
	if err := m.source.Name(); err != nil {
		return err
	}
	from, err := m.source.Standing()
	if err != nil {
		return err
	}
	if err := insist(ctx, func() error { return m.target.Begin(ctx, from.ID, from.State) }); err != nil {
		return err
	}
	err = m.fill(ctx, total)
	if errors.Is(err, connector.ErrConflict) {
		err = m.fill(ctx, total)
	}
	if err != nil {
		return err
	}
	if err := insist(ctx, func() error { return m.target.Finish(ctx, from.ID) }); err != nil {
		return err
	}
	return m.source.MarkMoved(m.result.To, m.Clock())
}

// fill imports everything and looks whether it is there. ErrConflict: a server
// has lost what it had acknowledged, as one that is killed may.
func (m *mover) fill(ctx context.Context, total int) error {
	if err := m.each(ctx, MigrateProgress{Total: total}, m.target.Import); err != nil {
		return err
	}
	if err := m.target.Settled(ctx); err != nil {
		return err
	}
	return m.each(ctx, MigrateProgress{Comparing: true, Total: total}, m.target.Compare)
}

// each does one thing with everything that the file holds.
func (m *mover) each(ctx context.Context, p MigrateProgress, do func(context.Context, []connector.Holding) error) error {
	m.show(p)
	err := m.source.Export(ctx, func(chunk []connector.Holding) error {
		if err := insist(ctx, func() error { return do(ctx, chunk) }); err != nil {
			return err
		}
		p.Done += len(chunk)
		m.show(p)
		return nil
	})
	if err == nil && p.Done != p.Total {
		err = fmt.Errorf("%d of %d were read from the file", p.Done, p.Total)
	}
	return err
}

func (m *mover) show(p MigrateProgress) {
	if m.Progress != nil {
		m.Progress(p)
	}
}

// insist does what may be repeated until the store is not away, for a while.
func insist(ctx context.Context, do func() error) error {
	within, cancel := context.WithTimeout(ctx, awayWithin)
	defer cancel()
	for {
		err := do()
		if err == nil || !errors.Is(err, connector.ErrStoreAway) || !pause(within, awayPause) {
			return err
		}
	}
}
