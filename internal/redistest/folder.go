package redistest

import (
	"os"
	"testing"
)

const (
	// inMemory is where Linux keeps files in memory.
	inMemory = "/dev/shm"
	// enoughMemory is what has to be free there, in bytes.
	enoughMemory = 1 << 30
)

// folder is one for a server, until the test ends. It is in memory where there is
// room: a busy disk takes longer to make things durable than a test has patience, and
// a server that is killed loses no more there. A benchmark measures the disk.
func folder(tb testing.TB) string {
	tb.Helper()
	if _, measures := tb.(*testing.B); measures || freeIn(inMemory) < enoughMemory {
		return tb.TempDir()
	}
	dir, err := os.MkdirTemp(inMemory, "redistest")
	if err != nil {
		return tb.TempDir()
	}
	tb.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			tb.Errorf("redistest: %v", err)
		}
	})
	return dir
}
