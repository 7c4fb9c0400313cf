package slack

import (
	"slices"
	"strings"
)

// maxDirect is the most people that one direct message is opened with (conversations.open).
const maxDirect = 8

// directWith finds or makes the direct message of some people. The caller holds mu.
func (w *Workspace) directWith(users []string) (ch *channel, made bool) {
	sorted := slices.Sorted(slices.Values(users))
	key := strings.Join(slices.Compact(sorted), ",")
	if ch := w.channels[w.direct[key]]; ch != nil {
		return ch, false
	}
	ch = &channel{ID: w.nextID("D"), Direct: true, Created: w.now().Unix(), Updated: w.now().UnixMilli(), members: slices.Compact(sorted)}
	w.channels[ch.ID] = ch
	w.order = append(w.order, ch.ID)
	w.direct[key] = ch.ID
	w.Touch()
	return ch, true
}

func (w *Workspace) directObject(ch *channel, viewer string) answer {
	object := answer{"id": ch.ID, "created": ch.Created, "updated": ch.Updated, "is_archived": false, "is_org_shared": false,
		"is_im": len(ch.members) <= 2, "is_mpim": len(ch.members) > 2, "is_private": true, "is_open": true,
		"is_member": true, "context_team_id": w.cfg.TeamID, "is_user_deleted": false, "priority": 0}
	for _, id := range ch.members {
		if id != viewer && len(ch.members) <= 2 {
			object["user"] = id
			object["is_user_deleted"] = w.users[id] != nil && w.users[id].Deleted
		}
	}
	return object
}

func (c *call) conversationsOpen() (answer, *refusal) {
	if id := c.args["channel"]; id != "" {
		ch, no := c.channel("channel")
		if no != nil {
			return nil, no
		}
		if !ch.Direct {
			return nil, refuse("method_not_supported_for_channel_type")
		}
		return answer{"no_op": true, "already_open": true, "channel": c.channelObject(ch, c.actor.ID)}, nil
	}
	users := c.args.list("users")
	if len(users) == 0 {
		return nil, refuse("users_list_not_supplied")
	}
	if len(users) > maxDirect {
		return nil, refuse("too_many_users")
	}
	for _, id := range users {
		if u := c.users[id]; u == nil {
			return nil, refuse("user_not_found")
		} else if u.Deleted {
			return nil, refuse("user_disabled")
		}
	}
	ch, made := c.directWith(append(users, c.actor.ID))
	body := answer{"channel": answer{"id": ch.ID}}
	if c.args.flag("return_im") {
		body["channel"] = c.channelObject(ch, c.actor.ID)
	}
	if !made {
		body["no_op"], body["already_open"] = true, true
	}
	return body, nil
}

// undeliverable says why a message is not taken by its recipient's id. conversations.open has user_disabled for who is
// deactivated; chat.postMessage has no code for people, and this one is the sandbox's choice.
func undeliverable(u *User) *refusal {
	if u.Deleted || u.Bot {
		return refuse("channel_not_found")
	}
	return nil
}

// Direct returns a copy of the app's direct message with somebody, by id or name. False: none was opened.
func (w *Workspace) Direct(user string) (StateChannel, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	u := w.userNamed(user)
	if u == nil {
		return StateChannel{}, false
	}
	pair := slices.Sorted(slices.Values([]string{u.ID, w.botUserID}))
	ch := w.channels[w.direct[strings.Join(pair, ",")]]
	if ch == nil {
		return StateChannel{}, false
	}
	return w.stateChannel(ch), true
}
