package app

import (
	"fmt"
	"testing"
	"time"

	"roomkeeper/sandbox/crm"
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
		var events []map[string]any
		for i := range records {
			id := fmt.Sprint(i)
			events = append(events, told("record.created", "account", id, "Customer "+id, teamOf(people, i)...))
		}
		for i := range records {
			events = append(events, told("channel.requested", "account", fmt.Sprint(i), "Customer "+fmt.Sprint(i), teamOf(people, i)...))
		}
		v.hook(events...)
		took := v.settle(4 * time.Hour)
		t.Logf("%d records in %s", records, took)
		for id, g := range v.groups() {
			if g.State != "active" || len(g.Memberships) != 5 {
				t.Errorf("%s: %s, %d people", id, g.State, len(g.Memberships))
			}
		}
	})
}
