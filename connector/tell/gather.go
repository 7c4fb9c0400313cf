package tell

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/assistant"
)

const (
	// gatherFor is how long the first of a kind of trouble waits for others, as of
	// channels that are lost together.
	gatherFor = time.Minute
	// gatherEvery is how often the admins hear of one kind of trouble at most.
	gatherEvery = time.Hour
	// refusedEvery is how often a message is tried that the admins' channel refuses.
	refusedEvery = 10 * time.Minute
	// keptFor is how long something waits for a channel that refuses.
	keptFor = 7 * 24 * time.Hour
)

// gatherPrefix begins the keys under which messages for many Groups are queued and kept
// in marks and ledger. No Group's id begins so.
const gatherPrefix = "gather/"

// gatherKey is of what is told of the Groups on a platform.
func gatherKey(on connector.PlatformID, what connector.TellingWhat) connector.GroupID {
	return connector.GroupID(gatherPrefix + string(on) + "/" + string(what))
}

func isGather(id connector.GroupID) bool { return strings.HasPrefix(string(id), gatherPrefix) }

func parseGatherKey(id connector.GroupID) (on connector.PlatformID, what connector.TellingWhat) {
	platform, rest, _ := strings.Cut(strings.TrimPrefix(string(id), gatherPrefix), "/")
	return connector.PlatformID(platform), connector.TellingWhat(rest)
}

// gathers reports whether the admins are told of many Groups by one message. A hold
// asks for a decision on each, and a Sweep's have a message of their own; only those
// that nobody could be told of wait for the admins' channel together.
func gathers(what connector.TellingWhat) bool { return what != connector.TellHeld }

// gatherings is what is kept of one kind of trouble.
type gatherings struct {
	// Last is when the admins were told last.
	Last time.Time `json:"last,omitzero"`
	// Now is the message that is being told, if any. What it says was gathered once:
	// it is posted as it is stored, and what it tells of is taken out of its Groups.
	Now *gathering `json:"now,omitempty"`
}

type gathering struct {
	ID string `json:"id"`
	// Card is nil when none of it is so any more.
	Card *connector.Card `json:"card,omitempty"`
	// Shared is under what the message is kept instead, where all of it has one that
	// may have been sent meanwhile.
	Shared connector.GroupID `json:"shared,omitempty"`
	Of     []gathered        `json:"of"`
}

// gathered is one Telling of a Group.
type gathered struct {
	Group connector.GroupID `json:"group"`
	About string            `json:"about,omitempty"`
	At    time.Time         `json:"at"`
}

// gather has the admins told of what waits with a Group for that. It is repeated by
// every run that finds it waiting: what is stored is told.
func (t *Teller) gather(ctx context.Context, g connector.Group) error {
	var jobs []connector.Job
	for _, telling := range g.Tellings {
		key := connector.JobKey{Lane: connector.LaneTellings, Group: gatherKey(g.Platform, telling.What)}
		if !slices.ContainsFunc(jobs, func(j connector.Job) bool { return j.Key == key }) {
			jobs = append(jobs, connector.Job{Key: key, Delay: gatherFor})
		}
	}
	if len(jobs) == 0 {
		return nil
	}
	if err := t.Engine.Queue.Add(ctx, jobs...); err != nil {
		return fmt.Errorf("queue message: %w", err)
	}
	return nil
}

// tellGathered tells the admins of one kind of trouble, all that waits by one message,
// at most every hour.
func (t *Teller) tellGathered(ctx context.Context, key connector.GroupID, attempt int) error {
	if on, _ := parseGatherKey(key); !t.haveChannel(on) {
		return t.giveBack(ctx, key)
	}
	kept, err := load[gatherings](ctx, t.Engine.Marks, string(key))
	if err != nil {
		return err
	}
	if kept.Now == nil {
		if wait := kept.Last.Add(gatherEvery).Sub(t.Clock()); !kept.Last.IsZero() && wait > 0 {
			return &connector.WaitError{After: wait, What: "message to the admins"}
		}
		if kept.Now, err = t.collect(ctx, key); err != nil || kept.Now == nil {
			return err
		}
		if err := save(ctx, t.Engine.Marks, string(key), kept); err != nil {
			return err
		}
	}
	if kept.Now.Card != nil {
		end, err := t.sendGathered(ctx, key, *kept.Now, attempt)
		if err != nil {
			return err
		}
		if end.refused {
			// What was refused is not there: it is gathered anew.
			kept.Now = nil
			if err := save(ctx, t.Engine.Marks, string(key), kept); err != nil {
				return err
			}
			return errAdminsRefuse()
		}
		kept.Last = t.Clock()
	}
	if err := t.takeOut(ctx, key, kept.Now.Of); err != nil {
		return err
	}
	kept.Now = nil
	return save(ctx, t.Engine.Marks, string(key), kept)
}

// errAdminsRefuse: what nobody else is told waits until the channel takes it.
func errAdminsRefuse() error {
	return &connector.WaitError{After: refusedEvery, What: "the admins' channel"}
}

// collect makes the message of all that waits; nil: nothing does.
func (t *Teller) collect(ctx context.Context, key connector.GroupID) (*gathering, error) {
	on, what := parseGatherKey(key)
	now := gathering{ID: strconv.FormatInt(t.Clock().UnixNano(), 36)}
	var still []trouble
	q := connector.GroupQuery{Platform: on}
	for {
		page, err := t.Engine.Groups.ListGroups(ctx, q)
		if err != nil {
			return nil, fmt.Errorf("list groups: %w", err)
		}
		for _, g := range page.Groups {
			for _, telling := range g.Tellings {
				if !telling.Gathered || telling.What != what {
					continue
				}
				now.Of = append(now.Of, gathered{Group: g.ID, About: telling.About, At: telling.At})
				if t.Clock().Sub(telling.At) > keptFor {
					t.Observe(what, outcomeRefused)
					t.Logger.WarnContext(ctx, "not told for a week; given up", "what", what, "group", g.ID, "about", telling.About)
				} else if holds(g, telling) {
					still = append(still, troubleOf(g, telling))
				} else {
					t.Observe(what, outcomeStale)
				}
			}
		}
		if page.Next == "" {
			break
		}
		q.Cursor = page.Next
	}
	if len(now.Of) == 0 {
		return nil, nil
	}
	if len(still) > 0 {
		to, _ := t.admins(on)
		card := t.gatheredCard(on, what, still, to)
		now.Card, now.Shared = &card, sharedOf(still, to)
	}
	return &now, nil
}

// sendGathered posts a message once, whatever happened to an earlier try.
func (t *Teller) sendGathered(ctx context.Context, key connector.GroupID, now gathering, attempt int) (heard, error) {
	on, what := parseGatherKey(key)
	to, _ := t.admins(on)
	m := message{
		what: what, platform: on, attempt: attempt, always: true,
		key: func(to listener) (connector.GroupID, connector.CardID) {
			if now.Shared != "" {
				return now.Shared, assistant.CardIDOf(now.Shared, to.name)
			}
			return key, assistant.CardIDOf(key, now.ID+"/"+to.name)
		},
		card: func(listener) connector.Card { return *now.Card },
	}
	return t.toAll(ctx, m, []listener{to})
}

// takeOut takes what was told out of its Groups. One that is saved meanwhile is tried
// again, after the others.
func (t *Teller) takeOut(ctx context.Context, key connector.GroupID, of []gathered) error {
	_, what := parseGatherKey(key)
	told := map[connector.GroupID][]gathered{}
	for _, one := range of {
		told[one.Group] = append(told[one.Group], one)
	}
	var errs []error
	for id, list := range told {
		g, err := t.Engine.Groups.Group(ctx, id)
		if errors.Is(err, connector.ErrNotFound) {
			continue
		}
		if err != nil {
			return fmt.Errorf("load group: %w", err)
		}
		left := slices.DeleteFunc(slices.Clone(g.Tellings), func(w connector.Telling) bool {
			return w.What == what && w.Gathered && slices.ContainsFunc(list, func(one gathered) bool {
				return w.About == one.About && w.At.Equal(one.At)
			})
		})
		if len(left) == len(g.Tellings) {
			continue
		}
		g.Tellings = left
		if _, err := t.Engine.Groups.SaveGroup(ctx, g); errors.Is(err, connector.ErrConflict) {
			errs = append(errs, fmt.Errorf("save group: %w", err))
		} else if err != nil {
			return fmt.Errorf("save group: %w", err)
		}
	}
	return errors.Join(errs...)
}
