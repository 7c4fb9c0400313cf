package inputs_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"roomkeeper/connector"
	"roomkeeper/internal/world"
	"roomkeeper/sandbox/crm"
)

// TestNames: whatever a record is called, it gets one channel with a legal name.
// What is legal, and that names are unique, is Slack's.
func TestNames(t *testing.T) {
	w := world.Start(t, world.Slack(), 5, 0)
	long := strings.Repeat("Very long é ", 420)[:5000]
	twin := connector.ChannelName("{name}", connector.Record{
		Key: connector.RecordKey{CRM: "crm", Kind: "account", ID: "twin2"}, Name: "Twin",
	}, connector.AlphabetAny, 80, 1)
	cases := []struct{ id, name, channel, topic string }{
		{"zh", "上海贸易有限公司", "上海贸易有限公司", "上海贸易有限公司"},
		{"emoji", "🚀🎉", "account-emoji", "🚀🎉"},
		{"blank", "   ", "account-blank", ""},
		{"signs", "<!channel> & @here *x*", "channel-here-x", "<!channel> & @here *x*"},
		{"lines", "two\nlines\tand a tab", "two-lines-and-a-tab", "two lines and a tab"},
		{"long", long, strings.TrimRight(string([]rune(strings.ReplaceAll(strings.ToLower(long), " ", "-"))[:80]), "-"), ""},
		{"twin1", "Twin", "twin", "Twin"},
		{"twin2", "Twin", twin, "Twin"},
	}
	for _, c := range cases {
		ref := crm.Ref{Kind: "account", ID: c.id}
		record := world.Order{
			"kind": "account", "id": c.id, "name": c.name, "owner": crm.Principal{Type: "user", ID: "u1"},
			"team": []crm.Entry{world.Employee("u1"), world.Employee("u2")},
		}
		w.CRM.Act(t, "add-record", world.Order{"record": record})
		if _, status := w.Open(t, ref); status != http.StatusAccepted {
			t.Errorf("open %s: %d", c.id, status)
		}
		g := w.WaitState(t, ref, "active")
		if g.ChannelName != c.channel || utf8.RuneCountInString(g.ChannelName) > 80 {
			t.Errorf("%s: the channel is %q, want %q", c.id, g.ChannelName, c.channel)
		}
		var ch crm.Ref
		for _, own := range w.Chat.State(t).Own() {
			if own.ID != g.ChannelID {
				continue
			}
			ch = ref
			if own.Name != c.channel || own.Record != "crm/account/"+c.id || utf8.RuneCountInString(own.Topic) > 250 {
				t.Errorf("%s: the workspace has %q, purpose %q, topic %q", c.id, own.Name, own.Record, own.Topic)
			}
			if c.id != "long" && own.Topic != c.topic {
				t.Errorf("%s: the topic is %q, want %q", c.id, own.Topic, c.topic)
			}
			if len(own.Pinned) != 1 {
				t.Errorf("%s: %d pins, want the details card", c.id, len(own.Pinned))
			}
		}
		if ch != ref {
			t.Errorf("%s: no channel %s", c.id, g.ChannelID)
		}
	}
	renamesKeepSuffix(t, w, twin)
	if n := len(w.Chat.State(t).Own()); n != len(cases) {
		t.Errorf("%d channels for %d records", n, len(cases))
	}
}

// renamesKeepSuffix: away from a shared name and back is the same suffix again.
func renamesKeepSuffix(t *testing.T, w *world.World, twin string) {
	t.Helper()
	ref := crm.Ref{Kind: "account", ID: "twin2"}
	for _, c := range [][2]string{{"Alone", "alone"}, {"Twin", twin}} {
		w.CRM.Act(t, "edit", world.About(ref).With("edit", world.Order{"name": c[0]}))
		world.Eventually(t, world.Patience, "renamed to "+c[1], func() error {
			if g := w.Group(t, ref); g.ChannelName != c[1] {
				return fmt.Errorf("it is %q", g.ChannelName)
			}
			return nil
		})
	}
}

// TestEmptyName: a CRM that only sends may send a record without a name in it;
// a sweep and a channel are not in the way of that.
// People are found by their addresses, as on Slack.
func TestEmptyName(t *testing.T) {
	w := world.Start(t, world.Slack(), 5, 0, "ROOMKEEPER_CRM_URL=", "ROOMKEEPER_CRM_TOKEN=")
	body := `{"type":"channel.requested","data":{"kind":"account","record_id":"7",
		"record":{"kind":"account","id":"7","name":"","owner":{"type":"user","id":"u1"}},
		"team":[{"principal":{"type":"user","id":"u1"},"role":"owner"}],"team_version":1,
		"users":[{"id":"u1","name":"Alma","email":"u1@example.com"}]}}`
	if status, p := w.Post(t, world.Delivery{Body: body}); status != http.StatusNoContent {
		t.Fatalf("%d %+v", status, p)
	}
	if g := w.WaitState(t, crm.Ref{Kind: "account", ID: "7"}, "active"); g.ChannelName != "account-7" {
		t.Errorf("the channel is %q", g.ChannelName)
	}
	missing := strings.Replace(body, `"name":"",`, "", 1)
	if status, p := w.Post(t, world.Delivery{Body: missing}); status != http.StatusUnprocessableEntity || p.Field != "data.record.name" {
		t.Errorf("without a name at all: %d %+v", status, p)
	}
}
