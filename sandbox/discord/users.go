package discord

import (
	"slices"
	"strings"
	"time"
)

// User is a user of Discord: a member of the guild unless Outside.
type User struct {
	ID         string    `json:"id"`          // ("": given)
	Name       string    `json:"name"`        // user name
	GlobalName string    `json:"global_name"` // display name ("": none)
	Nick       string    `json:"nick"`        // in the guild
	Email      string    `json:"email"`       // seen only with the person's own token and the scope email
	Verified   bool      `json:"verified"`    // the address is verified
	Bot        bool      `json:"bot"`
	Outside    bool      `json:"outside"`    // not in the guild
	Pending    bool      `json:"pending"`    // has not passed the guild's screening yet
	NoDirects  bool      `json:"no_directs"` // takes no direct messages of the app
	Admin      bool      `json:"admin"`      // holds the administrators' role
	Roles      []string  `json:"roles"`      // role ids without @everyone
	Joined     time.Time `json:"joined"`     // last joined the guild
}

// AddUser adds a user and returns the id.
func (g *Guild) AddUser(u User) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	if u.ID == "" {
		u.ID = g.nextID()
	}
	if g.users[u.ID] == nil {
		g.userOrder = append(g.userOrder, u.ID)
	}
	u.Joined = g.now()
	g.administrate(&u)
	g.users[u.ID] = &u
	if !u.Outside {
		g.emit("GUILD_MEMBER_ADD", g.memberEvent(&u))
	}
	g.Touch()
	return u.ID
}

// UpdateUser changes a user and tells the app. False: there is none.
func (g *Guild) UpdateUser(id string, change func(*User)) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	u := g.users[id]
	if u == nil {
		return false
	}
	was := u.Outside
	change(u)
	u.ID = id
	g.administrate(u)
	switch {
	case was && !u.Outside:
		g.enter(u)
	case !was && u.Outside:
		g.leave(u)
	case !u.Outside:
		g.emit("GUILD_MEMBER_UPDATE", g.memberEvent(u))
	}
	g.Touch()
	return true
}

// administrate makes the roles follow Admin. The caller holds mu.
func (g *Guild) administrate(u *User) {
	u.Roles = slices.DeleteFunc(slices.Clone(u.Roles), func(id string) bool { return id == g.adminRoleID })
	if u.Admin {
		u.Roles = append(u.Roles, g.adminRoleID)
	}
}

// enter lets a user into the guild. Overwrites that were left for the user count again. The caller holds mu.
func (g *Guild) enter(u *User) {
	u.Outside, u.Joined = false, g.now()
	if u.ID == g.cfg.ApplicationID {
		g.emit("GUILD_CREATE", g.guildEvent(guildsIntent))
	}
	g.emit("GUILD_MEMBER_ADD", g.memberEvent(u))
	g.Touch()
}

// leave takes a member out of the guild: the roles and nick go, and the places in threads. Overwrites stay; Discord's
// own client shows them as those of an unknown user. The caller holds mu.
func (g *Guild) leave(u *User) {
	u.Outside, u.Pending, u.Admin, u.Roles, u.Nick = true, false, false, nil, ""
	for _, id := range g.order {
		g.channels[id].dropMember(u.ID)
	}
	if u.ID == g.cfg.ApplicationID {
		g.emit("GUILD_DELETE", answer{"id": g.cfg.GuildID})
	}
	g.emit("GUILD_MEMBER_REMOVE", answer{"guild_id": g.cfg.GuildID, "user": g.userObject(u)})
	g.Touch()
}

// userNamed finds a user by id or name; nil when there is none. The caller holds mu.
func (g *Guild) userNamed(name string) *User {
	if u := g.users[name]; u != nil {
		return u
	}
	for _, id := range g.userOrder {
		if strings.EqualFold(g.users[id].Name, strings.TrimPrefix(name, "@")) {
			return g.users[id]
		}
	}
	return nil
}

// member is a user who is in the guild, or nil. The caller holds mu.
func (g *Guild) member(id string) *User {
	if u := g.users[id]; u != nil && !u.Outside {
		return u
	}
	return nil
}

// userObject is a user as the API shows it to everybody: never with an e-mail address.
func (g *Guild) userObject(u *User) answer {
	object := answer{"id": u.ID, "username": u.Name, "discriminator": "0", "global_name": orNull(u.GlobalName), "avatar": nil,
		"public_flags": 0, "flags": 0, "banner": nil, "accent_color": nil, "avatar_decoration_data": nil, "collectibles": nil,
		"display_name_styles": nil, "banner_color": nil, "clan": nil, "primary_guild": nil}
	if u.Bot {
		object["bot"], object["discriminator"] = true, "0001"
	}
	return object
}

// memberObject is a member of the guild as the API shows it.
func (g *Guild) memberObject(u *User) answer {
	return answer{"user": g.userObject(u), "nick": orNull(u.Nick), "roles": append([]string{}, u.Roles...), "joined_at": stamp(u.Joined),
		"pending": u.Pending, "deaf": false, "mute": false, "flags": 0, "avatar": nil, "banner": nil, "premium_since": nil,
		"communication_disabled_until": nil, "avatar_decoration_data": nil, "collectibles": nil}
}

func (g *Guild) memberEvent(u *User) answer {
	event := g.memberObject(u)
	event["guild_id"] = g.cfg.GuildID
	return event
}

// orNull is a text, or null when it is empty.
func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}
