package redistest

import (
	"fmt"
	"net/url"
	"testing"

	"github.com/redis/go-redis/v9"
)

const (
	// primaryName is how the Sentinels call the primary.
	primaryName  = "roomkeeper"
	sentinels    = 3
	quorum       = 2
	downAfter    = 500  // ms
	failoverTime = 3000 // ms; a vote without a winner is repeated after twice that
)

// Sentinel is a primary and a replica that three Sentinels watch.
type Sentinel struct {
	access
	tb           testing.TB
	sentinelPass string
	servers      []*Server // that hold data
	watchers     []*Server
	watch        []*redis.SentinelClient // of the watchers
}

// StartSentinel starts them, and waits until the Sentinels know all of each
// other and the replica is in sync.
func StartSentinel(tb testing.TB, o Options) *Sentinel {
	tb.Helper()
	ca := newAuthority(tb, o)
	s := &Sentinel{access: access{o.RequirePass, ca}, tb: tb, sentinelPass: o.SentinelPass}
	primary := start(tb, conf{Options: o, ca: ca})
	s.servers = []*Server{primary, StartReplica(tb, primary, "", o)}
	for range sentinels {
		s.startWatcher(o)
	}
	s.awaitCalm()
	return s
}

func (s *Sentinel) startWatcher(o Options) {
	s.tb.Helper()
	host, port := split(s.servers[0].addr)
	own := []string{
		fmt.Sprintf("sentinel monitor %s %s %s %d", primaryName, host, port, quorum),
		fmt.Sprintf("sentinel down-after-milliseconds %s %d", primaryName, downAfter),
		fmt.Sprintf("sentinel failover-timeout %s %d", primaryName, failoverTime),
		fmt.Sprintf("sentinel parallel-syncs %s 1", primaryName),
	}
	if o.RequirePass != "" {
		own = append(own, fmt.Sprintf("sentinel auth-pass %s %q", primaryName, o.RequirePass))
	}
	if o.SentinelPass != "" {
		own = append(own, fmt.Sprintf("sentinel sentinel-pass %q", o.SentinelPass))
	}
	w := start(s.tb, conf{Options: Options{RequirePass: o.SentinelPass}, ca: s.ca, sentinel: true, own: own})
	client := redis.NewSentinelClient(w.Options())
	s.tb.Cleanup(func() { _ = client.Close() })
	s.hurry(client)
	s.watchers, s.watch = append(s.watchers, w), append(s.watch, client)
}

// hurry makes a Sentinel look more often than its usual 10 s, and calm down
// sooner when the machine was too busy. Redis before 7.0 cannot: everything
// takes longer there.
func (s *Sentinel) hurry(client *redis.SentinelClient) {
	_ = client.Process(s.tb.Context(), redis.NewStatusCmd(s.tb.Context(), "sentinel", "debug",
		"info-period", 500, "ping-period", 200, "ask-period", 200, "publish-period", 300, "tilt-period", 2000))
}

// Addrs are the Sentinels' addresses.
func (s *Sentinel) Addrs() []string { return addrsOf(s.watchers) }

// Master is the name under which the Sentinels know the primary.
func (s *Sentinel) Master() string { return primaryName }

// URL is what REDIS_URL takes, with passwords and authority.
func (s *Sentinel) URL() string {
	var parameters []string
	if s.sentinelPass != "" {
		parameters = append(parameters, "sentinel_password="+url.PathEscape(s.sentinelPass))
	}
	return s.location("+sentinel", s.Addrs(), "/"+primaryName, parameters...)
}

// Options are new options for a client of the primary.
func (s *Sentinel) Options() *redis.FailoverOptions {
	return &redis.FailoverOptions{
		MasterName: primaryName, SentinelAddrs: s.Addrs(), SentinelPassword: s.sentinelPass,
		Password: s.password, TLSConfig: s.TLSConfig(),
	}
}

// Client returns a new client of the primary, which is closed with the test.
func (s *Sentinel) Client() *redis.Client {
	c := redis.NewFailoverClient(s.Options())
	s.tb.Cleanup(func() { _ = c.Close() })
	return c
}

func addrsOf(servers []*Server) []string {
	var addrs []string
	for _, s := range servers {
		addrs = append(addrs, s.addr)
	}
	return addrs
}
