package slack

import "slices"

// maxPins is the most pins of a channel (help of Slack; the method answers too_many_pins).
const maxPins = 100

type pin struct {
	ts, by string
	at     int64 // Unix seconds
}

func (c *call) pinTarget() (*channel, *message, *refusal) {
	ch, no := c.channel("channel")
	if no != nil {
		return nil, nil, no
	}
	ts := c.args["timestamp"]
	if ts == "" {
		return nil, nil, refuse("no_item_specified")
	}
	if _, ok := readTS(ts); !ok {
		return nil, nil, refuse("bad_timestamp")
	}
	m := ch.message(ts)
	if m == nil || m.EphemeralTo != "" {
		return nil, nil, refuse("message_not_found")
	}
	return ch, m, nil
}

func (c *call) pinsAdd() (answer, *refusal) {
	ch, m, no := c.pinTarget()
	switch {
	case no != nil:
		return nil, no
	case !ch.has(c.actor.ID):
		return nil, refuse("not_in_channel")
	case m.Subtype != "":
		return nil, refuse("not_pinnable")
	case ch.pinned(m.TS):
		return nil, refuse("already_pinned")
	case len(ch.pins) >= maxPins:
		return nil, refuse("too_many_pins")
	}
	ch.pins = append(ch.pins, pin{ts: m.TS, by: c.actor.ID, at: c.now().Unix()})
	c.Touch()
	return answer{}, nil
}

func (ch *channel) pinned(ts string) bool {
	return slices.ContainsFunc(ch.pins, func(p pin) bool { return p.ts == ts })
}

func (c *call) pinsRemove() (answer, *refusal) {
	ch, m, no := c.pinTarget()
	if no != nil {
		return nil, no
	}
	if !ch.pinned(m.TS) {
		return nil, refuse("no_pin")
	}
	ch.pins = slices.DeleteFunc(ch.pins, func(p pin) bool { return p.ts == m.TS })
	c.Touch()
	return answer{}, nil
}

func (c *call) pinsList() (answer, *refusal) {
	ch, no := c.channel("channel")
	if no != nil {
		return nil, no
	}
	items := []answer{}
	for _, p := range slices.Backward(ch.pins) {
		object := c.messageObject(ch, ch.message(p.ts), false)
		object["permalink"] = c.permalink(ch, p.ts)
		items = append(items, answer{"type": "message", "channel": ch.ID, "created": p.at, "created_by": p.by, "message": object})
	}
	return answer{"items": items}, nil
}
