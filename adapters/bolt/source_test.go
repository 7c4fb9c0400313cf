package bolt_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"roomkeeper/adapters/bolt"
	"roomkeeper/connector"
)

// Whoever adds a bucket says how it is moved.
func TestEveryBucketIsMoved(t *testing.T) {
	if left := bolt.NotMoved(); len(left) > 0 {
		t.Errorf("not moved: %v", left)
	}
}

// Every kind is counted, also where a file is older than its bucket, and what is
// counted is handed out.
func TestExportCounts(t *testing.T) {
	path := filepath.Join(t.TempDir(), "roomkeeper.db")
	fillFile(t, path)
	edit(t, path, func(tx *bbolt.Tx) error { return tx.DeleteBucket([]byte("claims")) })
	s, err := bolt.OpenSource(path)
	ok(t, err)
	defer func() { ok(t, s.Close()) }()
	counts, err := s.Count(t.Context())
	ok(t, err)
	counted, handedOut := 0, 0
	for _, n := range counts {
		counted += n
	}
	ok(t, s.Export(t.Context(), func(chunk []connector.Holding) error {
		handedOut += len(chunk)
		return nil
	}))
	if counted != handedOut || counts[connector.HoldsGroups] != 3 || counts[connector.HoldsIdentities] != 3 {
		t.Errorf("counted %v, %d in all; handed out %d", counts, counted, handedOut)
	}
	stop := errors.New("stop")
	if err := s.Export(t.Context(), func([]connector.Holding) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("a refused chunk: %v", err)
	}
}

// A source is held as an engine holds its file.
func TestSourceIsHeld(t *testing.T) {
	path := filepath.Join(t.TempDir(), "roomkeeper.db")
	fillFile(t, path)
	s, err := bolt.OpenSource(path)
	ok(t, err)
	if _, err := bolt.Open(path, bolt.Options{}); !errors.Is(err, bolt.ErrLocked) {
		t.Errorf("an engine beside a source: %v", err)
	}
	ok(t, s.Close())
	e, err := bolt.Open(path, bolt.Options{})
	ok(t, err)
	defer closeEngine(t, e)
	if _, err := bolt.OpenSource(path); !errors.Is(err, bolt.ErrLocked) {
		t.Errorf("a source beside an engine: %v", err)
	}
}

// What cannot be moved whole is not moved.
func TestSourceRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		make func(t *testing.T, path string)
		want error
	}{
		"nothing":         {func(*testing.T, string) {}, bolt.ErrAbsent},
		"an empty file":   {func(t *testing.T, path string) { write(t, path, nil) }, bolt.ErrAbsent},
		"no schema yet":   {func(t *testing.T, path string) { edit(t, path, func(*bbolt.Tx) error { return nil }) }, bolt.ErrAbsent},
		"another program": {makeForeign, bolt.ErrForeign},
		"newer schema":    {makeNewer, connector.ErrNewerFormat},
		"unknown bucket":  {makeUnknownBucket, connector.ErrNewerFormat},
		"cut off":         {makeCutOff, bolt.ErrDamaged},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "roomkeeper.db")
			c.make(t, path)
			before, _ := os.ReadFile(path)
			s, err := bolt.OpenSource(path)
			if err == nil {
				ok(t, s.Close())
			}
			if !errors.Is(err, c.want) {
				t.Fatalf("open: %v, want %v", err, c.want)
			}
			if after, _ := os.ReadFile(path); !slices.Equal(before, after) {
				t.Error("the refused file was changed")
			}
		})
	}
}

func makeUnknownBucket(t *testing.T, path string) {
	fillFile(t, path)
	edit(t, path, func(tx *bbolt.Tx) error {
		_, err := tx.CreateBucket([]byte("what a later version keeps"))
		return err
	})
}

// A newer value ends an export: it would be lost.
func TestExportOfNewerValue(t *testing.T) {
	path := filepath.Join(t.TempDir(), "roomkeeper.db")
	fillFile(t, path)
	edit(t, path, func(tx *bbolt.Tx) error { return tx.Bucket([]byte("marks")).Put([]byte("m"), []byte("\x02{}")) })
	s, err := bolt.OpenSource(path)
	ok(t, err)
	defer func() { ok(t, s.Close()) }()
	if err := s.Export(t.Context(), func([]connector.Holding) error { return nil }); !errors.Is(err, connector.ErrNewerFormat) {
		t.Errorf("export: %v", err)
	}
}

// A file has one name for ever; a moved one is refused by Open, and says so.
func TestMovedFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "roomkeeper.db")
	fillFile(t, path)
	at := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	var ids []string
	for range 2 {
		s, err := bolt.OpenSource(path)
		ok(t, err)
		before, err := s.Standing()
		ok(t, err)
		ok(t, s.Name())
		named, err := s.Standing()
		ok(t, err)
		ids = append(ids, named.ID)
		if before.ID != "" && before.State != named.State {
			t.Error("naming a file again has changed it")
		}
		ok(t, s.Close())
	}
	if ids[0] == "" || ids[0] != ids[1] {
		t.Errorf("names: %q", ids)
	}
	s, err := bolt.OpenSource(path)
	ok(t, err)
	ok(t, s.MarkMoved("there", at))
	moved, err := s.Standing()
	ok(t, err)
	if moved.MovedTo != "there" || !moved.MovedAt.Equal(at) || moved.ID != ids[0] {
		t.Errorf("standing %+v", moved)
	}
	ok(t, s.Close())
	_, err = bolt.Open(path, bolt.Options{})
	if !errors.Is(err, bolt.ErrMoved) || !strings.Contains(err.Error(), "there on 2026-03-04 05:06:07") {
		t.Errorf("open: %v", err)
	}
}
