package redis

import (
	"context"
	"fmt"
	"strconv"

	"github.com/redis/go-redis/v9"

	"roomkeeper/connector"
)

// Compare reads back what Import would store.
func (t *Target) Compare(ctx context.Context, chunk []connector.Holding) error {
	b, err := t.bundle(chunk)
	if err != nil {
		return err
	}
	for _, p := range b.places {
		for _, s := range b.steps[p] {
			if err := t.compareStep(ctx, s); err != nil {
				return err
			}
		}
	}
	return nil
}

// look is one reading: there is what was stored if holds says so.
type look struct {
	what  string
	reply redis.Cmder
	holds func() bool
}

func (t *Target) compareStep(ctx context.Context, s *step) error {
	var looks []look
	_, err := t.engine.client.Pipelined(ctx, func(pipe redis.Pipeliner) error {
		return s.each(func(op string, args []any) error {
			l, err := lookFor(ctx, pipe, s, op, args)
			if l.reply != nil {
				looks = append(looks, l)
			}
			return err
		})
	})
	if _, err := absent(err); err != nil {
		return translate("compare", err)
	}
	for _, l := range looks {
		// A pipeline returns its first error only.
		if _, err := absent(l.reply.Err()); err != nil {
			return translate("compare", err)
		}
		if !l.holds() {
			return fmt.Errorf("%w: %s is not there as it was imported", connector.ErrConflict, l.what)
		}
	}
	return nil
}

// each goes through the operations of a step.
func (s *step) each(do func(op string, args []any) error) error {
	for rest := s.ops; len(rest) > 0; {
		name, _ := rest[0].(string)
		n, _ := rest[1].(int)
		if err := do(name, rest[2:2+n]); err != nil {
			return err
		}
		rest = rest[2+n:]
	}
	return nil
}

// lookFor reads what an operation of an import has written.
func lookFor(ctx context.Context, pipe redis.Pipeliner, s *step, op string, args []any) (look, error) {
	text := func(i int) string { return fmt.Sprint(args[i]) }
	key := func(i int) string {
		n, _ := args[i].(int)
		return s.keys[n-1]
	}
	field := func(key, field, want string) look {
		reply := pipe.HGet(ctx, key, field)
		return look{strconv.Quote(field) + " of " + key, reply, func() bool { return reply.Val() == want }}
	}
	switch op {
	case "put", "set":
		return field(key(0), text(1), text(2)), nil
	case "bury":
		return field(key(0), text(2), text(3)), nil
	case "rank":
		reply := pipe.ZScore(ctx, key(0), text(2))
		return look{key(0), reply, func() bool {
			score, err := strconv.ParseFloat(text(1), 64)
			return err == nil && reply.Err() == nil && reply.Val() == score
		}}, nil
	case "add":
		reply := pipe.HExists(ctx, s.place.key(keyJobs), text(0))
		return look{"job " + text(0), reply, reply.Val}, nil
	case "raise":
		reply := pipe.Get(ctx, s.place.key(keySeq))
		return look{"the sequence", reply, func() bool {
			want, err := strconv.ParseUint(text(0), 10, 64)
			seq, err2 := reply.Uint64()
			return err == nil && err2 == nil && seq >= want
		}}, nil
	case "unrank":
		return look{}, nil
	}
	return look{}, fmt.Errorf("%w: import with %q", connector.ErrInvalid, op)
}
