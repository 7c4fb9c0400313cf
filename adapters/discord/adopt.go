package discord

import (
	"context"

	"github.com/bwmarrin/discordgo"

	"roomkeeper/connector"
)

// View reads a text channel of the guild. Out are those without the mark of our bot,
// also where it sees them by a role.
func (a *Adapter) View(ctx context.Context, channel connector.ChannelID) (connector.ChannelView, error) {
	me, err := a.self(ctx)
	if err != nil {
		return connector.ChannelView{}, err
	}
	ch, err := a.textChannel(ctx, channel)
	if err != nil {
		return connector.ChannelView{}, err
	}
	archived, err := a.archived(ctx, ch)
	if err != nil {
		return connector.ChannelView{}, err
	}
	r, err := a.rights(ctx)
	if err != nil {
		return connector.ChannelView{}, err
	}
	_, purpose := splitTopic(ch.Topic)
	return connector.ChannelView{
		Channel: a.channel(ch), Purpose: purpose, Archived: archived, Out: !isOurs(ch, me), Public: r.open(ch, a.guildID),
	}, nil
}

// textChannel reads a channel that is one of the guild's text channels.
func (a *Adapter) textChannel(ctx context.Context, channel connector.ChannelID) (*discordgo.Channel, error) {
	ch, err := a.info(ctx, channel)
	if err != nil {
		return nil, err
	}
	if ch.Type != discordgo.ChannelTypeGuildText || ch.GuildID != "" && ch.GuildID != a.guildID {
		return nil, refused("no text channel of the guild", connector.ErrUnsupported)
	}
	return ch, nil
}

// open reports whether @everyone sees a channel: by what they may in the guild, and
// the channel's overwrite for them (docs, topics/permissions).
func (r rights) open(ch *discordgo.Channel, everyone string) bool {
	may := r.everyone
	if o := overwriteOf(ch, everyone); o != nil {
		may = may&^o.Deny | o.Allow
	}
	return may&canView != 0
}

// Enter sets our bot's own overwrite, which keeps the channel in its sight and marks
// it as ours.
func (a *Adapter) Enter(ctx context.Context, channel connector.ChannelID) error {
	me, err := a.self(ctx)
	if err != nil {
		return err
	}
	ch, err := a.textChannel(ctx, channel)
	if err != nil || isOurs(ch, me) {
		return err
	}
	o := discordgo.PermissionOverwrite{ID: string(me.Bot), Type: discordgo.PermissionOverwriteTypeMember, Allow: canView | canWrite}
	if old := overwriteOf(ch, o.ID); old != nil {
		o.Allow, o.Deny = o.Allow|old.Allow, old.Deny&^o.Allow
	}
	return a.setOverwrite(ctx, ch.ID, o)
}
