package bolt

import (
	"context"
	"time"
)

type claims struct{ *store }

// claim is one that was given. It stays stored until somebody wants its name
// again, or until Prune.
type claim struct {
	Until time.Time `json:"until"`
}

// over reports whether the name can be given again.
func (c claim) over(now time.Time) bool { return !now.Before(c.Until) }

// Claim gives a name in the committer, to one caller after the other.
func (s claims) Claim(ctx context.Context, name string, keep time.Duration) (given bool, err error) {
	err = s.update(ctx, func(b *batch) error {
		given = false
		now := s.now()
		held, ok, err := get[claim](b.tx, bucketClaims, name)
		if err != nil || ok && !held.over(now) {
			return err
		}
		given = true
		return put(b, bucketClaims, name, claim{Until: now.Add(keep)})
	})
	return given && err == nil, err
}
