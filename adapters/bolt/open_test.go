package bolt_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"go.etcd.io/bbolt"

	"roomkeeper/adapters/bolt"
	"roomkeeper/connector"
)

func TestOpenMakesPrivateFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "data", "roomkeeper.db")
	e, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer closeEngine(t, e)
	for name, want := range map[string]os.FileMode{path: 0o600, filepath.Dir(path): 0o700} {
		info, err := os.Stat(name)
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s has mode %v (%v), want %v", name, info.Mode().Perm(), err, want)
		}
	}
}

// A file that cannot be used is refused by its own error and stays as it is.
func TestOpenRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		make func(t *testing.T, path string)
		want error
	}{
		"text":            {func(t *testing.T, path string) { write(t, path, bytes.Repeat([]byte("not a database\n"), 1000)) }, bolt.ErrForeign},
		"a few bytes":     {func(t *testing.T, path string) { write(t, path, []byte("x")) }, bolt.ErrForeign},
		"another program": {makeForeign, bolt.ErrForeign},
		"newer schema":    {makeNewer, connector.ErrNewerFormat},
		"cut off":         {makeCutOff, bolt.ErrDamaged},
		"overwritten":     {makeOverwritten, bolt.ErrDamaged},
		"newer job":       {makeNewerJob, connector.ErrNewerFormat},
		"a folder":        {func(t *testing.T, path string) { ok(t, os.Mkdir(path, 0o700)) }, bolt.ErrForeign},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "roomkeeper.db")
			c.make(t, path)
			// A folder has no content, before and after.
			before, _ := os.ReadFile(path)
			e, err := bolt.Open(path, bolt.Options{})
			if err == nil {
				closeEngine(t, e)
			}
			if !errors.Is(err, c.want) {
				t.Fatalf("open: %v, want %v", err, c.want)
			}
			t.Log(err)
			after, _ := os.ReadFile(path)
			if !bytes.Equal(before, after) {
				t.Error("the refused file was changed")
			}
		})
	}
}

// A value of a newer version is neither read nor replaced.
func TestNewerValueIsLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "roomkeeper.db")
	fillFile(t, path)
	newer := []byte("\x02what a later version writes")
	edit(t, path, func(tx *bbolt.Tx) error {
		for _, key := range []struct{ bucket, key string }{{"groups", "g-e1"}, {"subscriptions", "g-e1"}} {
			if err := tx.Bucket([]byte(key.bucket)).Put([]byte(key.key), newer); err != nil {
				return err
			}
		}
		return nil
	})
	e, err := bolt.Open(path, bolt.Options{})
	ok(t, err)
	ports := e.Ports()
	_, read := ports.Groups.Group(t.Context(), "g-e1")
	_, saved := ports.Groups.SaveGroup(t.Context(), connector.Group{ID: "g-e1"})
	_, listed := ports.Groups.ListGroups(t.Context(), connector.GroupQuery{})
	_, accepted := ports.Inbox.Accept(t.Context(), killIntake("e1b"), connector.Intake{ID: "x", Group: "g-e1"})
	_, subscribed := ports.Subscriptions.UpdateSubscription(t.Context(), "g-e1", func(*connector.Subscription) {})
	for what, err := range map[string]error{"read": read, "save": saved, "list": listed, "accept": accepted, "subscribe": subscribed} {
		if !errors.Is(err, connector.ErrNewerFormat) {
			t.Errorf("%s: %v, want %v", what, err, connector.ErrNewerFormat)
		}
	}
	if _, err := ports.Groups.Group(t.Context(), "g-e1b"); !errors.Is(err, connector.ErrNotFound) {
		t.Errorf("half of a refused Accept is stored: %v", err)
	}
	closeEngine(t, e)
	edit(t, path, func(tx *bbolt.Tx) error {
		if got := tx.Bucket([]byte("groups")).Get([]byte("g-e1")); !bytes.Equal(got, newer) {
			t.Errorf("the newer value became %q", got)
		}
		return nil
	})
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, path string, content []byte) {
	t.Helper()
	ok(t, os.WriteFile(path, content, 0o600))
}

// fillFile makes a database with something in it.
func fillFile(t *testing.T, path string) {
	t.Helper()
	e, err := bolt.Open(path, bolt.Options{})
	ok(t, err)
	for _, id := range []string{"e1", "e2", "e3"} {
		_, err := e.Ports().Inbox.Accept(t.Context(), killIntake(id))
		ok(t, err)
	}
	closeEngine(t, e)
}

// edit changes a file behind the engine's back.
func edit(t *testing.T, path string, change func(*bbolt.Tx) error) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{NoFreelistSync: true})
	ok(t, err)
	ok(t, db.Update(change))
	ok(t, db.Close())
}

func makeForeign(t *testing.T, path string) {
	edit(t, path, func(tx *bbolt.Tx) error {
		_, err := tx.CreateBucket([]byte("their bucket"))
		return err
	})
}

func makeNewer(t *testing.T, path string) {
	fillFile(t, path)
	edit(t, path, func(tx *bbolt.Tx) error { return tx.Bucket([]byte("meta")).Put([]byte("schema"), []byte("2")) })
}

func makeNewerJob(t *testing.T, path string) {
	fillFile(t, path)
	edit(t, path, func(tx *bbolt.Tx) error { return tx.Bucket([]byte("jobs")).Put([]byte("k"), []byte("\x02{}")) })
}

func makeCutOff(t *testing.T, path string) {
	fillFile(t, path)
	ok(t, os.Truncate(path, int64(3*os.Getpagesize())))
}

// makeOverwritten keeps the first two pages, by which a database is known.
func makeOverwritten(t *testing.T, path string) {
	fillFile(t, path)
	content, err := os.ReadFile(path)
	ok(t, err)
	for i := 2 * os.Getpagesize(); i < len(content); i++ {
		content[i] = 0xAB
	}
	write(t, path, content)
}
