package redis

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"roomkeeper/connector"
)

// Topology says what stands behind the addresses.
type Topology string

// Topologies.
const (
	Single   Topology = "single"
	Sentinel Topology = "sentinel"
	Cluster  Topology = "cluster"
)

// Options are what an Engine needs from outside. Addrs and Prefix are required.
type Options struct {
	Topology Topology
	// Addrs is one address, the sentinels, or some nodes of the cluster.
	Addrs []string
	// Master is the name that the sentinels know the primary by.
	Master             string
	Username, Password string
	// SentinelUsername and SentinelPassword are the sentinels' own.
	SentinelUsername, SentinelPassword string
	DB                                 int
	// TLS is nil for plain connections.
	TLS *tls.Config
	// Dialer makes connections; nil means TCP, with TLS where it is set.
	Dialer func(ctx context.Context, network, addr string) (net.Conn, error)

	// Prefix begins every key.
	Prefix string
	// Deployment names whose data this is; another's is refused.
	Deployment string
	// AllowVolatile accepts a Redis that may lose what it was told.
	AllowVolatile bool
	// Lease is how long a run may go on without a heartbeat before the others
	// take it over; 0 means 10 s.
	Lease time.Duration
	// Shards is over how many slots the Groups of new data are spread; 0 means
	// 1, or 16 in a Cluster. Data that is there keeps its number.
	Shards int
	// Clock tells the time; nil means the server's, as replicas need it.
	Clock func() time.Time
	// Logger gets what the operator should know; nil discards.
	Logger *slog.Logger
}

// defaultLease is far above a heartbeat's pause and a slow Redis, and short
// enough that nobody notices a killed replica.
const defaultLease = 10 * time.Second

// clusterShards spreads the Groups over the nodes of a cluster; each costs one
// blocking connection.
const clusterShards = 16

// Times of one exchange with Redis. A person's command is answered within 2 s
// (Slack allows 3), and "try again" is the better answer only if the store was
// noticed to be away before that: an exchange that hangs ends after ioTimeout. A
// webhook has 10 s, and the worst of it is a connection to be made, a server that
// is slow to greet and as slow to answer.
const (
	dialTimeout = time.Second
	ioTimeout   = 1500 * time.Millisecond
	// poolSize is above the blocking connections and the workers.
	poolSize = 64
	// mapEvery is how old the map of a cluster may become: a master that is gone
	// answers nothing that would say so.
	mapEvery = time.Second
	// dialTries and noRetries: the client library tries nothing again. Whoever
	// asked does, and knows what for; a write that is sent twice because its answer
	// was lost would find its own traces and take them for somebody else's.
	dialTries = 1
	noRetries = -1
)

// Engine is one replica's part of the engine. It is safe for concurrent use.
type Engine struct {
	client  redis.UniversalClient
	options Options
	log     *slog.Logger
	scripts scripts
	// consumer names this replica to the server.
	consumer string
	copies   *copies

	// layout is nil until Check has accepted the server.
	layout  atomic.Pointer[layout]
	checked sync.Mutex

	queue   *dispatcher
	closing chan struct{}
	close   sync.Once
	closed  error
}

// Open prepares an Engine and reaches nobody: until Check succeeded, every port
// answers connector.ErrStoreAway.
func Open(o Options) (*Engine, error) {
	if len(o.Addrs) == 0 || o.Prefix == "" {
		return nil, fmt.Errorf("%w: redis without address or prefix", connector.ErrInvalid)
	}
	if o.Lease == 0 {
		o.Lease = defaultLease
	}
	if o.Shards == 0 {
		o.Shards = 1
		if o.Topology == Cluster {
			o.Shards = clusterShards
		}
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	quieten(o.Logger)
	scripts, err := loadScripts(formatVersion)
	if err != nil {
		return nil, err
	}
	e := &Engine{
		client: newClient(o), options: o, log: o.Logger, scripts: scripts, consumer: rand.Text(),
		closing: make(chan struct{}),
	}
	e.copies = newCopies(e)
	e.queue = newDispatcher(e)
	return e, nil
}

func newClient(o Options) redis.UniversalClient {
	options := &redis.UniversalOptions{
		Addrs: o.Addrs, MasterName: o.Master,
		Username: o.Username, Password: o.Password, DB: o.DB, TLSConfig: o.TLS, Dialer: o.Dialer,
		SentinelUsername: o.SentinelUsername, SentinelPassword: o.SentinelPassword,
		DialTimeout: dialTimeout, ReadTimeout: ioTimeout, WriteTimeout: ioTimeout, ContextTimeoutEnabled: true,
		PoolSize: poolSize, DialerRetries: dialTries, MaxRetries: noRetries, Protocol: 2, DisableIdentity: true,
	}
	if o.Topology != Cluster {
		return redis.NewUniversalClient(options)
	}
	cluster := options.Cluster()
	cluster.ClusterStateReloadInterval = mapEvery
	return redis.NewClusterClient(cluster)
}

// Ports returns the engine as the ports of the domain.
func (e *Engine) Ports() connector.Engine {
	return connector.Engine{
		Groups: groups{e}, Inbox: inbox{e}, Outbox: outbox{e}, Ledger: ledger{e},
		Facts: facts{e}, People: people{e}, Readings: readings{e},
		Subscriptions: subscriptions{e}, Names: names{e}, Answers: answers{e},
		Marks: marks{e}, Claims: claims{e}, Sweeps: sweeps{e}, Queue: queue{e}, DeadLetters: deadLetters{e},
		Limiter: limiter{e}, Keeper: keeper{e}, Shared: true,
	}
}

// Close hands back what was leased, ends every Take and lets go of the server.
// Later calls fail with connector.ErrStoreAway. Closing again does nothing.
func (e *Engine) Close() error {
	e.close.Do(func() {
		close(e.closing)
		e.queue.stop()
		e.closed = e.client.Close()
		if errors.Is(e.closed, redis.ErrClosed) {
			e.closed = nil
		}
	})
	return e.closed
}

var errClosed = fmt.Errorf("%w: closed", connector.ErrStoreAway)

// reach returns the layout of the data; an error while the server was not
// checked yet, or the engine is closed.
func (e *Engine) reach(ctx context.Context) (*layout, error) {
	select {
	case <-e.closing:
		return nil, errClosed
	default:
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	l := e.layout.Load()
	if l == nil {
		return nil, fmt.Errorf("%w: not reached yet", connector.ErrStoreAway)
	}
	return l, nil
}

// now is the time as it is stored: UTC, without a monotonic reading.
func (e *Engine) now() time.Time {
	if e.options.Clock == nil {
		return time.Now().Round(0).UTC()
	}
	return e.options.Clock().Round(0).UTC()
}

// clock is the time as a script takes it: µs, or "" for the server's own.
func (e *Engine) clock() string {
	if e.options.Clock == nil {
		return ""
	}
	return micros(e.options.Clock())
}
