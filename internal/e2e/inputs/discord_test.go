package inputs_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"roomkeeper/connector"
	"roomkeeper/internal/world"
	"roomkeeper/sandbox/crm"
)

// TestNamesOnDiscord: whatever a record is called, it gets a channel whose name
// and topic Discord takes.
func TestNamesOnDiscord(t *testing.T) {
	w := world.Start(t, world.Discord(), 5, 0)
	long := strings.Repeat("Very long é ", 420)[:5000]
	twin := connector.ChannelName("{name}", connector.Record{
		Key: connector.RecordKey{CRM: "crm", Kind: "account", ID: "twin2"}, Name: "Twin",
	}, connector.AlphabetAny, 100, 1)
	for _, c := range []struct{ id, name, channel, topic string }{
		{"zh", "上海贸易有限公司", "上海贸易有限公司", "上海贸易有限公司"},
		{"emoji", "🚀🎉", "account-emoji", "🚀🎉"},
		{"blank", "   ", "account-blank", ""},
		{"signs", "<!channel> & @here *x*", "channel-here-x", "<!channel> & @here *x*"},
		{"lines", "two\nlines\tand a tab", "two-lines-and-a-tab", "two lines and a tab"},
		{"mark", "↳ crm/account/1", "", "↳ crm/account/1"},
		{"long", long, "", ""},
		{"twin1", "Twin", "twin", "Twin"},
		{"twin2", "Twin", twin, "Twin"},
	} {
		ref := crm.Ref{Kind: "account", ID: c.id}
		w.CRM.Act(t, "add-record", world.Order{"record": world.Order{
			"kind": "account", "id": c.id, "name": c.name, "owner": crm.Principal{Type: "user", ID: "u1"},
			"team": []crm.Entry{world.Employee("u1"), world.Employee("u2")},
		}})
		w.Open(t, ref)
		g := w.WaitState(t, ref, "active")
		found := false
		for _, own := range w.Chat.State(t).Own() {
			if own.ID != g.ChannelID {
				continue
			}
			found = true
			if own.Name != g.ChannelName || utf8.RuneCountInString(own.Name) > 100 || c.channel != "" && own.Name != c.channel {
				t.Errorf("%s: the channel is %q, the group says %q, want %q", c.id, own.Name, g.ChannelName, c.channel)
			}
			if own.Record != "crm/account/"+c.id || c.id != "long" && own.Topic != c.topic || len(own.Members) != 2 {
				t.Errorf("%s: record %q, topic %q, %d members", c.id, own.Record, own.Topic, len(own.Members))
			}
		}
		if !found {
			t.Errorf("%s: no channel %s", c.id, g.ChannelID)
		}
	}
	w.Quiet(t, world.Patience)
	w.Chat.Lawful(t)
}

// TestRefusedStartOnDiscord: what only the operator can mend ends the start.
func TestRefusedStartOnDiscord(t *testing.T) {
	w := world.Start(t, world.Discord(), 5, 1)
	fresh := func(env ...string) []string {
		return append([]string{"ROOMKEEPER_DATA_DIR=" + t.TempDir(), "ROOMKEEPER_HTTP_ADDR=127.0.0.1:0"}, env...)
	}
	t.Run("variables", func(t *testing.T) {
		w.RefusesToStart(t, []string{"ROOMKEEPER_DISCORD_PUBLIC_KEY", "ROOMKEEPER_DISCORD_GUILD_ID", "not an id of Discord's"},
			fresh("ROOMKEEPER_DISCORD_PUBLIC_KEY=", "ROOMKEEPER_DISCORD_GUILD_ID=meridian")...)
	})
	t.Run("refused token", func(t *testing.T) {
		w.RefusesToStart(t, []string{"ROOMKEEPER_DISCORD_BOT_TOKEN: discord", "token refused; copy the token from the Discord application's page Bot"}, fresh("ROOMKEEPER_DISCORD_BOT_TOKEN=of-nobody")...)
	})
	t.Run("another guild", func(t *testing.T) {
		w.RefusesToStart(t, []string{"discord", "the bot is not in the guild 5"}, fresh("ROOMKEEPER_DISCORD_GUILD_ID=5")...)
	})
	if err := w.Ready(); err != nil {
		t.Errorf("the one that ran all the time: %v", err)
	}
}
