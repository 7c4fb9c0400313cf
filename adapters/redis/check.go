package redis

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/redis/go-redis/v9"

	"roomkeeper/connector"
)

// schemaVersion is the layout of keys that this program writes.
const schemaVersion = 1

// workers is the consumer group of every stream (scripts/queue.lua).
const workers = "workers"

// What keeps a server from being used.
var (
	// ErrUnfit: it may lose what it was told, or is too old.
	ErrUnfit = errors.New("this Redis does not fit")
	// ErrForeign: what is stored under the prefix is not this deployment's.
	ErrForeign = errors.New("not this deployment's data")
	// ErrRefused: our login is not accepted, or may not do what is needed.
	ErrRefused = errors.New("this Redis refuses our login")
	// ErrUnfinished: a migration into it was begun and not finished.
	ErrUnfinished = errors.New("the migration into this Redis was not finished")
)

// Fields of the meta hash.
const (
	metaSchema     = "schema"
	metaShards     = "shards"
	metaDeployment = "deployment"
	metaMigration  = "migration" // there while a migration is not finished
	metaSource     = "source"    // what was moved here, and the state that it was in
	metaState      = "state"
)

// Check reaches the server, finds out whether it can be trusted with the state
// and whose data it holds, and opens the ports. It fails with ErrUnfit,
// ErrRefused, ErrForeign, ErrUnfinished or connector.ErrNewerFormat, which only
// the operator can mend, or with connector.ErrStoreAway, which may pass. After a
// success it finds out whether the data is still for this program: a newer one
// may have raised the schema, and must not do more until the older ones had the
// time to look and end.
func (e *Engine) Check(ctx context.Context) error {
	l, err := e.check(ctx, false)
	if err != nil {
		return err
	}
	if l == nil {
		return e.checkAgain(ctx)
	}
	e.open(l)
	return nil
}

// checkAgain leaves alone who deletes everything under a running service.
func (e *Engine) checkAgain(ctx context.Context) error {
	meta, err := e.readAll(ctx, e.layout.Load().deployment, keyMeta)
	if err != nil || len(meta) == 0 {
		return err
	}
	_, err = e.readMeta(meta, false)
	return err
}

// check returns nil when the ports are open already.
func (e *Engine) check(ctx context.Context, migrating bool) (*layout, error) {
	e.checked.Lock()
	defer e.checked.Unlock()
	if e.layout.Load() != nil {
		return nil, nil
	}
	if err := e.checkServers(ctx); err != nil {
		return nil, refusal(err)
	}
	l, err := e.checkData(ctx, migrating)
	return l, refusal(err)
}

// refusal tells a login that is not accepted, which does not pass by itself,
// from a server that is away.
func refusal(err error) error {
	switch codeOf(err) {
	case "NOAUTH", "WRONGPASS", "NOPERM":
		var reply redis.Error
		errors.As(err, &reply)
		return fmt.Errorf("%w; check user and password, and what the user may do: %w", ErrRefused, reply)
	}
	return err
}

// open lets the ports work over a layout.
func (e *Engine) open(l *layout) {
	if e.layout.CompareAndSwap(nil, l) {
		e.queue.start(l)
	}
}

// checkServers asks every primary how it is.
func (e *Engine) checkServers(ctx context.Context) error {
	cluster, ok := e.client.(*redis.ClusterClient)
	if !ok {
		return e.checkServer(ctx, e.client)
	}
	var (
		mu  sync.Mutex
		all []error
	)
	err := cluster.ForEachMaster(ctx, func(ctx context.Context, node *redis.Client) error {
		err := e.checkServer(ctx, node)
		mu.Lock()
		defer mu.Unlock()
		all = append(all, err)
		return nil
	})
	if codeOf(err) == "ERR" {
		return fmt.Errorf("%w: it is no node of a Cluster; for one server write redis:// (%w)", ErrUnfit, err)
	}
	return errors.Join(translate("reach the cluster", err), errors.Join(all...))
}

func (e *Engine) checkServer(ctx context.Context, node redis.UniversalClient) error {
	i, err := readInfo(ctx, node)
	if err != nil {
		return err
	}
	// A server that loads its file, or follows another, answers this too.
	if i["loading"] == "1" {
		return fmt.Errorf("%w: it is loading its data", connector.ErrStoreAway)
	}
	var wrong []string
	if i["aof_enabled"] != "1" {
		wrong = append(wrong, "it does not write an append-only file (appendonly yes)")
	}
	if policy := i["maxmemory_policy"]; policy != "noeviction" {
		wrong = append(wrong, fmt.Sprintf("it may forget data when memory is short (maxmemory-policy %q, want noeviction)", policy))
	}
	if len(wrong) > 0 && !e.options.AllowVolatile {
		return fmt.Errorf("%w: %s; change it, or set ROOMKEEPER_ALLOW_VOLATILE=true to accept the loss", ErrUnfit, strings.Join(wrong, ", and "))
	}
	if version := i["redis_version"]; !atLeast(version, 6, 2) {
		return fmt.Errorf("%w: version %s is too old; 6.2 is the oldest, 7 is better", ErrUnfit, version)
	}
	return nil
}

// atLeast compares a version; one that cannot be read is taken to be new.
func atLeast(version string, major, minor int) bool {
	parts := strings.SplitN(version, ".", 3)
	if len(parts) < 2 {
		return true
	}
	a, errA := strconv.Atoi(parts[0])
	b, errB := strconv.Atoi(parts[1])
	return errA != nil || errB != nil || a > major || a == major && b >= minor
}

// readAll reads a hash of texts.
func (e *Engine) readAll(ctx context.Context, p place, key string) (map[string]string, error) {
	fields, err := e.client.HGetAll(ctx, p.key(key)).Result()
	return fields, translate("read "+p.key(key), err)
}

// checkData finds out whose the data is, and makes it ours when there is none.
func (e *Engine) checkData(ctx context.Context, migrating bool) (*layout, error) {
	p := placeOf(e.options.Prefix, tagDeployment)
	for {
		meta, err := e.readAll(ctx, p, keyMeta)
		if err != nil {
			return nil, err
		}
		if len(meta) > 0 {
			return e.readMeta(meta, migrating)
		}
		s := newStep(p)
		s.is(keyMeta, metaSchema, "")
		s.set(keyMeta, metaSchema, strconv.Itoa(schemaVersion))
		s.set(keyMeta, metaShards, strconv.Itoa(e.options.Shards))
		s.set(keyMeta, metaDeployment, e.options.Deployment)
		if migrating {
			s.set(keyMeta, metaMigration, timeKey(e.now()))
		}
		// Another replica may be faster; then what it wrote is read.
		if _, err := e.commit(ctx, "begin", s); err != nil {
			return nil, err
		}
	}
}

func (e *Engine) readMeta(meta map[string]string, migrating bool) (*layout, error) {
	schema, err := strconv.Atoi(meta[metaSchema])
	if err != nil || schema < 1 {
		return nil, fmt.Errorf("%w: its schema is not known; set ROOMKEEPER_REDIS_PREFIX to another prefix", ErrForeign)
	}
	if schema > schemaVersion {
		return nil, fmt.Errorf("%w: schema %d, this program knows %d; run the newer version", connector.ErrNewerFormat, schema, schemaVersion)
	}
	if meta[metaDeployment] != e.options.Deployment {
		return nil, fmt.Errorf("%w: it belongs to %q, this is %q; set ROOMKEEPER_REDIS_PREFIX to another prefix", ErrForeign, meta[metaDeployment], e.options.Deployment)
	}
	if meta[metaMigration] != "" && !migrating {
		return nil, fmt.Errorf("%w: run `connector migrate` again", ErrUnfinished)
	}
	shards, err := strconv.Atoi(meta[metaShards])
	if err != nil || shards < 1 {
		return nil, fmt.Errorf("%w: its number of shards is not known", ErrForeign)
	}
	return newLayout(e.options.Prefix, shards), nil
}
