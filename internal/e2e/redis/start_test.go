package redis_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"roomkeeper/internal/redistest"
	"roomkeeper/internal/world"
)

// A Redis that is not there yet does not keep the service from starting: it
// says so, takes nothing, and goes on by itself.
func TestRedisAwayAtStart(t *testing.T) {
	server := redistest.Start(t, redistest.Options{AppendFsync: "everysec", RequirePass: "a-password"})
	server.Kill()
	addr := world.FreeAddr(t)
	sb := world.StartSandbox(t, world.Slack(), 5, 2, "http://"+addr)
	w := &world.World{Sandbox: sb, Service: world.StartConnector(t, sb, addr, t.TempDir(), "ROOMKEEPER_REDIS_URL="+server.URL())}
	world.Eventually(t, world.Patience, "a service that is not ready", func() error {
		status, err := world.NewClient(w.URL, "").Do(t.Context(), "GET", "/readyz", nil, nil)
		if status != http.StatusServiceUnavailable {
			return fmt.Errorf("/readyz %d: %w", status, err)
		}
		return nil
	})
	if h := w.Health(t); h.Live != http.StatusOK || h.Checks["store"].OK {
		t.Errorf("%+v", h)
	}
	if status, p := w.Post(t, world.Delivery{ID: "early", Body: world.Requested(1)}); status != http.StatusServiceUnavailable || p.RetryAfter == "" {
		t.Errorf("a webhook meanwhile: %d %+v, want 503 with Retry-After", status, p)
	}
	if out := w.Chat.Command(t, "u1", "general", "open account 1"); out.Status != http.StatusOK || !strings.Contains(out.Text, "try again") {
		t.Errorf("a command meanwhile: %+v", out)
	}
	if log := w.Log.String(); !strings.Contains(log, "store not reached; trying again") || strings.Contains(log, "a-password") {
		t.Errorf("it says: %s", log)
	}
	server.Restart()
	w.WaitReady(t)
	if status, p := w.Post(t, world.Delivery{ID: "early", Body: world.Requested(1)}); status != http.StatusNoContent {
		t.Errorf("the same webhook again: %d %+v", status, p)
	}
	w.WaitState(t, world.Account(1), "active")
	w.Quiet(t, world.Patience)
	w.Check(t, world.Expected{Ref: world.Account(1)})
}

// A Redis that must not be used ends the start with exit code 2 and with what to
// do about it.
func TestRedisRefusedStart(t *testing.T) {
	durable := redistest.Options{AppendFsync: "everysec"}
	right := redistest.Start(t, durable)
	w := world.Start(t, world.Slack(), 5, 1, "ROOMKEEPER_REDIS_URL="+right.URL())
	w.Open(t, world.Account(1))
	w.WaitState(t, world.Account(1), "active")
	refuses := func(t *testing.T, url string, says []string, env ...string) string {
		t.Helper()
		return w.RefusesToStart(t, append(says, "ROOMKEEPER_REDIS_URL"),
			append([]string{"ROOMKEEPER_HTTP_ADDR=127.0.0.1:0", "ROOMKEEPER_DATA_DIR=" + t.TempDir(), "ROOMKEEPER_REDIS_URL=" + url}, env...)...)
	}
	t.Run("no append-only file", func(t *testing.T) {
		server := redistest.Start(t, redistest.Options{})
		refuses(t, server.URL(), []string{"append-only file (appendonly yes)", "ROOMKEEPER_ALLOW_VOLATILE=true"})
	})
	t.Run("evicts", func(t *testing.T) {
		evicting := durable
		evicting.MaxmemoryPolicy = "allkeys-lru"
		server := redistest.Start(t, evicting)
		refuses(t, server.URL(), []string{"allkeys-lru", "want noeviction", "ROOMKEEPER_ALLOW_VOLATILE=true"})
	})
	t.Run("both, and accepted", func(t *testing.T) {
		server := redistest.Start(t, redistest.Options{MaxmemoryPolicy: "allkeys-lru"})
		refuses(t, server.URL(), []string{"appendonly yes", "want noeviction"})
		v := world.Start(t, world.Slack(), 5, 1, "ROOMKEEPER_REDIS_URL="+server.URL(), "ROOMKEEPER_ALLOW_VOLATILE=true")
		v.Open(t, world.Account(1))
		v.WaitState(t, world.Account(1), "active")
	})
	t.Run("of another deployment", func(t *testing.T) {
		refuses(t, right.URL(), []string{"belongs to", "ROOMKEEPER_REDIS_PREFIX"}, "ROOMKEEPER_CRM_NAME=another")
	})
	t.Run("wrong password", func(t *testing.T) {
		locked := durable
		locked.RequirePass = "the-right-one"
		server := redistest.Start(t, locked)
		for name, login := range map[string]string{"wrong": ":a-wrong-one@", "none": "", "unknown user": "somebody:a-wrong-one@"} {
			log := refuses(t, "redis://"+login+server.Addr(), []string{"refuses our login", "user and password"})
			if strings.Contains(log, "a-wrong-one") {
				t.Errorf("%s: the password was printed: %s", name, log)
			}
		}
	})
	t.Run("of a newer version", func(t *testing.T) {
		const meta = "roomkeeper:{all}:meta"
		client := right.Client()
		if err := client.HSet(t.Context(), meta, "schema", 99).Err(); err != nil {
			t.Fatal(err)
		}
		refuses(t, right.URL(), []string{"newer version", "schema 99"})
	})
}

// A newer version raises the schema while this one runs: it writes no more, and
// ends with exit code 2 and the reason.
func TestRedisSchemaRaised(t *testing.T) {
	server := redistest.Start(t, redistest.Options{AppendFsync: "everysec"})
	w := world.Start(t, world.Slack(), 5, 1, "ROOMKEEPER_REDIS_URL="+server.URL())
	w.Open(t, world.Account(1))
	w.WaitState(t, world.Account(1), "active")
	if err := server.Client().HSet(t.Context(), "roomkeeper:{all}:meta", "schema", 99).Err(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-w.Running.Ended:
	case <-time.After(world.Patience):
		t.Fatal("it goes on")
	}
	if code, log := w.Running.Cmd.ProcessState.ExitCode(), w.Log.String(); code != 2 || !strings.Contains(log, "run the newer version") {
		t.Errorf("exit %d: %s", code, log)
	}
}
