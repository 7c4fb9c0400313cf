package reconcile

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"roomkeeper/connector"
)

// markPurpose writes the Record's key into the channel's purpose, once; it is
// what a lost store is rebuilt from.
func (n *run) markPurpose(ctx context.Context) error {
	if n.g.Purposed || n.platform.Describer == nil || n.g.Origin != connector.CreatedByUs {
		return nil
	}
	purpose := connector.Cut(n.g.Record.String(), n.platform.Limits.PurposeLength)
	if err := n.optional(ctx, n.platform.Describer.SetPurpose(ctx, n.g.Channel.ID, purpose)); err != nil {
		return fmt.Errorf("set purpose: %w", err)
	}
	n.g.Purposed = true
	return nil
}

// rename follows a rename in the CRM. The name that the platform returns is
// the truth.
func (n *run) rename(ctx context.Context) error {
	record := n.read.Record
	if record.Name == n.g.RecordName {
		return nil
	}
	if n.platform.Renamer == nil || n.g.Origin != connector.CreatedByUs {
		n.g.RecordName = record.Name
		return n.save(ctx)
	}
	alphabet, err := n.alphabet(ctx)
	if err != nil {
		return err
	}
	for attempt := range maxSuffixes {
		name := n.nameOf(alphabet, attempt)
		if name == n.g.Channel.Name {
			break
		}
		holder, err := n.Engine.Names.Reserve(ctx, n.g.Platform, name, n.g.ID)
		if err != nil {
			return fmt.Errorf("reserve name: %w", err)
		}
		if holder != n.g.ID {
			continue
		}
		got, err := n.platform.Renamer.Rename(ctx, n.g.Channel.ID, name)
		if errors.Is(err, connector.ErrNameTaken) {
			if err := n.release(ctx, name); err != nil {
				return err
			}
			continue
		}
		if errors.Is(err, connector.ErrInvalidName) && alphabet != connector.AlphabetASCII {
			if err := n.Engine.Marks.SetMark(ctx, alphabetMark(n.g.Platform), string(connector.AlphabetASCII)); err != nil {
				return fmt.Errorf("remember alphabet: %w", err)
			}
			if err := n.release(ctx, name); err != nil {
				return err
			}
			return n.rename(ctx)
		}
		if err := n.optional(ctx, err); err != nil {
			return fmt.Errorf("rename channel: %w", err)
		}
		if got != "" {
			old := n.g.Channel.Name
			n.g.Channel.Name = got
			n.g.RecordName = record.Name
			if err := n.save(ctx); err != nil {
				return err
			}
			return n.release(ctx, old)
		}
		break
	}
	n.g.RecordName = record.Name
	return n.save(ctx)
}

// topic shows the full name. It is only written over what is empty or still
// our own.
func (n *run) topic(ctx context.Context) error {
	topic := connector.Cut(oneLine(n.read.Record.Name), n.platform.Limits.TopicLength)
	if n.platform.Describer == nil || topic == n.g.Topic || n.g.Origin != connector.CreatedByUs {
		return nil
	}
	if n.g.Topic != "" {
		now, err := n.platform.Describer.Topic(ctx, n.g.Channel.ID)
		if err := n.optional(ctx, err); err != nil {
			return fmt.Errorf("read topic: %w", err)
		}
		if now != "" && now != n.g.Topic {
			return nil
		}
	}
	if err := n.optional(ctx, n.platform.Describer.SetTopic(ctx, n.g.Channel.ID, topic)); err != nil {
		return fmt.Errorf("set topic: %w", err)
	}
	n.g.Topic = topic
	return n.save(ctx)
}

// details keeps the pinned card fresh, last of all.
func (n *run) details(ctx context.Context) error {
	card, err := n.Details.Refresh(ctx, n.g, n.read.Record)
	if card != n.g.Details || n.g.State == connector.GroupCreating {
		n.g.Details = card
		if n.g.State == connector.GroupCreating {
			n.g.State = connector.GroupActive
			if n.g.Held != nil {
				n.g.State = connector.GroupHeld
			}
		}
		err = errors.Join(err, n.save(ctx))
	}
	if err := n.optional(ctx, err); err != nil {
		return fmt.Errorf("details card: %w", err)
	}
	return nil
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

// oneLine makes any text fit for a topic.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
