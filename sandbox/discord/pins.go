package discord

import (
	"slices"
	"time"
)

// maxPins is the most pins of a channel: error 30003.
const maxPins = 250

type pin struct {
	message string
	at      time.Time
}

func (ch *channel) pinned(id string) bool {
	return slices.ContainsFunc(ch.pins, func(p pin) bool { return p.message == id })
}

// pinnable finds the message of the path. Since 2026-02-23 pinning needs PIN_MESSAGES; MANAGE_MESSAGES no longer
// does it (docs, change log).
func (c *call) pinnable() (*channel, *message, *refusal) {
	ch, m, no := c.target()
	if no != nil {
		return nil, nil, no
	}
	if no := c.may(ch, PinMessages); no != nil {
		return nil, nil, no
	}
	if ch.thread() && ch.Archived {
		return nil, nil, refuse(50083)
	}
	return ch, m, nil
}

func (c *call) pinMessage() (any, *refusal) {
	ch, m, no := c.pinnable()
	switch {
	case no != nil:
		return nil, no
	case m.Kind != plainMessage && m.Kind != commandMessage:
		return nil, refuse(50021)
	case ch.pinned(m.ID):
		return nil, nil
	case len(ch.pins) >= maxPins:
		return nil, refuse(30003)
	}
	c.pin(ch, m, c.actor.ID)
	c.record(c.actor.ID, messagePin, m.Author, c.reason, nil, answer{"channel_id": ch.ID, "message_id": m.ID})
	return nil, nil
}

// pin pins a message; Discord says so in the channel. The caller holds mu.
func (g *Guild) pin(ch *channel, m *message, by string) {
	ch.pins, ch.LastPin = append(ch.pins, pin{message: m.ID, at: g.now()}), g.now()
	g.append(ch, &message{ID: g.nextID(), Author: by, Kind: channelPinned,
		About: answer{"type": 0, "channel_id": ch.ID, "message_id": m.ID, "guild_id": g.cfg.GuildID}})
	g.emitPins(ch)
}

// unpin takes a pin away. The caller holds mu.
func (g *Guild) unpin(ch *channel, m *message) {
	ch.pins = slices.DeleteFunc(ch.pins, func(p pin) bool { return p.message == m.ID })
	g.emitPins(ch)
}

func (g *Guild) emitPins(ch *channel) {
	g.emit("CHANNEL_PINS_UPDATE", answer{"guild_id": g.cfg.GuildID, "channel_id": ch.ID, "last_pin_timestamp": stampOrNull(ch.LastPin)})
	g.Touch()
}

func (c *call) unpinMessage() (any, *refusal) {
	ch, m, no := c.pinnable()
	switch {
	case no != nil:
		return nil, no
	case !ch.pinned(m.ID):
		return nil, nil
	}
	c.unpin(ch, m)
	c.record(c.actor.ID, messageUnpin, m.Author, c.reason, nil, answer{"channel_id": ch.ID, "message_id": m.ID})
	return nil, nil
}

// listPins pages through the pins, the last pinned first. Without READ_MESSAGE_HISTORY there are none (docs).
func (c *call) listPins() (any, *refusal) {
	ch, no := c.channel()
	if no != nil {
		return nil, no
	}
	limit, no := c.queryWhole("limit", 1, 50, 50)
	if no != nil {
		return nil, no
	}
	var before time.Time
	if text := c.query.Get("before"); text != "" {
		t, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			return nil, refuseField("before", "DATE_TIME_TYPE_PARSE", "Could not parse %s. Should be ISO8601.", text)
		}
		before = t
	}
	items, more := []answer{}, false
	for _, p := range slices.Backward(ch.pins) {
		if c.may(ch, ReadMessageHistory) != nil || !before.IsZero() && !p.at.Before(before) {
			continue
		}
		if more = len(items) == limit; more {
			break
		}
		items = append(items, answer{"pinned_at": stamp(p.at), "message": c.messageObject(ch, ch.message(p.message))})
	}
	return answer{"items": items, "has_more": more}, nil
}

// oldPins is the deprecated list: at most 50 messages.
func (c *call) oldPins() (any, *refusal) {
	body, no := c.listPins()
	if no != nil {
		return nil, no
	}
	list := []any{}
	if page, ok := body.(answer); ok {
		items, _ := page["items"].([]answer)
		for _, item := range items {
			list = append(list, item["message"])
		}
	}
	return list, nil
}

func pinRoutes() []route {
	return []route{
		{method: "GET", path: "/channels/{channel}/messages/pins", run: (*call).listPins},
		{method: "PUT", path: "/channels/{channel}/messages/pins/{message}", run: (*call).pinMessage, bucket: "pins"},
		{method: "DELETE", path: "/channels/{channel}/messages/pins/{message}", run: (*call).unpinMessage, bucket: "pins"},
		{method: "GET", path: "/channels/{channel}/pins", run: (*call).oldPins},
		{method: "PUT", path: "/channels/{channel}/pins/{message}", run: (*call).pinMessage, bucket: "pins"},
		{method: "DELETE", path: "/channels/{channel}/pins/{message}", run: (*call).unpinMessage, bucket: "pins"},
	}
}
