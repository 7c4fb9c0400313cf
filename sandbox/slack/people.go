package slack

import (
	"fmt"
	"slices"
)

// Act is something that a person does by hand. Which fields count depends on the act.
type Act struct {
	User    string `json:"user"`    // who it happens to; id or name
	By      string `json:"by"`      // who does it; "" where nobody matters
	Channel string `json:"channel"` // id or name
	Name    string `json:"name"`
	Text    string `json:"text"`
	Private bool   `json:"private"`
	TS      string `json:"ts"`
}

// Do lets a person act: create, join, leave, invite, remove, rename, topic, purpose, archive, unarchive, delete,
// convert (to private or public), share (with another organisation), rekey (the channel gets another id), post,
// edit, unpost, pin, unpin, deactivate, reactivate. It returns the id or timestamp of what came into being.
func (w *Workspace) Do(what string, a Act) (string, error) {
	switch what {
	case "deactivate", "reactivate":
		u := w.resolve(a.User)
		if !w.UpdateUser(u, func(u *User) { u.Deleted = what == "deactivate" }) {
			return "", fmt.Errorf("%w: no person %q", errNotPossible, a.User)
		}
		return u, nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if what == "create" {
		return w.createByHand(a)
	}
	ch := w.channelNamed(a.Channel)
	if ch == nil {
		return "", fmt.Errorf("%w: no channel %q", errNotPossible, a.Channel)
	}
	switch what {
	case "join", "leave", "invite", "remove":
		return "", w.memberByHand(what, ch, a)
	case "post", "edit", "unpost", "pin", "unpin":
		return w.messageByHand(what, ch, a)
	default:
		return w.channelByHand(what, ch, a)
	}
}

func (w *Workspace) resolve(name string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if u := w.userNamed(name); u != nil {
		return u.ID
	}
	return ""
}

// idOf is the id of a person, or what was given.
func (w *Workspace) idOf(name string) string {
	if u := w.userNamed(name); u != nil {
		return u.ID
	}
	return name
}

func (w *Workspace) createByHand(a Act) (string, error) {
	u := w.userNamed(a.User)
	if code := checkName(a.Name, false); code != "" || u == nil {
		return "", fmt.Errorf("%w: create %q as %q %s", errNotPossible, a.Name, a.User, code)
	}
	if w.names[a.Name] != "" {
		return "", fmt.Errorf("%w: name_taken", errNotPossible)
	}
	return w.newChannel(a.Name, a.Private, u.ID).ID, nil
}

func (w *Workspace) memberByHand(what string, ch *channel, a Act) error {
	u := w.userNamed(a.User)
	if u == nil {
		return fmt.Errorf("%w: no person %q", errNotPossible, a.User)
	}
	switch {
	case ch.Archived:
		return fmt.Errorf("%w: is_archived", errNotPossible)
	case what == "join" && ch.Private:
		return fmt.Errorf("%w: a private channel is not joined", errNotPossible)
	case what == "join":
		w.addMember(ch, u.ID, "")
	case what == "invite":
		w.addMember(ch, u.ID, w.idOf(a.By))
	case !ch.has(u.ID):
		return fmt.Errorf("%w: not_in_channel", errNotPossible)
	case what == "leave":
		w.removeMember(ch, u.ID, "")
	default:
		w.removeMember(ch, u.ID, w.idOf(a.By))
	}
	return nil
}

func (w *Workspace) channelByHand(what string, ch *channel, a Act) (string, error) {
	by := w.idOf(a.By)
	switch what {
	case "rename":
		name := fitName(a.Name)
		holder, taken := w.names[name]
		if code := checkName(name, false); code != "" || taken && holder != ch.ID {
			return "", fmt.Errorf("%w: rename to %q %s", errNotPossible, a.Name, code)
		}
		w.rename(ch, name, by)
	case "topic":
		w.note(ch, "topic", &ch.Topic, a.Text, by)
	case "purpose":
		w.note(ch, "purpose", &ch.Purpose, a.Text, by)
	case "archive":
		if ch.Archived {
			return "", fmt.Errorf("%w: already_archived", errNotPossible)
		}
		w.archive(ch, by)
	case "unarchive":
		if !ch.Archived {
			return "", fmt.Errorf("%w: not_archived", errNotPossible)
		}
		w.unarchive(ch, by)
	case "delete":
		w.deleteChannel(ch)
	case "convert":
		ch.Private = a.Private
		w.Touch()
	case "share":
		ch.Shared = true
		w.raiseIn(ch, "channel_shared", answer{"connected_team_id": "T0OTHER", "channel": ch.ID})
		w.Touch()
	case "rekey":
		w.rekey(ch)
		return ch.ID, nil
	default:
		return "", fmt.Errorf("%w: unknown act %q", errNotPossible, what)
	}
	return ch.ID, nil
}

// rekey gives a channel another id, as sharing and moves between workspaces do.
func (w *Workspace) rekey(ch *channel) {
	old := ch.ID
	ch.ID = w.nextID("C")
	delete(w.channels, old)
	w.channels[ch.ID], w.names[ch.Name] = ch, ch.ID
	w.order[slices.Index(w.order, old)] = ch.ID
	for _, b := range ch.bookmarks {
		b.ChannelID = ch.ID
	}
	for _, h := range w.hooks {
		if h.channel == old {
			h.channel = ch.ID
		}
	}
	w.raiseIn(ch, "channel_id_changed", answer{"old_channel_id": old, "new_channel_id": ch.ID})
	w.Touch()
}

func (w *Workspace) messageByHand(what string, ch *channel, a Act) (string, error) {
	u := w.userNamed(a.User)
	if u == nil || !ch.has(u.ID) || ch.Archived {
		return "", fmt.Errorf("%w: %s in %s as %q", errNotPossible, what, ch.Name, a.User)
	}
	if what == "post" {
		return w.say(ch, message{User: u.ID, Text: a.Text}).TS, nil
	}
	m := ch.message(a.TS)
	if m == nil || m.EphemeralTo != "" {
		return "", fmt.Errorf("%w: message_not_found", errNotPossible)
	}
	switch what {
	case "edit":
		m.Text, m.EditedBy, m.EditedTS = a.Text, u.ID, w.nextTS()
	case "unpost":
		ch.removeMessage(m.TS)
	case "pin":
		if !ch.pinned(m.TS) {
			ch.pins = append(ch.pins, pin{ts: m.TS, by: u.ID, at: w.now().Unix()})
		}
	case "unpin":
		ch.pins = slices.DeleteFunc(ch.pins, func(p pin) bool { return p.ts == m.TS })
	}
	w.Touch()
	return m.TS, nil
}
