package page

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"roomkeeper/sandbox/crm"
	"roomkeeper/sandbox/discord"
)

// Discord shows a guild.
func Discord(g *discord.Guild) Chat { return guild{g} }

type guild struct{ *discord.Guild }

func (guild) Platform() string { return "discord" }

// Add gives a person an account that is a member of the guild. Guests are not
// known here.
func (g guild) Add(p crm.Person) string {
	mail, _, _ := strings.Cut(p.Email, "@")
	return g.AddUser(discord.User{Name: mail, GlobalName: p.Name, Email: p.Email, Verified: true, Admin: p.Chat == crm.ChatAdmin})
}

func (g guild) Look() Look {
	s := g.State()
	look := Look{Team: s.Name, Views: map[string]View{}}
	names, bots := map[string]string{}, map[string]bool{}
	for _, u := range s.Users {
		m := Member{ID: u.ID, Name: cmp.Or(u.Nick, u.GlobalName, u.Name), Email: u.Email, Bot: u.Bot, Gone: u.Outside}
		switch {
		case u.ID == s.OwnerID:
			m.Note = "owner of the server"
		case u.Admin:
			m.Note = "admin"
		}
		names[u.ID], bots[u.ID] = m.Name, u.Bot
		look.Members = append(look.Members, m)
	}
	titles := map[string]string{}
	for _, c := range s.Channels {
		titles[c.ID] = c.Name
	}
	for _, c := range s.Channels {
		if c.Kind != "category" && c.Kind != "forum" {
			look.Channels = append(look.Channels, guildChannel(c, titles, names, bots))
		}
	}
	for _, v := range s.Views {
		look.Views[v.User] = View{v.ID, v.User, v.View}
	}
	return look
}

// purposeMark begins the last line of a topic that carries a purpose.
const purposeMark = "↳ "

func guildChannel(c discord.StateChannel, titles, names map[string]string, bots map[string]bool) Channel {
	at := strings.LastIndexByte(c.Topic, '\n') + 1
	topic, purpose := c.Topic, ""
	if rest, marked := strings.CutPrefix(c.Topic[at:], purposeMark); marked {
		topic, purpose = strings.TrimRight(c.Topic[:at], "\n"), rest
	}
	ch := Channel{ID: c.ID, Name: c.Name, Group: cmp.Or(titles[c.Parent], "Text channels"), Private: c.Private, Archived: c.Archived,
		Record: recordOf(purpose), Topic: topic, Purpose: purpose, Members: c.Members, Leave: "Leave the server", Bookmarks: []Bookmark{}}
	switch {
	case strings.HasSuffix(c.Kind, "_thread"):
		ch.Group, ch.Members, ch.Leave = "Threads in #"+titles[c.Parent], c.ThreadMembers, "Leave the thread"
		ch.Open = c.Kind == "public_thread"
	case !c.Private:
		ch.Members = c.Viewers
	}
	for _, id := range c.Viewers {
		if !slices.Contains(ch.Members, id) {
			ch.Watchers = append(ch.Watchers, id)
		}
	}
	for _, m := range c.Messages {
		ch.Messages = append(ch.Messages, guildMessage(m, names, bots))
	}
	return ch
}

// Discord's numbers that the page knows.
const (
	discordLoading  = 1 << 7 // flag of a deferred answer
	discordAnswered = 20     // type of an answer to a command
)

func guildMessage(m discord.StateMessage, names map[string]string, bots map[string]bool) Message {
	said := Message{ID: m.ID, At: m.At.UnixMilli(), User: m.Author, Name: names[m.Author], Bot: bots[m.Author], Text: m.Content,
		For: m.EphemeralTo, Pinned: m.Pinned, Edited: m.Edited, Thinking: m.Flags&discordLoading != 0, Embeds: m.Embeds, Components: m.Components}
	if m.Type != 0 && m.Type != discordAnswered {
		said.Notice = true
		said.Text = said.Name + guildNotice(m.Type)
	}
	return said
}

// guildNotice is what the client writes for Discord's own messages (docs,
// resources/message: message types).
func guildNotice(kind int) string {
	return map[int]string{1: " added somebody to the thread.", 2: " removed somebody from the thread.", 4: " changed the name.",
		6: " pinned a message to this channel.", 18: " started a thread."}[kind]
}

func (g guild) Say(member, channel, text string) error {
	_, err := g.Do("post", discord.Act{User: member, By: member, Channel: channel, Text: text})
	return err
}

func (g guild) Command(ctx context.Context, member, channel, text string) (Outcome, error) {
	return guildOutcome(g.Guild.Command(ctx, member, channel, text))
}

// Press is about a message; Discord's modals hold nothing that is pressed.
func (g guild) Press(ctx context.Context, member string, p Press) (Outcome, error) {
	return guildOutcome(g.Click(ctx, discord.Click{User: member, Channel: p.Channel, Message: p.Message, CustomID: p.Action, Values: p.Picked}))
}

func (g guild) Submit(ctx context.Context, member, _ string, values map[string][]string) (Outcome, error) {
	given := map[string]any{}
	for id, list := range values {
		given[id] = list
	}
	return guildOutcome(g.Guild.Submit(ctx, discord.Submission{User: member, Values: given}))
}

func (g guild) Dismiss(_ context.Context, member string) error {
	g.CloseView(member)
	return nil
}

// Move of a person who leaves is about the whole server, except in a thread.
func (g guild) Move(what string, m Moving) error {
	act := discord.Act{User: m.By, By: m.By, Channel: m.Channel, Name: m.Name}
	ch, _ := g.Channel(m.Channel)
	thread := strings.HasSuffix(ch.Kind, "_thread")
	switch {
	case what == MoveJoin && thread:
		what = "invite"
	case what == MoveJoin:
		return errText("A channel of a server is not joined: who may see it, sees it.")
	case what == MoveKick:
		what, act.User = "remove", m.User
	case what == MoveLeave && thread:
		what = "remove"
	case what == MoveLeave:
		act.By, act.Channel = "", ""
	}
	_, err := g.Do(what, act)
	return err
}

func guildOutcome(out discord.Outcome, err error) (Outcome, error) {
	said := Outcome{}
	switch {
	case out.Error != "" && out.Refused != nil:
		why, _ := json.Marshal(out.Refused) // it came from JSON
		said.Error = fmt.Sprintf("%s. Discord does not take the connector's answer: %s", out.Error, why)
	case out.Error != "" && out.Status == 0:
		said.Error = out.Error + ". Is the connector running?"
	case out.Error != "":
		said.Error = fmt.Sprintf("%s: the connector answered %d.", out.Error, out.Status)
	}
	return said, err
}
