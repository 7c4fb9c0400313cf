package discord

import (
	"errors"
	"fmt"
	"slices"
)

var errNotPossible = errors.New("not possible")

// Act is something that a person does by hand. Which fields count depends on the act.
type Act struct {
	User    string `json:"user"`    // who it happens to; id or name
	By      string `json:"by"`      // who does it ("": the owner); id or name
	Channel string `json:"channel"` // id or name
	Name    string `json:"name"`
	Text    string `json:"text"`
	Parent  string `json:"parent"`  // category; id or name
	Type    int    `json:"type"`    // of a channel to be made
	Private bool   `json:"private"` // a channel to be made is not for @everyone
	Role    string `json:"role"`    // id or name
	Message string `json:"message"` // id
}

// Do lets a person act. It returns the id of what came into being or was changed.
//
// On people: enter and leave (the guild), kick, give and take (a role). On channels: create, rename, topic, move (to
// another category; "" out of it), delete, invite (an overwrite that lets a member view, or a place in a thread),
// remove (that overwrite or place), shut (an overwrite that hides the channel from a member), archive, unarchive,
// lock, unlock. On messages: post, edit, unpost, pin, unpin.
func (g *Guild) Do(what string, a Act) (string, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.settle()
	by := g.userNamed(a.By)
	switch {
	case a.By == "":
		by = g.users[g.ownerID]
	case by == nil:
		return "", fmt.Errorf("%w: no person %q", errNotPossible, a.By)
	}
	switch what {
	case "enter", "leave", "kick", "give", "take":
		return g.personByHand(what, a, by)
	case "create":
		return g.createByHand(a, by)
	}
	ch := g.channelNamed(a.Channel)
	if ch == nil {
		return "", fmt.Errorf("%w: no channel %q", errNotPossible, a.Channel)
	}
	switch what {
	case "invite", "remove", "shut":
		return ch.ID, g.memberByHand(what, ch, a, by)
	case "archive", "unarchive", "lock", "unlock":
		return ch.ID, g.threadByHand(what, ch)
	case "post", "edit", "unpost", "pin", "unpin":
		return g.messageByHand(what, ch, a)
	default:
		return ch.ID, g.channelByHand(what, ch, a, by)
	}
}

func (g *Guild) personByHand(what string, a Act, by *User) (string, error) {
	u := g.userNamed(a.User)
	if u == nil {
		return "", fmt.Errorf("%w: no person %q", errNotPossible, a.User)
	}
	switch {
	case what == "enter" && u.Outside:
		g.enter(u)
	case what == "enter" || u.Outside:
		return "", fmt.Errorf("%w: %s of %q", errNotPossible, what, a.User)
	case what == "leave":
		g.leave(u)
	case what == "kick":
		g.leave(u)
		g.record(by.ID, memberKick, u.ID, a.Text, nil, nil)
	default:
		return u.ID, g.roleByHand(what, u, a.Role)
	}
	return u.ID, nil
}

func (g *Guild) roleByHand(what string, u *User, name string) error {
	i := slices.IndexFunc(g.roleOrder, func(id string) bool { return id == name || g.roles[id].Name == name })
	if i <= 0 { // @everyone comes first, and is neither given nor taken
		return fmt.Errorf("%w: no role %q to %s", errNotPossible, name, what)
	}
	id := g.roleOrder[i]
	u.Roles = slices.DeleteFunc(slices.Clone(u.Roles), func(held string) bool { return held == id })
	if what == "give" {
		u.Roles = append(u.Roles, id)
	}
	u.Admin = u.holds(g.adminRoleID)
	g.emit("GUILD_MEMBER_UPDATE", g.memberEvent(u))
	g.Touch()
	return nil
}

func (g *Guild) createByHand(a Act, by *User) (string, error) {
	name := fitName(a.Type, a.Name)
	if name == "" || !slices.Contains([]int{textChannel, voiceChannel, category, forumChannel}, a.Type) || g.countChannels() >= maxChannels {
		return "", fmt.Errorf("%w: create %q of type %d", errNotPossible, a.Name, a.Type)
	}
	ch := &channel{Kind: a.Type, Name: name, Topic: a.Text, Position: len(g.order)}
	if parent := g.channelNamed(a.Parent); a.Parent != "" {
		if parent == nil || parent.Kind != category || g.children(parent.ID) >= maxChildren {
			return "", fmt.Errorf("%w: parent %q", errNotPossible, a.Parent)
		}
		ch.Parent, ch.overwrites = parent.ID, slices.Clone(parent.overwrites)
	}
	if a.Private {
		ch.putOverwrite(Overwrite{ID: g.cfg.GuildID, Type: roleOverwrite, Deny: ViewChannel})
		ch.putOverwrite(Overwrite{ID: by.ID, Type: memberOverwrite, Allow: ViewChannel})
	}
	g.addChannel(ch)
	g.record(by.ID, channelCreate, ch.ID, "", []change{{"name", nil, ch.Name}, {"type", nil, ch.Kind}}, nil)
	return ch.ID, nil
}

// memberByHand adds or removes an overwrite, or a place in a thread.
func (g *Guild) memberByHand(what string, ch *channel, a Act, by *User) error {
	u := g.userNamed(a.User)
	if u == nil {
		return fmt.Errorf("%w: no person %q", errNotPossible, a.User)
	}
	if ch.thread() {
		switch {
		case what == "invite" && !u.Outside && g.admit(ch, u.ID, by.ID) == nil, what == "remove" && g.expel(ch, u.ID, by.ID):
			return nil
		}
		return fmt.Errorf("%w: %s %q in %s", errNotPossible, what, a.User, ch.Name)
	}
	o, action := Overwrite{ID: u.ID, Type: memberOverwrite}, overwriteCreate
	if known := ch.overwrite(u.ID); known != nil {
		o, action = *known, overwriteUpdate
	} else if what == "remove" {
		return fmt.Errorf("%w: %q has no overwrite in %s", errNotPossible, a.User, ch.Name)
	}
	switch what {
	case "invite":
		o.Allow, o.Deny = o.Allow|ViewChannel, o.Deny&^ViewChannel
	case "shut":
		o.Allow, o.Deny = o.Allow&^ViewChannel, o.Deny|ViewChannel
	default:
		action = overwriteDelete
	}
	g.changeOverwrites(ch, func(at *channel) {
		if action == overwriteDelete {
			at.dropOverwrite(o.ID)
		} else {
			at.putOverwrite(o)
		}
	})
	g.record(by.ID, action, ch.ID, "", nil, g.overwriteOptions(o))
	return nil
}

func (g *Guild) threadByHand(what string, ch *channel) error {
	if !ch.thread() {
		return fmt.Errorf("%w: %s is no thread", errNotPossible, ch.Name)
	}
	switch what {
	case "unarchive":
		if no := g.wake(ch); no != nil {
			return fmt.Errorf("%w: %s", errNotPossible, no.message)
		}
	case "archive":
		ch.Archived, ch.Stamped = true, g.now()
	default:
		ch.Locked = what == "lock"
	}
	g.emit("THREAD_UPDATE", g.channelObject(ch))
	g.Touch()
	return nil
}

func (g *Guild) channelByHand(what string, ch *channel, a Act, by *User) error {
	old := g.channelObject(ch)
	switch what {
	case "rename":
		name := fitName(ch.Kind, a.Name)
		if name == "" {
			return fmt.Errorf("%w: rename to %q", errNotPossible, a.Name)
		}
		ch.Name = name
	case "topic":
		ch.Topic = a.Text
	case "move":
		parent := g.channelNamed(a.Parent)
		if a.Parent != "" && (parent == nil || parent.Kind != category || g.children(parent.ID) >= maxChildren) {
			return fmt.Errorf("%w: parent %q", errNotPossible, a.Parent)
		}
		ch.Parent = ""
		if parent != nil {
			ch.Parent = parent.ID
		}
	case "delete":
		g.removeChannel(ch)
		g.record(by.ID, channelDelete, ch.ID, a.Text, []change{{"name", ch.Name, nil}}, nil)
		return nil
	default:
		return fmt.Errorf("%w: unknown act %q", errNotPossible, what)
	}
	g.emit(ch.event("UPDATE"), g.channelObject(ch))
	action := channelUpdate
	if ch.thread() {
		action = threadUpdate
	}
	g.record(by.ID, action, ch.ID, "", differences(old, g.channelObject(ch)), nil)
	g.Touch()
	return nil
}

func (g *Guild) messageByHand(what string, ch *channel, a Act) (string, error) {
	u := g.userNamed(a.User)
	if u == nil || !g.permissionsIn(ch, u.ID).Has(ViewChannel) || ch.Kind == category {
		return "", fmt.Errorf("%w: %s in %s as %q", errNotPossible, what, ch.Name, a.User)
	}
	if what == "post" {
		if no := g.wake(ch); no != nil {
			return "", fmt.Errorf("%w: %s", errNotPossible, no.message)
		}
		return g.say(ch, message{Author: u.ID, content: content{Text: a.Text}}).ID, nil
	}
	m := ch.message(a.Message)
	if m == nil {
		return "", fmt.Errorf("%w: no message %q", errNotPossible, a.Message)
	}
	switch what {
	case "edit":
		edited := m.content
		edited.Text = a.Text
		g.edit(ch, m, edited)
	case "unpost":
		g.removeMessage(ch, m)
	case "pin":
		if !ch.pinned(m.ID) {
			g.pin(ch, m, u.ID)
		}
	case "unpin":
		g.unpin(ch, m)
	}
	return m.ID, nil
}
