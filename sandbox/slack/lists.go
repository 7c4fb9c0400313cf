package slack

import "strings"

// conversationsList pages through all channels. What the caller may not see or did not ask for is left out
// after the page was cut, so a page may be short or empty and still have a next one
// (docs.slack.dev/apis/web-api/using-the-conversations-api).
func (c *call) conversationsList() (answer, *refusal) {
	return c.listChannels(func(ch *channel) bool { return ch.visibleTo(c.actor.ID) }, true)
}

func (c *call) usersConversations() (answer, *refusal) {
	user := c.actor.ID
	if id := c.args["user"]; id != "" {
		if c.users[id] == nil {
			return nil, refuse("user_not_found")
		}
		user = id
	}
	return c.listChannels(func(ch *channel) bool { return ch.has(user) && ch.visibleTo(c.actor.ID) }, false)
}

func (c *call) listChannels(seen func(*channel) bool, withCount bool) (answer, *refusal) {
	types, no := c.channelTypes()
	if no != nil {
		return nil, no
	}
	limit, ok := c.args.number("limit", 100)
	if limit == 0 {
		limit = 100
	}
	if !ok || limit < 1 || limit > 999 {
		return nil, refuse("invalid_limit")
	}
	start, ok := readCursor(c.args["cursor"], "team", len(c.order))
	if !ok {
		return nil, refuse("invalid_cursor")
	}
	end := min(start+limit, len(c.order))
	found := []answer{}
	for _, id := range c.order[start:end] {
		ch := c.channels[id]
		if !seen(ch) || !types[ch.kind()] || ch.Archived && c.args.flag("exclude_archived") {
			continue
		}
		object := c.channelObject(ch, c.actor.ID)
		if withCount && !ch.Direct {
			object["num_members"] = len(ch.members)
		}
		found = append(found, object)
	}
	return answer{"channels": found, "response_metadata": answer{"next_cursor": nextCursor("team", end, len(c.order))}}, nil
}

func (ch *channel) kind() string {
	switch {
	case ch.Direct && len(ch.members) > 2:
		return "mpim"
	case ch.Direct:
		return "im"
	case ch.Private:
		return "private_channel"
	default:
		return "public_channel"
	}
}

func (c *call) channelTypes() (map[string]bool, *refusal) {
	wanted := c.args["types"]
	if wanted == "" {
		wanted = "public_channel"
	}
	types := map[string]bool{}
	for name := range strings.SplitSeq(wanted, ",") {
		switch name = strings.TrimSpace(name); name {
		case "public_channel", "private_channel", "im", "mpim":
			types[name] = true
		default:
			return nil, refuse("invalid_types")
		}
	}
	return types, nil
}

func (c *call) conversationsInfo() (answer, *refusal) {
	ch, no := c.channel("channel")
	if no != nil {
		return nil, no
	}
	object := c.channelObject(ch, c.actor.ID)
	if c.args.flag("include_num_members") {
		object["num_members"] = len(ch.members)
	}
	if c.args.flag("include_locale") {
		object["locale"] = "en-US"
	}
	return answer{"channel": object}, nil
}
