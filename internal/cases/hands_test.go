package cases_test

import (
	"net/http"
	"testing"

	"roomkeeper/connector"
	discordbox "roomkeeper/sandbox/discord"
	slackbox "roomkeeper/sandbox/slack"
)

// service is the account that SLACK_USER_TOKEN acts for.
const service = "U0SERVICE"

// hands is what else people do on a platform, beside what a side has.
type hands struct {
	// machine makes another app's account.
	machine func(name string) connector.MemberID
	// evict is done by somebody, a person or an app, to somebody else.
	evict func(channel connector.ChannelID, m, by connector.MemberID)
	// botOut, botIn take our bot out of a channel, and invite it.
	botOut, botIn      func(channel connector.ChannelID)
	archive, unarchive func(channel connector.ChannelID)
	// found makes a private channel by the hand of the first of these people, who are in
	// it with our bot.
	found         func(name string, people ...connector.MemberID) connector.ChannelID
	allowRemovals func()
	// rekey gives a channel another id; nil where ids never change.
	rekey func(channel connector.ChannelID) connector.ChannelID
	// asciiNames has the workspace refuse other letters in names; nil where it cannot.
	asciiNames func()
	// refuseNames has the platform refuse names that hold a word, reshapeNames has it
	// give channels other names than asked for: with "-" for "_".
	refuseNames  func(word string)
	reshapeNames func()
	// loseCreation has the answer to the next creation of a channel get lost; nil where
	// no case has it.
	loseCreation func()
	// slowLookups has the next look-up of a person wait for ten minutes.
	slowLookups func(m connector.MemberID)
	// slow has the next calls of a sort wait, so many of them, for a few seconds each.
	slow func(what sort, times int)
	// hideNotes keeps the bot from seeing who gave a channel its name.
	hideNotes func()
}

// sort is what a call is for.
type sort int

const (
	removals sort = iota
	additions
	topics
)

func slackHands(t *testing.T, w *slackbox.Workspace) hands {
	t.Helper()
	do := func(what string, act slackbox.Act) string {
		t.Helper()
		id, err := w.Do(what, act)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	return hands{
		machine: func(name string) connector.MemberID {
			return connector.MemberID(w.AddUser(slackbox.User{Name: name, RealName: name, Bot: true}))
		},
		evict: func(ch connector.ChannelID, m, by connector.MemberID) {
			do("remove", slackbox.Act{Channel: string(ch), User: string(m), By: string(by)})
		},
		botOut: func(ch connector.ChannelID) {
			do("remove", slackbox.Act{Channel: string(ch), User: w.BotUserID(), By: "ann"})
		},
		botIn: func(ch connector.ChannelID) {
			do("invite", slackbox.Act{Channel: string(ch), User: w.BotUserID(), By: "ann"})
		},
		archive:   func(ch connector.ChannelID) { do("archive", slackbox.Act{Channel: string(ch), By: "ann"}) },
		unarchive: func(ch connector.ChannelID) { do("unarchive", slackbox.Act{Channel: string(ch), By: "ann"}) },
		found: func(name string, in ...connector.MemberID) connector.ChannelID {
			do("create", slackbox.Act{User: string(in[0]), Name: name, Private: true})
			for _, m := range append(in[1:], connector.MemberID(w.BotUserID())) {
				do("invite", slackbox.Act{Channel: name, User: string(m), By: string(in[0])})
			}
			ch, _ := w.Channel(name)
			return connector.ChannelID(ch.ID)
		},
		allowRemovals: func() {
			w.UpdateSettings(func(s *slackbox.Settings) { s.AdminsOnlyRemove = false })
		},
		rekey: func(ch connector.ChannelID) connector.ChannelID {
			return connector.ChannelID(do("rekey", slackbox.Act{Channel: string(ch)}))
		},
		asciiNames: func() { w.UpdateSettings(func(s *slackbox.Settings) { s.ASCIINames = true }) },
		refuseNames: func(word string) {
			w.UpdateSettings(func(s *slackbox.Settings) { s.RefuseNames = word })
		},
		reshapeNames: func() { w.UpdateSettings(func(s *slackbox.Settings) { s.ReshapeNames = true }) },
		slowLookups: func(connector.MemberID) {
			fault := slackbox.Fault{Method: "users.lookupByEmail", Kind: slackbox.FaultStatus, Status: http.StatusTooManyRequests, RetryAfter: 600}
			if _, err := w.AddFault(fault); err != nil {
				t.Fatal(err)
			}
		},
		slow: func(what sort, times int) {
			method := map[sort]string{
				removals: "conversations.kick", additions: "conversations.invite", topics: "conversations.setTopic",
			}[what]
			fault := slackbox.Fault{Method: method, Kind: slackbox.FaultStatus, Status: http.StatusTooManyRequests, RetryAfter: 3, Times: times}
			if _, err := w.AddFault(fault); err != nil {
				t.Fatal(err)
			}
		},
		hideNotes: func() { w.UpdateSettings(func(s *slackbox.Settings) { s.MissingMethods = "conversations.history" }) },
	}
}

func discordHands(t *testing.T, g *discordbox.Guild) hands {
	t.Helper()
	do := func(what string, act discordbox.Act) string {
		t.Helper()
		id, err := g.Do(what, act)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	const category = 4 // of the types of a channel
	return hands{
		machine: func(name string) connector.MemberID {
			return connector.MemberID(g.AddUser(discordbox.User{Name: name, Bot: true}))
		},
		evict: func(ch connector.ChannelID, m, by connector.MemberID) {
			do("remove", discordbox.Act{Channel: string(ch), User: string(m), By: string(by)})
		},
		botOut: func(ch connector.ChannelID) {
			do("remove", discordbox.Act{Channel: string(ch), User: g.BotUserID()})
		},
		botIn: func(ch connector.ChannelID) {
			do("invite", discordbox.Act{Channel: string(ch), User: g.BotUserID()})
		},
		archive: func(ch connector.ChannelID) {
			archive := do("create", discordbox.Act{Type: category, Name: "CRM archive"})
			do("move", discordbox.Act{Channel: string(ch), Parent: archive})
		},
		unarchive: func(ch connector.ChannelID) { do("move", discordbox.Act{Channel: string(ch), Parent: "CRM"}) },
		found: func(name string, in ...connector.MemberID) connector.ChannelID {
			do("create", discordbox.Act{By: string(in[0]), Name: name, Private: true})
			for _, m := range append(in[1:], connector.MemberID(g.BotUserID())) {
				do("invite", discordbox.Act{Channel: name, User: string(m)})
			}
			ch, _ := g.Channel(name)
			return connector.ChannelID(ch.ID)
		},
		allowRemovals: func() {
			g.UpdateSettings(func(s *discordbox.Settings) { s.BotPermissions |= discordbox.ManageRoles })
		},
		refuseNames: func(word string) {
			g.UpdateSettings(func(s *discordbox.Settings) { s.RefuseNames = word })
		},
		reshapeNames: func() { g.UpdateSettings(func(s *discordbox.Settings) { s.ReshapeNames = true }) },
		loseCreation: func() {
			if _, err := g.AddFault(discordbox.Fault{Method: "POST /guilds/{guild}/channels", Kind: discordbox.FaultStatus, Status: http.StatusBadGateway, When: discordbox.After}); err != nil {
				t.Fatal(err)
			}
		},
		slowLookups: func(m connector.MemberID) {
			fault := discordbox.Fault{
				Method: "GET /guilds/{guild}/members/{user}", Match: map[string]string{"user": string(m)},
				Kind: discordbox.FaultStatus, Status: http.StatusTooManyRequests, RetryAfter: 600,
				Body: `{"message":"You are being rate limited.","retry_after":600,"global":false}`,
			}
			if _, err := g.AddFault(fault); err != nil {
				t.Fatal(err)
			}
		},
		slow: func(what sort, times int) {
			fault := discordbox.Fault{
				Method: map[sort]string{
					removals: "DELETE /channels/{channel}/permissions/{id}", additions: "PUT /channels/{channel}/permissions/{id}",
					topics: "PATCH /channels/{channel}",
				}[what],
				Kind: discordbox.FaultStatus, Status: http.StatusTooManyRequests, RetryAfter: 3, Times: times,
				Body: `{"message":"You are being rate limited.","retry_after":3,"global":false}`,
			}
			if _, err := g.AddFault(fault); err != nil {
				t.Fatal(err)
			}
		},
		hideNotes: func() {
			g.UpdateSettings(func(s *discordbox.Settings) { s.BotPermissions &^= discordbox.ViewAuditLog })
		},
	}
}
