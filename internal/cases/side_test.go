package cases_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"roomkeeper/adapters/discord"
	"roomkeeper/adapters/slack"
	"roomkeeper/connector"
	discordbox "roomkeeper/sandbox/discord"
	slackbox "roomkeeper/sandbox/slack"
)

// side is one platform's adapter before its sandbox, with what people do there.
type side struct {
	platform connector.ChatPlatform
	bot      connector.MemberID
	// person makes somebody with an account.
	person func(name string) connector.MemberID
	// enter, leave, rename are done by hand in a channel; depart and comeBack are
	// about the workspace.
	enter, leave     func(channel connector.ChannelID, m connector.MemberID)
	rename           func(channel connector.ChannelID, name string)
	topic            func(channel connector.ChannelID, text string)
	depart, comeBack func(m connector.MemberID)
	refuseRemovals   func()
	counts           func() map[string]int
	reset            func()
	channel          func(id connector.ChannelID) (name, topic string, in []string)
	close            func()
	hands
	accounts
}

// inProcess answers requests by a handler, without a connection.
type inProcess struct{ http.Handler }

func (p inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	inward := r.Clone(r.Context())
	inward.RequestURI, inward.Host = r.URL.RequestURI(), r.URL.Host
	if inward.Body == nil {
		inward.Body = http.NoBody
	}
	recorder := httptest.NewRecorder()
	p.ServeHTTP(recorder, inward)
	return recorder.Result(), nil
}

func slackSide(t *testing.T, limiter connector.Limiter, clock func() time.Time) side {
	t.Helper()
	return slackAs(t, limiter, clock, "")
}

// slackAs has SLACK_USER_TOKEN too.
func slackAs(t *testing.T, limiter connector.Limiter, clock func() time.Time, userToken string) side {
	t.Helper()
	w := slackbox.New(slackbox.Config{BotToken: "xoxb-cases", UserTokens: map[string]string{"xoxp-cases": service}, Clock: clock})
	w.AddUser(slackbox.User{ID: service, Name: "service", Admin: true})
	a, err := slack.New(slack.Options{
		Token: "xoxb-cases", UserToken: userToken, APIURL: "http://chat.test/api/", Limiter: limiter, HTTP: inProcess{w.Handler()}, Clock: clock,
	})
	if err != nil {
		t.Fatal(err)
	}
	do := func(what string, act slackbox.Act) {
		t.Helper()
		if _, err := w.Do(what, act); err != nil {
			t.Fatal(err)
		}
	}
	return side{
		platform: a.Platform(), bot: connector.MemberID(w.BotUserID()),
		person: func(name string) connector.MemberID {
			return connector.MemberID(w.AddUser(slackbox.User{Name: name, RealName: name, Email: name + "@example.com"}))
		},
		enter: func(ch connector.ChannelID, m connector.MemberID) {
			do("invite", slackbox.Act{Channel: string(ch), User: string(m)})
		},
		leave: func(ch connector.ChannelID, m connector.MemberID) {
			do("leave", slackbox.Act{Channel: string(ch), User: string(m)})
		},
		rename: func(ch connector.ChannelID, name string) {
			do("rename", slackbox.Act{Channel: string(ch), By: "ann", Name: name})
		},
		topic: func(ch connector.ChannelID, text string) {
			do("topic", slackbox.Act{Channel: string(ch), By: "ann", Text: text})
		},
		depart:   func(m connector.MemberID) { do("deactivate", slackbox.Act{User: string(m)}) },
		comeBack: func(m connector.MemberID) { do("reactivate", slackbox.Act{User: string(m)}) },
		refuseRemovals: func() {
			w.UpdateSettings(func(s *slackbox.Settings) { s.AdminsOnlyRemove = true })
		},

		counts: func() map[string]int { return arrived(w.Counts()) },
		reset:  w.ResetCounts,
		channel: func(id connector.ChannelID) (string, string, []string) {
			ch, _ := w.Channel(string(id))
			return ch.Name, ch.Topic, ch.Members
		},
		close: w.Close, hands: slackHands(t, w), accounts: slackAccounts(t, w),
	}
}

func discordSide(t *testing.T, limiter connector.Limiter, clock func() time.Time) side {
	t.Helper()
	g := discordbox.New(discordbox.Config{BotToken: "cases", Clock: clock, NoRates: true})
	a, err := discord.New(discord.Options{
		Token: "cases", APIURL: "http://chat.test/api/", GuildID: g.GuildID(), Limiter: limiter, HTTP: inProcess{g.Handler()}, Clock: clock,
	})
	if err != nil {
		t.Fatal(err)
	}
	do := func(what string, act discordbox.Act) {
		t.Helper()
		if _, err := g.Do(what, act); err != nil {
			t.Fatal(err)
		}
	}
	return side{
		platform: a.Platform(), bot: connector.MemberID(g.BotUserID()),
		person: func(name string) connector.MemberID {
			return connector.MemberID(g.AddUser(discordbox.User{Name: name}))
		},
		enter: func(ch connector.ChannelID, m connector.MemberID) {
			do("invite", discordbox.Act{Channel: string(ch), User: string(m)})
		},
		leave: func(ch connector.ChannelID, m connector.MemberID) {
			do("remove", discordbox.Act{Channel: string(ch), User: string(m)})
		},
		rename: func(ch connector.ChannelID, name string) {
			do("rename", discordbox.Act{Channel: string(ch), By: "ann", Name: name})
		},
		topic: func(ch connector.ChannelID, text string) {
			do("topic", discordbox.Act{Channel: string(ch), Text: text})
		},
		depart:   func(m connector.MemberID) { do("leave", discordbox.Act{User: string(m)}) },
		comeBack: func(m connector.MemberID) { do("enter", discordbox.Act{User: string(m)}) },
		refuseRemovals: func() {
			g.UpdateSettings(func(s *discordbox.Settings) { s.BotPermissions &^= discordbox.ManageRoles })
		},

		counts: func() map[string]int { return arrived(g.Counts()) },
		reset:  g.ResetCounts,
		channel: func(id connector.ChannelID) (string, string, []string) {
			ch, _ := g.Channel(string(id))
			return ch.Name, ch.Topic, ch.Members
		},
		close: g.Close, hands: discordHands(t, g), accounts: discordAccounts(t, g),
	}
}

func arrived(counts map[string]slackbox.Count) map[string]int {
	calls := map[string]int{}
	for method, n := range counts {
		if n.Arrived > 0 {
			calls[method] = n.Arrived
		}
	}
	return calls
}
