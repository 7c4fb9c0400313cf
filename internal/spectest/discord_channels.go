package spectest

// docs.discord.com/developers/resources/channel.
const (
	maxChannelName   = 100
	maxTopic         = 1024
	maxForumTopic    = 4096
	maxOverwrites    = 100 // the OpenAPI's, in one body
	typeForum        = 15
	typeMedia        = 16
	overwritesMember = "permission_overwrites"
)

func (p *prose) channel(c map[string]any) {
	p.text(nil, c, "name", 1, maxChannelName)
	most := maxTopic
	if kind, _ := whole(c["type"]); kind == typeForum || kind == typeMedia {
		most = maxForumTopic
	}
	p.text(nil, c, "topic", 0, most)
	ids := map[any]bool{}
	for i, item := range p.count(nil, c, overwritesMember, maxOverwrites) {
		id := object(item)["id"]
		if ids[id] {
			p.add(under(nil, overwritesMember, i), "id %v twice", id)
		}
		ids[id] = true
	}
}

// channelEdit: overwrites are set and deleted one by one, since a list replaces
// what somebody changed meanwhile. And name and topic stand under a limit of
// their own that no header shows (github.com/discord/discord-api-docs/issues/2190):
// what shares a call with them shares their wait.
func (p *prose) channelEdit(c map[string]any) {
	p.text(nil, c, "name", 1, maxChannelName)
	p.text(nil, c, "topic", 0, maxTopic)
	if _, ok := c[overwritesMember]; !ok {
		return
	}
	p.add([]string{overwritesMember}, "an edit replaces the whole list")
	for _, member := range []string{"name", "topic"} {
		if _, ok := c[member]; ok {
			p.add([]string{member}, "in one edit with overwrites")
		}
	}
}

// thread: one of a forum begins with a message.
func (p *prose) thread(c map[string]any) {
	p.text(nil, c, "name", 1, maxChannelName)
	if message, ok := c["message"]; ok {
		p.message([]string{"message"}, object(message), isNew)
	}
}
