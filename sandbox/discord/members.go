package discord

import (
	"slices"
	"strings"
)

// memberNamed finds the user of the path, who must be in the guild.
func (c *call) memberNamed() (*User, *refusal) {
	u := c.users[c.vars["user"]]
	switch {
	case u == nil:
		return nil, refuse(10013)
	case u.Outside:
		return nil, refuse(10007)
	default:
		return u, nil
	}
}

func (c *call) getMember() (any, *refusal) {
	if no := c.inGuild(); no != nil {
		return nil, no
	}
	u, no := c.memberNamed()
	if no != nil {
		return nil, no
	}
	return c.memberObject(u), nil
}

// listMembers pages through the members by id. It needs the GUILD_MEMBERS intent.
func (c *call) listMembers() (any, *refusal) {
	if no := c.inGuild(); no != nil {
		return nil, no
	}
	if !c.settings.Members {
		return nil, refuse(50001)
	}
	limit, no := c.queryWhole("limit", 1, 1000, 1)
	if no != nil {
		return nil, no
	}
	after, no := c.queryID("after")
	if no != nil {
		return nil, no
	}
	return c.membersWhere(limit, func(u *User) bool { id, _ := snowflake(u.ID); return id > after }), nil
}

// searchMembers finds members whose user name or nick begins with a text; this needs no intent.
func (c *call) searchMembers() (any, *refusal) {
	if no := c.inGuild(); no != nil {
		return nil, no
	}
	limit, no := c.queryWhole("limit", 1, 1000, 1)
	if no != nil {
		return nil, no
	}
	query := strings.ToLower(c.query.Get("query"))
	if query == "" {
		return nil, refuseField("query", "BASE_TYPE_REQUIRED", "This field is required")
	}
	return c.membersWhere(limit, func(u *User) bool {
		return strings.HasPrefix(strings.ToLower(u.Name), query) || strings.HasPrefix(strings.ToLower(u.Nick), query)
	}), nil
}

// membersWhere lists members by id.
func (c *call) membersWhere(limit int, wanted func(*User) bool) []answer {
	var found []*User
	for _, id := range c.userOrder {
		if u := c.member(id); u != nil && wanted(u) {
			found = append(found, u)
		}
	}
	slices.SortFunc(found, func(a, b *User) int { return compareIDs(a.ID, b.ID) })
	list := []answer{}
	for _, u := range found[:min(limit, len(found))] {
		list = append(list, c.memberObject(u))
	}
	return list
}

func (c *call) getUser() (any, *refusal) {
	u := c.users[c.vars["user"]]
	if u == nil {
		return nil, refuse(10013)
	}
	return c.userObject(u), nil
}

func memberRoutes() []route {
	return []route{
		{method: "GET", path: "/users/{user}", run: (*call).getUser},
		{method: "GET", path: "/guilds/{guild}/members/search", run: (*call).searchMembers, bucket: "members"},
		{method: "GET", path: "/guilds/{guild}/members/{user}", run: (*call).getMember},
		{method: "GET", path: "/guilds/{guild}/members", run: (*call).listMembers, bucket: "members"},
	}
}
