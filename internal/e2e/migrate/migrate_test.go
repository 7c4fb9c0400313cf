package migrate_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	goredis "github.com/redis/go-redis/v9"
	"go.etcd.io/bbolt"

	"roomkeeper/adapters/bolt"
	"roomkeeper/adapters/redis"
	"roomkeeper/config"
	"roomkeeper/connector"
	"roomkeeper/internal/app"
	"roomkeeper/internal/redistest"
)

func (f *filled) file() string { return filepath.Join(f.dir, app.DatabaseFile) }

// copy is the same store in another folder.
func (f *filled) copy(t testing.TB) *filled {
	t.Helper()
	content, err := os.ReadFile(f.file())
	if err != nil {
		t.Fatal(err)
	}
	c := *f
	c.dir = t.TempDir()
	if err := os.WriteFile(c.file(), content, 0o600); err != nil {
		t.Fatal(err)
	}
	return &c
}

// embedded describes what the embedded engine answers.
func (f *filled) embedded(t *testing.T) string {
	t.Helper()
	e, err := bolt.Open(f.copy(t).file(), bolt.Options{Clock: func() time.Time { return f.later }})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = e.Close() }()
	return f.describe(t, e.Ports()) + f.pruned(t, e.Ports())
}

// engineAt is the Redis engine at url as a service uses it.
func engineAt(t *testing.T, url string, clock func() time.Time) (*redis.Engine, error) {
	t.Helper()
	to := redisAt(t, url)
	e, err := redis.Open(redis.Options{
		Topology: redis.Topology(to.Topology), Addrs: to.Addrs, Password: to.Password.Reveal(), Prefix: to.Prefix, Deployment: "CRM crm", AllowVolatile: true, Clock: clock,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	return e, e.Check(t.Context())
}

func redisAt(t testing.TB, url string) *config.Redis {
	t.Helper()
	to, err := config.ParseRedis(url, "roomkeeper")
	if err != nil {
		t.Fatal(err)
	}
	return to
}

// moved wants the Redis at url to answer as the embedded engine did, and to go on
// from there.
func (f *filled) moved(t *testing.T, url, want string) {
	t.Helper()
	f.movedAs(t, url, want, true)
}

// movedAs is moved; over several shards jobs are in no certain order: one that
// answers late is passed over for a while.
func (f *filled) movedAs(t *testing.T, url, want string, ordered bool) {
	t.Helper()
	e, err := engineAt(t, url, func() time.Time { return f.later })
	if err != nil {
		t.Fatal(err)
	}
	got := f.describe(t, e.Ports())
	f.goesOn(t, e.Ports())
	got += f.pruned(t, e.Ports())
	if !ordered {
		got, want = jobsSorted(got), jobsSorted(want)
	}
	same(t, got, want)
	if _, err := bolt.Open(f.file(), bolt.Options{}); !errors.Is(err, bolt.ErrMoved) || strings.Contains(err.Error(), "a-password") {
		t.Errorf("the moved file: %v", err)
	}
}

// jobsSorted puts the lines of jobs in a description in an order of their own.
func jobsSorted(text string) string {
	lines := strings.Split(text, "\n")
	var jobs []string
	for _, line := range lines {
		if strings.HasPrefix(line, "job ") {
			jobs = append(jobs, line)
		}
	}
	slices.Sort(jobs)
	for i, line := range lines {
		if strings.HasPrefix(line, "job ") {
			lines[i], jobs = jobs[0], jobs[1:]
		}
	}
	return strings.Join(lines, "\n")
}

// goesOn saves what was read, and orders later notices behind the moved ones.
func (f *filled) goesOn(t *testing.T, e connector.Engine) {
	t.Helper()
	ctx, id := t.Context(), f.groups[3] // settled
	g, err := e.Groups.Group(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	if g.Revision < 1 || g.TouchedAt.IsZero() {
		t.Fatalf("group %+v", g)
	}
	touched := g.TouchedAt
	g.TouchedAt = time.Time{}
	saved, err := e.Groups.SaveGroup(ctx, g)
	if err != nil || saved.Revision != g.Revision+1 || !saved.TouchedAt.Equal(touched) {
		t.Errorf("saved as revision %d after %d, touched %v: %v", saved.Revision, g.Revision, saved.TouchedAt, err)
	}
	if again, err := e.Groups.Group(ctx, id); err != nil || !again.TouchedAt.Equal(touched) {
		t.Errorf("touched %v after it was saved, %v before (%v)", again.TouchedAt, touched, err)
	}
	if _, err := e.Groups.SaveGroup(ctx, g); !errors.Is(err, connector.ErrConflict) {
		t.Errorf("an old revision: %v", err)
	}
	entry, err := e.Ledger.Entry(ctx, id, "card:1")
	if err != nil {
		t.Fatal(err)
	}
	stale := entry
	stale.Revision--
	if _, err := e.Ledger.PutEntry(ctx, id, stale); !errors.Is(err, connector.ErrConflict) {
		t.Errorf("an old entry: %v", err)
	}
	if _, err := e.Ledger.PutEntry(ctx, id, entry); err != nil {
		t.Error(err)
	}
	last := uint64(0)
	for _, id := range f.groups {
		before, err := e.Outbox.Notices(ctx, id, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range before {
			last = max(last, n.Seq)
		}
	}
	for _, id := range f.groups[:40] {
		n, err := e.Inbox.Accept(ctx, connector.Intake{ID: "later/" + string(id), Group: id, Notice: &connector.Notice{Event: connector.NoticeEvent{ID: "later"}}})
		if err != nil || n != 1 {
			t.Fatalf("%d new: %v", n, err)
		}
		notices, err := e.Outbox.Notices(ctx, id, 0)
		if err != nil {
			t.Fatal(err)
		}
		if got := notices[len(notices)-1]; got.Event.ID != "later" || got.Seq <= last {
			t.Fatalf("a later notice of group %s is number %d, the last moved one %d", id, got.Seq, last)
		}
	}
}

func (f *filled) migrate(ctx context.Context, t testing.TB, url string, change ...func(*app.MigrateOptions)) (app.Migration, error) {
	t.Helper()
	o := app.MigrateOptions{
		Config: config.Config{Store: config.Store{DataDir: f.dir, AllowVolatile: true}, CRM: config.CRM{Name: "crm"}},
		To:     redisAt(t, url), Clock: time.Now,
	}
	for _, c := range change {
		c(&o)
	}
	return app.Migrate(ctx, o)
}

func onDryRun(o *app.MigrateOptions) { o.DryRun = true }

func isConfigError(err error, parts ...string) error {
	var mistake *app.ConfigError
	if !errors.As(err, &mistake) {
		return fmt.Errorf("not for the operator: %w", err)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			return fmt.Errorf("it does not say %q: %w", part, err)
		}
	}
	return nil
}

// manyGroups make several chunks of most kinds.
const manyGroups = 1000

// TestMigrate: everything that the embedded engine answered, the Redis engine
// answers, over each topology.
func TestMigrate(t *testing.T) {
	redistest.Need(t)
	f := fillStore(t, manyGroups)
	want := f.embedded(t)
	if strings.Contains(want, "\nnew ") || !strings.Contains(want, "a job too many <nil>: {\"lane\":\"\"") {
		t.Fatal("the embedded engine does not answer as it must")
	}
	single := func(t *testing.T) string {
		return redistest.Start(t, redistest.Options{AppendFsync: "everysec", RequirePass: "a-password"}).URL()
	}
	for name, start := range map[string]func(t *testing.T) string{
		"Single": single,
		"Shards": func(t *testing.T) string {
			s := redistest.Start(t, redistest.Options{AppendFsync: "everysec"})
			begun(t, s.Client(), 16)
			return s.URL()
		},
		"Cluster": func(t *testing.T) string {
			return redistest.StartCluster(t, redistest.Options{AppendFsync: "everysec"}).URL()
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := f.copy(t)
			url := start(t)
			began := time.Now()
			m, err := f.migrate(t.Context(), t, url)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%v within %v", m, time.Since(began))
			if m.Already || strings.Contains(m.To, "a-password") || !strings.Contains(m.To, `prefix "roomkeeper"`) {
				t.Errorf("%+v", m)
			}
			before, err := os.ReadFile(f.file())
			if err != nil {
				t.Fatal(err)
			}
			if m, err := f.migrate(t.Context(), t, url); err != nil || !m.Already {
				t.Errorf("again: %+v, %v", m, err)
			}
			after, err := os.ReadFile(f.file())
			if err != nil || !bytes.Equal(before, after) {
				t.Errorf("moving again has changed the file (%v)", err)
			}
			f.movedAs(t, url, want, name == "Single")
		})
	}
}

// begun makes an empty Redis one that a move into that many shards was begun on.
func begun(t *testing.T, client *goredis.Client, shards int) {
	t.Helper()
	err := client.HSet(t.Context(), "roomkeeper:{all}:meta", "schema", 1, "shards", shards, "deployment", "CRM crm", "migration", "x").Err()
	if err != nil {
		t.Fatal(err)
	}
}

// TestMigrateOldIdentities: a file from before it was kept what an identity was
// remembered for.
func TestMigrateOldIdentities(t *testing.T) {
	f := fillStore(t, 60)
	want := f.embedded(t)
	db, err := bbolt.Open(f.file(), 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		b := tx.Bucket([]byte("seen"))
		old := map[string][]byte{}
		err := b.ForEach(func(key, raw []byte) error {
			at, _, found := bytes.Cut(raw, []byte(`,"of":`))
			if !found {
				t.Errorf("%q is remembered as %q", key, raw)
			}
			old[string(key)] = append(bytes.Clone(at), '}')
			return nil
		})
		for key, raw := range old {
			err = errors.Join(err, b.Put([]byte(key), raw))
		}
		return errors.Join(err, tx.DeleteBucket([]byte("claims"))) // older still
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	want = strings.ReplaceAll(want, "claim long: false", "claim long: true")
	server := miniredis.RunT(t)
	begun(t, goredis.NewClient(&goredis.Options{Addr: server.Addr()}), 16)
	url := "redis://" + server.Addr()
	if _, err := f.migrate(t.Context(), t, url); err != nil {
		t.Fatal(err)
	}
	f.moved(t, url, want)
}

// TestMigrateInterrupted: stopped after every chunk in turn, and by then used by
// nobody; the last try ends as one that nobody stopped.
func TestMigrateInterrupted(t *testing.T) {
	f := fillStore(t, 500)
	want := f.embedded(t)
	server := miniredis.RunT(t)
	url := "redis://" + server.Addr()
	stops := 0
	for ; ; stops++ {
		ctx, stop := context.WithCancel(t.Context())
		calls := 0
		_, err := f.migrate(ctx, t, url, func(o *app.MigrateOptions) {
			o.Progress = func(app.MigrateProgress) {
				if calls++; calls > stops {
					stop()
				}
			}
		})
		stop()
		if err == nil {
			break
		}
		if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "again") {
			t.Fatalf("stopped after %d chunks: %v", stops, err)
		}
		if _, err := engineAt(t, url, nil); !errors.Is(err, redis.ErrUnfinished) {
			t.Fatalf("a service on a Redis that is not finished: %v", err)
		}
	}
	if stops < 10 {
		t.Errorf("only %d chunks", stops)
	}
	f.moved(t, url, want)
}

// TestMigrateAfterUse: between two tries the service went on without Redis.
// Nothing of the first try is left.
func TestMigrateAfterUse(t *testing.T) {
	f := fillStore(t, 120)
	server := miniredis.RunT(t)
	url := "redis://" + server.Addr()
	theirs := []string{"roomkeeper:theirs", "roomkeeper2:{all}:theirs", "roomkeeper:{theirs}:x"}
	for _, key := range theirs {
		if err := server.Set(key, "stays"); err != nil {
			t.Fatal(err)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	_, err := f.migrate(ctx, t, url, func(o *app.MigrateOptions) {
		o.Progress = func(p app.MigrateProgress) {
			if p.Comparing {
				stop()
			}
		}
	})
	if err == nil {
		t.Fatal("not interrupted")
	}
	f.use(t)
	want := f.embedded(t)
	if _, err := f.migrate(t.Context(), t, url); err != nil {
		t.Fatal(err)
	}
	f.moved(t, url, want)
	for _, key := range theirs {
		if got, err := server.Get(key); got != "stays" {
			t.Errorf("%s is gone: %v", key, err)
		}
	}
}

// use takes away some of everything.
func (f *filled) use(t *testing.T) {
	t.Helper()
	e, err := bolt.Open(f.file(), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, p := t.Context(), e.Ports()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	notices, err := p.Outbox.Notices(ctx, f.groups[3], 0)
	check(err)
	check(p.Outbox.Settle(ctx, f.groups[3], notices[0].Seq, nil, nil))
	g, err := p.Groups.Group(ctx, f.groups[0])
	check(err)
	g.State, g.Channel, g.Memberships = connector.GroupTombstone, connector.Channel{}, nil
	_, err = p.Groups.SaveGroup(ctx, g)
	check(err)
	check(p.DeadLetters.Drop(ctx, "card-"+string(f.groups[43])))
	check(p.Names.Release(ctx, "slack", "c-0\x00", f.groups[0]))
	for range 5 {
		lease, err := p.Queue.Take(ctx)
		check(err)
		check(p.Queue.Finish(ctx, lease, connector.RunEnd{Outcome: connector.RunDone}))
	}
	check(e.Close())
}

// TestMigrateDryRun looks and changes nothing.
func TestMigrateDryRun(t *testing.T) {
	f := fillStore(t, 60)
	server := miniredis.RunT(t)
	before, err := os.ReadFile(f.file())
	if err != nil {
		t.Fatal(err)
	}
	m, err := f.migrate(t.Context(), t, "redis://"+server.Addr(), onDryRun)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []app.MigrateCount{{Kind: "groups", N: 60}, {Kind: "people", N: 60}, {Kind: "claims", N: 60}, {Kind: "marks", N: 30}} {
		if !strings.Contains(fmt.Sprint(m.Counts), fmt.Sprint(want)) {
			t.Errorf("%v does not have %v", m.Counts, want)
		}
	}
	if keys := server.Keys(); len(keys) > 0 {
		t.Errorf("keys in Redis: %v", keys)
	}
	after, err := os.ReadFile(f.file())
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the file was changed (%v)", err)
	}
	files, err := os.ReadDir(f.dir)
	if err != nil || len(files) != 1 {
		t.Errorf("files: %v, %v", files, err)
	}
}

// TestMigrateRefuses what would mix or lose state. Nothing is changed then.
func TestMigrateRefuses(t *testing.T) {
	full := fillStore(t, 60)
	// run makes a Redis what it is; it returns what Migrate is to say.
	cases := map[string]func(t *testing.T, f *filled, server *miniredis.Miniredis) []string{
		"deployment": func(t *testing.T, _ *filled, server *miniredis.Miniredis) []string {
			if _, err := engineAt(t, "redis://"+server.Addr(), nil); err != nil {
				t.Fatal(err)
			}
			return []string{"there is a deployment in this Redis already", "ROOMKEEPER_REDIS_PREFIX"}
		},
		"another CRM's": func(_ *testing.T, _ *filled, server *miniredis.Miniredis) []string {
			server.HSet("roomkeeper:{all}:meta", "schema", "1", "shards", "1", "deployment", "CRM other", "migration", "x")
			return []string{`"CRM other"`}
		},
		"another file's": func(t *testing.T, f *filled, server *miniredis.Miniredis) []string {
			stopped(t, f.copy(t), "redis://"+server.Addr())
			return []string{"another file"}
		},
		"moved elsewhere": func(t *testing.T, f *filled, _ *miniredis.Miniredis) []string {
			other := miniredis.RunT(t)
			if _, err := f.migrate(t.Context(), t, "redis://"+other.Addr()); err != nil {
				t.Fatal(err)
			}
			return []string{"this state was moved to Redis " + other.Addr(), "goes on there"}
		},
		"used since": func(t *testing.T, f *filled, server *miniredis.Miniredis) []string {
			stopped(t, f, "redis://"+server.Addr())
			server.HDel("roomkeeper:{all}:meta", "migration") // it was complete, and the file not marked
			f.use(t)
			return []string{"used again since", "delete the file", "ROOMKEEPER_REDIS_PREFIX"}
		},
		"in use": func(t *testing.T, f *filled, _ *miniredis.Miniredis) []string {
			e, err := bolt.Open(f.file(), bolt.Options{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = e.Close() })
			return []string{"stop the service first"}
		},
		"no file": func(t *testing.T, f *filled, _ *miniredis.Miniredis) []string {
			if err := os.Remove(f.file()); err != nil {
				t.Fatal(err)
			}
			return []string{"there is no embedded state", "ROOMKEEPER_DATA_DIR"}
		},
	}
	for name, prepare := range cases {
		t.Run(name, func(t *testing.T) {
			f, server := full.copy(t), miniredis.RunT(t)
			parts := prepare(t, f, server)
			before, keys := read(f.file()), server.Dump()
			for _, change := range []func(*app.MigrateOptions){onDryRun, func(*app.MigrateOptions) {}} {
				_, err := f.migrate(t.Context(), t, "redis://"+server.Addr(), change)
				if err := isConfigError(err, parts...); err != nil {
					t.Error(err)
				}
			}
			if read(f.file()) != before || server.Dump() != keys {
				t.Error("something was changed")
			}
		})
	}
}

func read(file string) string {
	content, _ := os.ReadFile(file) // none: ""
	return string(content)
}

// stopped begins a move of f and stops it before its end.
func stopped(t *testing.T, f *filled, url string) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	_, err := f.migrate(ctx, t, url, func(o *app.MigrateOptions) {
		o.Progress = func(p app.MigrateProgress) {
			if p.Comparing && p.Done == p.Total {
				stop()
			}
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("stopped: %v", err)
	}
}

// TestMigrateMarks: stopped between its last two steps, the next try only marks
// the file.
func TestMigrateMarks(t *testing.T) {
	f := fillStore(t, 60)
	server := miniredis.RunT(t)
	stopped(t, f, "redis://"+server.Addr())
	server.HDel("roomkeeper:{all}:meta", "migration")
	before := server.Dump()
	m, err := f.migrate(t.Context(), t, "redis://"+server.Addr())
	if err != nil || !m.Already {
		t.Fatalf("%+v: %v", m, err)
	}
	if server.Dump() != before {
		t.Error("it changed Redis")
	}
	if _, err := bolt.Open(f.file(), bolt.Options{}); !errors.Is(err, bolt.ErrMoved) {
		t.Errorf("the file: %v", err)
	}
}

// TestMigrateOtherCRM: run without the service's variables, nothing is moved to
// where the service would refuse it.
func TestMigrateOtherCRM(t *testing.T) {
	f := fillStore(t, 60)
	_, err := f.migrate(t.Context(), t, "redis://"+miniredis.RunT(t).Addr(), func(o *app.MigrateOptions) { o.Config.CRM.Name = "acme" })
	if err := isConfigError(err, `the CRM "crm"`, "ROOMKEEPER_CRM_NAME"); err != nil {
		t.Error(err)
	}
}

// TestMigrateLoss: a server that loses what it acknowledged, again and again, is
// found out; what it lost once is imported again.
func TestMigrateLoss(t *testing.T) {
	f := fillStore(t, 60)
	for name, lose := range map[string]func(s *miniredis.Miniredis){
		"group":    func(s *miniredis.Miniredis) { s.HDel("roomkeeper:{0}:group:"+string(f.groups[7]), "group") },
		"index":    func(s *miniredis.Miniredis) { s.Del("roomkeeper:{0}:index") },
		"notices":  func(s *miniredis.Miniredis) { s.Del("roomkeeper:{0}:outbox:" + string(f.groups[7])) },
		"jobs":     func(s *miniredis.Miniredis) { s.Del("roomkeeper:{0}:jobs") },
		"letters":  func(s *miniredis.Miniredis) { s.Del("roomkeeper:{0}:dead") },
		"sequence": func(s *miniredis.Miniredis) { s.Del("roomkeeper:{0}:seq") },
		"marks":    func(s *miniredis.Miniredis) { s.Del("roomkeeper:{all}:marks") },
	} {
		t.Run(name, func(t *testing.T) {
			f, server := f.copy(t), miniredis.RunT(t)
			losing := func(times int) error {
				_, err := f.migrate(t.Context(), t, "redis://"+server.Addr(), func(o *app.MigrateOptions) {
					o.Progress = func(p app.MigrateProgress) {
						if !p.Comparing && p.Done == p.Total && times > 0 {
							times--
							lose(server)
						}
					}
				})
				return err
			}
			err := losing(2)
			if !errors.Is(err, connector.ErrConflict) {
				t.Fatalf("what is lost is not noticed: %v", err)
			}
			if _, err := engineAt(t, "redis://"+server.Addr(), nil); !errors.Is(err, redis.ErrUnfinished) {
				t.Errorf("a service may use it: %v", err)
			}
			if err := losing(1); err != nil {
				t.Errorf("what was lost once: %v", err)
			}
		})
	}
}

// TestMigrateAway: a Redis that cannot be reached is no mistake of the operator's,
// and its password is told to nobody.
func TestMigrateAway(t *testing.T) {
	f := fillStore(t, 60)
	before := read(f.file())
	_, err := f.migrate(t.Context(), t, "redis://:a-password@127.0.0.1:1")
	var mistake *app.ConfigError
	if !errors.Is(err, connector.ErrStoreAway) || errors.As(err, &mistake) || strings.Contains(err.Error(), "a-password") {
		t.Errorf("error %v", err)
	}
	if read(f.file()) != before {
		t.Error("the file was changed")
	}
}
