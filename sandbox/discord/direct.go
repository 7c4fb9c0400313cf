package discord

import (
	"slices"
	"strings"
)

// directChannel is the type of a direct message (docs, resources/channel: channel types).
const directChannel = 1

// directPermissions are what the two people of a direct message may do there; nothing can be taken from them.
const directPermissions = ViewChannel | SendMessages | EmbedLinks | AttachFiles | ReadMessageHistory | AddReactions | PinMessages

// direct reports whether a channel is a direct message: of the app's bot with one person, and of no guild.
func (ch *channel) direct() bool { return ch.Kind == directChannel }

// directWith finds or makes the direct message with a user. It is in no list of the guild's. The caller holds mu.
func (g *Guild) directWith(user string) *channel {
	for _, id := range g.directs {
		if ch := g.channels[id]; ch.With == user {
			return ch
		}
	}
	ch := &channel{ID: g.nextID(), Kind: directChannel, With: user}
	g.channels[ch.ID] = ch
	g.directs = append(g.directs, ch.ID)
	g.Touch()
	return ch
}

// createDirect opens the direct message with a user (docs, resources/user: create DM). Nobody is told of it before
// something is said there.
func (c *call) createDirect() (any, *refusal) {
	f, no := c.form()
	if no != nil {
		return nil, no
	}
	id := f.id("recipient_id")
	if no := f.refusal(); no != nil {
		return nil, no
	}
	switch u := c.users[id]; {
	case u == nil:
		return nil, refuse(10013)
	case u.Bot: // with oneself or another app (observed: kord-extensions pull request 215)
		return nil, refuse(50007)
	default:
		return c.channelObject(c.directWith(id)), nil
	}
}

// directObject is a direct message as the API shows it.
func (g *Guild) directObject(ch *channel) answer {
	return answer{"id": ch.ID, "type": ch.Kind, "last_message_id": orNull(ch.LastMessage), "last_pin_timestamp": stampOrNull(ch.LastPin),
		"flags": 0, "recipients": []answer{g.userObject(g.users[ch.With])}}
}

// undeliverable says why a direct message is not taken: the person wants none, or shares no guild with the app (docs,
// topics/opcodes-and-status-codes: 50007, and 50278 since 2026).
func (g *Guild) undeliverable(ch *channel) *refusal {
	switch u := g.users[ch.With]; {
	case u.NoDirects:
		return refuse(50007)
	case u.Outside:
		return refuse(50278)
	default:
		return nil
	}
}

// Direct returns a copy of the direct message with somebody, by id or name. False: none was opened.
func (g *Guild) Direct(user string) (StateChannel, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	u := g.userNamed(user)
	i := slices.IndexFunc(g.directs, func(id string) bool { return u != nil && g.channels[id].With == u.ID })
	if i < 0 {
		return StateChannel{}, false
	}
	return g.stateChannel(g.channels[g.directs[i]]), true
}

// directPayload makes the payload of an interaction one of a direct message: without the guild and its member.
func (g *Guild) directPayload(it *interaction, payload answer) answer {
	for _, name := range []string{"guild_id", "guild", "guild_locale", "member"} {
		delete(payload, name)
	}
	payload["user"], payload["context"] = g.userObject(g.users[it.user]), 1
	return payload
}

// directNamed is the direct message that a name from outside means: "@" and the name of the person.
func (g *Guild) directNamed(name string) *channel {
	user, ok := strings.CutPrefix(name, "@")
	if !ok {
		return nil
	}
	for _, id := range g.directs {
		if ch := g.channels[id]; strings.EqualFold(g.users[ch.With].Name, user) {
			return ch
		}
	}
	return nil
}

func directRoutes() []route {
	return []route{{method: "POST", path: "/users/@me/channels", run: (*call).createDirect, bucket: "direct messages"}}
}
