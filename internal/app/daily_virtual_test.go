package app

import (
	"strings"
	"testing"
	"time"

	"roomkeeper/sandbox/crm"
	"roomkeeper/sandbox/discord"
	"roomkeeper/sandbox/slack"
)

// The message of the day, in virtual time: made by the clock, sent over HTTP.

// listeners is a platform with people of whom some have no account.
type listeners struct {
	ends handlers
	env  map[string]string
	// told are the texts of what somebody got in private, by the CRM's id.
	told  func(user string) []string
	close func()
}

func onSlackDaily(people []crm.Person, without int) listeners {
	chat := slack.New(slack.Config{BotToken: "xoxb-virtual", Tiers: true, Clock: time.Now})
	for _, p := range people[:len(people)-without] {
		chat.AddUser(slack.User{Name: p.ID, RealName: p.Name, Email: p.Email})
	}
	return listeners{
		ends: handlers{"chat.test": chat.Handler()},
		env: map[string]string{
			"SLACK_BOT_TOKEN": "xoxb-virtual", "SLACK_SIGNING_SECRET": "x", "SLACK_API_URL": "http://chat.test/api/",
		},
		told: func(user string) []string {
			d, _ := chat.Direct(user)
			var texts []string
			for _, m := range d.Messages {
				texts = append(texts, string(m.Blocks))
			}
			return texts
		},
		close: chat.Close,
	}
}

func onDiscordDaily(people []crm.Person, without int) listeners {
	c := &crowd{guild: discord.New(discord.Config{Limits: true, Clock: time.Now})}
	for i := range people[:len(people)-without] {
		people[i].Links = map[string]string{"discord": c.guild.AddUser(discord.User{Name: people[i].ID})}
	}
	return listeners{
		ends: handlers{"chat.test": c.guild.Handler()}, env: c.env(),
		told: func(user string) []string {
			d, _ := c.guild.Direct(user)
			var texts []string
			for _, m := range d.Messages {
				texts = append(texts, string(m.Embeds))
			}
			return texts
		},
		close: c.guild.Close,
	}
}

func TestMessageOfTheDay(t *testing.T) {
	for name, open := range map[string]func([]crm.Person, int) listeners{"slack": onSlackDaily, "discord": onDiscordDaily} {
		t.Run(name, func(t *testing.T) {
			people := crm.GeneratedPeople(6)
			var on listeners
			start := func(*testing.T) (handlers, map[string]string) {
				on = open(people, 2)
				return on.ends, on.env
			}
			inVirtualTime(t, start, func(v *virtual) {
				defer on.close()
				owner, ann, bob := people[0], people[4], people[5]
				v.app.services.resync.start()
				defer v.app.services.resync.stop()
				for _, id := range []string{"1", "2"} {
					for _, event := range []string{"record.created", "channel.requested"} {
						v.hook(told(event, "account", id, "Customer "+id, owner, people[1], ann))
					}
				}
				pass := func(d time.Duration) {
					timer := time.NewTimer(d)
					<-timer.C
				}
				expect := func(when string, messages int, holds ...string) {
					v.Helper()
					texts := on.told(owner.ID)
					if len(texts) != messages {
						v.Fatalf("%s: %d messages, want %d: %v\n%s", when, len(texts), messages, texts, v.log)
					}
					for _, want := range holds {
						if !strings.Contains(texts[len(texts)-1], want) {
							v.Errorf("%s: no %q in %s", when, want, texts[len(texts)-1])
						}
					}
				}
				// Virtual time begins at midnight.
				pass(10 * time.Hour)
				expect("during the first load", 0)
				pass(24 * time.Hour)
				expect("the day after", 1, "2 people of 2 channels", "Customer 1", "Customer 2", ann.Name)
				pass(48 * time.Hour)
				expect("while nothing changes", 1)
				v.hook(told("team.changed", "account", "2", "Customer 2", owner, people[1], ann, bob))
				pass(24 * time.Hour)
				expect("when the list changed", 2, "3 people of 2 channels", bob.Name)
				v.hook(told("team.changed", "account", "1", "Customer 1", owner, people[1]))
				v.hook(told("team.changed", "account", "2", "Customer 2", owner, people[1]))
				pass(24 * time.Hour)
				expect("when nobody is missing", 2)
				if texts := on.told(people[1].ID); len(texts) != 0 {
					v.Errorf("somebody else was told %v", texts)
				}
			})
		})
	}
}
