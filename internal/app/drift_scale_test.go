package app

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/sandbox/slack"
)

// A full drift check under Slack's published tiers, in virtual time.

// slackWorld makes a workspace with tiers and n people, and returns their ids.
func slackWorld(n int) (*slack.Workspace, []string) {
	chat := slack.New(slack.Config{BotToken: "xoxb-virtual", Tiers: true, Clock: time.Now})
	ids := make([]string, n)
	for i := range ids {
		id := fmt.Sprintf("u%d", i)
		ids[i] = chat.AddUser(slack.User{Name: id, RealName: "Person " + id, Email: id + "@example.com"})
	}
	return chat, ids
}

func slackEnv() map[string]string {
	return map[string]string{
		"SLACK_BOT_TOKEN": "xoxb-virtual", "SLACK_SIGNING_SECRET": "x", "SLACK_API_URL": "http://chat.test/api/",
	}
}

// placesOf are the places of 20 people in a crowd, others for each number.
func placesOf(n, crowd int) []int {
	places := make([]int, 20)
	for i := range places {
		places[i] = (n*7 + i*29) % crowd
	}
	return places
}

// seeded stores Groups as they are once everything agrees, each with its channel,
// whose last reading is of then.
func (v *virtual) seeded(chat *slack.Workspace, ids []string, groups int, then time.Time) {
	v.Helper()
	var all sync.WaitGroup
	const writers = 64 // what waits together is stored together
	for w := range writers {
		all.Go(func() {
			for i := w; i < groups; i += writers {
				if _, err := v.app.services.engine.Groups.SaveGroup(v.Context(), seededGroup(chat, ids, i, then)); err != nil {
					v.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
}

func seededGroup(chat *slack.Workspace, ids []string, n int, then time.Time) connector.Group {
	record := connector.RecordKey{CRM: "crm", Kind: connector.KindAccount, ID: fmt.Sprint(n)}
	name := fmt.Sprintf("customer-%d", n)
	g := connector.Group{
		ID: connector.GroupIDOf("slack", record), Platform: "slack", Record: record, RecordName: name,
		State: connector.GroupActive, Origin: connector.CreatedByUs, CreatedAt: then, ChatReadAt: then, Purposed: true,
	}
	var in []string
	for _, place := range placesOf(n, len(ids)) {
		in = append(in, ids[place])
		user := fmt.Sprintf("u%d", place)
		g.Memberships = append(g.Memberships, connector.Membership{
			User: connector.UserID(user), Member: connector.MemberID(ids[place]), Name: "Person " + user,
			Status: connector.StatusMember, Owned: true, Seen: true, Since: then,
			Why: []connector.Path{{Via: connector.ViaTeam, ID: user}},
		})
	}
	g.Channel = connector.Channel{ID: connector.ChannelID(chat.Seed(name, in...)), Name: name}
	return g
}

// observedSince waits until every channel was read after begun, looking again after
// each step, and returns how long that took.
func (v *virtual) observedSince(chat *slack.Workspace, begun time.Time, groups int, step, within time.Duration) time.Duration {
	v.Helper()
	for {
		timer := time.NewTimer(step)
		<-timer.C
		took := time.Since(begun)
		if chat.Counts()["conversations.members"].Answered >= groups { // else it is too early to look
			old := slices.ContainsFunc(slices.Collect(maps.Values(v.groups())), func(g connector.Group) bool { return !g.ChatReadAt.After(begun) })
			if !old {
				return took
			}
		}
		if took > within {
			v.Fatalf("after %s: %+v\n%.4000s", took, chat.Counts(), v.log)
		}
	}
}

// TestScaleDrift: 10,000 channels are read within 1.1 of what half of the tier of
// conversations.members takes, 200 minutes, and nothing is written.
func TestScaleDrift(t *testing.T) {
	const groups = 10_000
	bound := groups * time.Minute / 50
	var chat *slack.Workspace
	var ids []string
	start := func(*testing.T) (handlers, map[string]string) {
		chat, ids = slackWorld(600)
		env := slackEnv()
		env["FULL_SWEEP_SCHEDULE"] = "0 12 * * *"
		return handlers{"chat.test": chat.Handler()}, env
	}
	inVirtualTime(t, start, func(v *virtual) {
		defer chat.Close()
		begun := time.Now()
		v.seeded(chat, ids, groups, begun.Add(-24*time.Hour))
		v.app.services.resync.start()
		defer v.app.services.resync.stop()
		took := v.observedSince(chat, begun, groups, 20*time.Second, 2*bound)
		counts := chat.Counts()
		t.Logf("%d channels in %s, the bound is %s (%.3f); calls %+v", groups, took, bound, float64(took)/float64(bound), counts)
		if took > bound*11/10 {
			t.Errorf("took %s", took)
		}
		readOnly(t, chat)
		for method, count := range counts {
			if count.Limited > 0 {
				t.Errorf("%s: %d answers of 429", method, count.Limited)
			}
		}
		if n := counts["conversations.members"].Arrived; n > groups*101/100 {
			t.Errorf("%d readings of %d channels", n, groups)
		}
		if text := v.app.status(v.Context()); !strings.Contains(text, "slack: the oldest reading of a channel is of 31 Dec 1999") {
			t.Errorf("status:\n%s", text)
		}
	})
}
