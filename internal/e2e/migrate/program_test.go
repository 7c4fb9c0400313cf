package migrate_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"roomkeeper/adapters/redis"
	"roomkeeper/internal/app"
	"roomkeeper/internal/redistest"
	"roomkeeper/internal/world"
)

// TestMigrateCommand: a service is stopped, its state moved by the command, and
// the service goes on in Redis with the same channels.
func TestMigrateCommand(t *testing.T) {
	server := redistest.Start(t, redistest.Options{AppendFsync: "everysec", RequirePass: "a-password"})
	dir := t.TempDir()
	w := world.Start(t, world.Slack(), 5, 2, "ROOMKEEPER_DATA_DIR="+dir)
	w.Open(t, world.Account(1))
	before := w.WaitState(t, world.Account(1), "active")
	migrate := func(code int, holds []string, args ...string) {
		t.Helper()
		got, said := w.Command(t, append([]string{"migrate"}, args...)...)
		if got != code {
			t.Fatalf("migrate %v: exit %d, want %d: %s", args, got, code, said)
		}
		for _, part := range holds {
			if !strings.Contains(said, part) {
				t.Errorf("migrate %v does not say %q: %s", args, part, said)
			}
		}
		if strings.Contains(said, "a-password") {
			t.Errorf("migrate %v prints the password: %s", args, said)
		}
	}
	to := []string{"--to", server.URL()}
	migrate(2, []string{"stop the service first", filepath.Join(dir, app.DatabaseFile)}, to...)
	if err := w.Stop(t); err != nil {
		t.Fatal(err)
	}
	migrate(0, []string{"1 groups", "Nothing was changed"}, append(to, "--dry-run")...)
	if n, err := server.Client().DBSize(t.Context()).Result(); err != nil || n != 0 {
		t.Errorf("a dry run left %d keys (%v)", n, err)
	}
	migrate(0, []string{"Moving [", "1 groups", "Moved from", server.Addr(), "set ROOMKEEPER_REDIS_URL", "connector serve"}, to...)
	migrate(0, []string{"already", "set ROOMKEEPER_REDIS_URL"}, to...)

	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	refusedStart(t, w.Service, "this state was moved to Redis "+server.Addr(), "set ROOMKEEPER_REDIS_URL", "delete the file")
	w.Env = append(w.Env, "ROOMKEEPER_REDIS_URL="+server.URL())
	w.Restart(t)
	if after := w.Group(t, world.Account(1)); after == nil || after.ChannelID != before.ChannelID || after.State != "active" {
		t.Fatalf("the group was %+v and is %+v", before, after)
	}
	w.Open(t, world.Account(2))
	w.WaitState(t, world.Account(2), "active")
	w.Quiet(t, world.Patience)
	w.Check(t, world.Expected{Ref: world.Account(1)}, world.Expected{Ref: world.Account(2)})
}

// refusedStart wants a service that was started to end with exit code 2.
func refusedStart(t *testing.T, c *world.Service, parts ...string) {
	t.Helper()
	select {
	case <-c.Running.Ended:
	case <-time.After(world.Patience):
		t.Fatal("the service runs")
	}
	if code := c.Running.Cmd.ProcessState.ExitCode(); code != 2 {
		t.Errorf("exit %d, want 2", code)
	}
	for _, part := range parts {
		if log := c.Log.Tail(500); !strings.Contains(log, part) {
			t.Errorf("the service does not say %q: %s", part, log)
		}
	}
}

// TestMigrateKilled: the program is killed at several points, and a service does
// not start on what it left. The next try ends as one that nobody killed.
func TestMigrateKilled(t *testing.T) {
	server := redistest.Start(t, redistest.Options{AppendFsync: "everysec"})
	client := server.Client()
	f := fillStore(t, 2*manyGroups)
	want := f.embedded(t)
	env := append(world.Foreign(), "ROOMKEEPER_DATA_DIR="+f.dir, "ROOMKEEPER_REDIS_URL="+server.URL(), "ROOMKEEPER_HTTP_ADDR=127.0.0.1:0",
		"ROOMKEEPER_SLACK_BOT_TOKEN=xoxb-1", "ROOMKEEPER_SLACK_SIGNING_SECRET=s")
	halfway := 0
	for _, keys := range []int64{1, 300, 2000, 4000} {
		log := &world.Logbook{}
		p, err := world.Launch("connector", []string{"migrate"}, env, nil, log)
		if err != nil {
			t.Fatal(err)
		}
		for n := int64(0); n < keys && !p.Gone(); {
			if n, err = client.DBSize(t.Context()).Result(); err != nil {
				t.Fatal(err)
			}
		}
		if err := p.End(syscall.SIGKILL, world.Patience); err != nil {
			t.Fatal(err)
		}
		unfinished, err := client.HExists(t.Context(), "roomkeeper:{all}:meta", "migration").Result()
		if err != nil {
			t.Fatal(err)
		}
		if !unfinished {
			continue
		}
		halfway++
		c := &world.Service{Env: env, Log: &world.Logbook{}}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		refusedStart(t, c, "run `connector migrate` again")
	}
	t.Logf("killed half-way %d times", halfway)
	if halfway == 0 {
		t.Error("it was never killed half-way")
	}
	if _, err := f.migrate(t.Context(), t, server.URL()); err != nil {
		t.Fatal(err)
	}
	f.moved(t, server.URL(), want)
}

// TestMigrateOutage: Redis is killed and comes back while state is moved and
// while it is compared.
func TestMigrateOutage(t *testing.T) {
	server := redistest.Start(t, redistest.Options{AppendFsync: "everysec"})
	f := fillStore(t, manyGroups)
	want := f.embedded(t)
	kills := 0
	_, err := f.migrate(t.Context(), t, server.URL(), func(o *app.MigrateOptions) {
		o.Progress = func(p app.MigrateProgress) {
			if half := p.Done > p.Total/2; half && (kills == 0 || kills == 1 && p.Comparing) {
				server.Kill()
				server.Restart()
				kills++
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if kills != 2 {
		t.Errorf("killed %d times", kills)
	}
	f.moved(t, server.URL(), want)
}

// TestMigrateForgetful: a Redis that keeps nothing and is restarted half-way is
// found out; trying again moves everything.
func TestMigrateForgetful(t *testing.T) {
	server := redistest.Start(t, redistest.Options{})
	f := fillStore(t, manyGroups)
	want := f.embedded(t)
	killed := false
	_, err := f.migrate(t.Context(), t, server.URL(), func(o *app.MigrateOptions) {
		o.Progress = func(p app.MigrateProgress) {
			if p.Done > p.Total/2 && !killed {
				server.Kill()
				server.Restart()
				killed = true
			}
		}
	})
	if err == nil || !strings.Contains(err.Error(), "run `connector migrate` again") {
		t.Fatalf("what is lost is not noticed: %v", err)
	}
	if _, err := f.migrate(t.Context(), t, server.URL()); err != nil {
		t.Fatal(err)
	}
	f.moved(t, server.URL(), want)
}

// TestMigrateUnfit: a Redis that may lose state is refused as by the service.
func TestMigrateUnfit(t *testing.T) {
	server := redistest.Start(t, redistest.Options{MaxmemoryPolicy: "allkeys-lru"})
	f := fillStore(t, 60)
	for _, change := range []func(*app.MigrateOptions){onDryRun, func(*app.MigrateOptions) {}} {
		_, err := f.migrate(context.Background(), t, server.URL(), func(o *app.MigrateOptions) { o.Config.Store.AllowVolatile = false }, change)
		if err := isConfigError(err, "appendonly", "maxmemory-policy", "ROOMKEEPER_ALLOW_VOLATILE"); err != nil {
			t.Error(err)
		}
	}
}

// TestMigrateLogin: the login in docs/scaling.md suffices; what it does not allow,
// removing what an earlier try left, is said at once.
func TestMigrateLogin(t *testing.T) {
	server := redistest.Start(t, redistest.Options{AppendFsync: "everysec"})
	line := redistest.DocumentedLogin(t, filepath.Join("..", "..", "..", "docs", "scaling.md"), "~roomkeeper:*")
	redistest.GrantLogin(t, server.Client(), line)
	f, url := fillStore(t, 60), "redis://roomkeeper:CHANGE-ME@"+server.Addr()
	if _, err := f.copy(t).migrate(t.Context(), t, url); err != nil {
		t.Fatal(err)
	}
	if refused := redistest.Refused(t, server.Client()); len(refused) > 0 {
		t.Errorf("refused: %v", refused)
	}
	if err := server.Client().FlushAll(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	stopped(t, f, url)
	f.use(t)
	began := time.Now()
	_, err := f.migrate(t.Context(), t, url)
	if !errors.Is(err, redis.ErrRefused) || time.Since(began) > world.Patience/2 {
		t.Errorf("without SCAN: %v after %v", err, time.Since(began))
	}
}

// TestMigrateReopened: a finished target whose last step was lost with its host,
// of a file that is marked, is moved into again.
func TestMigrateReopened(t *testing.T) {
	server := redistest.Start(t, redistest.Options{AppendFsync: "everysec"})
	f := fillStore(t, 60)
	want := f.embedded(t)
	if _, err := f.migrate(t.Context(), t, server.URL()); err != nil {
		t.Fatal(err)
	}
	if err := server.Client().HSet(t.Context(), "roomkeeper:{all}:meta", "migration", "x").Err(); err != nil {
		t.Fatal(err)
	}
	m, err := f.migrate(t.Context(), t, server.URL())
	if err != nil || m.Already {
		t.Fatalf("%+v: %v", m, err)
	}
	f.moved(t, server.URL(), want)
}

// BenchmarkMigrate moves about 100,000 things into one Redis.
func BenchmarkMigrate(b *testing.B) {
	f := fillStore(b, 11_000)
	all := 0
	for b.Loop() {
		b.StopTimer()
		c, server := f.copy(b), redistest.Start(b, redistest.Options{AppendFsync: "everysec"})
		b.StartTimer()
		m, err := c.migrate(b.Context(), b, server.URL())
		if err != nil {
			b.Fatal(err)
		}
		for _, count := range m.Counts {
			all += count.N
		}
	}
	b.ReportMetric(float64(all)/b.Elapsed().Seconds(), "things/s")
}
