package world

import (
	"encoding/json"
	"strings"

	"roomkeeper/sandbox/slack"
)

// Slack is the platform of sandbox/slack.
func Slack() Platform {
	setting := func(name string, yes, no any) func(bool) Request {
		return func(on bool) Request {
			if on {
				return Request{"/settings", Order{name: yes}}
			}
			return Request{"/settings", Order{name: no}}
		}
	}
	verbs := map[Verb]Pattern{}
	for v, method := range map[Verb]string{
		Identify: "auth.test", Accounts: "users.list", Create: "conversations.create", Mark: "conversations.setPurpose",
		Add: "conversations.invite", Remove: "conversations.kick", Members: "conversations.members", Look: "conversations.info",
		Rename: "conversations.rename", Topic: "conversations.setTopic", Post: "chat.postMessage", Edit: "chat.update",
		Pin: "pins.add", History: "conversations.history", Blame: "conversations.history", Rejoin: "conversations.join",
	} {
		verbs[v] = Pattern{Method: method}
	}
	return Platform{
		Name: "slack", Control: "/slack/control", Invited: true,
		Flags:   []string{"--slack-token", SlackToken, "--signing-secret", SigningSecret},
		Secrets: []string{SlackToken, SigningSecret},
		Env: func(base string) []string {
			return []string{
				"ROOMKEEPER_SLACK_BOT_TOKEN=" + SlackToken, "ROOMKEEPER_SLACK_SIGNING_SECRET=" + SigningSecret,
				"ROOMKEEPER_SLACK_API_URL=" + base + "/slack/api/",
			}
		},
		Verbs:       verbs,
		Starting:    []Verb{Identify, Accounts},
		Opening:     []Verb{Create, Mark, Add, Members, Topic, Post, Pin},
		Keeping:     []Verb{Remove, Add, Rename, Topic, Edit, Post},
		Reading:     []Verb{Members, Look},
		Moments:     []string{Before, During, After},
		RemovalCost: "1 conversations.kick",
		ChannelName: func(record string) string { return strings.ReplaceAll(strings.ToLower(record), " ", "-") },
		ReadState:   readSlack, ReadCall: readSlackCall, ReadAnswer: readSlackAnswer, Final: finalSlack, Lawful: lawfulSlack,
		Type: func(user, channel, text string) Request {
			return Request{"/command", slack.Act{User: user, Channel: channel, Text: text}}
		},
		Press: func(user, channel, message, action string) Request {
			return Request{"/click", slack.Click{User: user, Channel: channel, TS: message, ActionID: action}}
		},
		Hand: func(a Act) Request {
			what := a.What
			switch what {
			case ByHandCreate:
				a.User = a.By
			case ByHandShut:
				what = ByHandRemove
			}
			return Request{"/do/" + what, slack.Act{User: a.User, By: a.By, Channel: a.Channel, Name: a.Name}}
		},
		Events:      setting("events", true, false),
		RefuseToken: setting("refuse_token", "token_revoked", ""),
	}
}

func readSlack(raw []byte) (State, error) {
	var from slack.State
	if err := json.Unmarshal(raw, &from); err != nil {
		return State{}, err
	}
	s := State{Bot: from.BotUserID}
	for _, u := range from.Users {
		s.People = append(s.People, Person{ID: u.ID, Name: u.Name, Shown: u.Name, Email: u.Email, Bot: u.Bot})
	}
	for _, ch := range from.Channels {
		if ch.Direct {
			s.Directs = append(s.Directs, readSlackDirect(ch, s.Bot))
			continue
		}
		to := Channel{ID: ch.ID, Name: ch.Name, Topic: ch.Topic, Record: ch.Purpose, Ours: ch.Creator == s.Bot, Pinned: ch.Pins}
		for _, m := range ch.Members {
			if m == s.Bot {
				to.Usable = true
				continue
			}
			to.Members = append(to.Members, m)
		}
		for _, m := range ch.Messages {
			if m.User == s.Bot && (m.Subtype == "" || m.Subtype == "bot_message") && m.EphemeralTo == "" {
				to.Cards = append(to.Cards, readSlackCard(m))
			}
		}
		s.Channels = append(s.Channels, to)
	}
	return s, nil
}

func readSlackDirect(ch slack.StateChannel, bot string) Direct {
	d := Direct{ID: ch.ID}
	for _, m := range ch.Members {
		if m != bot {
			d.User = m
		}
	}
	for _, m := range ch.Messages {
		if m.User == bot {
			d.Cards = append(d.Cards, readSlackCard(m))
		}
	}
	return d
}

func readSlackCard(m slack.StateMessage) Card {
	c := Card{Message: m.TS, Text: string(m.Blocks)}
	var meta struct {
		Payload struct {
			Card string `json:"card"`
		} `json:"event_payload"`
	}
	_ = json.Unmarshal(m.Metadata, &meta) // no metadata: no id
	c.ID = meta.Payload.Card
	var blocks []struct {
		Type     string
		Text     struct{ Text string }
		Elements []struct{ Text json.RawMessage }
	}
	_ = json.Unmarshal(m.Blocks, &blocks) // no blocks: no title
	for i, b := range blocks {
		if b.Type == "header" {
			c.Title = b.Text.Text
		}
		if i == 0 && b.Type == "context" && len(b.Elements) > 0 {
			c.Details = string(b.Elements[0].Text) == `"Details"`
		}
	}
	return c
}

func readSlackCall(raw []byte) (Call, error) {
	var c slack.Call
	err := json.Unmarshal(raw, &c)
	return Call{Method: c.Method, Args: c.Args, Executed: c.Executed, Answered: c.Answered, Fault: c.Fault}, err
}

func readSlackAnswer(raw []byte) (Answer, error) {
	var out slack.Outcome
	if err := json.Unmarshal(raw, &out); err != nil {
		return Answer{}, err
	}
	a := Answer{Status: out.Status, Error: out.Error}
	a.read(out.Message)
	return a, nil
}

// finalSlack looks for the first message after "Working on it…" that only the same
// person sees in the same channel.
func finalSlack(state []byte, first Answer) (Answer, bool) {
	if first.Plain != "Working on it…" {
		return first, true
	}
	var from slack.State
	if err := json.Unmarshal(state, &from); err != nil {
		return first, false
	}
	for _, ch := range from.Channels {
		for i, m := range ch.Messages {
			if m.TS != first.Message {
				continue
			}
			for _, later := range ch.Messages[i+1:] {
				if later.EphemeralTo == m.EphemeralTo && m.EphemeralTo != "" {
					final := Answer{Status: first.Status}
					final.read(&later)
					return final, true
				}
			}
		}
	}
	return first, false
}

// read takes over what a message says.
func (a *Answer) read(m *slack.StateMessage) {
	if m != nil {
		a.Message, a.Private, a.Plain, a.Text = m.TS, m.EphemeralTo != "", m.Text, m.Text+"\n"+string(m.Blocks)
		var blocks []struct {
			Elements []struct {
				Action string `json:"action_id"`
			}
		}
		_ = json.Unmarshal(m.Blocks, &blocks) // no blocks: no buttons
		for _, b := range blocks {
			for _, e := range b.Elements {
				if e.Action != "" {
					a.Actions = append(a.Actions, e.Action)
				}
			}
		}
	}
}
