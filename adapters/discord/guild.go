package discord

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/bwmarrin/discordgo"
)

// keepGuild is how long the guild's roles and channels are taken from memory.
const keepGuild = time.Minute

// guildState remembers the guild's roles and who owns it.
type guildState struct {
	mu    sync.Mutex
	owner string
	roles map[string]int64 // permissions by role
	at    time.Time
	mine  []string // our bot's roles
	seen  time.Time
}

// guild is what decides on permissions in the whole guild.
type guild struct {
	id, owner string
	roles     map[string]int64
}

// roots is the guild's owner and roles, at most keepGuild old.
func (a *Adapter) roots(ctx context.Context) (guild, error) {
	s := &a.standing
	s.mu.Lock()
	known, at := guild{a.guildID, s.owner, s.roles}, s.at
	s.mu.Unlock()
	if known.roles != nil && a.now().Sub(at) < keepGuild {
		return known, nil
	}
	return a.readGuild(ctx)
}

func (a *Adapter) readGuild(ctx context.Context) (guild, error) {
	var read discordgo.Guild
	if err := a.get(ctx, "guilds/"+a.guildID, nil, &read); err != nil {
		return guild{}, err
	}
	if read.ID != a.guildID {
		return guild{}, unreadable(ctx, "GET /guilds/{guild}")
	}
	roles := map[string]int64{}
	for _, r := range read.Roles {
		if r != nil {
			roles[r.ID] = r.Permissions
		}
	}
	s := &a.standing
	s.mu.Lock()
	defer s.mu.Unlock()
	s.owner, s.roles, s.at = read.OwnerID, roles, a.now()
	return guild{a.guildID, read.OwnerID, roles}, nil
}

// permissions are what somebody with these roles may in the guild (docs,
// topics/permissions: permission overwrites).
func (g guild) permissions(member string, roles []string) int64 {
	bits := g.roles[g.id] // @everyone
	for _, r := range roles {
		bits |= g.roles[r]
	}
	if member == g.owner || bits&discordgo.PermissionAdministrator != 0 {
		return ^int64(0)
	}
	return bits
}

// rights are what overwrites are made of.
type rights struct {
	// mine are our bot's permissions in the guild: it may hand out no others.
	mine int64
	// everyone are those of @everyone.
	everyone int64
}

// rights reads what our bot may, at most keepGuild old.
func (a *Adapter) rights(ctx context.Context) (rights, error) {
	me, err := a.self(ctx)
	if err != nil {
		return rights{}, err
	}
	g, err := a.roots(ctx)
	if err != nil {
		return rights{}, err
	}
	roles, err := a.myRoles(ctx, string(me.Bot))
	if err != nil {
		return rights{}, err
	}
	return rights{mine: g.permissions(string(me.Bot), roles), everyone: g.roles[g.id]}, nil
}

func (a *Adapter) myRoles(ctx context.Context, bot string) ([]string, error) {
	s := &a.standing
	s.mu.Lock()
	known, at := s.mine, s.seen
	s.mu.Unlock()
	if !at.IsZero() && a.now().Sub(at) < keepGuild {
		return known, nil
	}
	member, err := a.member(ctx, bot)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mine, s.seen = slices.Clone(member.Roles), a.now()
	return s.mine, nil
}
