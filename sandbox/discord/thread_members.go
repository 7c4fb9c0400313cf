package discord

import (
	"slices"
	"time"
)

// maxThreadMembers is the most members of a thread: error 30033.
const maxThreadMembers = 1000

type threadMember struct {
	user   string
	joined time.Time
}

// place is where somebody stands among the members of a thread; -1: not in it.
func (ch *channel) place(user string) int {
	if !ch.thread() {
		return -1
	}
	return slices.IndexFunc(ch.members, func(m threadMember) bool { return m.user == user })
}

func (ch *channel) joined(user string) bool { return ch.place(user) >= 0 }

func (ch *channel) memberAt(i int) answer {
	m := ch.members[i]
	return answer{"id": ch.ID, "user_id": m.user, "join_timestamp": stamp(m.joined), "flags": 0}
}

// dropMember takes somebody out of a thread and says whether they were in it.
func (ch *channel) dropMember(user string) bool {
	i := ch.place(user)
	if i < 0 {
		return false
	}
	ch.members = slices.Delete(ch.members, i, i+1)
	return true
}

// admit lets somebody into a thread who is not yet. The caller holds mu.
func (g *Guild) admit(ch *channel, user, by string) *refusal {
	if ch.joined(user) {
		return nil
	}
	if len(ch.members) >= maxThreadMembers {
		return refuse(30033)
	}
	ch.members = append(ch.members, threadMember{user: user, joined: g.now()})
	added := ch.memberAt(len(ch.members) - 1)
	if u := g.users[user]; u != nil {
		added["member"] = g.memberObject(u)
	}
	g.emit("THREAD_MEMBERS_UPDATE", answer{"id": ch.ID, "guild_id": g.cfg.GuildID, "member_count": len(ch.members),
		"added_members": []answer{added}, "removed_member_ids": []string{}})
	if by != user {
		g.notice(ch, recipientAdd, by, user)
	}
	g.Touch()
	return nil
}

// expel takes somebody out of a thread and says whether they were in it. The caller holds mu.
func (g *Guild) expel(ch *channel, user, by string) bool {
	if !ch.dropMember(user) {
		return false
	}
	g.emit("THREAD_MEMBERS_UPDATE", answer{"id": ch.ID, "guild_id": g.cfg.GuildID, "member_count": len(ch.members),
		"added_members": []answer{}, "removed_member_ids": []string{user}})
	if by != user {
		g.notice(ch, recipientRemove, by, user)
	}
	g.Touch()
	return true
}

// thread finds the one of the path, which the bot must see and which must be active when it is to change.
func (c *call) thread(change bool) (*channel, *refusal) {
	ch, no := c.channel()
	switch {
	case no != nil:
		return nil, no
	case !ch.thread():
		return nil, refuse(50024)
	case change && ch.Archived:
		return nil, refuse(50083)
	default:
		return ch, nil
	}
}

func (c *call) joinThread() (any, *refusal) {
	ch, no := c.thread(true)
	if no != nil {
		return nil, no
	}
	return nil, c.admit(ch, c.actor.ID, c.actor.ID)
}

func (c *call) leaveThread() (any, *refusal) {
	ch, no := c.thread(true)
	if no != nil {
		return nil, no
	}
	c.expel(ch, c.actor.ID, c.actor.ID)
	return nil, nil
}

// addToThread needs the right to write in the thread, in a private one that is not invitable that of a moderator.
// Discord says that a member must see the parent channel (docs, topics/threads) and not what it answers when that
// is not so; 50001 here is an assumption, which Settings.ThreadGuests turns off.
func (c *call) addToThread() (any, *refusal) {
	ch, no := c.thread(true)
	if no != nil {
		return nil, no
	}
	if no := c.may(ch, SendMessagesInThreads); no != nil {
		return nil, no
	}
	if ch.Kind == privateThread && !ch.Invitable && ch.Owner != c.actor.ID {
		if no := c.may(ch, ManageThreads); no != nil {
			return nil, no
		}
	}
	user, no := c.memberNamed()
	if no != nil {
		return nil, no
	}
	if !c.settings.ThreadGuests && !c.permissionsIn(c.home(ch), user.ID).Has(ViewChannel) {
		return nil, refuse(50001)
	}
	return nil, c.admit(ch, user.ID, c.actor.ID)
}

// removeFromThread is a moderator's, in a private thread also its creator's. That who is not in the thread is
// answered 10007, as by the GET, is an assumption.
func (c *call) removeFromThread() (any, *refusal) {
	ch, no := c.thread(true)
	if no != nil {
		return nil, no
	}
	if ch.Kind != privateThread || ch.Owner != c.actor.ID {
		if no := c.may(ch, ManageThreads); no != nil {
			return nil, no
		}
	}
	if !c.expel(ch, c.vars["user"], c.actor.ID) {
		return nil, refuse(10007)
	}
	return nil, nil
}

func (c *call) threadMemberNamed() (any, *refusal) {
	ch, no := c.thread(false)
	if no != nil {
		return nil, no
	}
	id := c.vars["user"]
	if id == "@me" {
		id = c.actor.ID
	}
	i := ch.place(id)
	if i < 0 {
		return nil, refuse(10007)
	}
	return c.threadMemberObject(ch, i), nil
}

func (c *call) threadMemberObject(ch *channel, i int) answer {
	object := ch.memberAt(i)
	if u := c.member(ch.members[i].user); u != nil && c.query.Get("with_member") == "true" {
		object["member"] = c.memberObject(u)
	}
	return object
}

// threadMembers lists all members, or with with_member a page of them by id. It needs the GUILD_MEMBERS intent.
func (c *call) threadMembers() (any, *refusal) {
	ch, no := c.thread(false)
	if no != nil {
		return nil, no
	}
	if !c.settings.Members {
		return nil, refuse(50001)
	}
	limit, no := c.queryWhole("limit", 1, 100, 100)
	if no != nil {
		return nil, no
	}
	after, no := c.queryID("after")
	if no != nil {
		return nil, no
	}
	paged := c.query.Get("with_member") == "true"
	order := make([]int, 0, len(ch.members))
	for i := range ch.members {
		if id, _ := snowflake(ch.members[i].user); !paged || id > after {
			order = append(order, i)
		}
	}
	if paged {
		slices.SortFunc(order, func(a, b int) int { return compareIDs(ch.members[a].user, ch.members[b].user) })
		order = order[:min(limit, len(order))]
	}
	list := []answer{}
	for _, i := range order {
		list = append(list, c.threadMemberObject(ch, i))
	}
	return list, nil
}
