package assistant

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"roomkeeper/connector"
)

// noticesAtOnce is how many notices one run reads ahead.
const noticesAtOnce = 50

// giveUpAfter is how often in a row a card may fail in a way that may pass
// before it is laid aside for the next one.
const giveUpAfter = 20

// What became of a notice, for the metric.
const (
	outcomePosted       = "posted"
	outcomeEdited       = "edited"
	outcomeUnsubscribed = "unsubscribed"
	outcomeSilent       = "silent"
	outcomeDead         = "dead"
)

// Assistant posts the cards of one Group after the other, each Group's in the
// order in which their notices were accepted.
type Assistant struct {
	*Poster
	Platforms map[connector.PlatformID]connector.ChatPlatform
	Policies  connector.Policies
	// Backoff says how long to wait after the n-th failure in a row.
	Backoff func(attempt int) time.Duration
	// Observe is told what became of each notice.
	Observe func(topic connector.Topic, outcome string)
	Logger  *slog.Logger
}

// Run posts what waits for the Group of a lease and says what the queue
// should do next. A wait keeps the order.
func (a *Assistant) Run(ctx context.Context, lease connector.Lease) connector.RunEnd {
	err := a.post(ctx, lease)
	var wait *connector.WaitError
	switch {
	case err == nil:
		return connector.RunEnd{Outcome: connector.RunDone, Told: true}
	case errors.As(err, &wait):
		return connector.RunEnd{Outcome: connector.RunWait, After: wait.After}
	}
	end := connector.RunEnd{Outcome: connector.RunRetry, After: a.Backoff(lease.Attempt), Told: true}
	a.Logger.WarnContext(ctx, "post cards", "group", lease.Key.Group, "attempt", lease.Attempt, "after", end.After, "error", err)
	return end
}

func (a *Assistant) post(ctx context.Context, lease connector.Lease) error {
	g, err := a.Engine.Groups.Group(ctx, lease.Key.Group)
	if errors.Is(err, connector.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("load group: %w", err)
	}
	if g.State.Posting() && g.Channel.ID == "" {
		// The run that makes the channel queues the cards again.
		return nil
	}
	attempt := lease.Attempt
	for {
		notices, err := a.Engine.Outbox.Notices(ctx, g.ID, noticesAtOnce)
		if err != nil {
			return fmt.Errorf("read outbox: %w", err)
		}
		if len(notices) == 0 {
			return nil
		}
		sub, err := a.Engine.Subscriptions.Subscription(ctx, g.ID)
		if err != nil {
			return fmt.Errorf("read subscription: %w", err)
		}
		for _, notice := range notices {
			if err := a.deliver(ctx, g, sub, notice, attempt); err != nil {
				return err
			}
			attempt = 1
		}
	}
}

// deliver settles one notice: posted, edited, dropped, or laid aside.
func (a *Assistant) deliver(ctx context.Context, g connector.Group, sub connector.Subscription, notice connector.Notice, attempt int) error {
	policy, inUse := a.Policies.Kind(string(g.Record.Kind))
	topic, wanted := choose(notice.Event, policy, sub)
	platform, here := a.Platforms[g.Platform]
	if !g.State.Posting() || !inUse || !here {
		return a.drop(ctx, g, notice, topic, outcomeSilent)
	}
	if !wanted {
		return a.drop(ctx, g, notice, topic, outcomeUnsubscribed)
	}
	known, err := a.Engine.People.People(ctx, peopleIn(notice.Event))
	if err != nil {
		return fmt.Errorf("read people: %w", err)
	}
	card := build(topic, notice.Event, g, policy, namesOf(known))
	outcome, entry, err := a.send(ctx, platform, g, notice, card)
	if outOfReach(err) {
		return a.outOfReach(ctx, g, notice, topic)
	}
	if err != nil {
		return a.setAside(ctx, g, notice, topic, attempt, entry, err)
	}
	if err := a.Engine.Outbox.Settle(ctx, g.ID, notice.Seq, entry, nil); err != nil {
		return fmt.Errorf("settle card: %w", err)
	}
	a.Observe(topic, outcome)
	return nil
}

// send posts the card, or edits it when its subject was posted before. An entry
// is to be stored with the settled notice, also beside an error.
func (a *Assistant) send(ctx context.Context, platform connector.ChatPlatform, g connector.Group, notice connector.Notice, card connector.Card) (string, *connector.LedgerEntry, error) {
	id := CardIDOf(g.ID, identityOf(notice.Event))
	if card.Gone {
		entry, err := a.Engine.Ledger.Entry(ctx, g.ID, id)
		if errors.Is(err, connector.ErrNotFound) || err == nil && entry.Message == "" && entry.Trying.IsZero() {
			return outcomeSilent, nil, nil
		}
	}
	entry, posted, err := a.Post(ctx, platform, g, id, card)
	if errors.Is(err, ErrLost) {
		return "", &entry, err
	}
	if err != nil {
		return "", nil, err
	}
	if posted {
		entry.Seq = notice.Seq
		return outcomePosted, &entry, nil
	}
	if entry.Seq >= notice.Seq || platform.Editor == nil {
		return outcomeSilent, nil, nil
	}
	err = platform.Editor.Edit(ctx, g.Channel.ID, entry.Message, id, card)
	if err != nil && !errors.Is(err, connector.ErrMessageGone) {
		return "", nil, fmt.Errorf("edit card: %w", err)
	}
	entry.Seq = notice.Seq
	return outcomeEdited, &entry, nil
}

// identityOf is what makes two notices speak of one card.
func identityOf(e connector.NoticeEvent) string {
	switch {
	case e.Activity != nil:
		return "activity/" + e.Activity.ID
	case e.Notification != nil && e.Notification.ID != "":
		return "notification/" + e.Notification.ID
	}
	return "event/" + e.ID
}

func (a *Assistant) drop(ctx context.Context, g connector.Group, notice connector.Notice, topic connector.Topic, outcome string) error {
	if err := a.Engine.Outbox.Settle(ctx, g.ID, notice.Seq, nil, nil); err != nil {
		return fmt.Errorf("drop notice: %w", err)
	}
	a.Observe(topic, outcome)
	return nil
}

// outOfReach reports whether an error speaks of the channel, not of the card.
func outOfReach(err error) bool {
	return errors.Is(err, connector.ErrArchived) || errors.Is(err, connector.ErrChannelGone) || errors.Is(err, connector.ErrNotInChannel)
}

// outOfReach drops what a channel no longer takes, as if its state had been
// known, and has the channel looked at.
func (a *Assistant) outOfReach(ctx context.Context, g connector.Group, notice connector.Notice, topic connector.Topic) error {
	_, err := a.Engine.Inbox.Accept(ctx, connector.Intake{
		Group: g.ID, Touched: true, At: a.Clock(),
		Jobs: []connector.Job{{Key: connector.JobKey{Lane: connector.LaneGroup, Group: g.ID}, Tags: connector.QueuedBy("card")}},
	})
	if err != nil {
		return fmt.Errorf("have the channel looked at: %w", err)
	}
	return a.drop(ctx, g, notice, topic, outcomeSilent)
}

// setAside makes a card that can never be posted a dead letter, so that the
// next one follows; what may pass is returned to be tried again.
func (a *Assistant) setAside(ctx context.Context, g connector.Group, notice connector.Notice, topic connector.Topic, attempt int, entry *connector.LedgerEntry, cause error) error {
	var wait *connector.WaitError
	reason := connector.ReasonOf(cause)
	if errors.As(cause, &wait) || ctx.Err() != nil || reason == connector.ReasonUnauthorized || reason == connector.ReasonStoreAway ||
		reason.Passing() && attempt < giveUpAfter {
		return cause
	}
	letter := connector.DeadLetter{
		ID: fmt.Sprintf("card-%s-%d", g.ID, notice.Seq), At: a.Clock(), Group: g.ID, Record: g.Record,
		Platform: g.Platform, What: "card", Reason: cause.Error(), Attempts: attempt, Notice: &notice,
	}
	if err := a.Engine.Outbox.Settle(ctx, g.ID, notice.Seq, entry, &letter); err != nil {
		return fmt.Errorf("lay card aside: %w", err)
	}
	a.Logger.WarnContext(ctx, "card laid aside", "group", g.ID, "error", cause)
	a.Observe(topic, outcomeDead)
	return nil
}

// peopleIn lists the users whose names a card may show.
func peopleIn(e connector.NoticeEvent) []connector.UserID {
	ids := []connector.UserID{connector.UserID(e.Actor.ID)}
	if e.Activity != nil {
		ids = append(ids, connector.UserID(e.Activity.Author.ID))
	}
	for _, c := range e.Changes {
		if c.Key == fieldOwner {
			ids = append(ids, connector.UserID(c.Before), connector.UserID(c.After))
		}
	}
	return ids
}
