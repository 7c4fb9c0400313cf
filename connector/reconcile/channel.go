package reconcile

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"roomkeeper/connector"
)

// markPurpose writes the Record's key into the channel's purpose, once; it is
// what a lost store is rebuilt from.
func (n *run) markPurpose(ctx context.Context) error {
	if n.g.Purposed || n.platform.Describer == nil || n.g.Origin != connector.CreatedByUs {
		return nil
	}
	if err := n.optional(ctx, n.platform.Describer.SetPurpose(n.because(ctx, "purpose"), n.g.Channel.ID, n.purpose())); err != nil {
		return fmt.Errorf("set purpose: %w", err)
	}
	n.g.Purposed = true
	return n.save(ctx)
}

// purpose is the text that ties a channel to its Record.
func (n *run) purpose() string {
	return connector.Cut(n.g.Record.String(), n.platform.Limits.PurposeLength)
}

// topic shows the full name. It is only written over what is empty or still
// our own.
func (n *run) topic(ctx context.Context) error {
	topic := n.wantedTopic()
	if n.platform.Describer == nil || topic == n.g.Topic && n.g.TopicMeant == "" {
		return nil
	}
	if n.platform.Limits.TitleTogether && n.g.NameMeant != "" {
		return nil // it comes with the name, which waits
	}
	ours, err := n.topicIsOurs(ctx)
	if err == nil && ours {
		// What is meant is stored first: a topic whose answer got lost is ours too.
		before := n.g.TopicMeant
		n.g.TopicMeant = topic
		if err := n.save(ctx); err != nil {
			return err
		}
		err = n.platform.Describer.SetTopic(n.because(ctx, "topic"), n.g.Channel.ID, topic)
		if n.deferred(err) {
			// Nothing was sent, so that nothing is to be looked for.
			n.g.TopicMeant = before
			return n.save(ctx)
		}
	}
	if n.deferred(err) {
		return nil
	}
	if err := n.optional(ctx, err); err != nil {
		return fmt.Errorf("topic: %w", err)
	}
	// Also when it was left as it is: the same topic is not thought of twice.
	n.g.Topic, n.g.TopicMeant = topic, ""
	return n.save(ctx)
}

// topicPlanned is the topic that a run would set, if any, by a fresh reading of what
// is there.
func (n *run) topicPlanned(ctx context.Context) ([]connector.Action, error) {
	topic := n.wantedTopic()
	if n.platform.Describer == nil || topic == n.g.Topic {
		return nil, nil
	}
	ours, err := n.topicIsOurs(ctx)
	if err := n.optional(ctx, err); err != nil {
		return nil, fmt.Errorf("read topic: %w", err)
	}
	if err != nil || !ours {
		return nil, nil
	}
	return []connector.Action{{Type: connector.ActionTopic, Value: topic}}, nil
}

// wantedTopic is the Record's full name, as much of it as fits.
func (n *run) wantedTopic() string {
	return connector.Cut(oneLine(n.read.Record.Name), n.platform.Limits.TopicLength)
}

// deferredFor is the shortest time after which what was deferred is tried again: it
// may take a few calls, and of a rate that is used up there is only one free at first.
const deferredFor = 250 * time.Millisecond

// deferred lets what only informs wait for its rate without making the people
// in the channel wait for it: the run comes back when the wait is over.
func (n *run) deferred(err error) bool {
	var wait *connector.WaitError
	if !errors.As(err, &wait) {
		return false
	}
	n.wake(max(wait.After, deferredFor))
	n.late = true
	return true
}

// because says on whose account a call is made.
func (n *run) because(ctx context.Context, why string) context.Context {
	return connector.WithCause(ctx, connector.Cause{Record: n.g.Record, Why: why})
}

// untouchedFor is how long a channel that was just made is taken to have no topic yet.
const untouchedFor = time.Minute

// topicIsOurs reports whether the channel's topic may be written over. In a new one
// nobody has set any.
func (n *run) topicIsOurs(ctx context.Context) (bool, error) {
	isNew := n.g.Channel.ID == "" || n.Clock().Sub(n.g.MadeAt) < untouchedFor
	if n.g.Topic == "" && n.g.TopicMeant == "" && isNew {
		return true, nil
	}
	now, err := n.platform.Describer.Topic(ctx, n.g.Channel.ID)
	if now != "" && now == n.g.TopicMeant {
		n.g.Topic = now
	}
	return now == "" || now == n.g.Topic, err
}

// refreshSteps bounds how often the details card is asked for in one run.
const refreshSteps = 3

// details keeps the pinned card fresh, last of all.
func (n *run) details(ctx context.Context) error {
	for range refreshSteps {
		card, err := n.Details.Refresh(ctx, n.g, n.read.Record)
		if saveErr := n.saveDetails(ctx, card); saveErr != nil {
			return errors.Join(err, saveErr)
		}
		if hard := n.optional(ctx, err); hard != nil {
			return fmt.Errorf("details card: %w", hard)
		}
		if err != nil || card.Message == "" || card.Digest != "" {
			return nil
		}
	}
	return nil
}

// saveDetails stores the card's standing. With the first one the channel is
// no longer in the making.
func (n *run) saveDetails(ctx context.Context, card connector.DetailsCard) error {
	if card == n.g.Details && n.g.State != connector.GroupCreating {
		return nil
	}
	n.g.Details = card
	if n.g.State == connector.GroupCreating {
		n.g.State = connector.GroupActive
		if n.g.Held != nil {
			n.g.State = connector.GroupHeld
		}
	}
	return n.save(ctx)
}

// optional lets what only informs fail for good without failing the run:
// such a call is logged and not made again for the same content.
func (n *run) optional(ctx context.Context, err error) error {
	if err == nil || connector.ReasonOf(err).Passing() ||
		errors.Is(err, connector.ErrArchived) || errors.Is(err, connector.ErrChannelGone) || errors.Is(err, connector.ErrNotInChannel) {
		return err
	}
	n.Logger.WarnContext(ctx, "left out", "group", n.g.ID, "error", err)
	return nil
}

// oneLine makes any text fit for a topic: no control characters, and none
// that turn the direction of what follows.
func oneLine(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069:
			return -1
		}
		return r
	}, text)
	return strings.Join(strings.Fields(text), " ")
}
