package redis_test

import (
	"fmt"
	"testing"
	"time"

	"roomkeeper/internal/redistest"
)

// A write whose answer is lost is not sent again behind the caller's back: a
// claim that was given would look like somebody else's.
func TestRedisAnswerLost(t *testing.T) {
	server := redistest.Start(t, redistest.Options{AppendFsync: "everysec"})
	link := redistest.StartLink(t, server.Addr(), 0)
	o := at(server, "")
	o.Addrs = []string{link.Addr()}
	r := startReplica(t, o)
	link.Latency(100 * time.Millisecond)
	lost := 0
	for i := 0; i < 20 && lost < 3; i++ {
		must(t, r.Keeper.Ping(t.Context())) // a connection is there
		done := make(chan struct{})
		go func() {
			defer close(done)
			cut := time.NewTimer(150 * time.Millisecond) // it has arrived, its answer has not
			<-cut.C
			link.Reset()
			link.Restore()
		}()
		given, err := r.Claims.Claim(t.Context(), fmt.Sprint(i), time.Hour)
		<-done
		switch {
		case err != nil:
			must(t, onlyAway(err))
			lost++
		case !given:
			t.Errorf("claim %d is said to be somebody else's", i)
			lost++
		}
	}
	if lost == 0 {
		t.Error("no answer was lost")
	}
}
