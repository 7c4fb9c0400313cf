package redis_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"roomkeeper/connector"
)

// What a newer version wrote stays as it is, also where nothing of it is read
// before something else would be written over it.
func TestRedisNewerValues(t *testing.T) {
	server := startServer(t)
	prefix := freshPrefix()
	r := startReplica(t, at(server, prefix))
	ctx := t.Context()
	key := connector.JobKey{Lane: connector.LaneCards, Group: "g1"}
	letter := connector.DeadLetter{ID: "d1", At: time.Now(), Group: "g1"}
	all, shard := prefix+":{all}:", prefix+":{0}:"

	r.add(t, key)
	lease := r.mustTake(t, key)
	for name, c := range map[string]struct {
		key, field string
		write      func() error
	}{
		"a value":  {all + "marks", "m", func() error { return r.Marks.SetMark(ctx, "m", "v") }},
		"a letter": {shard + "dead", "d1", func() error { return r.Outbox.Settle(ctx, "g1", 1, nil, &letter) }},
		"a job":    {shard + "jobs", "cards/g2", func() error { return r.Queue.Add(ctx, connector.Job{Key: cardsOf("g2")}) }},
		"a run": {shard + "jobs", "cards/g1", func() error {
			return r.Queue.Finish(ctx, lease, connector.RunEnd{Outcome: connector.RunDone})
		}},
	} {
		t.Run(name, func(t *testing.T) {
			const newer = "\x02 nobody knows"
			must(t, server.Client().HSet(ctx, c.key, c.field, newer).Err())
			if err := c.write(); !errors.Is(err, connector.ErrNewerFormat) {
				t.Errorf("written over: %v", err)
			}
			if got := server.Client().HGet(ctx, c.key, c.field).Val(); got != newer {
				t.Errorf("%q is stored", got)
			}
		})
	}
}

// A job of a newer version is left to a replica that knows it, and keeps no
// other job from running.
func TestRedisNewerJob(t *testing.T) {
	server := startServer(t)
	prefix := freshPrefix()
	r := startReplica(t, at(server, prefix))
	ctx, jobs := t.Context(), prefix+":{0}:jobs"
	for group, delay := range map[string]time.Duration{"due": 0, "delayed": 200 * time.Millisecond} {
		must(t, r.Queue.Add(ctx, connector.Job{Key: cardsOf(connector.GroupID(group)), Delay: delay}))
		raw := server.Client().HGet(ctx, jobs, "cards/"+group).Val()
		must(t, server.Client().HSet(ctx, jobs, "cards/"+group, "\x02"+raw[1:]).Err())
	}
	r.add(t, cardsOf("ours"))
	r.mustTake(t, cardsOf("ours"))
	must(t, server.Client().ConfigResetStat(ctx).Err())
	if lease, err := r.takeSoon(t, time.Second); err == nil {
		t.Errorf("took %v", lease.Key)
	}
	// It waits, and does not ask again and again for what it must not have.
	var calls int
	stats := server.Client().Info(ctx, "commandstats").Val()
	if _, rest, ok := strings.Cut(stats, "cmdstat_evalsha:calls="); ok {
		_, err := fmt.Sscan(strings.Split(rest, ",")[0], &calls)
		must(t, err)
	}
	if calls > 50 {
		t.Errorf("%d scripts in a second", calls)
	}
	for _, group := range []string{"due", "delayed"} {
		if raw := server.Client().HGet(ctx, jobs, "cards/"+group).Val(); raw == "" || raw[0] != 2 {
			t.Errorf("%s: %q is stored", group, raw)
		}
	}
	if n := server.Client().ZCard(ctx, prefix+":{0}:delayed").Val(); n != 1 {
		t.Errorf("%d jobs are delayed, want that of the newer version", n)
	}
}
