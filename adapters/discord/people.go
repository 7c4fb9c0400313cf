package discord

import (
	"context"
	"errors"

	"github.com/bwmarrin/discordgo"

	"roomkeeper/connector"
)

// Account answers for one Member.
func (a *Adapter) Account(ctx context.Context, member connector.MemberID) (connector.Account, error) {
	m, err := a.member(ctx, string(member))
	switch {
	case hasCode(err, codeUnknownMember):
		return connector.Account{Reason: connector.ReasonOtherWorkspace}, nil
	case errors.Is(err, connector.ErrNotFound):
		return connector.Account{Reason: connector.ReasonNoAccount}, nil
	case err != nil:
		return connector.Account{}, err
	}
	return standing(m), nil
}

// Called returns the nickname that somebody has in the guild, or else their own name.
func (a *Adapter) Called(ctx context.Context, member connector.MemberID) (string, error) {
	m, err := a.member(ctx, string(member))
	if err != nil {
		return "", err
	}
	return m.DisplayName(), nil
}

// standing says whether a member of the guild is a full, human one.
func standing(m *discordgo.Member) connector.Account {
	switch {
	case m.User.Bot, m.User.System:
		return connector.Account{Reason: connector.ReasonNoAccount}
	case m.Pending: // has not passed the guild's screening
		return connector.Account{Reason: connector.ReasonGuest}
	}
	return connector.Account{Member: connector.MemberID(m.User.ID)}
}

// administers are the permissions of those who administer a guild.
const administers = discordgo.PermissionAdministrator | discordgo.PermissionManageGuild

// Admin reports whether a Member owns the guild or may administer or manage it.
func (a *Adapter) Admin(ctx context.Context, member connector.MemberID) (bool, error) {
	m, err := a.member(ctx, string(member))
	if errors.Is(err, connector.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	g, err := a.roots(ctx)
	if err != nil {
		return false, err
	}
	return standing(m).Member != "" && g.permissions(string(member), m.Roles)&administers != 0, nil
}

// member reads a member of the guild. ErrNotFound also for an id of another form.
func (a *Adapter) member(ctx context.Context, id string) (*discordgo.Member, error) {
	if !isID(id) {
		return nil, refused("no id of a user", connector.ErrNotFound)
	}
	var m discordgo.Member
	if err := a.get(ctx, "guilds/"+a.guildID+"/members/"+id, nil, &m); err != nil {
		return nil, err
	}
	if m.User == nil || m.User.ID != id {
		return nil, unreadable(ctx, "GET /guilds/{guild}/members/{member}")
	}
	return &m, nil
}
