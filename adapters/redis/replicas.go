package redis

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"roomkeeper/connector"
)

const (
	// copyTimeout is how long a write may take to reach a replica.
	copyTimeout = 1500 * time.Millisecond
	// copiesFor is how long it is believed how many replicas a server has.
	copiesFor = 2 * time.Second
)

// copies knows which servers have replicas: there, what was promised has to be
// on one of them, or a failover would lose it.
type copies struct {
	engine *Engine

	mu    sync.Mutex
	known map[string]known
}

type known struct {
	replicas int
	until    time.Time
}

func newCopies(e *Engine) *copies { return &copies{engine: e, known: map[string]known{}} }

// wanted is how many replicas a write to a server has to reach: one where there
// is any.
func (c *copies) wanted(ctx context.Context, node redis.UniversalClient) (int, error) {
	name := nameOf(node)
	c.mu.Lock()
	k, ok := c.known[name]
	c.mu.Unlock()
	if ok && time.Now().Before(k.until) {
		return min(k.replicas, 1), nil
	}
	replicas, err := c.look(ctx, node)
	return min(replicas, 1), err
}

// missed says what it means that a write reached no replica in time: nothing,
// when the server has none any more.
func (c *copies) missed(ctx context.Context, node redis.UniversalClient) error {
	replicas, err := c.look(ctx, node)
	if err != nil {
		return err
	}
	if replicas > 0 {
		return fmt.Errorf("%w: no replica confirmed the write within %s", connector.ErrStoreAway, copyTimeout)
	}
	c.engine.log.WarnContext(ctx, "redis: the replica is gone; what is promised now is on one server only", "server", nameOf(node))
	return nil
}

func (c *copies) look(ctx context.Context, node redis.UniversalClient) (int, error) {
	info, err := readInfo(ctx, node)
	if err != nil {
		return 0, err
	}
	replicas := info.replicas()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.known[nameOf(node)] = known{replicas: replicas, until: time.Now().Add(copiesFor)}
	return replicas, nil
}

// nameOf tells servers of a cluster apart; elsewhere there is one primary.
func nameOf(node redis.UniversalClient) string {
	if c, ok := node.(*redis.Client); ok {
		return c.Options().Addr
	}
	return ""
}

// info is what a server says of itself.
type info map[string]string

func readInfo(ctx context.Context, node redis.UniversalClient) (info, error) {
	text, err := node.Info(ctx).Result()
	if err != nil {
		return nil, translate("ask the server about itself", err)
	}
	return parseInfo(text), nil
}

func parseInfo(text string) info {
	i := info{}
	for line := range strings.Lines(text) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
			i[name] = value
		}
	}
	return i
}

// replicas counts those that follow. One that is still being given the whole data
// confirms nothing, which may last for minutes.
func (i info) replicas() (online int) {
	connected := i.number("connected_slaves")
	told := false
	for n := range connected {
		line, ok := i[fmt.Sprintf("slave%d", n)]
		told = told || ok
		if strings.Contains(line, "state=online") {
			online++
		}
	}
	if !told {
		return connected // a server that does not say which
	}
	return online
}

// number is 0 for what is not said.
func (i info) number(name string) int {
	var n int
	_, _ = fmt.Sscan(i[name], &n) // not said, or not a number: 0
	return n
}
