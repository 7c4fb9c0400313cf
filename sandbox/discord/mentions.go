package discord

import (
	"regexp"
	"slices"
	"strings"
)

// allowedMentions says which mentions of a text count (docs, resources/message: allowed mentions object).
type allowedMentions struct {
	parse        []string // of users, roles, everyone
	users, roles []string
}

const maxAllowed = 100

// readAllowed reads allowed_mentions. Nil: there is none.
func readAllowed(f *form) *allowedMentions {
	inner := f.inner("allowed_mentions")
	if inner == nil {
		return nil
	}
	a := &allowedMentions{}
	inner.decode("parse", &a.parse)
	inner.decode("users", &a.users)
	inner.decode("roles", &a.roles)
	for _, kind := range a.parse {
		if kind != "users" && kind != "roles" && kind != "everyone" {
			inner.wrong("parse", "BASE_TYPE_CHOICES", "Value must be one of ('users', 'roles', 'everyone').")
		}
	}
	for name, ids := range map[string][]string{"users": a.users, "roles": a.roles} {
		switch {
		case len(ids) > maxAllowed:
			inner.wrong(name, "BASE_TYPE_MAX_LENGTH", "Must be %d or fewer in length.", maxAllowed)
		case len(ids) > 0 && slices.Contains(a.parse, name):
			inner.wrong(name, "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", "parse:[\"%s\"] and %s: [ids...] are mutually exclusive.", name, name)
		}
		for _, id := range ids {
			if _, ok := snowflake(id); !ok {
				inner.wrong(name, "NUMBER_TYPE_COERCE", "Value \"%s\" is not snowflake.", id)
			}
		}
	}
	inner.flag("replied_user", false)
	return a
}

func (a *allowedMentions) allows(kind, id string) bool {
	if a == nil || slices.Contains(a.parse, kind) {
		return true
	}
	return kind == "users" && slices.Contains(a.users, id) || kind == "roles" && slices.Contains(a.roles, id)
}

// mentioned are whom a text names in a way that Discord may act on.
type mentioned struct {
	users, roles   []string
	everyone, here bool
}

// mentionsIn finds the mentions of a text. Markup around them, such as code, is not looked at: this finds rather too
// many than too few.
func mentionsIn(text string) mentioned {
	var m mentioned
	for _, found := range regexp.MustCompile(`<@([!&]?)(\d+)>`).FindAllStringSubmatch(text, -1) {
		list := &m.users
		if found[1] == "&" {
			list = &m.roles
		}
		if !slices.Contains(*list, found[2]) {
			*list = append(*list, found[2])
		}
	}
	m.everyone, m.here = strings.Contains(text, "@everyone"), strings.Contains(text, "@here")
	return m
}

// notified are those whom a new message notifies: user ids, "&" with role ids, "@everyone", "@here". Embeds and
// components never do. Roles here are not mentionable, so these and @everyone need MENTION_EVERYONE. The caller
// holds mu.
func (g *Guild) notified(ch *channel, author string, c content) []string {
	m, list := mentionsIn(c.Text), []string{}
	if c.Flags&ephemeralFlag != 0 {
		return list
	}
	for _, id := range m.users {
		if g.users[id] != nil && c.Allowed.allows("users", id) {
			list = append(list, id)
		}
	}
	if !g.permissionsIn(ch, author).Has(MentionEveryone) {
		return list
	}
	for _, id := range m.roles {
		if g.roles[id] != nil && c.Allowed.allows("roles", id) {
			list = append(list, "&"+id)
		}
	}
	if m.everyone && c.Allowed.allows("everyone", "") {
		list = append(list, "@everyone")
	}
	if m.here && c.Allowed.allows("everyone", "") {
		list = append(list, "@here")
	}
	return list
}
