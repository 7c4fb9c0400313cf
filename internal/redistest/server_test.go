package redistest_test

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"roomkeeper/internal/redistest"
)

func TestRedisKeepsWhatItAcknowledged(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t, redistest.Options{AppendFsync: "always"})
	addr, client := s.Addr(), s.Client()
	for round := range 3 {
		for i := range 100 {
			must(t, client.Set(t.Context(), fmt.Sprintf("%d-%d", round, i), "kept", 0).Err())
		}
		s.Kill()
		if _, err := net.Dial("tcp", addr); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Fatalf("%v from a killed server", err)
		}
		s.Restart()
		if s.Addr() != addr {
			t.Fatalf("it moved from %s to %s", addr, s.Addr())
		}
	}
	n, err := client.DBSize(t.Context()).Result()
	must(t, err)
	if n != 300 {
		t.Errorf("%d keys of 300", n)
	}
}

func TestRedisWithoutAOFForgets(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t, redistest.Options{})
	client := s.Client()
	must(t, client.Set(t.Context(), "k", "v", 0).Err())
	s.Stop()
	s.Restart()
	want(t, client, "k", "")
}

func TestRedisOptions(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t, redistest.Options{
		AppendFsync: "everysec", MaxmemoryPolicy: "allkeys-lru", Extra: []string{"maxmemory 64mb", "appendfsync no"},
	})
	for name, value := range map[string]string{
		"appendonly": "yes", "appendfsync": "no", "maxmemory-policy": "allkeys-lru", "maxmemory": "67108864", "save": "",
	} {
		have, err := s.Client().ConfigGet(t.Context(), name).Result()
		must(t, err)
		if have[name] != value {
			t.Errorf("%s %q, want %q", name, have[name], value)
		}
	}
}

func TestRedisTLSAndPassword(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t, redistest.Options{RequirePass: `p "w\/@`, TLS: true})
	must(t, s.Client().Set(t.Context(), "k", "v", 0).Err())

	wrong := s.Options()
	wrong.Password = "guess"
	refused(t, "a wrong password", wrong)
	plain := s.Options()
	plain.TLSConfig = nil
	refused(t, "no TLS", plain)
	stranger := s.Options()
	stranger.TLSConfig.RootCAs = nil
	refused(t, "an authority of the system's", stranger)

	location, ca, _ := strings.Cut(s.URL(), "?ca=")
	if ca == "" || s.CAFile() == "" {
		t.Errorf("no authority in %s", s.URL())
	}
	parsed, err := redis.ParseURL(location)
	must(t, err)
	if parsed.Addr != s.Addr() || parsed.Password != s.Options().Password || parsed.TLSConfig == nil {
		t.Errorf("%s is %s with %q", location, parsed.Addr, parsed.Password)
	}
}

func refused(t *testing.T, what string, o *redis.Options) {
	t.Helper()
	o.MaxRetries, o.DialerRetries = -1, 1
	client := redis.NewClient(o)
	defer func() { _ = client.Close() }()
	if err := client.Ping(t.Context()).Err(); err == nil {
		t.Errorf("%s is let in", what)
	}
}

// A paused server keeps its connections and answers nothing until it goes on.
func TestRedisPause(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t, redistest.Options{})
	o := s.Options()
	o.ReadTimeout, o.MaxRetries = 200*time.Millisecond, -1
	client := redis.NewClient(o)
	t.Cleanup(func() { _ = client.Close() })
	eventually(t, "a connection", func() error { return client.Set(t.Context(), "k", "v", 0).Err() })
	s.Pause()
	var late net.Error
	if err := client.Get(t.Context(), "k").Err(); !errors.As(err, &late) || !late.Timeout() {
		t.Errorf("a paused server: %v", err)
	}
	s.Resume()
	want(t, client, "k", "v")
	s.Pause()
	s.Kill()
}
