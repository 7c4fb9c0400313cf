package reconcile

import (
	"context"
	"errors"
	"fmt"

	"roomkeeper/connector"
)

// principals reads anew who is behind every principal that Groups use, each once,
// and queues the Groups for which that differs from what was last applied: no
// list of the CRM's tells it. One that cannot be read concerns its Groups too,
// whose runs say so.
func (l *listing) principals(ctx context.Context) error {
	if l.Expander == nil {
		return nil
	}
	return l.eachGroupPage(ctx, connector.GroupQuery{}, func(groups []connector.Group) error {
		var ids []connector.GroupID
		for _, g := range groups {
			if g.Channel.ID != "" && len(g.Principals) > 0 {
				ids = append(ids, g.ID)
			}
		}
		if len(ids) == 0 {
			return nil
		}
		readings, err := l.Engine.Readings.Readings(ctx, ids)
		if err != nil {
			return fmt.Errorf("load readings: %w", err)
		}
		var differ []connector.GroupID
		for _, g := range groups {
			reading, known := readings[g.ID]
			if !known {
				continue
			}
			now, err := l.expand(ctx, g)
			if err != nil {
				return err
			}
			if now == "" || now != reading.Expansions {
				differ = append(differ, g.ID)
			}
		}
		return l.queue(ctx, differ)
	})
}

// expand covers who is behind a Group's principals now; "" when that is not
// known whole. An error ends the Sweep, or lets it wait.
func (l *listing) expand(ctx context.Context, g connector.Group) (string, error) {
	var list []expanded
	whole := true
	for _, key := range g.Principals {
		if key == connector.ManyPrincipals() {
			return "", nil
		}
		if l.expansions == nil {
			if err := stale(ctx, l.Engine.Marks, markSwept); err != nil {
				return "", err
			}
			l.expansions = map[connector.PrincipalKey]string{}
		}
		digest, read := l.expansions[key]
		if !read {
			x, err := l.Expander.expand(ctx, key)
			var wait *connector.WaitError
			switch {
			case errors.As(err, &wait), ctx.Err() != nil, errors.Is(err, connector.ErrStoreAway):
				return "", err
			case err != nil:
				l.Logger.WarnContext(ctx, "principal not read", "type", key.Type, "error", err)
			default:
				digest = x.digest()
			}
			l.expansions[key] = digest
		}
		whole = whole && digest != ""
		list = append(list, expanded{key: key, digest: digest})
	}
	if !whole {
		return "", nil
	}
	return expansionsDigest(list), nil
}
