package slack

import (
	"encoding/base64"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
)

// maxInvites is the most users of one conversations.invite: the catalogue's bound (its prose says 1000).
const maxInvites = 100

// addMember lets somebody in who is not yet; inviter is empty for who joins by themselves. The caller holds mu.
func (w *Workspace) addMember(ch *channel, user, inviter string) {
	if ch.has(user) {
		return
	}
	ch.members = append(ch.members, user)
	var more map[string]string
	event := answer{"user": user, "channel": ch.ID, "channel_type": channelLetter(ch), "team": w.cfg.TeamID}
	if inviter != "" {
		more, event["inviter"] = map[string]string{"inviter": inviter}, inviter
	}
	if !ch.Direct {
		w.notice(ch, "channel_join", user, "has joined the channel", more)
		w.raiseIn(ch, "member_joined_channel", event)
	}
	w.Touch()
}

// removeMember takes somebody out who is in. The bot learns of its own removal as channel_left or group_left.
// The caller holds mu.
func (w *Workspace) removeMember(ch *channel, user, by string) {
	text := "has left the channel"
	if by != "" && by != user {
		text = "was removed from the channel by <@" + by + ">"
	}
	if user == w.botUserID {
		w.raiseIn(ch, ch.eventType()+"_left", answer{"channel": ch.ID, "actor_id": by})
	} else {
		w.raiseIn(ch, "member_left_channel", answer{"user": user, "channel": ch.ID, "channel_type": channelLetter(ch), "team": w.cfg.TeamID})
	}
	ch.members = slices.DeleteFunc(ch.members, func(id string) bool { return id == user })
	w.notice(ch, "channel_leave", user, text, nil)
	w.Touch()
}

// channelLetter is channel_type of the membership events: C public, G private.
func channelLetter(ch *channel) string {
	if ch.Private {
		return "G"
	}
	return "C"
}

// conversationsMembers pages through the members in an order that says nothing about names or joining.
func (c *call) conversationsMembers() (answer, *refusal) {
	ch, no := c.channel("channel")
	if no != nil {
		return nil, no
	}
	limit, ok := c.args.number("limit", 100)
	if limit == 0 {
		limit = 100
	}
	if !ok || limit < 1 || limit > 1000 {
		return nil, refuse("invalid_limit")
	}
	after := ""
	if cursor := c.args["cursor"]; cursor != "" {
		text, err := base64.StdEncoding.DecodeString(cursor)
		if after, ok = strings.CutPrefix(string(text), "members:"); err != nil || !ok {
			return nil, refuse("invalid_cursor")
		}
	}
	members, next := scattered(ch).after(after, limit)
	return answer{"members": members, "response_metadata": answer{"next_cursor": next}}, nil
}

// scatteredMembers are members ordered by a hash, so that a page stays where it is while people come and go.
type scatteredMembers []string // hash, colon, id

func scattered(ch *channel) scatteredMembers {
	keys := make(scatteredMembers, len(ch.members))
	for i, id := range ch.members {
		hash := fnv.New32a()
		_, _ = hash.Write([]byte(ch.ID + id))
		keys[i] = fmt.Sprintf("%08x:%s", hash.Sum32(), id)
	}
	slices.Sort(keys)
	return keys
}

func (s scatteredMembers) after(key string, limit int) (ids []string, next string) {
	start, found := slices.BinarySearch(s, key)
	if found {
		start++
	}
	end := min(start+limit, len(s))
	ids = []string{}
	for _, k := range s[start:end] {
		_, id, _ := strings.Cut(k, ":")
		ids = append(ids, id)
	}
	if end < len(s) {
		next = base64.StdEncoding.EncodeToString([]byte("members:" + s[end-1]))
	}
	return ids, next
}

// conversationsInvite invites all or none, unless forced: then whoever can be. The answer lists the others.
func (c *call) conversationsInvite() (answer, *refusal) {
	ch, no := c.memberChannel("channel")
	if no != nil {
		return nil, no
	}
	if ch.Direct {
		return nil, refuse("method_not_supported_for_channel_type")
	}
	users := c.args.list("users")
	if len(users) == 0 {
		return nil, refuse("no_user")
	}
	if len(users) > maxInvites {
		return nil, refuseArgs("users: at most %d ids", maxInvites)
	}
	var good []string
	bad := []answer{}
	for _, id := range users {
		if code := c.whyNot(ch, id); code != "" {
			bad = append(bad, answer{"user": id, "ok": false, "error": code})
		} else {
			good = append(good, id)
		}
	}
	if len(bad) > 0 && (len(good) == 0 || !c.args.flag("force")) {
		return nil, &refusal{code: fmt.Sprint(bad[0]["error"]), more: answer{"errors": bad}}
	}
	for _, id := range good {
		c.addMember(ch, id, c.actor.ID)
	}
	body := answer{"channel": c.channelObject(ch, c.actor.ID)}
	if len(bad) > 0 {
		body["errors"] = bad
	}
	return body, nil
}

// whyNot is the code that refuses the invitation of one person, or "".
func (c *call) whyNot(ch *channel, id string) string {
	u := c.users[id]
	switch {
	case u == nil:
		return "user_not_found"
	case id == c.actor.ID:
		return "cant_invite_self"
	case u.TeamID != c.cfg.TeamID && c.settings.OrgUsers:
		return "org_user_not_in_team"
	case u.TeamID != c.cfg.TeamID:
		return "user_not_found"
	case ch.has(id):
		return "already_in_channel"
	case u.Deleted || u.Invited:
		return "cant_invite"
	case u.UltraRestricted:
		return "ura_max_channels"
	case u.Restricted:
		return "user_is_restricted"
	default:
		return ""
	}
}

func (c *call) conversationsKick() (answer, *refusal) {
	ch, no := c.channel("channel")
	if no != nil {
		return nil, no
	}
	user := c.users[c.args["user"]]
	switch {
	case ch.Direct:
		return nil, refuse("method_not_supported_for_channel_type")
	case user == nil:
		return nil, refuse("user_not_found")
	case ch.General:
		return nil, refuse("cant_kick_from_general")
	case user.ID == c.actor.ID:
		return nil, refuse("cant_kick_self")
	case !ch.has(c.actor.ID):
		return nil, refuse("not_in_channel")
	case c.settings.AdminsOnlyRemove && !c.actor.Admin && !c.actor.Owner:
		return nil, refuse("restricted_action")
	case !ch.has(user.ID):
		return nil, refuse("not_in_channel")
	}
	c.removeMember(ch, user.ID, c.actor.ID)
	return answer{"errors": answer{}}, nil
}

func (c *call) conversationsJoin() (answer, *refusal) {
	ch, no := c.channel("channel")
	switch {
	case no != nil:
		return nil, no
	case ch.Direct || ch.Private:
		return nil, refuse("method_not_supported_for_channel_type")
	case ch.Archived:
		return nil, refuse("is_archived")
	}
	body := answer{}
	if ch.has(c.actor.ID) {
		body["warning"] = "already_in_channel"
		body["response_metadata"] = answer{"warnings": []string{"already_in_channel"}}
	}
	c.addMember(ch, c.actor.ID, "")
	body["channel"] = c.channelObject(ch, c.actor.ID)
	return body, nil
}

func (c *call) conversationsLeave() (answer, *refusal) {
	ch, no := c.channel("channel")
	switch {
	case no != nil:
		return nil, no
	case ch.Direct:
		return nil, refuse("method_not_supported_for_channel_type")
	case ch.Archived:
		return nil, refuse("is_archived")
	case ch.General:
		return nil, refuse("cant_leave_general")
	case !ch.has(c.actor.ID):
		return answer{"ok": false, "not_in_channel": true}, nil // no error, says the method's page
	case ch.Private && len(ch.members) == 1:
		return nil, refuse("last_member")
	}
	c.removeMember(ch, c.actor.ID, "")
	return answer{}, nil
}
