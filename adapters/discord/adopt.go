package discord

import (
	"context"
	"time"

	"github.com/bwmarrin/discordgo"

	"roomkeeper/connector"
)

// keepView is for how long Enter goes by what View read: as long as an adoption takes.
const keepView = 10 * time.Second

// View reads a text channel of the guild. Out are those without the mark of our bot,
// also where it sees them by a role.
func (a *Adapter) View(ctx context.Context, channel connector.ChannelID) (connector.ChannelView, error) {
	me, err := a.self(ctx)
	if err != nil {
		return connector.ChannelView{}, err
	}
	seen := connector.Observed{At: a.now()}
	ch, err := a.textChannel(ctx, channel)
	if err != nil {
		return connector.ChannelView{}, err
	}
	seen.Members, seen.Name = viewers(ch, me.Bot), ch.Name
	archived, err := a.archived(ctx, ch)
	if err != nil {
		return connector.ChannelView{}, err
	}
	r, err := a.rights(ctx)
	if err != nil {
		return connector.ChannelView{}, err
	}
	view := a.viewOf(ch, me, r)
	view.Archived, view.Whole = archived, &seen
	a.views.keep(channel, reading{channel: ch, seen: seen}, a.now())
	return view, nil
}

func (a *Adapter) viewOf(ch *discordgo.Channel, me connector.Self, r rights) connector.ChannelView {
	_, purpose := splitTopic(ch.Topic)
	return connector.ChannelView{
		Channel: a.channel(ch), Purpose: purpose, Out: !isOurs(ch, me), Public: r.open(ch, a.guildID),
	}
}

// Adoptable lists the guild's open text channels that our bot sees. The list of the
// guild's channels holds all, also those that it does not see.
func (a *Adapter) Adoptable(ctx context.Context) ([]connector.ChannelView, error) {
	me, err := a.self(ctx)
	if err != nil {
		return nil, err
	}
	r, err := a.rights(ctx)
	if err != nil {
		return nil, err
	}
	roles, err := a.myRoles(ctx, string(me.Bot))
	if err != nil {
		return nil, err
	}
	list, err := a.listChannels(ctx)
	if err != nil {
		return nil, err
	}
	var views []connector.ChannelView
	for _, ch := range list {
		category, _ := a.rooms.category(ch.ParentID)
		archived := ordinal(category, a.archiveCategory()) > 0
		if ch.Type == discordgo.ChannelTypeGuildText && !archived && r.sees(ch, a.guildID, string(me.Bot), roles) {
			views = append(views, a.viewOf(ch, me, r))
		}
	}
	return views, nil
}

// sees reports whether our bot, with these roles, sees a channel: the overwrites of
// @everyone, then those of all roles together, then its own (docs, topics/permissions:
// permission overwrites).
func (r rights) sees(ch *discordgo.Channel, everyone, bot string, roles []string) bool {
	if r.mine&discordgo.PermissionAdministrator != 0 {
		return true
	}
	may := r.mine
	apply := func(allow, deny int64) { may = may&^deny | allow }
	if o := overwriteOf(ch, everyone); o != nil {
		apply(o.Allow, o.Deny)
	}
	var allow, deny int64
	for _, role := range roles {
		if o := overwriteOf(ch, role); o != nil {
			allow, deny = allow|o.Allow, deny|o.Deny
		}
	}
	apply(allow, deny)
	if o := overwriteOf(ch, bot); o != nil {
		apply(o.Allow, o.Deny)
	}
	return may&canView != 0
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

// viewed is a text channel as View read it a moment ago, once, else as it is now.
func (a *Adapter) viewed(ctx context.Context, channel connector.ChannelID) (*discordgo.Channel, error) {
	if read, known := a.views.Take(channel, a.now()); known && a.now().Sub(read.seen.At) <= keepView {
		return read.channel, nil
	}
	return a.textChannel(ctx, channel)
}

// Enter sets our bot's own overwrite, which keeps the channel in its sight and marks
// it as ours.
func (a *Adapter) Enter(ctx context.Context, channel connector.ChannelID) error {
	me, err := a.self(ctx)
	if err != nil {
		return err
	}
	ch, err := a.viewed(ctx, channel)
	if err != nil || isOurs(ch, me) {
		return err
	}
	o := discordgo.PermissionOverwrite{ID: string(me.Bot), Type: discordgo.PermissionOverwriteTypeMember, Allow: canView | canWrite}
	if old := overwriteOf(ch, o.ID); old != nil {
		o.Allow, o.Deny = o.Allow|old.Allow, old.Deny&^o.Allow
	}
	return a.setOverwrite(ctx, ch.ID, o)
}
