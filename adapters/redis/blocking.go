package redis

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"
)

// The classes of entries, as the scripts name them: an entry is its class and its id.
const (
	classUrgent = "u"
	classReady  = "r"
)

// read begins a blocking read at every shard that has none: the server hands
// the next entry to one of the consumers that wait, at once.
// It is called with mu held.
func (d *dispatcher) read() {
	for _, s := range d.shards {
		if s.reading || d.ending.Err() != nil {
			continue
		}
		s.reading = true
		d.loops.Go(func() { d.readShard(s) })
	}
}

// readShard waits for one entry of a shard, as long as somebody waits for jobs.
func (d *dispatcher) readShard(s *shard) {
	for again := true; again; {
		entries := d.block(s)
		d.mu.Lock()
		s.given = append(s.given, entries...)
		again = len(entries) == 0 && len(d.waiting) > 0 && d.ending.Err() == nil
		s.reading = again
		d.mu.Unlock()
	}
	d.nudge()
}

// block ends after restFor at the latest: a client cannot interrupt a blocked
// read, only give up on it, and what the server hands out then is nobody's until
// the lease is over.
func (d *dispatcher) block(s *shard) (entries []string) {
	ctx, cancel := context.WithTimeout(context.Background(), restFor+ioTimeout)
	defer cancel()
	urgent, ready := s.place.key(keyUrgent), s.place.key(keyReady)
	streams, err := d.engine.client.XReadGroup(ctx, &redis.XReadGroupArgs{
		Group: workers, Consumer: d.engine.consumer, Streams: []string{urgent, ready, ">", ">"}, Count: 1, Block: restFor,
	}).Result()
	if errors.Is(err, redis.Nil) {
		return nil
	}
	if err != nil {
		// A server that is away, or that has lost the groups: the next look says so, or makes them.
		d.pauseReading(err)
		return nil
	}
	for _, stream := range streams {
		class := classReady
		if stream.Stream == urgent {
			class = classUrgent
		}
		for _, message := range stream.Messages {
			entries = append(entries, class+message.ID)
		}
	}
	return entries
}

// pauseReading keeps a failing read from being repeated at once.
func (d *dispatcher) pauseReading(err error) {
	if d.ending.Err() != nil {
		return
	}
	d.engine.log.Debug("redis: blocking read", "error", err)
	timer := time.NewTimer(restFor)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-d.ending.Done():
	}
}
