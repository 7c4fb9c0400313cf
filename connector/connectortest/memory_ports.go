package connectortest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"roomkeeper/connector"
)

// memoryPorts are the ports of a MemoryChat.
type memoryPorts struct{ c *MemoryChat }

// call makes one call under the lock.
func (p memoryPorts) call(ctx context.Context, op ChatOp, effect func() error) error {
	p.c.mu.Lock()
	defer p.c.mu.Unlock()
	return p.c.Calls.do(ctx, string(op), effect)
}

// inChannel makes a call that changes a channel.
func (p memoryPorts) inChannel(ctx context.Context, op ChatOp, id connector.ChannelID, effect func(*MemoryChannel) error) error {
	return p.call(ctx, op, func() error {
		ch, err := p.c.write(id)
		if err != nil {
			return err
		}
		return effect(ch)
	})
}

func (p memoryPorts) Whoami(ctx context.Context) (connector.Self, error) {
	err := p.call(ctx, ChatWhoami, func() error { return nil })
	return connector.Self{Workspace: "T1", Bot: MemoryBot}, err
}

func (p memoryPorts) Create(ctx context.Context, spec connector.ChannelSpec) (made connector.Created, err error) {
	err = p.call(ctx, ChatCreate, func() error {
		if err := p.c.nameError(spec.Name, ""); err != nil {
			return err
		}
		if p.c.manners.Channels > 0 && len(p.c.channels) >= p.c.manners.Channels {
			return fmt.Errorf("%d channels: %w", len(p.c.channels), connector.ErrFull)
		}
		if len(spec.Members) > p.c.createMembers() {
			return fmt.Errorf("%d people at once: %w", len(spec.Members), connector.ErrInvalid)
		}
		ch := p.c.make(spec.Name, spec.Private, true)
		made.Channel = ch.Channel
		if p.c.manners.AllAtOnce {
			p.c.fill(ch, spec)
			made.Topic, made.Purpose, made.Members = true, true, true
			if p.c.manners.AddsAtOnce {
				made.Whole = &connector.Observed{Members: slices.Clone(ch.Members), At: p.c.began(), Name: ch.Name}
			}
		}
		return nil
	})
	if err != nil {
		return connector.Created{}, err
	}
	return made, nil
}

// fill does at once what other platforms do by the calls that follow.
func (c *MemoryChat) fill(ch *MemoryChannel, spec connector.ChannelSpec) {
	ch.Topic, ch.ourTopic, ch.Purpose = spec.Topic, spec.Topic, spec.Purpose
	for _, m := range spec.Members {
		if (memoryPorts{c}).refusal(m) == "" {
			ch.join(m)
		}
	}
}

// Archive closes a channel.
func (p memoryPorts) Archive(ctx context.Context, id connector.ChannelID) error {
	return p.call(ctx, ChatArchive, func() error {
		ch, err := p.c.reach(id)
		if err == nil {
			ch.Archived = true
		}
		return err
	})
}

// Unarchive opens a channel again.
func (p memoryPorts) Unarchive(ctx context.Context, id connector.ChannelID) error {
	return p.call(ctx, ChatUnarchive, func() error {
		ch, err := p.c.reach(id)
		if err == nil {
			ch.Archived = false
		}
		return err
	})
}

// Join lets the bot into a public channel.
func (p memoryPorts) Join(ctx context.Context, id connector.ChannelID) error {
	return p.call(ctx, ChatJoin, func() error {
		_, err := p.c.write(id)
		if errors.Is(err, connector.ErrNotInChannel) {
			for _, ch := range p.c.channels {
				if ch.ID == id && ch.Shut {
					return fmt.Errorf("join: %w", connector.ErrForbidden)
				}
				if ch.ID == id {
					ch.Botless = !ch.Ours && !ch.Hosts
				}
			}
			return nil
		}
		return err
	})
}

// RenamedBy tells who renamed a channel by hand.
func (p memoryPorts) RenamedBy(ctx context.Context, id connector.ChannelID, name string) (by connector.MemberID, err error) {
	err = p.call(ctx, ChatRenamedBy, func() error {
		ch, err := p.c.reach(id)
		if err != nil {
			return err
		}
		if by = ch.RenamedBy[name]; by == "" {
			return fmt.Errorf("name %q: %w", name, connector.ErrNotFound)
		}
		return nil
	})
	return by, err
}

// Rooms tells how many channels there are, where there is a bound.
func (p memoryPorts) Rooms() []connector.Room {
	p.c.mu.Lock()
	defer p.c.mu.Unlock()
	if p.c.manners.Channels == 0 {
		return nil
	}
	return []connector.Room{{What: "channels", Used: len(p.c.channels), Limit: p.c.manners.Channels}}
}

func (p memoryPorts) Find(ctx context.Context, name, purpose string, notBefore time.Time) (found connector.Channel, err error) {
	err = p.call(ctx, ChatFind, func() error {
		oldest := notBefore.Add(-2 * time.Minute)
		for _, ch := range p.c.channels {
			marked, young := ch.Purpose == purpose, !ch.Created.Before(oldest)
			fits := ch.Name == name && (marked || ch.Purpose == "" && young) || p.c.manners.SharedNames && marked && young && purpose != ""
			if ch.Ours && !ch.Deleted && fits {
				found = ch.Channel
				return nil
			}
		}
		return fmt.Errorf("channel %q: %w", name, connector.ErrNotFound)
	})
	if err != nil {
		return connector.Channel{}, err
	}
	return found, nil
}

func (p memoryPorts) Own(ctx context.Context) (own []connector.OwnChannel, err error) {
	err = p.call(ctx, ChatOwn, func() error {
		for _, ch := range p.c.channels {
			if !ch.Ours || ch.Deleted || ch.Botless && ch.Private {
				continue
			}
			o := connector.OwnChannel{Channel: ch.Channel, Purpose: ch.Purpose, Created: ch.Created, Archived: ch.Archived}
			if ch.Topic == ch.ourTopic {
				o.Topic = ch.Topic
			}
			own = append(own, o)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return own, nil
}

func (p memoryPorts) Observe(ctx context.Context, id connector.ChannelID) (seen connector.Observed, err error) {
	if seen, known := p.told(ctx, id); known {
		return seen, nil
	}
	err = p.call(ctx, ChatObserve, func() error {
		ch, err := p.c.write(id)
		if err != nil {
			return err
		}
		seen = connector.Observed{Members: slices.Clone(ch.Members), At: p.c.began()}
		if i := slices.Index(seen.Members, p.c.service); i >= 0 {
			seen.Members, seen.Service = slices.Delete(seen.Members, i, i+1), []connector.MemberID{p.c.service}
		}
		if p.c.manners.AllAtOnce {
			seen.Name = ch.Name
		}
		p.c.keep(id, seen, false)
		return nil
	})
	if err != nil {
		return connector.Observed{}, err
	}
	return seen, nil
}

func (p memoryPorts) Post(ctx context.Context, id connector.ChannelID, card connector.CardID, content connector.Card) (posted connector.MessageID, err error) {
	err = p.inChannel(ctx, ChatPost, id, func(ch *MemoryChannel) error {
		p.c.messages++
		posted = connector.MessageID(fmt.Sprintf("M%d", p.c.messages))
		ch.Messages = append(ch.Messages, MemoryMessage{ID: posted, CardID: card, Card: content, At: p.c.clock()})
		return nil
	})
	if err != nil {
		return "", err
	}
	return posted, nil
}

// inMessage makes a call that changes a message.
func (p memoryPorts) inMessage(ctx context.Context, op ChatOp, id connector.ChannelID, message connector.MessageID, change func(*MemoryMessage)) error {
	return p.inChannel(ctx, op, id, func(ch *MemoryChannel) error {
		i := slices.IndexFunc(ch.Messages, func(m MemoryMessage) bool { return m.ID == message })
		if i < 0 {
			return fmt.Errorf("message %s: %w", message, connector.ErrMessageGone)
		}
		change(&ch.Messages[i])
		return nil
	})
}

func (p memoryPorts) Edit(ctx context.Context, id connector.ChannelID, message connector.MessageID, _ connector.CardID, card connector.Card) error {
	return p.inMessage(ctx, ChatEdit, id, message, func(m *MemoryMessage) { m.Card, m.Edits = card, m.Edits+1 })
}

func (p memoryPorts) Pin(ctx context.Context, id connector.ChannelID, message connector.MessageID) error {
	return p.inMessage(ctx, ChatPin, id, message, func(m *MemoryMessage) { m.Pinned = true })
}

// memoryHistory is how many messages one call reads.
const memoryHistory = 100

func (p memoryPorts) FindCard(ctx context.Context, id connector.ChannelID, card connector.CardID, since time.Time) (connector.MessageID, error) {
	var history []MemoryMessage
	for first := true; first || len(history) > 0; first = false {
		err := p.call(ctx, ChatFindCard, func() error {
			ch, err := p.c.reach(id)
			if first && err == nil {
				history = slices.Clone(ch.Messages)
				slices.Reverse(history)
			}
			return err
		})
		if err != nil {
			return "", err
		}
		n := min(memoryHistory, len(history))
		for _, m := range history[:n] {
			if m.CardID == card && !m.At.Before(since.Add(-2*time.Minute)) {
				return m.ID, nil
			}
		}
		history = history[n:]
	}
	return "", fmt.Errorf("card %s: %w", card, connector.ErrNotFound)
}

func (p memoryPorts) Name(ctx context.Context, id connector.ChannelID) (name string, err error) {
	err = p.inChannel(ctx, ChatName, id, func(ch *MemoryChannel) error {
		name = ch.Name
		return nil
	})
	return name, err
}

func (p memoryPorts) Rename(ctx context.Context, id connector.ChannelID, name, topic string) (string, error) {
	err := p.inChannel(ctx, ChatRename, id, func(ch *MemoryChannel) error {
		if err := p.c.nameError(name, id); err != nil {
			return err
		}
		ch.Name = name
		if topic != "" {
			ch.Topic, ch.ourTopic = topic, topic
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	return name, nil
}

func (p memoryPorts) Topic(ctx context.Context, id connector.ChannelID) (topic string, err error) {
	err = p.call(ctx, ChatTopic, func() error {
		ch, err := p.c.reach(id)
		if err == nil {
			topic = ch.Topic
		}
		return err
	})
	return topic, err
}

func (p memoryPorts) SetTopic(ctx context.Context, id connector.ChannelID, topic string) error {
	return p.inChannel(ctx, ChatSetTopic, id, func(ch *MemoryChannel) error {
		ch.Topic = connector.Cut(topic, 250)
		ch.ourTopic = ch.Topic
		return nil
	})
}

func (p memoryPorts) SetPurpose(ctx context.Context, id connector.ChannelID, purpose string) error {
	return p.inChannel(ctx, ChatSetPurpose, id, func(ch *MemoryChannel) error {
		ch.Purpose = connector.Cut(purpose, 250)
		return nil
	})
}

// Lookup asks address by address: what was answered before a failure holds.
func (p memoryPorts) Lookup(ctx context.Context, emails []string) (map[string]connector.Account, error) {
	answers := map[string]connector.Account{}
	for _, email := range emails {
		err := p.call(ctx, ChatLookup, func() error { return nil })
		if err != nil {
			return answers, err
		}
		p.c.mu.Lock()
		answers[email] = p.c.byEmail(email)
		p.c.mu.Unlock()
	}
	return answers, nil
}

func (p memoryPorts) Account(ctx context.Context, member connector.MemberID) (account connector.Account, err error) {
	err = p.call(ctx, ChatAccount, func() error {
		account = p.c.account(member)
		return nil
	})
	return account, err
}

func (p memoryPorts) Admin(ctx context.Context, member connector.MemberID) (admin bool, err error) {
	err = p.call(ctx, ChatAdmin, func() error {
		a, known := p.c.accounts[member]
		admin = known && a.admin
		return nil
	})
	return admin, err
}
