package both_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"roomkeeper/internal/world"
	"roomkeeper/sandbox/crm"
	"roomkeeper/sandbox/discord"
)

// mentionEveryone is Discord's permission to mention roles and everybody
// (docs.discord.com/developers/topics/permissions).
const mentionEveryone = 1 << 17

// TestDiscordInert: what the CRM's people write notifies nobody, mentions nobody
// and leads nowhere, although our bot may mention everybody.
func TestDiscordInert(t *testing.T) {
	guild := world.StartWith(t, []world.Platform{world.Discord(), world.Slack()}, 5, 1)
	guild.CRM.Act(t, "webhooks", world.Order{"mode": "off"})
	before := guildState(t, guild)
	settings(t, guild, world.Order{"bot_permissions": fmt.Sprint(int64(before.Settings.BotPermissions) | mentionEveryone)})
	bait := fmt.Sprintf("@everyone @here <@%s> <@&%s> **bold** https://evil.example/a [x](https://evil.example/b) <https://evil.example/c>",
		account(t, guild, "u2"), before.Roles[0].ID)

	guild.CRM.Act(t, "edit", world.About(world.Account(1)).With("edit", crm.Edit{
		Name: &bait, Fields: []crm.Field{{Key: "city", Value: bait}, {Key: "industry", Value: bait}},
	}))
	ask(t, guild, world.Account(1), "")
	here := guild.WaitState(t, world.Account(1), "active").ChannelID
	for _, topic := range []string{"record_updated", "team_changed", "stage_changed"} {
		guild.Say(t, "u1", here, "subscribe "+topic, "Subscribed to")
	}
	for i, e := range baits(bait) {
		happens(t, guild, fmt.Sprintf("evt-bait-%d", i), e)
	}
	for _, text := range []string{"status", "details", "members", "why @u2", "subscriptions", "sync --dry-run", "help"} {
		guild.Say(t, "u1", here, text)
	}
	guild.Quiet(t, world.Patience)
	harmless(t, guild, here)
	// The sandbox tells whom a message notifies.
	guild.Chat.Must(t, "POST", "/do/post", discord.Act{User: "owner", Channel: here, Text: bait}, nil)
	messages := messagesIn(t, guild, here)
	if last := messages[len(messages)-1]; len(last.Notified) == 0 {
		t.Errorf("a person's message notifies nobody either: %+v", last)
	}
	guild.Chat.Lawful(t)
}

// baits are events of every kind that makes a card, with a text wherever one can be.
func baits(text string) []crm.Event {
	actor := &crm.Principal{Type: "user", ID: "u1", Name: text}
	about := func(kind string, d crm.EventData) crm.Event {
		d.Kind, d.RecordID, d.Actor = "account", "1", actor
		return crm.Event{Type: kind, Data: d}
	}
	sale := world.Sale("bait", text, world.Account(1))
	sale.Data.Activity.Text, sale.Data.Activity.Author, sale.Data.Actor = text, actor, actor
	return []crm.Event{
		sale,
		about("notification", crm.EventData{Notification: &crm.Notification{
			Topic: "alarm", Title: text, Text: text, Fields: []crm.LabeledValue{{Label: text, Value: text}},
		}}),
		about("record.updated", crm.EventData{
			Changed: []string{"city"}, Changes: []crm.Change{{Key: "city", Label: text, Before: text, After: text + "!"}},
		}),
		about("team.changed", crm.EventData{Changed: []string{"team"}}),
	}
}

func messagesIn(t *testing.T, guild *world.World, channel string) []discord.StateMessage {
	t.Helper()
	for _, ch := range guildState(t, guild).Channels {
		if ch.ID == channel {
			return ch.Messages
		}
	}
	t.Fatalf("no channel %s", channel)
	return nil
}

// harmless looks at everything that our bot said, to whomever.
func harmless(t *testing.T, guild *world.World, channel string) {
	t.Helper()
	bot, cards := guild.Chat.State(t).Bot, 0
	for _, m := range messagesIn(t, guild, channel) {
		if m.Author != bot {
			continue
		}
		if cards++; len(m.Notified) > 0 {
			t.Errorf("message %s notifies %v: %s", m.ID, m.Notified, m.Embeds)
		}
		for _, text := range textsOf(t, m) {
			if strings.Contains(text, "https://evil.example") || strings.Contains(text, "**bold**") {
				t.Errorf("message %s is not escaped: %s", m.ID, text)
			}
		}
	}
	// Five cards or announcements of subscriptions, the details, and the answers.
	if cards < 12 {
		t.Errorf("only %d messages", cards)
	}
	var calls []discord.Call
	guild.Chat.Must(t, "GET", "/calls?since=0", nil, &calls)
	for _, c := range calls {
		var sent struct {
			Allowed *struct{ Parse, Users, Roles []string } `json:"allowed_mentions"`
		}
		if !strings.Contains(c.Method, "/messages") || c.Body == "" || json.Unmarshal([]byte(c.Body), &sent) != nil {
			continue
		}
		if sent.Allowed == nil || len(sent.Allowed.Parse)+len(sent.Allowed.Users)+len(sent.Allowed.Roles) > 0 {
			t.Errorf("%s may mention: %s", c.Method, c.Body)
		}
	}
}

// textsOf are the texts of a message that Discord reads Markdown in.
func textsOf(t *testing.T, m discord.StateMessage) []string {
	t.Helper()
	var embeds []struct {
		Title, Description string
		Fields             []struct{ Name, Value string }
	}
	if len(m.Embeds) > 0 {
		if err := json.Unmarshal(m.Embeds, &embeds); err != nil {
			t.Fatal(err)
		}
	}
	texts := []string{m.Content}
	for _, e := range embeds {
		texts = append(texts, e.Title, e.Description)
		for _, f := range e.Fields {
			texts = append(texts, f.Name, f.Value)
		}
	}
	return texts
}
