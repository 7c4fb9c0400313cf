package tell

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/assistant"
)

// giveUpAfter is how often in a row telling may fail in a way that may pass
// before the next thing is told.
const giveUpAfter = 20

// refusedFor is how long an admins' channel that refused is not tried again by what
// the owners are told in its place: a Sweep holds a thousand channels at once.
const refusedFor = time.Minute

// conflictPause lets whoever saved the Group meanwhile finish.
const conflictPause = 50 * time.Millisecond

// What became of a telling, for the metric.
const (
	outcomeTold    = "told"
	outcomeStale   = "stale"
	outcomeLost    = "lost"
	outcomeRefused = "refused"
	outcomeNobody  = "nobody"
)

// Teller tells what waits, one Group after the other. What is told is told to
// each listener once, as Poster posts a card: in private, where nothing can be
// looked up, one whose outcome is unknown is repeated once.
type Teller struct {
	*assistant.Poster
	Platforms map[connector.PlatformID]connector.ChatPlatform
	Admins    Admins
	// Command is the slash command, with its slash.
	Command string
	// Backoff says how long to wait after the n-th failure in a row.
	Backoff func(attempt int) time.Duration
	// Observe is told what became of each telling for each listener; a message for many
	// counts once.
	Observe func(what connector.TellingWhat, outcome string)
	Logger  *slog.Logger
	// Refused knows which channels of the admins cannot be written to.
	Refused *Refusals

	unheard sync.Once
	// said are the Sweeps whose holds were logged.
	said said
}

// Run tells what waits for the Group of a lease, or the message of the day or for many
// that its key names, and says what the queue should do next.
func (t *Teller) Run(ctx context.Context, lease connector.Lease) connector.RunEnd {
	var err error
	switch key := lease.Key.Group; {
	case isDaily(key):
		err = t.tellDaily(ctx, key, lease.Attempt)
	case isGather(key):
		err = t.tellGathered(ctx, key, lease.Attempt)
	default:
		err = t.tellGroup(ctx, key, lease.Attempt)
	}
	var wait *connector.WaitError
	switch {
	case err == nil:
		return connector.RunEnd{Outcome: connector.RunDone, Told: true}
	case errors.As(err, &wait):
		return connector.RunEnd{Outcome: connector.RunWait, After: wait.After}
	case errors.Is(err, connector.ErrConflict):
		return connector.RunEnd{Outcome: connector.RunWait, After: conflictPause}
	}
	end := connector.RunEnd{Outcome: connector.RunRetry, After: t.Backoff(lease.Attempt), Told: true}
	t.Logger.WarnContext(ctx, "tell", "group", lease.Key.Group, "attempt", lease.Attempt, "after", end.After, "error", err)
	return end
}

// tellGroup tells what waits with a Group, oldest first, and takes each out of
// the Group once it was told. What is left for the admins alone to hear is gathered.
func (t *Teller) tellGroup(ctx context.Context, id connector.GroupID, attempt int) error {
	for {
		g, err := t.Engine.Groups.Group(ctx, id)
		if errors.Is(err, connector.ErrNotFound) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("load group: %w", err)
		}
		i := slices.IndexFunc(g.Tellings, func(w connector.Telling) bool { return !w.Gathered })
		if i < 0 {
			return t.gather(ctx, g)
		}
		telling := g.Tellings[i]
		left, err := t.tell(ctx, g, telling, attempt)
		if err != nil {
			return err
		}
		g.Tellings = slices.Delete(g.Tellings, i, i+1)
		if left {
			telling.To, telling.Gathered = connector.AudienceAdmins, true
			g.Tell(telling)
		}
		if _, err := t.Engine.Groups.SaveGroup(ctx, g); err != nil {
			return fmt.Errorf("save group: %w", err)
		}
		attempt = 1
	}
}

// tell tells everybody who is to be told, or nobody when it is not so any more. left:
// the admins are to be told besides, with the same of other Groups.
func (t *Teller) tell(ctx context.Context, g connector.Group, telling connector.Telling, attempt int) (left bool, err error) {
	if !holds(g, telling) {
		t.Observe(telling.What, outcomeStale)
		return false, nil
	}
	id := fmt.Sprintf("telling/%s/%s/%d/", telling.What, telling.About, telling.At.UnixNano())
	m := message{
		what: telling.What, platform: g.Platform, attempt: attempt,
		deputies: telling.To != connector.AudienceMember, gathered: gathers(telling.What),
		key: func(to listener) (connector.GroupID, connector.CardID) {
			if shared := sharedKey(g, telling, to); shared != "" {
				return shared, assistant.CardIDOf(shared, to.name)
			}
			return g.ID, assistant.CardIDOf(g.ID, id+to.name)
		},
		card: func(to listener) connector.Card { return t.card(g, telling, to) },
	}
	list := t.audience(g, telling)
	end, err := t.toAll(ctx, m, list)
	refused := end.refused
	if err == nil && refused && !end.told && telling.To == connector.AudienceAdmins {
		m.deputies = false
		end, err = t.toAll(ctx, m, t.members(g.Platform, owners(g)))
	}
	if err != nil {
		return false, err
	}
	if telling.Shared != "" && (refused || !slices.ContainsFunc(list, func(to listener) bool { return to.admin })) {
		t.logSweep(ctx, telling.Shared)
	}
	if end.told || end.left {
		return end.left, nil
	}
	if len(list) == 0 || telling.What == connector.TellHeld {
		t.nobody(ctx, g, telling)
	}
	return refused, nil
}

// sharedKey is under what the one message is kept by which the admins are told the
// same of many Groups; "": there is none. Of Groups on a platform other than theirs
// they are told by a message of its own, for no button of it would work there.
func sharedKey(g connector.Group, telling connector.Telling, to listener) connector.GroupID {
	if telling.Shared == "" || !to.admin {
		return ""
	}
	key := "shared/" + string(telling.What) + "/" + telling.Shared
	if to.elsewhere {
		key += "/" + string(g.Platform)
	}
	return connector.GroupID(key)
}

// message is what listeners are told.
type message struct {
	what connector.TellingWhat
	// platform is what it is about.
	platform connector.PlatformID
	// key is the card of a listener, and under what its entry is kept.
	key     func(to listener) (ledger connector.GroupID, id connector.CardID)
	card    func(to listener) connector.Card
	attempt int
	// deputies: the admins are told in place of a listener who refuses it.
	deputies bool
	// gathered: the admins are told of many by one message, and not by this one.
	gathered bool
	// always: the admins' channel is asked although it refused just now. What is made
	// anew at each try would else leave one behind whose outcome is unknown.
	always bool
}

// heard is what became of telling many.
type heard struct {
	// told: somebody was told, now or before.
	told bool
	// left: the admins are to be told, by one message for many.
	left bool
	// refused: the admins' channel refused it.
	refused bool
}

// toAll tells each listener. One who cannot be told keeps nobody else waiting.
func (t *Teller) toAll(ctx context.Context, m message, list []listener) (heard, error) {
	var end heard
	var errs []error
	admins, deputies := t.admins(m.platform)
	deputies = deputies && m.deputies && !slices.ContainsFunc(list, func(to listener) bool { return to.admin })
	one := func(to listener) error {
		if to.admin && m.gathered {
			end.left = true
			return nil
		}
		err := t.one(ctx, m, to)
		end.told = end.told || err == nil
		end.refused = end.refused || to.admin && errors.Is(err, errRefused)
		return err
	}
	for _, to := range list {
		err := one(to)
		if errors.Is(err, errRefused) && !to.admin && deputies {
			err = one(admins)
		}
		if !errors.Is(err, errRefused) {
			errs = append(errs, err)
		}
	}
	return end, errors.Join(errs...)
}

// errRefused: one listener is not told, now or later.
var errRefused = errors.New("not told")

// one tells one listener. errRefused says that it was given up.
func (t *Teller) one(ctx context.Context, m message, to listener) error {
	ledger, id := m.key(to)
	if to.admin && !m.always && t.Refused.since(to.at, t.Clock().Add(-refusedFor)) {
		if told, err := t.stands(ctx, ledger, id); err != nil || told {
			return err
		}
		t.Observe(m.what, outcomeRefused)
		return errRefused
	}
	entry, _, err := t.PostTo(ctx, to.place(ledger), id, m.card(to))
	if err == nil || errors.Is(err, assistant.ErrLost) {
		outcome := outcomeTold
		if err != nil {
			outcome = outcomeLost
		}
		if _, err := t.Engine.Ledger.PutEntry(ctx, ledger, entry); err != nil {
			return fmt.Errorf("store what was told: %w", err)
		}
		t.Observe(m.what, outcome)
		if to.admin {
			t.Refused.Put(to.at, nil, t.Clock())
		}
		return nil
	}
	if passing(ctx, err, m.attempt) {
		return err
	}
	if !to.admin {
		t.Logger.WarnContext(ctx, "not told", "what", m.what, "group", ledger, "error", err)
	} else {
		t.Refused.warn(ctx, to.at, err, t.Clock(), t.Logger, "what", m.what, "group", ledger)
	}
	t.Observe(m.what, outcomeRefused)
	return errRefused
}

// stands reports whether a message was told before.
func (t *Teller) stands(ctx context.Context, ledger connector.GroupID, id connector.CardID) (bool, error) {
	entry, err := t.Engine.Ledger.Entry(ctx, ledger, id)
	if errors.Is(err, connector.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look up what was told: %w", err)
	}
	return entry.Message != "", nil
}

// passing reports whether telling is tried again after an error.
func passing(ctx context.Context, err error, attempt int) bool {
	var wait *connector.WaitError
	reason := connector.ReasonOf(err)
	return errors.As(err, &wait) || ctx.Err() != nil ||
		reason == connector.ReasonUnauthorized || reason == connector.ReasonStoreAway || reason == connector.ReasonConflict ||
		reason.Passing() && attempt < giveUpAfter
}
