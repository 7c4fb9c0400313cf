package discord

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"github.com/bwmarrin/discordgo"

	"roomkeeper/adapters/internal/membership"
	"roomkeeper/adapters/internal/outbound"
	"roomkeeper/connector"
)

// maxFirst is how many people a creation lets in: a body takes 100 overwrites
// (OpenAPI, CreateGuildChannelRequest), of which @everyone and our bot have one each.
const maxFirst = 98

// Bits of overwrites.
const (
	canView  = discordgo.PermissionViewChannel
	canWrite = discordgo.PermissionSendMessages
	canRead  = discordgo.PermissionReadMessageHistory
)

// asMember is what a person is allowed in a channel: to see it and, where not
// everybody may, to read and write. Only that makes somebody a member of it.
func (r rights) asMember() int64 {
	return canView | (canWrite|canRead)&^r.everyone&r.mine
}

// firstOverwrites are those of a channel that is to be made. The one of our own
// bot keeps the channel in its sight, and marks it as ours.
func (a *Adapter) firstOverwrites(r rights, me connector.Self, spec connector.ChannelSpec) []*discordgo.PermissionOverwrite {
	var list []*discordgo.PermissionOverwrite
	if spec.Private {
		list = append(list, &discordgo.PermissionOverwrite{ID: a.guildID, Type: discordgo.PermissionOverwriteTypeRole, Deny: canView})
	}
	member := func(id string, allow int64) {
		list = append(list, &discordgo.PermissionOverwrite{ID: id, Type: discordgo.PermissionOverwriteTypeMember, Allow: allow})
	}
	member(string(me.Bot), canView|canWrite)
	for _, id := range membership.Others(spec.Members[:min(len(spec.Members), maxFirst)], me.Bot) {
		if isID(string(id)) {
			member(string(id), r.asMember())
		}
	}
	return list
}

// overwriteOf is the one of a member or role, nil for none.
func overwriteOf(ch *discordgo.Channel, id string) *discordgo.PermissionOverwrite {
	i := slices.IndexFunc(ch.PermissionOverwrites, func(o *discordgo.PermissionOverwrite) bool { return o != nil && o.ID == id })
	if i < 0 {
		return nil
	}
	return ch.PermissionOverwrites[i]
}

// sees reports whether an overwrite makes somebody a member.
func sees(o *discordgo.PermissionOverwrite) bool {
	return o != nil && o.Type == discordgo.PermissionOverwriteTypeMember && o.Allow&canView != 0
}

// isOurs reports whether a channel has the mark of our bot.
func isOurs(ch *discordgo.Channel, me connector.Self) bool {
	return ch.Type == discordgo.ChannelTypeGuildText && sees(overwriteOf(ch, string(me.Bot)))
}

// viewers are the people who may see a channel by an overwrite of their own.
func viewers(ch *discordgo.Channel, bot connector.MemberID) []connector.MemberID {
	var ids []connector.MemberID
	for _, o := range ch.PermissionOverwrites {
		if sees(o) {
			ids = append(ids, connector.MemberID(o.ID))
		}
	}
	return membership.Others(ids, bot)
}

// setOverwrite sets one overwrite. The list as a whole is never sent again: what
// people changed in it meanwhile would be lost.
func (a *Adapter) setOverwrite(ctx context.Context, channel string, o discordgo.PermissionOverwrite) error {
	return a.send(ctx, request{
		method: http.MethodPut, path: "channels/" + channel + "/permissions/" + o.ID, audited: true,
		body: map[string]any{
			"type": o.Type, "allow": strconv.FormatInt(o.Allow, 10), "deny": strconv.FormatInt(o.Deny, 10),
		},
	}, nil)
}

func (a *Adapter) dropOverwrite(ctx context.Context, channel, id string) error {
	return outbound.Done(a.send(ctx, request{
		method: http.MethodDelete, path: "channels/" + channel + "/permissions/" + id, audited: true,
	}, nil))
}

// letIn is the overwrite that makes somebody a member, whatever else it has.
func letIn(old *discordgo.PermissionOverwrite, id string, r rights) discordgo.PermissionOverwrite {
	o := discordgo.PermissionOverwrite{ID: id, Type: discordgo.PermissionOverwriteTypeMember, Allow: r.asMember()}
	if old != nil {
		o.Allow |= old.Allow & r.mine
		o.Deny = old.Deny & r.mine &^ o.Allow
	}
	return o
}
