package redistest_test

import (
	"fmt"
	"runtime"
	"testing"

	"roomkeeper/internal/redistest"
)

// verdict is a test that only remembers how it was ended.
type verdict struct {
	testing.TB
	skipped, failed string
}

func (v *verdict) Helper() {}

func (v *verdict) Skip(args ...any) {
	v.skipped = fmt.Sprint(args...)
	runtime.Goexit()
}

func (v *verdict) Fatal(args ...any) {
	v.failed = fmt.Sprint(args...)
	runtime.Goexit()
}

// need lets Need decide.
func need() *verdict {
	v, done := &verdict{}, make(chan struct{})
	go func() {
		defer close(done)
		redistest.Need(v)
	}()
	<-done
	return v
}

func TestRedisNeed(t *testing.T) {
	t.Setenv("RK_REQUIRE_REDIS", "")
	if v := need(); v.skipped+v.failed != "" {
		t.Skip(v.skipped)
	}
	t.Setenv("PATH", t.TempDir())
	if v := need(); v.skipped == "" || v.failed != "" {
		t.Errorf("without Redis: skipped %q, failed %q", v.skipped, v.failed)
	}
	t.Setenv("RK_REQUIRE_REDIS", "1")
	if v := need(); v.skipped != "" || v.failed == "" {
		t.Errorf("without Redis where it is required: skipped %q, failed %q", v.skipped, v.failed)
	}
}
