package discord

import "strconv"

// Permissions is a set of permission bits (docs, topics/permissions). JSON writes it as a decimal string.
type Permissions uint64

// The permission bits that this package knows of.
const (
	CreateInstantInvite    Permissions = 1 << 0
	KickMembers            Permissions = 1 << 1
	BanMembers             Permissions = 1 << 2
	Administrator          Permissions = 1 << 3
	ManageChannels         Permissions = 1 << 4
	ManageGuild            Permissions = 1 << 5
	AddReactions           Permissions = 1 << 6
	ViewAuditLog           Permissions = 1 << 7
	ViewChannel            Permissions = 1 << 10
	SendMessages           Permissions = 1 << 11
	SendTTSMessages        Permissions = 1 << 12
	ManageMessages         Permissions = 1 << 13
	EmbedLinks             Permissions = 1 << 14
	AttachFiles            Permissions = 1 << 15
	ReadMessageHistory     Permissions = 1 << 16
	MentionEveryone        Permissions = 1 << 17
	ChangeNickname         Permissions = 1 << 26
	ManageNicknames        Permissions = 1 << 27
	ManageRoles            Permissions = 1 << 28
	ManageWebhooks         Permissions = 1 << 29
	UseApplicationCommands Permissions = 1 << 31
	ManageThreads          Permissions = 1 << 34
	CreatePublicThreads    Permissions = 1 << 35
	CreatePrivateThreads   Permissions = 1 << 36
	SendMessagesInThreads  Permissions = 1 << 38
	PinMessages            Permissions = 1 << 51

	allPermissions Permissions = 1<<53 - 1
)

// AppPermissions are what an app needs that keeps rooms: the bot's role has them unless Config says otherwise.
const AppPermissions = ViewChannel | SendMessages | SendMessagesInThreads | EmbedLinks | ReadMessageHistory | ManageChannels |
	ManageRoles | ManageThreads | CreatePrivateThreads | CreatePublicThreads | PinMessages | CreateInstantInvite | ViewAuditLog

// EveryonePermissions are those of the @everyone role of a new guild, as far as this package knows them.
const EveryonePermissions = CreateInstantInvite | AddReactions | ViewChannel | SendMessages | EmbedLinks | AttachFiles | ReadMessageHistory |
	MentionEveryone | ChangeNickname | UseApplicationCommands | CreatePublicThreads | CreatePrivateThreads | SendMessagesInThreads

// Has says whether all the given bits are in the set.
func (p Permissions) Has(bits Permissions) bool { return p&bits == bits }

func (p Permissions) String() string { return strconv.FormatUint(uint64(p), 10) }

// basePermissions are a member's in the guild, before overwrites. Zero: no member. The caller holds mu.
func (g *Guild) basePermissions(user string) Permissions {
	u := g.users[user]
	if u == nil || u.Outside {
		return 0
	}
	if user == g.ownerID {
		return allPermissions
	}
	bits := g.roles[g.cfg.GuildID].Permissions
	for _, id := range u.Roles {
		if role := g.roles[id]; role != nil {
			bits |= role.Permissions
		}
	}
	if bits.Has(Administrator) {
		return allPermissions
	}
	return bits
}

// permissionsIn are a member's in a channel: the base, then the overwrites of @everyone, of the roles together, of
// the member (docs, topics/permissions: permission overwrites). A thread takes those of its parent. The implicit
// denials are applied. The caller holds mu.
func (g *Guild) permissionsIn(ch *channel, user string) Permissions {
	if ch.direct() {
		if user == ch.With || user == g.cfg.ApplicationID {
			return directPermissions
		}
		return 0
	}
	bits := g.basePermissions(user)
	if bits.Has(Administrator) || bits == 0 {
		return bits
	}
	home := g.home(ch)
	apply := func(deny, allow Permissions) { bits = bits&^deny | allow }
	var deny, allow Permissions
	for _, o := range home.overwrites {
		switch {
		case o.ID == g.cfg.GuildID:
			apply(o.Deny, o.Allow)
		case o.Type == roleOverwrite && g.users[user].holds(o.ID):
			deny, allow = deny|o.Deny, allow|o.Allow
		}
	}
	apply(deny, allow)
	if o := home.overwrite(user); o != nil {
		apply(o.Deny, o.Allow)
	}
	return implied(bits, ch, user)
}

// implied takes away what other denials deny: without VIEW_CHANNEL there is nothing, without SEND_MESSAGES (in a
// thread SEND_MESSAGES_IN_THREADS) nothing that a message carries, and a private thread is seen only by its
// members and moderators.
func implied(bits Permissions, ch *channel, user string) Permissions {
	if !bits.Has(ViewChannel) {
		return 0
	}
	if ch.Kind == privateThread && !bits.Has(ManageThreads) && !ch.joined(user) {
		return 0
	}
	send := SendMessages
	if ch.thread() {
		send = SendMessagesInThreads
	}
	if !bits.Has(send) {
		bits &^= MentionEveryone | SendTTSMessages | AttachFiles | EmbedLinks
	}
	return bits
}

// home is the channel whose overwrites count: the parent of a thread, else the channel itself.
func (g *Guild) home(ch *channel) *channel {
	if parent := g.channels[ch.Parent]; ch.thread() && parent != nil {
		return parent
	}
	return ch
}
