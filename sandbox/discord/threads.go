package discord

import (
	"time"
)

// maxActiveThreads is the most active threads of a guild. Discord names the error (160006) and no figure; third
// parties say 1000.
const maxActiveThreads = 1000

// threadData is what only a thread has.
type threadData struct {
	Owner     string
	Archived  bool
	Locked    bool
	Invitable bool
	Stamped   time.Time // archive_timestamp: created, archived, unarchived or given another auto_archive_duration
	Active    time.Time // last activity, from which idleness counts
	Created   time.Time
	Sent      int // messages ever
	members   []threadMember
}

// settle archives the threads that are idle. Discord may wait longer than auto_archive_duration, and less in a guild
// near its limit (docs, topics/threads); here it is exactly that. The caller holds mu.
func (g *Guild) settle() {
	now := g.now()
	for _, id := range g.order {
		ch := g.channels[id]
		if !ch.thread() || ch.Archived {
			continue
		}
		idle := ch.Active.Add(time.Duration(ch.ArchiveAfter) * time.Minute)
		if !now.Before(idle) {
			ch.Archived, ch.Stamped = true, idle
			g.emit("THREAD_UPDATE", g.channelObject(ch))
			g.Touch()
		}
	}
}

func (g *Guild) activeThreads() int {
	n := 0
	for _, ch := range g.channels {
		if ch.thread() && !ch.Archived {
			n++
		}
	}
	return n
}

// wake unarchives a thread, or refuses when the guild is full. The caller holds mu.
func (g *Guild) wake(ch *channel) *refusal {
	if !ch.thread() || !ch.Archived {
		return nil
	}
	if g.activeThreads() >= g.settings.MaxThreads {
		return refuse(160006)
	}
	ch.Archived, ch.Stamped, ch.Active = false, g.now(), g.now()
	g.emit("THREAD_UPDATE", g.channelObject(ch))
	g.Touch()
	return nil
}

// showThread adds the fields of a thread to its object.
func (g *Guild) showThread(ch *channel, object answer) {
	metadata := answer{"archived": ch.Archived, "locked": ch.Locked, "auto_archive_duration": ch.ArchiveAfter,
		"archive_timestamp": stamp(ch.Stamped), "create_timestamp": stamp(ch.Created)}
	if ch.Kind == privateThread {
		metadata["invitable"] = ch.Invitable
	}
	object["owner_id"], object["thread_metadata"] = ch.Owner, metadata
	object["message_count"], object["total_message_sent"], object["member_count"] = len(ch.messages), ch.Sent, min(50, len(ch.members))
	if parent := g.channels[ch.Parent]; parent != nil && parent.Kind == forumChannel {
		object["applied_tags"] = []string{}
	}
}

// addOwnMembership shows the bot's own place in a thread.
func (c *call) addOwnMembership(ch *channel, object answer) {
	if i := ch.place(c.actor.ID); i >= 0 {
		object["member"] = ch.memberAt(i)
	}
}

// newThread makes a thread with its creator as the first member, or refuses when the guild is full.
func (c *call) newThread(ch *channel) (*channel, *refusal) {
	if c.activeThreads() >= c.settings.MaxThreads {
		return nil, refuse(160006)
	}
	now := c.now()
	ch.Owner, ch.Stamped, ch.Active, ch.Created = c.actor.ID, now, now, now
	ch.members = []threadMember{{user: c.actor.ID, joined: now}}
	c.addChannel(ch)
	c.record(c.actor.ID, threadCreate, ch.ID, c.reason, []change{{"name", nil, ch.Name}, {"type", nil, ch.Kind}}, nil)
	return ch, nil
}

// readThread takes the fields that all ways of making a thread share.
func readThread(f *form, parent *channel) *channel {
	minutes := parent.ArchiveAfter
	if minutes == 0 {
		minutes = 4320
	}
	return &channel{Name: f.required("name", maxName), Kind: publicThread, Parent: parent.ID, threadData: &threadData{},
		ArchiveAfter: f.oneOf("auto_archive_duration", minutes, 60, 1440, 4320, 10080), Slow: f.whole("rate_limit_per_user", 0, 21600, 0)}
}

// startThread makes a thread of a text channel, private unless type says otherwise, or a post of a forum.
func (c *call) startThread() (any, *refusal) {
	parent, no := c.guildChannel(0)
	if no != nil {
		return nil, no
	}
	f, no := c.form()
	if no != nil {
		return nil, no
	}
	if parent.Kind == forumChannel {
		return c.startPost(parent, f)
	}
	if parent.Kind != textChannel {
		return nil, refuse(50024)
	}
	ch := readThread(f, parent)
	ch.Kind, ch.Invitable = f.oneOf("type", privateThread, publicThread, privateThread), f.flag("invitable", true)
	if no := f.refusal(); no != nil {
		return nil, no
	}
	bits := CreatePrivateThreads
	if ch.Kind == publicThread {
		bits = CreatePublicThreads
	}
	if no := c.may(parent, bits); no != nil {
		return nil, no
	}
	return c.showNew(c.newThread(ch))
}

// showNew is the answer to who made a thread.
func (c *call) showNew(ch *channel, no *refusal) (any, *refusal) {
	if no != nil {
		return nil, no
	}
	object := c.channelObject(ch)
	c.addOwnMembership(ch, object)
	return object, nil
}

// startPost makes a thread of a forum together with its first message, whose id is the thread's.
func (c *call) startPost(parent *channel, f *form) (any, *refusal) {
	ch := readThread(f, parent)
	inner := f.inner("message")
	if inner == nil {
		f.wrong("message", "BASE_TYPE_REQUIRED", "This field is required")
		return nil, f.refusal()
	}
	content := readContent(inner)
	if no := f.refusal(); no != nil {
		return nil, no
	}
	if no := c.may(parent, SendMessages); no != nil {
		return nil, no
	}
	if content.empty() {
		return nil, refuse(50006)
	}
	ch, no := c.newThread(ch)
	if no != nil {
		return nil, no
	}
	m := c.say(ch, message{ID: ch.ID, Author: c.actor.ID, content: content})
	object := c.channelObject(ch)
	c.addOwnMembership(ch, object)
	object["message"] = c.messageObject(ch, m)
	return object, nil
}

// startThreadFrom makes a public thread of a message, whose id it takes.
func (c *call) startThreadFrom() (any, *refusal) {
	parent, no := c.guildChannel(CreatePublicThreads)
	if no != nil {
		return nil, no
	}
	m := parent.message(c.vars["message"])
	switch {
	case parent.Kind != textChannel:
		return nil, refuse(50024)
	case m == nil:
		return nil, refuse(10008)
	case c.channels[m.ID] != nil:
		return nil, refuse(160004)
	}
	f, no := c.form()
	if no != nil {
		return nil, no
	}
	ch := readThread(f, parent)
	if no := f.refusal(); no != nil {
		return nil, no
	}
	ch.ID = m.ID
	return c.showNew(c.newThread(ch))
}

// editThread follows docs, topics/threads: editing & deleting threads. An archived thread takes only its unarchiving
// and what comes with that (50083).
func (c *call) editThread(ch *channel, f *form) (any, *refusal) {
	edited, data := *ch, *ch.threadData
	edited.threadData = &data
	if f.has("name") {
		edited.Name = fitName(ch.Kind, f.text("name", 1, maxName))
	}
	edited.Archived, edited.Locked = f.flag("archived", ch.Archived), f.flag("locked", ch.Locked)
	edited.Invitable = f.flag("invitable", ch.Invitable)
	edited.ArchiveAfter = f.oneOf("auto_archive_duration", ch.ArchiveAfter, 60, 1440, 4320, 10080)
	edited.Slow = f.whole("rate_limit_per_user", 0, 21600, ch.Slow)
	if no := f.refusal(); no != nil {
		return nil, no
	}
	if no := c.threadEditable(ch, &edited); no != nil {
		return nil, no
	}
	if edited.Name != ch.Name {
		if no := c.hidden(ch); no != nil {
			return nil, no
		}
		edited.renames = append(ch.renames, c.now())
	}
	if ch.Archived && !edited.Archived && c.activeThreads() >= c.settings.MaxThreads {
		return nil, refuse(160006)
	}
	if edited.Archived != ch.Archived || edited.ArchiveAfter != ch.ArchiveAfter {
		edited.Stamped = c.now()
		if !edited.Archived {
			edited.Active = c.now()
		}
	}
	c.applyThread(ch, &edited)
	return c.channelObject(ch), nil
}

func (c *call) threadEditable(ch, edited *channel) *refusal {
	moderator := c.permissionsIn(ch, c.actor.ID).Has(ManageThreads)
	others := edited.Name != ch.Name || edited.ArchiveAfter != ch.ArchiveAfter || edited.Invitable != ch.Invitable ||
		edited.Archived && !ch.Archived
	switch {
	case ch.Archived && edited.Archived && (others || edited.Slow != ch.Slow):
		return refuse(50083)
	case moderator:
		return nil
	case edited.Locked != ch.Locked || edited.Slow != ch.Slow:
		return refuse(50013)
	case others && ch.Owner != c.actor.ID:
		return refuse(50013)
	case ch.Archived && !edited.Archived && (ch.Locked || !ch.joined(c.actor.ID)):
		return refuse(50013)
	case ch.Locked:
		return refuse(50013)
	default:
		return nil
	}
}

func (c *call) applyThread(ch, edited *channel) {
	old := c.channelObject(ch)
	*ch = *edited
	c.emit("THREAD_UPDATE", c.channelObject(ch))
	c.Touch()
	if changes := differences(flat(old), flat(c.channelObject(ch))); len(changes) > 0 {
		c.record(c.actor.ID, threadUpdate, ch.ID, c.reason, changes, nil)
	}
}

// flat lifts the metadata of a thread to its object, as the audit log shows it.
func flat(object answer) answer {
	metadata, _ := object["thread_metadata"].(answer)
	delete(metadata, "archive_timestamp")
	for key, value := range metadata {
		object[key] = value
	}
	delete(object, "thread_metadata")
	return object
}

func threadRoutes() []route {
	return []route{
		{method: "POST", path: "/channels/{channel}/threads", run: (*call).startThread, status: 201, bucket: "threads"},
		{method: "POST", path: "/channels/{channel}/messages/{message}/threads", run: (*call).startThreadFrom, status: 201, bucket: "threads"},
		{method: "GET", path: "/guilds/{guild}/threads/active", run: (*call).activeGuildThreads},
		{method: "GET", path: "/channels/{channel}/threads/archived/public", run: (*call).archivedPublic},
		{method: "GET", path: "/channels/{channel}/threads/archived/private", run: (*call).archivedPrivate},
		{method: "PUT", path: "/channels/{channel}/thread-members/@me", run: (*call).joinThread, bucket: "thread members"},
		{method: "DELETE", path: "/channels/{channel}/thread-members/@me", run: (*call).leaveThread, bucket: "thread members"},
		{method: "PUT", path: "/channels/{channel}/thread-members/{user}", run: (*call).addToThread, bucket: "thread members"},
		{method: "DELETE", path: "/channels/{channel}/thread-members/{user}", run: (*call).removeFromThread, bucket: "thread members"},
		{method: "GET", path: "/channels/{channel}/thread-members/{user}", run: (*call).threadMemberNamed},
		{method: "GET", path: "/channels/{channel}/thread-members", run: (*call).threadMembers},
	}
}
