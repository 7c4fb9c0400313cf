package redis

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"roomkeeper/connector"
)

const (
	// copyTimeout is how long a write may take to reach a replica: less than
	// ioTimeout, for the answer has to come back too.
	copyTimeout = time.Second
	// copiesFor is how long it is believed how many replicas a server has.
	copiesFor = 2 * time.Second
	// goneAfter is how long a server's replicas have to be away before promises
	// are made without them. A link that was cut is back within a second or two;
	// if the server died in between, its replica would take over without what was
	// promised meanwhile.
	goneAfter = 5 * time.Second
)

// copies knows which servers have replicas: there, what was promised has to be
// on one of them, or a failover would lose it.
type copies struct {
	engine *Engine

	mu    sync.Mutex
	known map[string]known
}

// known is what is believed of a server until some time.
type known struct {
	run      string // of the server; another one has replicas of its own
	replicas int
	until    time.Time
	away     time.Time // since when the replicas are; zero: they are there, or never were
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

// look asks a server for its replicas. Those that are away count until they
// have been so for goneAfter. While one is being given the data, what is said is
// not believed for any time: as soon as it follows it may take over.
func (c *copies) look(ctx context.Context, node redis.UniversalClient) (int, error) {
	info, err := readInfo(ctx, node)
	if err != nil {
		return 0, err
	}
	now := time.Now()
	k := known{run: info["run_id"], replicas: info.replicas()}
	if k.replicas == info.number("connected_slaves") {
		k.until = now.Add(copiesFor)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if was := c.known[nameOf(node)]; k.replicas == 0 && was.replicas > 0 && was.run == k.run {
		if k.away = was.away; k.away.IsZero() {
			k.away = now
		}
		if now.Sub(k.away) < goneAfter {
			k.replicas = was.replicas
		}
	}
	c.known[nameOf(node)] = k
	return k.replicas, nil
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
	n, err := strconv.Atoi(i[name])
	if err != nil {
		return 0
	}
	return n
}
