package discord

import (
	"slices"
	"time"
)

// archivedThreads lists the archived threads of a channel, the last archived first.
func (c *call) archivedThreads(bits Permissions, wanted func(*channel) bool) (any, *refusal) {
	parent, no := c.guildChannel(bits)
	if no != nil {
		return nil, no
	}
	limit, no := c.queryWhole("limit", 2, 100, 50)
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
	var found []*channel
	for _, id := range c.order {
		ch := c.channels[id]
		if ch.thread() && ch.Parent == parent.ID && ch.Archived && wanted(ch) && (before.IsZero() || ch.Stamped.Before(before)) {
			found = append(found, ch)
		}
	}
	slices.SortStableFunc(found, func(a, b *channel) int { return b.Stamped.Compare(a.Stamped) })
	more := len(found) > limit
	body := c.threadList(found[:min(limit, len(found))])
	body["has_more"] = more
	return body, nil
}

func (c *call) threadList(found []*channel) answer {
	threads, members := []answer{}, []answer{}
	for _, ch := range found {
		threads = append(threads, c.channelObject(ch))
		if i := ch.place(c.actor.ID); i >= 0 {
			members = append(members, ch.memberAt(i))
		}
	}
	return answer{"threads": threads, "members": members}
}

func (c *call) archivedPublic() (any, *refusal) {
	return c.archivedThreads(ReadMessageHistory, func(ch *channel) bool { return ch.Kind == publicThread })
}

func (c *call) archivedPrivate() (any, *refusal) {
	return c.archivedThreads(ReadMessageHistory|ManageThreads, func(ch *channel) bool { return ch.Kind == privateThread })
}

// activeGuildThreads lists the active threads that the bot sees, the newest first.
func (c *call) activeGuildThreads() (any, *refusal) {
	if no := c.inGuild(); no != nil {
		return nil, no
	}
	var found []*channel
	for _, id := range slices.Backward(c.order) {
		ch := c.channels[id]
		if ch.thread() && !ch.Archived && c.permissionsIn(ch, c.actor.ID).Has(ViewChannel) {
			found = append(found, ch)
		}
	}
	body := c.threadList(found)
	body["has_more"] = false
	return body, nil
}
