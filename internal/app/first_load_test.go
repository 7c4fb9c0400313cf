package app

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/sandbox/crm"
	"roomkeeper/sandbox/slack"
)

// The first load of many Records under Slack's published tiers, in virtual time.

// backlog tells of accounts and asks for their channels as somebody does who does
// not wait for them.
func (v *virtual) backlog(people []crm.Person, records int) {
	v.Helper()
	var events []map[string]any
	for i := range records {
		events = append(events, told("record.created", "account", fmt.Sprint(i), fmt.Sprintf("Customer %d", i), crewOf(people, i)...))
	}
	v.hook(events...)
	for i := range records {
		record := connector.RecordKey{CRM: "crm", Kind: connector.KindAccount, ID: fmt.Sprint(i)}
		id := connector.GroupIDOf("slack", record)
		_, err := v.app.services.engine.Inbox.Accept(v.Context(), connector.Intake{
			Group: id, At: time.Now(),
			Open: &connector.Group{
				ID: id, Platform: "slack", Record: record, State: connector.GroupCreating, Origin: connector.CreatedByUs, CreatedAt: time.Now(),
			},
			Jobs: []connector.Job{{Key: connector.JobKey{Lane: connector.LaneGroup, Group: id}}},
		})
		v.ok(err)
	}
}

// crewOf is 20 people of a crowd, others for each number.
func crewOf(people []crm.Person, n int) []crm.Person {
	var team []crm.Person
	for _, place := range placesOf(n, len(people)) {
		team = append(team, people[place])
	}
	return team
}

// click asks for a channel as somebody who waits, and returns how long it took until
// it was asked of Slack, and how many others were in between.
func (v *virtual) click(chat *slack.Workspace, people []crm.Person, id string) (took time.Duration, before int) {
	v.Helper()
	clicked := time.Now()
	for _, event := range []string{"record.created", "channel.requested"} {
		v.hook(told(event, "account", id, "Clicked "+id, crewOf(people, 7)...))
	}
	const patience = time.Minute
	for time.Since(clicked) < patience {
		timer := time.NewTimer(roundTrip)
		<-timer.C
		before = 0
		for _, call := range chat.Calls(0, "conversations.create") {
			switch {
			case call.Time.Before(clicked):
			case call.Args["name"] == "clicked-"+id:
				return call.Time.Sub(clicked), before
			default:
				before++
			}
		}
	}
	v.Errorf("no channel for %s within %s, %d others were made", id, patience, before)
	return patience, before
}

// tiered is a workspace of these people that enforces Slack's published tiers.
func tiered(people []crm.Person) (*slack.Workspace, func(*testing.T) (handlers, map[string]string)) {
	chat := slack.New(slack.Config{BotToken: "xoxb-virtual", Tiers: true, Clock: time.Now})
	for _, p := range people {
		chat.AddUser(slack.User{Name: p.ID, RealName: p.Name, Email: p.Email})
	}
	return chat, func(*testing.T) (handlers, map[string]string) {
		return handlers{"chat.test": chat.Handler()}, slackEnv()
	}
}

// TestScaleFirstLoad: 2,000 channels of 20 people are there, with topic and details
// card, within 1.05 of what conversations.create takes, 20 a minute; what somebody
// waits for gets its next slot.
func TestScaleFirstLoad(t *testing.T) {
	const records, crowd = 2000, 600
	bound := records * time.Minute / 20
	people := crm.GeneratedPeople(crowd)
	chat, start := tiered(people)
	inVirtualTime(t, start, func(v *virtual) {
		defer chat.Close()
		begun := time.Now()
		v.backlog(people, records)
		timer := time.NewTimer(30 * time.Minute)
		<-timer.C
		for i := range 3 {
			took, before := v.click(chat, people, fmt.Sprintf("c%d", i))
			t.Logf("a click was sent after %s, %d others before it", took, before)
			// A slot is three seconds; the Record is read first.
			if before > 1 || took > 4*time.Second {
				t.Errorf("click %d: after %s, %d others before it", i, took, before)
			}
		}
		v.settle(4 * time.Hour)
		took := time.Since(begun)
		t.Logf("%d channels in %s, the bound is %s (%.3f)", records+3, took, bound, float64(took)/float64(bound))
		if took > bound*105/100 {
			t.Errorf("took %s", took)
		}
		loaded(v, chat, records+3, begun)
	})
}

// loaded checks what was made, and that Slack refused next to nothing: the burst of
// a bucket goes over the first minutes' limit, and from then on nothing does.
func loaded(v *virtual, chat *slack.Workspace, records int, begun time.Time) {
	v.Helper()
	early := 0
	for _, call := range chat.Calls(0, "") {
		switch {
		case call.Status != http.StatusTooManyRequests:
		case call.Time.Sub(begun) < 10*time.Minute:
			early++
		default:
			v.Errorf("%s: 429 after %s", call.Method, call.Time.Sub(begun))
		}
	}
	v.Logf("%d answers of 429 at the start; calls %+v", early, chat.Counts())
	if early > 10 {
		v.Errorf("%d answers of 429 at the start", early)
	}
	channels := map[string]slack.StateChannel{}
	for _, ch := range chat.State().Channels {
		channels[ch.ID] = ch
	}
	groups := v.groups()
	if len(groups) != records || len(channels) != records {
		v.Errorf("%d groups and %d channels, want %d", len(groups), len(channels), records)
	}
	for id, g := range groups {
		ch := channels[string(g.Channel.ID)]
		members := slices.Compact(slices.Sorted(slices.Values(ch.Members)))
		if g.State != connector.GroupActive || len(members) != 21 || ch.Topic == "" || len(ch.Pins) != 1 {
			v.Errorf("%s: %s, %d in the channel, topic %q, %d pins", id, g.State, len(members), ch.Topic, len(ch.Pins))
		}
	}
}

// hurry is by how much Slack's tiers are raised where the time is real.
const hurry = 5

// TestFirstLoad is TestScaleFirstLoad and TestScaleDrift, small, over real HTTP: what
// is made and in which order, by no more calls than it takes, and that a world in
// which nothing changes is read and not written to.
func TestFirstLoad(t *testing.T) {
	const records, crowd = 60, 90
	people := crm.GeneratedPeople(crowd)
	chat, ends := tiered(people)
	defer chat.Close()
	chat.UpdateSettings(func(s *slack.Settings) { s.Factor = hurry })
	start := func(t *testing.T) (handlers, map[string]string) {
		t.Helper()
		handlers, env := ends(t)
		env["RATE_FACTOR"], env["DRIFT_MAX_AGE"] = fmt.Sprint(hurry), "5s"
		return handlers, env
	}
	overHTTP(t, start, func(v *virtual) {
		begun := time.Now()
		v.backlog(people, records)
		v.made(chat, records/2)
		took, before := v.click(chat, people, "c0")
		t.Logf("a click was sent after %s, %d others before it", took, before)
		if before > 1 {
			t.Errorf("%d others before the click", before)
		}
		v.settle(5 * time.Minute)
		t.Logf("%d channels in %s, at %d a minute", records+1, time.Since(begun), 20*hurry)
		loaded(v, chat, records+1, begun)
		v.fewest(chat, records+1)

		chat.ResetCounts()
		v.backlogAgain(people, records)
		v.settle(5 * time.Minute)
		v.app.services.resync.start()
		defer v.app.services.resync.stop()
		v.observedSince(chat, time.Now(), records+1, time.Second, 5*time.Minute)
		readOnly(t, chat)
	})
}

// made waits until that many channels were made.
func (v *virtual) made(chat *slack.Workspace, n int) {
	v.Helper()
	for begun := time.Now(); chat.Counts()["conversations.create"].Answered < n; {
		if time.Since(begun) > 5*time.Minute {
			v.Fatalf("%+v\n%.4000s", chat.Counts(), v.log)
		}
		timer := time.NewTimer(roundTrip)
		<-timer.C
	}
}

// backlogAgain tells again what backlog told.
func (v *virtual) backlogAgain(people []crm.Person, records int) {
	v.Helper()
	var events []map[string]any
	for i := range records {
		events = append(events, told("team.changed", "account", fmt.Sprint(i), fmt.Sprintf("Customer %d", i), crewOf(people, i)...))
	}
	v.hook(events...)
}

// fewest checks that each channel took one call of each kind, and each person one
// look-up.
func (v *virtual) fewest(chat *slack.Workspace, records int) {
	v.Helper()
	counts := chat.Counts()
	for _, method := range []string{
		"conversations.create", "conversations.setPurpose", "conversations.setTopic", "conversations.invite", "chat.postMessage", "pins.add",
	} {
		if n := counts[method].Answered - counts[method].Limited; n != records {
			v.Errorf("%s: %d calls for %d channels", method, n, records)
		}
	}
}

// readOnly fails the test for each call that is not a reading.
func readOnly(t *testing.T, chat *slack.Workspace) {
	t.Helper()
	for method, count := range chat.Counts() {
		switch method {
		case "auth.test", "conversations.members", "conversations.list":
		default:
			t.Errorf("%d calls of %s", count.Arrived, method)
		}
	}
}
