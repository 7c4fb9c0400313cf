package app

import (
	"fmt"
	"testing"
	"time"

	"roomkeeper/sandbox/crm"
	"roomkeeper/sandbox/discord"
	"roomkeeper/sandbox/slack"
)

// teamOf is five people of a crowd, another five for each number.
func teamOf(people []crm.Person, n int) []crm.Person {
	team := make([]crm.Person, 5)
	for i := range team {
		team[i] = people[(n*7+i*13)%len(people)]
	}
	return team
}

// load tells of that many accounts and asks for a channel for each.
func (v *virtual) load(people []crm.Person, records int) {
	v.Helper()
	for _, event := range []string{"record.created", "channel.requested"} {
		var events []map[string]any
		for i := range records {
			id := fmt.Sprint(i)
			events = append(events, told(event, "account", id, "Customer "+id, teamOf(people, i)...))
		}
		v.hook(events...)
	}
}

// TestScaleSlack: the first load of many Records under Slack's tiers.
func TestScaleSlack(t *testing.T) {
	const records = 100
	people := crm.GeneratedPeople(60)
	var chat *slack.Workspace
	start := func() handlers {
		chat = slack.New(slack.Config{BotToken: "xoxb-virtual", Tiers: true, Clock: time.Now})
		for _, p := range people {
			chat.AddUser(slack.User{Name: p.ID, RealName: p.Name, Email: p.Email})
		}
		return handlers{"chat.test": chat.Handler()}
	}
	env := map[string]string{
		"SLACK_BOT_TOKEN": "xoxb-virtual", "SLACK_SIGNING_SECRET": "x", "SLACK_API_URL": "http://chat.test/api/",
	}
	inVirtualTime(t, env, start, func(v *virtual) {
		defer chat.Close()
		v.load(people, records)
		took := v.settle(4 * time.Hour)
		t.Logf("%d records in %s", records, took)
		for id, g := range v.groups() {
			if g.State != "active" || len(g.Memberships) != 5 {
				t.Errorf("%s: %s, %d people", id, g.State, len(g.Memberships))
			}
		}
	})
}

// guildOf makes a guild in which the people are, and links them to their accounts there.
func guildOf(people []crm.Person) *discord.Guild {
	guild := discord.New(discord.Config{Limits: true, Clock: time.Now})
	for i := range people {
		people[i].Links = map[string]string{"discord": guild.AddUser(discord.User{Name: people[i].ID})}
	}
	return guild
}

func discordEnv() map[string]string {
	guild := discord.New(discord.Config{})
	defer guild.Close()
	return map[string]string{
		"DISCORD_BOT_TOKEN": "sandbox-bot-token", "DISCORD_PUBLIC_KEY": guild.PublicKey(), "DISCORD_APPLICATION_ID": guild.BotUserID(),
		"DISCORD_GUILD_ID": guild.GuildID(), "DISCORD_API_URL": "http://chat.test/api/",
	}
}

// TestScaleDiscordChannels: as many Records as a guild has room for, each with a channel.
func TestScaleDiscordChannels(t *testing.T) {
	const records = 450
	people := crm.GeneratedPeople(60)
	var guild *discord.Guild
	start := func() handlers {
		guild = guildOf(people)
		return handlers{"chat.test": guild.Handler()}
	}
	inVirtualTime(t, discordEnv(), start, func(v *virtual) {
		defer guild.Close()
		v.load(people, records)
		t.Logf("%d records in %s; %+v; calls %v", records, v.settle(12*time.Hour), guild.Invalid(), guild.Counts())
		for id, g := range v.groups() {
			if g.State != "active" || len(g.Memberships) != 5 {
				t.Errorf("%s: %s, %d people", id, g.State, len(g.Memberships))
			}
		}
		t.Log(v.log)
	})
}
