package discord

import "slices"

// Role is a set of permissions that members hold.
type Role struct {
	ID          string      `json:"id"`
	Name        string      `json:"name"`
	Permissions Permissions `json:"permissions,string"`
	Position    int         `json:"position"`
	Managed     bool        `json:"managed"` // the bot's own role, which nobody gives or takes
}

// foundRoles makes the roles of a new guild: @everyone, the administrators', the bot's. The caller holds mu.
func (g *Guild) foundRoles() {
	g.putRole(Role{ID: g.cfg.GuildID, Name: "@everyone", Permissions: EveryonePermissions})
	g.adminRoleID = g.putRole(Role{Name: "Administrators", Permissions: Administrator, Position: 1})
	g.botRoleID = g.putRole(Role{Name: g.cfg.BotName, Permissions: g.cfg.BotPermissions, Position: 2, Managed: true})
}

// AddRole adds a role and returns its id; a zero position puts it on top, below the bot's role only.
func (g *Guild) AddRole(r Role) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	if r.Position == 0 {
		bot := g.roles[g.botRoleID]
		r.Position = bot.Position
		bot.Position++
	}
	id := g.putRole(r)
	g.emit("GUILD_ROLE_CREATE", answer{"guild_id": g.cfg.GuildID, "role": g.roleObject(g.roles[id])})
	g.Touch()
	return id
}

// putRole adds or replaces a role. The caller holds mu.
func (g *Guild) putRole(r Role) string {
	if r.ID == "" {
		r.ID = g.nextID()
	}
	if g.roles[r.ID] == nil {
		g.roleOrder = append(g.roleOrder, r.ID)
	}
	g.roles[r.ID] = &r
	return r.ID
}

// setRole changes the permissions of a role. The caller holds mu.
func (g *Guild) setRole(id string, bits Permissions) {
	role := g.roles[id]
	if role == nil || role.Permissions == bits {
		return
	}
	role.Permissions = bits
	g.emit("GUILD_ROLE_UPDATE", answer{"guild_id": g.cfg.GuildID, "role": g.roleObject(role)})
}

func (g *Guild) roleObject(r *Role) answer {
	object := answer{"id": r.ID, "name": r.Name, "permissions": r.Permissions.String(), "position": r.Position, "managed": r.Managed,
		"color": 0, "colors": answer{"primary_color": 0, "secondary_color": nil, "tertiary_color": nil},
		"hoist": false, "mentionable": false, "icon": nil, "unicode_emoji": nil, "flags": 0}
	if r.ID == g.botRoleID {
		object["tags"] = answer{"bot_id": g.cfg.ApplicationID}
	}
	return object
}

func (g *Guild) roleObjects() []answer {
	list := []answer{}
	for _, id := range g.roleOrder {
		list = append(list, g.roleObject(g.roles[id]))
	}
	return list
}

// holds says whether a member has a role; everybody has @everyone, which Roles does not name.
func (u *User) holds(role string) bool { return u != nil && slices.Contains(u.Roles, role) }

func roleRoutes() []route {
	return []route{
		{method: "GET", path: "/guilds/{guild}/roles", run: (*call).guildRoles},
	}
}

func (c *call) guildRoles() (any, *refusal) {
	if no := c.inGuild(); no != nil {
		return nil, no
	}
	return c.roleObjects(), nil
}
