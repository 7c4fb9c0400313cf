package app

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/sandbox/crm"
	"roomkeeper/sandbox/discord"
	"roomkeeper/sandbox/slack"
)

// The first load of many Records under the platforms' own limits, in virtual time.

// teamOf is five people of a crowd, others for each number.
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

func TestScaleSlack(t *testing.T) {
	const records = 100
	people := crm.GeneratedPeople(60)
	var chat *slack.Workspace
	start := func(*testing.T) (handlers, map[string]string) {
		chat = slack.New(slack.Config{BotToken: "xoxb-virtual", Tiers: true, Clock: time.Now})
		for _, p := range people {
			chat.AddUser(slack.User{Name: p.ID, RealName: p.Name, Email: p.Email})
		}
		return handlers{"chat.test": chat.Handler()}, map[string]string{
			"SLACK_BOT_TOKEN": "xoxb-virtual", "SLACK_SIGNING_SECRET": "x", "SLACK_API_URL": "http://chat.test/api/",
		}
	}
	inVirtualTime(t, start, func(v *virtual) {
		defer chat.Close()
		v.load(people, records)
		took := v.settle(4 * time.Hour)
		t.Logf("%d records in %s", records, took)
		for id, g := range v.groups() {
			if g.State != connector.GroupActive || len(g.Memberships) != 5 {
				t.Errorf("%s: %s, %d people", id, g.State, len(g.Memberships))
			}
		}
	})
}

// crowd is a guild, the people who are in it, and a text channel that all of them see.
type crowd struct {
	guild  *discord.Guild
	people []crm.Person
	hall   string
}

// gather makes a guild with Discord's limits, and links 60 people to their accounts there.
func gather(t *testing.T) *crowd {
	t.Helper()
	c := &crowd{guild: discord.New(discord.Config{Limits: true, Clock: time.Now}), people: crm.GeneratedPeople(60)}
	for i := range c.people {
		c.people[i].Links = map[string]string{"discord": c.guild.AddUser(discord.User{Name: c.people[i].ID})}
	}
	hall, err := c.guild.Do("create", discord.Act{Name: "accounts"})
	if err != nil {
		t.Fatal(err)
	}
	c.hall = hall
	return c
}

func (c *crowd) env() map[string]string {
	return map[string]string{
		"DISCORD_BOT_TOKEN": "sandbox-bot-token", "DISCORD_PUBLIC_KEY": c.guild.PublicKey(), "DISCORD_APPLICATION_ID": c.guild.BotUserID(),
		"DISCORD_GUILD_ID": c.guild.GuildID(), "DISCORD_API_URL": "http://chat.test/api/",
	}
}

// right checks each Record's channel in the guild's own state: who is in it, and
// one card, pinned.
func (c *crowd) right(v *virtual, records int) {
	v.Helper()
	channels := map[string]discord.StateChannel{}
	for _, ch := range c.guild.State().Channels {
		channels[ch.ID] = ch
	}
	groups := v.groups()
	if len(groups) != records {
		v.Errorf("%d groups, want %d", len(groups), records)
	}
	for i := range records {
		g := groups[fmt.Sprint(i)]
		ch := channels[string(g.Channel.ID)]
		in := slices.Concat(ch.Members, ch.ThreadMembers)
		want := []string{c.guild.BotUserID()}
		for _, p := range teamOf(c.people, i) {
			want = append(want, p.Links["discord"])
		}
		slices.Sort(in)
		slices.Sort(want)
		if g.State != connector.GroupActive || !slices.Equal(in, want) || len(ch.Pins) != 1 {
			v.Errorf("record %d: group %s, in the channel %v, want %v; %d pins", i, g.State, in, want, len(ch.Pins))
		}
	}
}

// harmless checks that Discord had next to nothing to refuse.
func (c *crowd) harmless(v *virtual) {
	v.Helper()
	invalid := c.guild.Invalid()
	v.Logf("answers of 401, 403 and 429: %d %v", invalid.Total, invalid.ByStatus)
	if invalid.Total >= 10 {
		v.Errorf("%d answers of 401, 403 and 429: %v", invalid.Total, invalid.ByStatus)
	}
}

// warned checks that the log spoke of a bound, first when four fifths of it were
// used, and once each time that it did.
func (v *virtual) warned(what string, limit int) {
	v.Helper()
	var told []int
	for _, m := range regexp.MustCompile(fmt.Sprintf("what=%q used=([0-9]+) ", what)).FindAllStringSubmatch(v.log.String(), -1) {
		used, err := strconv.Atoi(m[1])
		v.ok(err)
		told = append(told, used*20/limit) // twentieths
	}
	if len(told) == 0 || told[0] != 16 || len(slices.Compact(slices.Clone(told))) != len(told) {
		v.Errorf("warnings of %s at the twentieths %v:\n%s", what, told, v.log)
	}
}

func TestScaleDiscordChannels(t *testing.T) {
	const records = 450
	var c *crowd
	start := func(t *testing.T) (handlers, map[string]string) {
		c = gather(t)
		return handlers{"chat.test": c.guild.Handler()}, c.env()
	}
	inVirtualTime(t, start, func(v *virtual) {
		defer c.guild.Close()
		v.load(c.people, records)
		t.Logf("%d records in %s", records, v.settle(12*time.Hour))
		c.right(v, records)
		c.harmless(v)
		v.warned("channels of the guild", 500)
	})
}

func TestScaleDiscordThreads(t *testing.T) {
	const records = 1200
	var c *crowd
	start := func(t *testing.T) (handlers, map[string]string) {
		c = gather(t)
		env := c.env()
		env["KIND_ACCOUNT_THREADS_IN"] = c.hall
		return handlers{"chat.test": c.guild.Handler()}, env
	}
	inVirtualTime(t, start, func(v *virtual) {
		defer c.guild.Close()
		v.load(c.people, records)
		t.Logf("%d records in %s", records, v.settle(24*time.Hour))
		c.right(v, records)
		c.harmless(v)
		v.warned("active threads of the guild", 1000)
	})
}
