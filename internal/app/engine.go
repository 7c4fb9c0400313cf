package app

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"roomkeeper/adapters/bolt"
	"roomkeeper/adapters/redis"
	"roomkeeper/config"
	"roomkeeper/connector"
)

// DatabaseFile is the embedded store's name under DATA_DIR.
const DatabaseFile = "roomkeeper.db"

const (
	// reachEvery is how often a store that was never reached is tried again.
	reachEvery = 2 * time.Second
	// checkEvery is how often one that was reached is asked whether its data is
	// still for this version: replicas of two versions may share it.
	checkEvery = 10 * time.Second
)

// engine is where state lives and work waits.
type engine interface {
	Ports() connector.Engine
	// Check reaches the engine and finds out whether it may be used, and later
	// whether it still may. It fails with connector.ErrStoreAway while it cannot be
	// reached; other errors are for the operator.
	Check(ctx context.Context) error
	Close() error
}

// openEngine opens the embedded store, or prepares the one in Redis.
func openEngine(o Options) (engine, error) {
	if o.Config.Store.Redis != nil {
		options, err := redisOptions(o.Config)
		if err != nil {
			return nil, err
		}
		options.Logger = o.Logger
		o.Logger.Info("engine: Redis", "topology", options.Topology, "servers", options.Addrs, "prefix", options.Prefix)
		return redis.Open(options)
	}
	path := filepath.Join(o.Config.Store.DataDir, DatabaseFile)
	store, err := bolt.Open(path, bolt.Options{Clock: o.Clock, Logger: o.Logger})
	if err != nil {
		return nil, adviseStore(err)
	}
	o.Logger.Info("engine: embedded, one replica only; set ROOMKEEPER_REDIS_URL to scale out", "file", path)
	return embedded{store}, nil
}

// embedded is the store in a file: whoever has opened it has it.
type embedded struct{ *bolt.Engine }

func (embedded) Check(context.Context) error { return nil }

// adviseStore says what to do about a data file that cannot be used.
func adviseStore(err error) error {
	switch {
	case errors.Is(err, connector.ErrNewerFormat):
		return fmt.Errorf("%w; run the newer version, or set ROOMKEEPER_DATA_DIR to another folder", err)
	case errors.Is(err, bolt.ErrMoved):
		return fmt.Errorf("%w; set ROOMKEEPER_REDIS_URL to go on there, or delete the file to begin anew", err)
	case errors.Is(err, bolt.ErrForeign), errors.Is(err, bolt.ErrDamaged):
		return fmt.Errorf("%w; put back a copy of it, or set ROOMKEEPER_DATA_DIR to another folder", err)
	}
	return err
}

// redisOptions maps the configuration. The data belongs to the CRM whose
// records it is about; the workspace is compared when the platform answers.
func redisOptions(c config.Config) (redis.Options, error) {
	r := c.Store.Redis
	o := redis.Options{
		Topology: redis.Topology(r.Topology), Addrs: r.Addrs, Master: r.Master,
		Username: r.Username, Password: r.Password.Reveal(),
		SentinelUsername: r.SentinelUsername, SentinelPassword: r.SentinelPassword.Reveal(),
		DB: r.DB, Prefix: r.Prefix, Deployment: "CRM " + c.CRM.Name,
		AllowVolatile: c.Store.AllowVolatile, Lease: c.Store.Lease,
	}
	if !r.TLS {
		return o, nil
	}
	o.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	if r.CAFile == "" {
		return o, nil
	}
	authority, err := os.ReadFile(r.CAFile)
	if err != nil {
		return o, fmt.Errorf("ROOMKEEPER_REDIS_URL: the file in ca: %w", err)
	}
	o.TLS.RootCAs = x509.NewCertPool()
	if !o.TLS.RootCAs.AppendCertsFromPEM(authority) {
		return o, errors.New("ROOMKEEPER_REDIS_URL: the file in ca holds no certificate in PEM")
	}
	return o, nil
}

// reachStore has the store checked, and again as long as the service runs. One
// that is away is tried again; one that must not be used ends the service.
func (a *App) reachStore(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	err := a.store.Check(ctx)
	if err != nil && !errors.Is(err, connector.ErrStoreAway) {
		return &ConfigError{Err: fmt.Errorf("ROOMKEEPER_REDIS_URL: %w", err)}
	}
	if err != nil {
		a.log.Warn("store not reached; trying again", "error", err, "check", a.reachAdvice())
	}
	a.meeting.Go(func() { a.keepChecking(err == nil) })
	return nil
}

func (a *App) keepChecking(reached bool) {
	wait := func() time.Duration {
		if reached {
			return checkEvery
		}
		return reachEvery
	}
	for pause(a.life, wait()) {
		ctx, cancel := context.WithTimeout(a.life, askWithin)
		err := a.store.Check(ctx)
		cancel()
		switch {
		case a.life.Err() != nil:
			return
		case err == nil && !reached:
			a.log.Info("store reached")
			reached = true
		case errors.Is(err, connector.ErrStoreAway):
			if reached {
				a.log.Warn("store not reached; trying again", "error", err)
			}
			reached = false
		case err != nil:
			a.fail(fmt.Errorf("ROOMKEEPER_REDIS_URL: %w", err))
			return
		}
	}
}

// reachAdvice is what an operator looks at when Redis is not reached.
func (a *App) reachAdvice() string {
	r := a.config.Store.Redis
	if r == nil {
		return ""
	}
	advice := "that it runs, and that host and port are right"
	if r.Topology == config.RedisSentinel {
		advice = "that these are Sentinels, that they know a primary by this name, and that it runs"
	}
	if r.TLS {
		advice += "; that the port speaks TLS (rediss://), else write redis://"
	}
	return advice
}
