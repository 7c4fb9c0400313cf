package redistest_test

import (
	"errors"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"go.uber.org/goleak"
)

// TestMain fails when something still runs after the tests.
func TestMain(m *testing.M) {
	redis.SetLogger(&logging.VoidLogger{}) // it tells of every server that was killed
	goleak.VerifyTestMain(m)
}

// eventually waits until check returns nil, and fails the test with its last
// error when it does not in time.
func eventually(t *testing.T, what string, check func() error) {
	t.Helper()
	deadline := time.NewTimer(30 * time.Second)
	defer deadline.Stop()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		err := check()
		if err == nil {
			return
		}
		select {
		case <-deadline.C:
			t.Fatalf("%s: %v", what, err)
		case <-tick.C:
		}
	}
}

// must fails the test on an error.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// want fails the test when a key has another value; "" is no value.
func want(t *testing.T, client redis.Cmdable, key, value string) {
	t.Helper()
	got, err := client.Get(t.Context(), key).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		t.Fatalf("%s: %v", key, err)
	}
	if got != value {
		t.Errorf("%s: %q, want %q", key, got, value)
	}
}
