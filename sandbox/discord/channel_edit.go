package discord

import "slices"

// createChannel makes a channel. Without permission_overwrites it takes those of its category.
func (c *call) createChannel() (any, *refusal) {
	if no := c.inGuild(); no != nil {
		return nil, no
	}
	f, no := c.form()
	if no != nil {
		return nil, no
	}
	ch := &channel{Name: f.required("name", maxName), Kind: f.oneOf("type", textChannel, textChannel, voiceChannel, category, forumChannel)}
	c.readChannel(f, ch)
	if f.given("parent_id") {
		ch.Parent = c.readParent(f, ch)
	}
	c.checkName(f, ch.Name)
	overwrites := f.readOverwrites()
	if no := c.creatable(f, ch, overwrites); no != nil {
		return nil, no
	}
	ch.Name, ch.overwrites = c.settings.reshaped(fitName(ch.Kind, ch.Name)), nil
	for _, o := range overwrites {
		ch.putOverwrite(o)
	}
	if parent := c.channels[ch.Parent]; parent != nil && !f.given("permission_overwrites") {
		ch.overwrites = slices.Clone(parent.overwrites)
	}
	if !f.has("position") {
		ch.Position = len(c.order)
	}
	c.addChannel(ch)
	c.record(c.actor.ID, channelCreate, ch.ID, c.reason, []change{{"name", nil, ch.Name}, {"type", nil, ch.Kind},
		{"permission_overwrites", nil, ch.overwriteObjects()}}, nil)
	return c.channelObject(ch), nil
}

// creatable refuses what may not be made: form first, then permissions, then the guild's size.
func (c *call) creatable(f *form, ch *channel, overwrites []Overwrite) *refusal {
	if no := f.refusal(); no != nil {
		return no
	}
	bits := c.basePermissions(c.actor.ID)
	if parent := c.channels[ch.Parent]; parent != nil {
		bits = c.permissionsIn(parent, c.actor.ID)
	}
	if !bits.Has(ManageChannels) {
		return refuse(50013)
	}
	for _, o := range overwrites {
		if no := c.overwritable(ch, o, true); no != nil {
			return no
		}
	}
	if c.countChannels() >= maxChannels {
		return refuse(30013)
	}
	return nil
}

func (g *Guild) countChannels() int {
	n := 0
	for _, ch := range g.channels {
		if !ch.thread() && !ch.direct() {
			n++
		}
	}
	return n
}

// readChannel takes the fields that a create and a PATCH have in common, but for name and parent.
func (c *call) readChannel(f *form, ch *channel) {
	longest := maxTopic
	if ch.Kind == forumChannel {
		longest = maxForumTopic
	}
	if f.given("topic") && ch.Kind != category {
		ch.Topic = f.text("topic", 0, longest)
	}
	ch.Position = f.whole("position", 0, 1<<31-1, ch.Position)
	ch.NSFW = f.flag("nsfw", ch.NSFW)
	ch.Slow = f.whole("rate_limit_per_user", 0, 21600, ch.Slow)
	ch.ArchiveAfter = f.oneOf("default_auto_archive_duration", ch.ArchiveAfter, 60, 1440, 4320, 10080)
}

// readParent checks the category of a channel (code of a full one: discord-api-docs pull request 1289; those of
// another id and of no category are observed by users of libraries).
func (c *call) readParent(f *form, ch *channel) string {
	id := f.id("parent_id")
	if id == "" {
		return ""
	}
	parent := c.channels[id]
	switch {
	case parent == nil:
		f.wrong("parent_id", "CHANNEL_PARENT_INVALID", "Category does not exist")
	case parent.Kind != category || ch.Kind == category:
		f.wrong("parent_id", "CHANNEL_PARENT_INVALID_TYPE", "Not a category")
	case ch.Parent != id && c.children(id) >= maxChildren:
		f.wrong("parent_id", "CHANNEL_PARENT_MAX_CHANNELS", "Maximum number of channels in category reached (%d)", maxChildren)
	}
	return id
}

func (g *Guild) children(id string) int {
	n := 0
	for _, ch := range g.channels {
		if ch.Parent == id && !ch.thread() {
			n++
		}
	}
	return n
}

func (c *call) editChannel() (any, *refusal) {
	ch, no := c.channel()
	if no != nil {
		return nil, no
	}
	f, no := c.form()
	if no != nil {
		return nil, no
	}
	if ch.thread() {
		return c.editThread(ch, f)
	}
	bits := ManageChannels
	if f.given("permission_overwrites") {
		bits |= ManageRoles
	}
	if no := c.may(ch, bits); no != nil {
		return nil, no
	}
	edited := *ch
	if f.has("name") {
		name := f.text("name", 1, maxName)
		c.checkName(f, name)
		edited.Name = c.settings.reshaped(fitName(ch.Kind, name))
	}
	c.readChannel(f, &edited)
	if f.given("parent_id") {
		edited.Parent = c.readParent(f, ch)
	}
	if no := c.readList(f, ch, &edited); no != nil {
		return nil, no
	}
	if no := f.refusal(); no != nil {
		return nil, no
	}
	if edited.Name != ch.Name || edited.Topic != ch.Topic {
		if no := c.hidden(ch); no != nil {
			return nil, no
		}
		edited.renames = append(ch.renames, c.now())
	}
	c.applyEdit(ch, &edited)
	return c.channelObject(ch), nil
}

// readList replaces the whole list of overwrites, when the body has one.
func (c *call) readList(f *form, ch, edited *channel) *refusal {
	if !f.given("permission_overwrites") {
		return nil
	}
	edited.overwrites = nil
	for _, o := range f.readOverwrites() {
		if no := c.overwritable(ch, o, true); no != nil && len(f.tree) == 0 {
			return no
		}
		edited.putOverwrite(o)
	}
	return nil
}

// applyEdit makes a channel what it was edited to be, tells of it and records it.
func (c *call) applyEdit(ch, edited *channel) {
	old := c.channelObject(ch)
	overwrites := edited.overwrites
	edited.overwrites = ch.overwrites
	same := sameOverwrites(ch.overwrites, overwrites)
	*ch = *edited
	c.changeOverwrites(ch, func(at *channel) { at.overwrites = overwrites })
	now := c.channelObject(ch)
	if same {
		delete(now, "permission_overwrites")
	}
	if changes := differences(old, now); len(changes) > 0 {
		c.record(c.actor.ID, channelUpdate, ch.ID, c.reason, changes, nil)
	}
}
