package redistest

import (
	"context"
	"errors"
	"fmt"
	"net"

	"github.com/redis/go-redis/v9"
)

// Primary is the server that all Sentinels name as the primary and that is one.
func (s *Sentinel) Primary() *Server {
	s.tb.Helper()
	var primary *Server
	eventually(s.tb, "a primary", func() (err error) {
		primary, err = s.primary()
		return err
	})
	return primary
}

// KillPrimary ends the primary with SIGKILL, and returns when every Sentinel
// names another server that takes writes, as far as its own settings let it.
// There is no replica then until RestartDead, and nobody to fail over to.
func (s *Sentinel) KillPrimary() {
	s.tb.Helper()
	old := s.Primary()
	old.Kill()
	eventually(s.tb, "a primary after "+old.addr, func() error {
		primary, err := s.primary()
		if err == nil && primary == old {
			return fmt.Errorf("%s is still named", old.addr)
		}
		return err
	})
}

// RestartDead brings every killed server back as a replica of the primary, and
// returns when it is in sync and the Sentinels would take it for the next
// primary.
func (s *Sentinel) RestartDead() {
	s.tb.Helper()
	primary := s.Primary()
	for _, server := range s.servers {
		if !server.running() {
			// By themselves Sentinels leave a primary that comes back alone for a while.
			server.follow(primary.addr)
			server.Restart()
		}
	}
	s.awaitCalm()
}

func (s *Sentinel) primary() (*Server, error) {
	var named string
	for i, client := range s.watch {
		at, err := client.GetMasterAddrByName(s.tb.Context(), primaryName).Result()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.watchers[i].addr, err)
		}
		addr := net.JoinHostPort(at[0], at[1])
		if i > 0 && addr != named {
			return nil, fmt.Errorf("the Sentinels name %s and %s", named, addr)
		}
		named = addr
	}
	for _, server := range s.servers {
		if server.addr == named && server.running() {
			_, err := server.written()
			return server, err
		}
	}
	return nil, fmt.Errorf("%s is named and does not run", named)
}

// awaitCalm waits until a failover would succeed.
func (s *Sentinel) awaitCalm() {
	s.tb.Helper()
	eventually(s.tb, "calm Sentinels", func() error {
		primary, err := s.primary()
		if err != nil {
			return err
		}
		for _, server := range s.servers {
			if server == primary {
				continue
			}
			if err := server.inSync(primary); err != nil {
				return err
			}
		}
		for i, client := range s.watch {
			if err := calm(s.tb.Context(), client); err != nil {
				return fmt.Errorf("%s: %w", s.watchers[i].addr, err)
			}
		}
		return nil
	})
}

// calm tells what a Sentinel has against a failover.
func calm(ctx context.Context, client *redis.SentinelClient) error {
	primary, err := client.Master(ctx, primaryName).Result()
	if err != nil {
		return err
	}
	replicas, err := client.Replicas(ctx, primaryName).Result()
	switch {
	case err != nil:
		return err
	case primary["flags"] != "master":
		return errors.New("the primary is " + primary["flags"])
	case primary["num-other-sentinels"] != fmt.Sprint(sentinels-1):
		return errors.New("it knows of too few others: " + primary["num-other-sentinels"])
	case len(replicas) != 1:
		return fmt.Errorf("it knows of %d replicas", len(replicas))
	case replicas[0]["flags"] != "slave":
		return errors.New("the replica is " + replicas[0]["flags"])
	case replicas[0]["master-link-status"] != "ok":
		return errors.New("the replica's link is " + replicas[0]["master-link-status"])
	}
	return nil
}
