package redis_test

import (
	"testing"
	"time"

	"roomkeeper/connector"
)

// What is gone leaves nothing behind in the indexes, which nobody would see.
func TestRedisIndexesForget(t *testing.T) {
	server := startServer(t)
	prefix := freshPrefix()
	r := startReplica(t, at(server, prefix))
	ctx := t.Context()
	all, shard := prefix+":{all}:", prefix+":{0}:"

	g, err := r.Groups.SaveGroup(ctx, connector.Group{
		ID: "g1", State: connector.GroupActive, Channel: connector.Channel{ID: "C1"},
		Memberships: []connector.Membership{{User: "u1", Status: connector.StatusPending}},
	})
	must(t, err)
	g.State, g.Channel.ID, g.Memberships = connector.GroupArchived, "C2", nil
	_, err = r.Groups.SaveGroup(ctx, g)
	must(t, err)

	must(t, r.Outbox.Settle(ctx, "g1", 1, nil, &connector.DeadLetter{ID: "d1", At: time.Now(), Group: "g1"}))
	must(t, r.DeadLetters.Drop(ctx, "d1"))

	for _, state := range []connector.SweepState{connector.SweepListing, connector.SweepDone} {
		_, err := r.Sweeps.UpdateSweep(ctx, "s1", func(s *connector.Sweep) { s.State = state })
		must(t, err)
	}

	_, err = r.Claims.Claim(ctx, "tick", time.Millisecond)
	must(t, err)
	<-time.After(5 * time.Millisecond)
	must(t, r.Keeper.Prune(ctx, time.Now(), time.Hour, time.Hour))
	for key, want := range map[string]int64{
		shard + "index":     3, // of all, of its channel, of its state
		shard + "deadindex": 0, all + "listing": 0, all + "claims": 0,
	} {
		if n := server.Client().ZCard(ctx, key).Val(); n != want {
			t.Errorf("%s holds %d members, want %d", key, n, want)
		}
	}
}
