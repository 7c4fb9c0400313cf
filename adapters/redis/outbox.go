package redis

import (
	"context"
	"fmt"
	"strconv"

	"github.com/redis/go-redis/v9"

	"roomkeeper/connector"
)

type outbox struct{ *Engine }

// Notices reads the beginning of a Group's outbox; limit 0 means 200.
func (s outbox) Notices(ctx context.Context, group connector.GroupID, limit int) ([]connector.Notice, error) {
	l, err := s.reach(ctx)
	if err != nil {
		return nil, err
	}
	if limit <= 0 {
		limit = defaultPage
	}
	list, err := s.client.ZRangeWithScores(ctx, l.group(group).key(keyOutbox+string(group)), 0, int64(limit)-1).Result()
	if err != nil {
		return nil, translate("read outbox", err)
	}
	return readNotices(l.group(group), list)
}

func readNotices(p place, list []redis.Z) ([]connector.Notice, error) {
	var notices []connector.Notice
	for _, z := range list {
		member, _ := z.Member.(string)
		n, err := decode[connector.Notice](p, cutAfter(member))
		if err != nil {
			return nil, fmt.Errorf("notice: %w", err)
		}
		n.Seq = uint64(z.Score)
		notices = append(notices, n)
	}
	return notices, nil
}

// Settle is one step.
func (s outbox) Settle(ctx context.Context, group connector.GroupID, seq uint64, posted *connector.LedgerEntry, dead *connector.DeadLetter) error {
	l, err := s.reach(ctx)
	if err != nil {
		return err
	}
	step := newStep(l.group(group))
	number := strconv.FormatUint(seq, 10)
	step.op("cut", step.key(keyOutbox+string(group)), number, number)
	if posted != nil {
		if _, err := s.putEntry(ctx, step, group, *posted); err != nil {
			return err
		}
	}
	if dead != nil {
		if err := bury(step, *dead); err != nil {
			return err
		}
	}
	return s.commitEntry(ctx, "settle", step)
}

// give appends a notice to a Group's outbox. The number comes from the place's
// sequence, so it grows within each Group.
func give(s *step, group connector.GroupID, n connector.Notice) error {
	n.Seq = 0
	raw, err := s.place.encode(n)
	if err != nil {
		return err
	}
	s.op("give", s.key(keyOutbox+string(group)), raw)
	return nil
}
