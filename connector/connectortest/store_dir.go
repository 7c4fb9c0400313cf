package connectortest

import (
	"os"
	"testing"
)

// inMemory is where Linux keeps files in memory.
const inMemory = "/dev/shm"

// StoreDir is a folder for the store of a test that is not about a disk: in memory
// where there is such a place, because a busy disk takes longer to make things durable
// than everything else of such tests takes. It goes with the test.
func StoreDir(tb testing.TB) string {
	tb.Helper()
	dir, done, err := MakeStoreDir()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := done(); err != nil {
			tb.Error(err)
		}
	})
	return dir
}

// MakeStoreDir is StoreDir for whoever has no testing.TB; done removes the folder.
func MakeStoreDir() (dir string, done func() error, err error) {
	dir, err = os.MkdirTemp(inMemory, "roomkeeper")
	if err != nil {
		dir, err = os.MkdirTemp("", "roomkeeper")
	}
	return dir, func() error { return os.RemoveAll(dir) }, err
}
