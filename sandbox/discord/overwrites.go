package discord

import (
	"slices"
)

// Kinds of overwrites.
const (
	roleOverwrite   = 0
	memberOverwrite = 1
)

// Limits of overwrites.
const (
	maxOverwrites     = 1000 // of a channel: error 30060
	maxBodyOverwrites = 100  // in one body: the OpenAPI's maxItems
)

// Overwrite allows and denies bits to a role or a member in one channel.
type Overwrite struct {
	ID    string      `json:"id"`
	Type  int         `json:"type"` // 0 role, 1 member
	Allow Permissions `json:"allow,string"`
	Deny  Permissions `json:"deny,string"`
}

// overwrite is the one of a role or member, or nil.
func (ch *channel) overwrite(id string) *Overwrite {
	for i := range ch.overwrites {
		if ch.overwrites[i].ID == id {
			return &ch.overwrites[i]
		}
	}
	return nil
}

// putOverwrite adds or replaces one.
func (ch *channel) putOverwrite(o Overwrite) {
	if known := ch.overwrite(o.ID); known != nil {
		*known = o
		return
	}
	ch.overwrites = append(ch.overwrites, o)
}

// dropOverwrite removes one and says whether it was there.
func (ch *channel) dropOverwrite(id string) bool {
	before := len(ch.overwrites)
	ch.overwrites = slices.DeleteFunc(ch.overwrites, func(o Overwrite) bool { return o.ID == id })
	return len(ch.overwrites) < before
}

func (ch *channel) overwriteObjects() []answer {
	list := []answer{}
	for _, o := range ch.overwrites {
		list = append(list, o.object())
	}
	return list
}

func (o Overwrite) object() answer {
	return answer{"id": o.ID, "type": o.Type, "allow": o.Allow.String(), "deny": o.Deny.String()}
}

// readOverwrites reads the list permission_overwrites of a body.
func (f *form) readOverwrites() []Overwrite {
	entries, _ := f.objects("permission_overwrites", maxBodyOverwrites)
	var list []Overwrite
	for _, entry := range entries {
		if !entry.has("id") {
			entry.wrong("id", "BASE_TYPE_REQUIRED", "This field is required")
		}
		list = append(list, Overwrite{ID: entry.id("id"), Type: entry.oneOf("type", roleOverwrite, roleOverwrite, memberOverwrite),
			Allow: entry.bits("allow"), Deny: entry.bits("deny")})
	}
	return list
}

// overwritable refuses an overwrite for whom there is none, and bits that the bot may not set: only those that it has
// in the guild or in the channel's parent; all when an overwrite gives it MANAGE_ROLES in the channel; MANAGE_ROLES
// itself only as an administrator (docs, resources/channel and resources/guild; discord-api-docs issue 2522). That
// only the bits that change are looked at is an assumption. ch is the channel as it is, or the one to be.
//
// Whom there is: a role of the guild; in a list any user id, present or not (staff in discord-api-docs issue 2856);
// in a PUT a member, or who has an overwrite already. Others are 10009 (id of another type: discord-api-docs pull
// request 101; a member who has left: Red-DiscordBot pull request 3627).
func (c *call) overwritable(ch *channel, o Overwrite, listed bool) *refusal {
	old := ch.overwrite(o.ID)
	switch {
	case o.Type == roleOverwrite && c.roles[o.ID] == nil, o.Type == memberOverwrite && c.roles[o.ID] != nil:
		return refuse(10009)
	case o.Type == memberOverwrite && c.member(o.ID) == nil && old == nil && !listed:
		return refuse(10009)
	}
	changed := o.Allow | o.Deny
	if old != nil {
		changed = (o.Allow ^ old.Allow) | (o.Deny ^ old.Deny)
	}
	base := c.basePermissions(c.actor.ID)
	if base.Has(Administrator) {
		return nil
	}
	if own := ch.overwrite(c.actor.ID); own != nil && own.Allow.Has(ManageRoles) {
		return nil
	}
	if parent := c.channels[ch.Parent]; parent != nil {
		base |= c.permissionsIn(parent, c.actor.ID)
	}
	if changed.Has(ManageRoles) || changed&^base != 0 {
		return refuse(50013)
	}
	return nil
}

func (c *call) putPermission() (any, *refusal) {
	ch, no := c.guildChannel(ManageRoles)
	if no != nil {
		return nil, no
	}
	f, no := c.form()
	if no != nil {
		return nil, no
	}
	o := Overwrite{ID: c.vars["id"], Type: f.oneOf("type", roleOverwrite, roleOverwrite, memberOverwrite), Allow: f.bits("allow"), Deny: f.bits("deny")}
	if no := f.refusal(); no != nil {
		return nil, no
	}
	if no := c.overwritable(ch, o, false); no != nil {
		return nil, no
	}
	old := ch.overwrite(o.ID)
	if old == nil && len(ch.overwrites) >= maxOverwrites {
		return nil, refuse(30060)
	}
	action, changes := overwriteCreate, []change{{"id", nil, o.ID}, {"type", nil, o.Type}, {"allow", nil, o.Allow.String()}, {"deny", nil, o.Deny.String()}}
	if old != nil {
		action, changes = overwriteUpdate, differences(old.object(), o.object())
	}
	c.changeOverwrites(ch, func(at *channel) { at.putOverwrite(o) })
	if len(changes) > 0 {
		c.record(c.actor.ID, action, ch.ID, c.reason, changes, c.overwriteOptions(o))
	}
	return nil, nil
}

func (c *call) deletePermission() (any, *refusal) {
	ch, no := c.guildChannel(ManageRoles)
	if no != nil {
		return nil, no
	}
	old := ch.overwrite(c.vars["id"])
	if old == nil {
		return nil, refuse(10009)
	}
	o := *old
	c.changeOverwrites(ch, func(at *channel) { at.dropOverwrite(o.ID) })
	c.record(c.actor.ID, overwriteDelete, ch.ID, c.reason,
		[]change{{"id", o.ID, nil}, {"type", o.Type, nil}, {"allow", o.Allow.String(), nil}, {"deny", o.Deny.String(), nil}}, c.overwriteOptions(o))
	return nil, nil
}

func (g *Guild) overwriteOptions(o Overwrite) answer {
	options := answer{"id": o.ID, "type": "1"}
	if role := g.roles[o.ID]; role != nil {
		options["type"], options["role_name"] = "0", role.Name
	}
	return options
}

// changeOverwrites changes a channel's overwrites, and those of a category's children that had the same ones
// before (docs, topics/permissions: permission syncing). The caller holds mu.
func (g *Guild) changeOverwrites(ch *channel, edit func(*channel)) {
	before := slices.Clone(ch.overwrites)
	edit(ch)
	g.emit("CHANNEL_UPDATE", g.channelObject(ch))
	if ch.Kind == category {
		for _, id := range g.order {
			child := g.channels[id]
			if child.Parent == ch.ID && sameOverwrites(child.overwrites, before) {
				child.overwrites = slices.Clone(ch.overwrites)
				g.emit("CHANNEL_UPDATE", g.channelObject(child))
			}
		}
	}
	g.Touch()
}

func sameOverwrites(a, b []Overwrite) bool {
	if len(a) != len(b) {
		return false
	}
	for _, o := range a {
		if !slices.Contains(b, o) {
			return false
		}
	}
	return true
}
