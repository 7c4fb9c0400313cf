package redis

import (
	"context"

	"roomkeeper/connector"
)

type facts struct{ *Engine }

// factsOfGroup ends the identity of the facts of an intake that concerns a Group
// too: the two parts may lie in one place, and each is stored once.
const factsOfGroup = "\x00facts"

// acceptFacts merges what an event said, once per identity. Users come first:
// they lie in the deployment's place, and an older event's never replace a
// newer one's, so that merging them again does no harm.
func (s inbox) acceptFacts(ctx context.Context, l *layout, in connector.Intake) (fresh bool, err error) {
	ofRecord := in.Facts.Record != nil || in.Facts.Team != nil
	p := l.deployment
	if ofRecord {
		p = l.record(in.FactsOf)
	}
	id := in.ID
	if id != "" && in.Group != "" {
		id += factsOfGroup
	}
	if id != "" {
		score, err := s.client.ZScore(ctx, p.key(keySeen), id).Result()
		if none, err := absent(err); err != nil {
			return false, translate("read identity", err)
		} else if !none && score > 0 {
			return false, s.confirm(ctx, p)
		}
	}
	for {
		if err := s.mergeUsers(ctx, l, in.Facts); err != nil {
			return false, err
		}
		step := newStep(p)
		see(step, id)
		guards := step.count
		if ofRecord {
			if err := s.mergeRecord(ctx, step, in); err != nil {
				return false, err
			}
		}
		guard, err := s.commit(ctx, "accept facts", step)
		if err != nil {
			return false, err
		}
		if guard <= guards {
			return guard == 0, nil
		}
	}
}

// mergeRecord adds what an intake says of its Record.
func (s inbox) mergeRecord(ctx context.Context, step *step, in connector.Intake) error {
	f, field := in.Facts, recordName(in.FactsOf)
	known, raw, err := get[connector.Facts](ctx, s.Engine, step.place, keyFacts, field)
	if err != nil {
		return err
	}
	step.is(keyFacts, field, raw)
	merged, changed := f.Over(known)
	if !changed {
		return nil
	}
	return step.put(keyFacts, field, merged)
}

func (s inbox) mergeUsers(ctx context.Context, l *layout, f connector.Facts) error {
	if len(f.Users) == 0 {
		return nil
	}
	ids := make([]connector.UserID, len(f.Users))
	for i, user := range f.Users {
		ids[i] = user.ID
	}
	for {
		known, raws, err := getAll[connector.UserID, connector.HeldFactUser](ctx, s.Engine, l.deployment, keyFactUsers, ids)
		if err != nil {
			return err
		}
		step := newStep(l.deployment)
		for _, user := range f.Users {
			before, ok := known[user.ID]
			if ok && before.At.After(f.At) {
				continue
			}
			if raw, first := raws[user.ID]; first || !ok {
				step.is(keyFactUsers, string(user.ID), raw)
				delete(raws, user.ID)
			}
			known[user.ID] = connector.HeldFactUser{User: user, At: f.At}
			if err := step.put(keyFactUsers, string(user.ID), known[user.ID]); err != nil {
				return err
			}
		}
		if step.count == 0 {
			return nil
		}
		guard, err := s.commit(ctx, "accept users", step)
		if err != nil || guard == 0 {
			return err
		}
	}
}

// Facts reads what was said of a Record; its Users are read with FactUsers.
func (s facts) Facts(ctx context.Context, record connector.RecordKey) (connector.Facts, error) {
	l, err := s.reach(ctx)
	if err != nil {
		return connector.Facts{}, err
	}
	known, _, err := get[connector.Facts](ctx, s.Engine, l.record(record), keyFacts, recordName(record))
	return known, err
}

// FactUsers reads what was said of users.
func (s facts) FactUsers(ctx context.Context, ids []connector.UserID) (map[connector.UserID]connector.User, error) {
	l, err := s.reach(ctx)
	if err != nil {
		return nil, err
	}
	known, _, err := getAll[connector.UserID, connector.HeldFactUser](ctx, s.Engine, l.deployment, keyFactUsers, ids)
	if err != nil {
		return nil, err
	}
	users := make(map[connector.UserID]connector.User, len(known))
	for id, fact := range known {
		users[id] = fact.User
	}
	return users, nil
}
