package bolt_test

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"roomkeeper/adapters/bolt"
	"roomkeeper/connector/connectortest"
)

// Claims whose time is over do not fill the file.
func TestPruneDropsClaims(t *testing.T) {
	clock := connectortest.NewEngineClock()
	path := filepath.Join(t.TempDir(), "roomkeeper.db")
	e, err := bolt.Open(path, bolt.Options{Clock: clock.Now})
	ok(t, err)
	for name, keep := range map[string]time.Duration{"a": time.Minute, "b": time.Hour, "c": time.Minute} {
		_, err := e.Ports().Claims.Claim(t.Context(), name, keep)
		ok(t, err)
	}
	clock.Advance(time.Minute)
	ok(t, e.Ports().Keeper.Prune(t.Context(), clock.Now(), time.Hour, time.Hour))
	closeEngine(t, e)
	var left []string
	edit(t, path, func(tx *bbolt.Tx) error {
		return tx.Bucket([]byte("claims")).ForEach(func(name, _ []byte) error {
			left = append(left, string(name))
			return nil
		})
	})
	if !slices.Equal(left, []string{"b"}) {
		t.Errorf("claims left: %v", left)
	}
}
