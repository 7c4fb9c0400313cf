package page

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"roomkeeper/sandbox/crm"
	"roomkeeper/sandbox/slack"
)

// Slack shows a workspace.
func Slack(w *slack.Workspace) Chat { return workspace{w} }

type workspace struct{ *slack.Workspace }

func (workspace) Platform() string { return "slack" }

func (w workspace) Add(p crm.Person) string {
	mail, _, _ := strings.Cut(p.Email, "@")
	return w.AddUser(slack.User{Name: mail, RealName: p.Name, Email: p.Email, Restricted: p.Chat == crm.ChatGuest, Admin: p.Chat == crm.ChatAdmin})
}

func (w workspace) Look() Look {
	s := w.State()
	look := Look{Team: s.Team, Views: map[string]View{}}
	names := map[string]string{}
	bots := map[string]bool{}
	for _, u := range s.Users {
		names[u.ID], bots[u.ID] = u.RealName, u.Bot
		look.Members = append(look.Members, Member{ID: u.ID, Name: u.RealName, Email: u.Email, Bot: u.Bot,
			Guest: u.Restricted || u.UltraRestricted, Gone: u.Deleted, Note: slackNote(u)})
	}
	for _, c := range s.Channels {
		look.Channels = append(look.Channels, slackChannel(c, names, bots))
	}
	for member, stack := range s.Views {
		if n := len(stack); n > 0 {
			look.Views[member] = View{stack[n-1].ID, stack[n-1].User, stack[n-1].View}
		}
	}
	return look
}

func slackNote(u slack.User) string {
	switch {
	case u.Restricted || u.UltraRestricted:
		return "guest"
	case u.Admin || u.Owner:
		return "admin"
	default:
		return ""
	}
}

func slackChannel(c slack.StateChannel, names map[string]string, bots map[string]bool) Channel {
	ch := Channel{ID: c.ID, Name: c.Name, Group: "Channels", Private: c.Private, Archived: c.Archived, Direct: c.Direct, Record: recordOf(c.Purpose),
		Topic: c.Topic, Purpose: c.Purpose, Members: c.Members, Open: !c.Private && !c.Direct, Bookmarks: []Bookmark{}}
	if c.Direct {
		ch.Group = "Direct messages"
	} else {
		ch.Leave = "Leave the channel"
	}
	for _, b := range c.Bookmarks {
		ch.Bookmarks = append(ch.Bookmarks, Bookmark(b))
	}
	for _, m := range c.Messages {
		name := names[m.User]
		if name == "" {
			name = "Slackbot"
		}
		seconds, _, _ := strings.Cut(m.TS, ".")
		at, _ := strconv.ParseInt(seconds, 10, 64)
		ch.Messages = append(ch.Messages, Message{ID: m.TS, At: at * 1000, User: m.User, Name: name, Bot: bots[m.User], Text: m.Text,
			Notice: isNotice(m.Subtype), For: m.EphemeralTo, Pinned: slices.Contains(c.Pins, m.TS), Edited: m.Edited != "",
			Blocks: m.Blocks, Attachments: m.Attachments})
	}
	return ch
}

// isNotice tells Slack's own notices from messages that also have a subtype.
func isNotice(subtype string) bool {
	return strings.HasPrefix(subtype, "channel_") || strings.HasPrefix(subtype, "group_") ||
		subtype == "pinned_item" || strings.HasPrefix(subtype, "bot_add") || strings.HasPrefix(subtype, "bot_remove")
}

func (w workspace) Say(member, channel, text string) error {
	_, err := w.Do("post", slack.Act{User: member, Channel: channel, Text: text})
	return err
}

func (w workspace) Command(ctx context.Context, member, channel, text string) (Outcome, error) {
	return slackOutcome(w.Workspace.Command(ctx, member, channel, text))
}

func (w workspace) Press(ctx context.Context, member string, p Press) (Outcome, error) {
	return slackOutcome(w.Click(ctx, slack.Click{User: member, Channel: p.Channel, TS: p.Message, ViewID: p.View, ActionID: p.Action,
		BlockID: p.Block, Values: p.Picked}))
}

func (w workspace) Submit(ctx context.Context, member, view string, values map[string][]string) (Outcome, error) {
	given := map[string]any{}
	for action, list := range values {
		given[action] = list
	}
	return slackOutcome(w.Workspace.Submit(ctx, slack.Submission{User: member, ViewID: view, Values: given}))
}

func (w workspace) Dismiss(ctx context.Context, member string) error {
	out, err := slackOutcome(w.CloseView(ctx, member, false))
	if err == nil && out.Error != "" {
		return errText(out.Error)
	}
	return err
}

func (w workspace) Move(what string, m Moving) error {
	act := slack.Act{User: m.By, By: m.By, Channel: m.Channel, Name: m.Name}
	if what == MoveKick {
		what, act.User = "remove", m.User
	}
	_, err := w.Do(what, act)
	return err
}

func slackOutcome(out slack.Outcome, err error) (Outcome, error) {
	said := Outcome{Error: out.Error, Errors: out.Errors}
	switch out.Error {
	case "dispatch_failed":
		said.Error = "The connector did not take it (dispatch_failed). Is it running?"
	case "operation_timeout":
		said.Error = "The connector did not answer within 3 seconds (operation_timeout)."
	}
	return said, err
}

// errText is an error for people.
type errText string

func (e errText) Error() string { return string(e) }
