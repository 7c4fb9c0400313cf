package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"roomkeeper/connector"
)

// rename follows a rename in the CRM and puts back one by hand. The name that
// the platform returns is the truth. Another template alone renames nothing unless
// somebody asked for it.
func (n *run) rename(ctx context.Context) error {
	if err := n.readName(ctx); err != nil {
		return err
	}
	if n.read.Record.Name == n.g.RecordName && n.g.NameMeant == "" && !n.g.RenameAsked {
		return nil
	}
	if n.platform.Renamer != nil && n.g.Origin == connector.CreatedByUs {
		if err := n.renameChannel(ctx); err != nil {
			if n.deferred(err) {
				return nil
			}
			return err
		}
	}
	n.g.RecordName, n.g.NameMeant, n.g.NameBack, n.g.RenameAsked = n.read.Record.Name, "", "", false
	return n.save(ctx)
}

// maxPutBacks is how often in an hour a name given by hand is put back.
const maxPutBacks = 3

// readName reads the channel's name when an event said that it is another one.
// A name given by hand is put back unless that was done too often lately; then
// it stays, as does each that follows, until one is the Record's again. An adopted
// channel keeps whatever it is called.
func (n *run) readName(ctx context.Context) error {
	if !n.g.NameDoubted || n.platform.Renamer == nil {
		return nil
	}
	name, err := n.nameNow(ctx)
	if hard := n.optional(ctx, err); hard != nil {
		return fmt.Errorf("read name: %w", hard)
	}
	n.g.NameDoubted = false
	old, meant := n.g.Channel.Name, n.g.NameMeant
	if err != nil || name == old || name == meant {
		return n.save(ctx)
	}
	n.g.Channel.Name = name
	var free []string
	switch {
	case n.g.Origin != connector.CreatedByUs:
		if _, err := n.Engine.Names.Reserve(ctx, n.g.Platform, name, n.g.ID); err != nil {
			return fmt.Errorf("reserve name: %w", err)
		}
		free = []string{old}
	case n.g.NameContested:
		free = []string{old}
		if err := n.givenBack(ctx, name); err != nil {
			return err
		}
	case !n.mayPutBack():
		n.contested(ctx, name)
		n.g.NameMeant, n.g.NameBack, free = "", "", []string{old, meant}
	default:
		if err := n.tellWhoRenamed(ctx, name); err != nil {
			return err
		}
		if meant == "" {
			n.g.NameMeant, n.g.NameBack = old, old
		} else if meant != old {
			free = []string{old}
		}
	}
	if err := n.save(ctx); err != nil {
		return err
	}
	for _, unused := range free {
		if err := n.release(ctx, unused); err != nil {
			return err
		}
	}
	return nil
}

// mayPutBack counts one more time that a name is put back, if it may be.
func (n *run) mayPutBack() bool {
	lately := slices.DeleteFunc(slices.Clone(n.g.NamePutBack), func(at time.Time) bool {
		return n.Clock().Sub(at) >= time.Hour
	})
	may := len(lately) < maxPutBacks
	if may {
		lately = append(lately, n.Clock())
	}
	n.g.NamePutBack = lately
	return may
}

// renameChannel tries one name after the other: the one that is put back, then from
// the plain one on.
func (n *run) renameChannel(ctx context.Context) error {
	back := n.backTo()
	for attempt := 0; attempt < maxSuffixes; {
		alphabet, err := n.alphabet(ctx)
		if err != nil {
			return err
		}
		name := n.candidate(alphabet, attempt, back)
		if name == n.g.Channel.Name && n.g.NameMeant == "" {
			return nil
		}
		holder, err := n.Engine.Names.Reserve(ctx, n.g.Platform, name, n.g.ID)
		if err != nil {
			return fmt.Errorf("reserve name: %w", err)
		}
		if holder != n.g.ID {
			attempt++
			continue
		}
		topic, err := n.topicToo(ctx)
		if err != nil {
			return err
		}
		if err := n.meanName(ctx, name, topic); err != nil {
			return err
		}
		got, err := n.platform.Renamer.Rename(n.because(ctx, "renamed in the CRM"), n.g.Channel.ID, name, topic)
		switch {
		case err == nil:
			return n.renamed(ctx, got, name, topic)
		case errors.Is(err, connector.ErrNameTaken):
			attempt++
		case errors.Is(err, connector.ErrInvalidName) && !plainASCII(name):
			if err := n.onlyASCII(ctx); err != nil {
				return err
			}
			back = ""
		default:
			if err := n.optional(ctx, err); err != nil {
				return fmt.Errorf("rename channel: %w", err)
			}
			attempt = maxSuffixes
		}
		if err := n.release(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

// topicToo is the topic that is to change together with the name, "" for none.
func (n *run) topicToo(ctx context.Context) (string, error) {
	topic := n.wantedTopic()
	if !n.platform.Limits.TitleTogether || n.platform.Describer == nil || topic == n.g.Topic && n.g.TopicMeant == "" {
		return "", nil
	}
	ours, err := n.topicIsOurs(ctx)
	if hard := n.optional(ctx, err); hard != nil {
		return "", fmt.Errorf("topic: %w", hard)
	}
	if err != nil || !ours {
		return "", nil
	}
	return topic, nil
}

// meanName stores what the channel is about to be called, and its topic where
// that changes too: a rename whose answer gets lost may have happened, also when
// it is no longer wanted.
func (n *run) meanName(ctx context.Context, name, topic string) error {
	before := n.g.NameMeant
	if before == name && (topic == "" || topic == n.g.TopicMeant) {
		return nil
	}
	n.g.NameMeant = name
	if topic != "" {
		n.g.TopicMeant = topic
	}
	if err := n.save(ctx); err != nil || before == "" || before == name || before == n.g.Channel.Name {
		return err
	}
	return n.release(ctx, before)
}

// renamed stores the channel's new name, which the platform may have changed, and the
// topic that came with it, and frees the old name.
func (n *run) renamed(ctx context.Context, name, asked, topic string) error {
	unused := []string{n.g.Channel.Name, n.g.NameAsked}
	if err := n.takeName(ctx, name, asked); err != nil {
		return err
	}
	if topic != "" {
		n.g.Topic, n.g.TopicMeant = topic, ""
	}
	n.g.Channel.Name, n.g.NameMeant, n.g.NameBack, n.g.RecordName = name, "", "", n.read.Record.Name
	n.g.NameContested, n.g.RenameAsked = false, false
	if err := n.save(ctx); err != nil {
		return err
	}
	for _, old := range unused {
		if old == "" || old == name || old == asked {
			continue
		}
		if err := n.release(ctx, old); err != nil {
			return err
		}
	}
	return nil
}
