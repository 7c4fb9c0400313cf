package redis

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"roomkeeper/connector"
)

// Target is a Redis that another engine's content goes to. While that is not
// finished no Engine uses the data: Check fails with ErrUnfinished.
type Target struct {
	engine *Engine
	layout *layout
}

var _ connector.Importer = (*Target)(nil)

// OpenTarget prepares a Target and reaches nobody.
func OpenTarget(o Options) (*Target, error) {
	e, err := Open(o)
	if err != nil {
		return nil, err
	}
	return &Target{engine: e}, nil
}

// Close lets go of the server.
func (t *Target) Close() error { return t.engine.Close() }

// TargetStanding is what a Target holds.
type TargetStanding struct {
	// Empty: nothing; the other fields are unset then.
	Empty bool
	// Finished: what came from Source is whole, or Source is "" and the data was
	// never moved here.
	Finished bool
	// Source and State are those that Begin was told.
	Source, State string
}

// Standing reaches the servers, finds out whether they can be trusted with the
// state, and what they hold. It changes nothing. It fails as Engine.Check does,
// but not with ErrUnfinished.
func (t *Target) Standing(ctx context.Context) (st TargetStanding, err error) {
	e := t.engine
	if err := e.checkServers(ctx); err != nil {
		return st, refusal(err)
	}
	meta, err := t.meta(ctx)
	if err != nil || len(meta) == 0 {
		return TargetStanding{Empty: true}, refusal(err)
	}
	if t.layout, err = e.readMeta(meta, true); err != nil {
		return st, err
	}
	return TargetStanding{Finished: meta[metaMigration] == "", Source: meta[metaSource], State: meta[metaState]}, nil
}

func (t *Target) meta(ctx context.Context) (map[string]string, error) {
	return t.engine.readAll(ctx, t.deployment(), keyMeta)
}

func (t *Target) deployment() place { return placeOf(t.engine.options.Prefix, tagDeployment) }

// Begin makes an empty Target, or an unfinished one of the same source, ready to
// import. What came from another state of the source is removed. It fails with
// connector.ErrConflict when somebody else uses the data.
func (t *Target) Begin(ctx context.Context, source, state string) error {
	e := t.engine
	if _, err := e.check(ctx, true); err != nil {
		return err
	}
	meta, err := t.meta(ctx)
	if err != nil {
		return err
	}
	if t.layout, err = e.readMeta(meta, true); err != nil {
		return err
	}
	if meta[metaMigration] == "" || meta[metaSource] != "" && meta[metaSource] != source {
		return fmt.Errorf("%w: this Redis", connector.ErrConflict)
	}
	if meta[metaState] == state {
		return nil
	}
	if meta[metaSource] != "" {
		if err := t.clear(ctx); err != nil {
			return refusal(err)
		}
	}
	s := newStep(t.layout.deployment)
	s.is(keyMeta, metaMigration, meta[metaMigration])
	s.is(keyMeta, metaSource, meta[metaSource])
	s.set(keyMeta, metaSource, source)
	s.set(keyMeta, metaState, state)
	return t.commitMeta(ctx, "begin", s)
}

// Finish lets Engines use the data.
func (t *Target) Finish(ctx context.Context, source string) error {
	s := newStep(t.layout.deployment)
	s.is(keyMeta, metaSource, source)
	s.del(keyMeta, metaMigration)
	return t.commitMeta(ctx, "finish", s)
}

func (t *Target) commitMeta(ctx context.Context, what string, s *step) error {
	guard, err := t.engine.commit(ctx, what, s)
	if err == nil && guard != 0 {
		err = fmt.Errorf("%s: %w: somebody else moves into this Redis", what, connector.ErrConflict)
	}
	return err
}

// Settled returns once a server that loses its host keeps what was imported, as
// far as it writes its file every second: with several servers one could come
// back without it, after another one was told that all is there.
func (t *Target) Settled(ctx context.Context) error {
	if t.engine.options.Topology != Cluster {
		return nil // the one file keeps the order
	}
	timer := time.NewTimer(settleFor)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// settleFor is above how late appendfsync everysec may be: two seconds.
const settleFor = 3 * time.Second

// clearedAtOnce is how many keys are looked for, and removed, together.
const clearedAtOnce = 1000

// clear removes all data but the meta.
func (t *Target) clear(ctx context.Context) error {
	cluster, ok := t.engine.client.(*redis.ClusterClient)
	if !ok {
		return t.clearServer(ctx, t.engine.client)
	}
	var (
		mu  sync.Mutex
		all []error
	)
	err := cluster.ForEachMaster(ctx, func(ctx context.Context, node *redis.Client) error {
		err := t.clearServer(ctx, node)
		mu.Lock()
		defer mu.Unlock()
		all = append(all, err)
		return nil
	})
	return errors.Join(translate("reach the cluster", err), errors.Join(all...))
}

func (t *Target) clearServer(ctx context.Context, node redis.UniversalClient) error {
	places := append([]place{t.layout.deployment}, t.layout.shards...)
	for cursor, first := uint64(0), true; first || cursor != 0; first = false {
		// The prefix has no character that means something in a pattern.
		keys, next, err := node.Scan(ctx, cursor, t.engine.options.Prefix+":{*", clearedAtOnce).Result()
		if err != nil {
			return translate("look for what was left", err)
		}
		cursor = next
		_, err = node.Pipelined(ctx, func(pipe redis.Pipeliner) error {
			for _, key := range keys {
				if ours(places, key) && key != t.deployment().key(keyMeta) {
					pipe.Unlink(ctx, key) // one by one: a cluster takes one slot at a time
				}
			}
			return nil
		})
		if err != nil {
			return translate("remove what was left", err)
		}
	}
	return nil
}

// ours reports whether a key lies in one of the places.
func ours(places []place, key string) bool {
	return slices.ContainsFunc(places, func(p place) bool { return strings.HasPrefix(key, p.base) })
}

// Place is where the data lies, for a person: no login is in it.
func (o Options) Place() string {
	text := "Redis " + strings.Join(o.Addrs, ",")
	if o.Master != "" {
		text += ", primary " + strconv.Quote(o.Master)
	}
	if o.DB != 0 {
		text += ", database " + strconv.Itoa(o.DB)
	}
	return text + ", prefix " + strconv.Quote(o.Prefix)
}
