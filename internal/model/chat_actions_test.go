package model_test

import (
	"slices"
	"time"

	"pgregory.net/rapid"

	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
	"roomkeeper/connector/reconcile"
)

// What people do in the chat, and to Roomkeeper.

// byHand lets somebody join, leave, or be put in or out by somebody else: for
// Roomkeeper these are one thing.
func (m *machine) byHand(rt *rapid.T) {
	key := m.key(rt)
	ch := m.channel(key)
	if ch.ID == "" || ch.Archived {
		rt.Skip("no channel")
	}
	who := rapid.SampledFrom(append([]string{"gus", "hal"}, "ann", "bob", "cid", "dan", "eve", "fay")).Draw(rt, "who")
	member := connector.MemberID("U:" + email(who))
	switch in := slices.Contains(ch.Members, member); {
	case in:
		m.note("chat, %s: %s leaves, or is put out", key.ID, who)
		m.chat.Leave(ch.ID, member)
		m.chatHint(connector.ChatMemberLeft, ch.ID, member)
	case m.past.accounts[member] == connector.ReasonNoAccount || m.past.accounts[member] == connector.ReasonOtherWorkspace:
		rt.Skip("has no account")
	default:
		m.note("chat, %s: %s joins, or is let in", key.ID, who)
		m.chat.Join(ch.ID, member)
		m.chatHint(connector.ChatMemberJoined, ch.ID, member)
	}
}

func (m *machine) massVanish(rt *rapid.T) {
	key := m.key(rt)
	ch := m.channel(key)
	if len(ch.Members) < 2 {
		rt.Skip("too few")
	}
	n := rapid.IntRange(2, len(ch.Members)).Draw(rt, "people")
	m.note("chat, %s: %v vanish", key.ID, ch.Members[:n])
	m.chat.Leave(ch.ID, ch.Members[:n]...)
	for _, who := range ch.Members[:n] {
		m.chatHint(connector.ChatMemberLeft, ch.ID, who)
	}
}

func (m *machine) changeAccount(rt *rapid.T) {
	u := user(rt)
	member := connector.MemberID("U:" + email(string(u)))
	reason := rapid.SampledFrom([]connector.PendingReason{
		"", connector.ReasonNoAccount, connector.ReasonNoAccount, connector.ReasonOtherWorkspace, connector.ReasonGuest,
	}).Draw(rt, "reason")
	if m.past.accounts[member] != "" {
		reason = ""
	}
	if m.chat.Platform().Limits.PlaceOutlivesAccount && reason == connector.ReasonNoAccount {
		reason = connector.ReasonOtherWorkspace // only apps have no person's account
	}
	m.note("chat: the account of %s is now %q", u, reason)
	m.setAccount(email(string(u)), reason)
	switch reason {
	case "":
		m.chatHint(connector.ChatPersonArrived, "", member)
	case connector.ReasonNoAccount, connector.ReasonOtherWorkspace:
		m.chatHint(connector.ChatPersonLeft, "", member)
	default: // nobody tells
	}
}

func (m *machine) changeChannel(rt *rapid.T) {
	key := m.key(rt)
	ch := m.channel(key)
	if ch.ID == "" {
		rt.Skip("no channel")
	}
	what := rapid.SampledFrom([]string{"bot", "archive"}).Draw(rt, "what")
	switch {
	case what == "bot" && ch.Botless:
		m.note("chat, %s: the bot is let in again", key.ID)
		m.chat.Change(ch.ID, func(c *connectortest.MemoryChannel) { c.Botless = false })
		m.past.outOfSight[key] = true
		m.chatHint(connector.ChatMemberJoined, ch.ID, bot)
	case what == "bot":
		m.note("chat, %s: the bot is put out", key.ID)
		m.chat.Change(ch.ID, func(c *connectortest.MemoryChannel) { c.Botless = true })
		m.chatHint(connector.ChatBotRemoved, ch.ID, bot)
	case ch.Archived:
		m.note("chat, %s: unarchived", key.ID)
		m.chat.Change(ch.ID, func(c *connectortest.MemoryChannel) { c.Archived = false })
		m.chatHint(connector.ChatChannelRestored, ch.ID, "")
	default:
		m.note("chat, %s: archived", key.ID)
		m.chat.Change(ch.ID, func(c *connectortest.MemoryChannel) { c.Archived = true })
		m.chatHint(connector.ChatChannelArchived, ch.ID, "")
	}
}

func (m *machine) refuseRemovals(rt *rapid.T) {
	refuse := rapid.Bool().Draw(rt, "refuse")
	m.note("chat: only admins may remove people: %t", refuse)
	m.chat.ForbidRemovals(refuse)
}

// decideHold confirms or dismisses what is held.
func (m *machine) decideHold(rt *rapid.T) {
	key := m.key(rt)
	g := m.group(key)
	if g.Held == nil || g.Held.Plan.ID == "" {
		rt.Skip("nothing is held")
	}
	confirm := rapid.Bool().Draw(rt, "confirm")
	do := m.planner().Dismiss
	if confirm {
		do = m.planner().Confirm
	}
	held, done := *g.Held, false
	m.survive(func() error {
		err := do(m.ctx(), g.ID, held.Plan.ID)
		done = err == nil
		return err
	})
	m.note("%s: the hold for %s of %v is confirmed: %t (%t)", key.ID, held.Reason, held.People, confirm, done)
	if done {
		m.decide(key, held, confirm)
	}
	if rapid.Bool().Draw(rt, "at once") {
		m.pass(time.Second)
	}
}

func (m *machine) configure(rt *rapid.T) {
	m.adjust(func(p *connector.Policy) {
		p.Leavers = rapid.SampledFrom([]connector.LeaverPolicy{connector.LeaversRespect, connector.LeaversRespect, connector.LeaversReadd}).Draw(rt, "leavers")
		p.Remove = rapid.SampledFrom([]connector.RemovePolicy{
			connector.RemoveOwned, connector.RemoveOwned, connector.RemoveStrict, connector.RemoveNever,
		}).Draw(rt, "remove")
		p.Grace = rapid.SampledFrom(graces()).Draw(rt, "grace")
		m.note("configured of %s: LEAVERS=%s REMOVE=%s GRACE=%s", p.Kind, p.Leavers, p.Remove, p.Grace)
	})
	m.past.reconfigured = true
	m.limit = rapid.SampledFrom([]reconcile.Limit{
		{Share: 0.05, People: 20}, {Share: 0.05, People: 20}, {Share: 0.05}, {Share: 0.25}, {Share: 0.25, People: 1}, {Share: 0.05, People: 2},
	}).Draw(rt, "limit")
	if rapid.IntRange(0, 3).Draw(rt, "resolve too") == 0 {
		m.resolving(rt, false)
	}
	if m.unused || rapid.IntRange(0, 4).Draw(rt, "kinds too") == 0 {
		m.unused = !m.unused
	}
	m.restart()
	m.note("configured: GLOBAL_REMOVAL_LIMIT=%v, in use: %t", m.limit, !m.unused)
}

func graces() []time.Duration { return []time.Duration{0, 0, time.Hour, 24 * time.Hour} }

// extras draws what EXTRAS says in a story.
func (m *machine) extras(rt *rapid.T) {
	m.adjust(func(p *connector.Policy) {
		p.Extras = rapid.SampledFrom([]connector.ExtrasPolicy{connector.ExtrasKeep, connector.ExtrasKeep, connector.ExtrasKick}).Draw(rt, "extras")
		m.note("configured of %s: EXTRAS=%s", p.Kind, p.Extras)
	})
}
