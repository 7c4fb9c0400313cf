package slack

import (
	"errors"
	"testing"
	"time"

	"roomkeeper/connector"
)

const oneMember = `{"ok":true,"members":["UBOT","U1"]}`

// TestDriftShare: a reading for its age alone takes half of the tier at the lowest
// priority, also when somebody waits for the run, and the tier itself besides.
func TestDriftShare(t *testing.T) {
	s := newStand(t, map[string]answerer{membersMethod: says(oneMember)})
	if _, err := s.Observe(connector.WithDrift(connector.WithUrgent(t.Context())), "C1"); err != nil {
		t.Fatal(err)
	}
	for bucket, want := range map[string]connector.Rate{
		"slack/conversations.members/drift": {Count: 100, Period: 2 * time.Minute, Burst: 10},
		"slack/conversations.members":       {Count: 100, Period: time.Minute, Burst: 20},
	} {
		if s.limiter.Rates[bucket] != want || s.limiter.Priorities[bucket] != connector.PriorityDrift {
			t.Errorf("%s: %+v at priority %d", bucket, s.limiter.Rates[bucket], s.limiter.Priorities[bucket])
		}
	}
	s.limiter.Closed["slack/conversations.members/drift"] = time.Second
	var wait *connector.WaitError
	if _, err := s.Observe(connector.WithDrift(t.Context()), "C1"); !errors.As(err, &wait) || wait.After != time.Second {
		t.Errorf("error %v, want a wait of a second", err)
	}
	if _, err := s.Observe(t.Context(), "C1"); err != nil {
		t.Errorf("another reading: %v", err)
	}
	if s.calls[membersMethod] != 2 {
		t.Errorf("%d calls", s.calls[membersMethod])
	}
}

// TestOverview: the count leaves the bot out, and is told of channels that it is in.
func TestOverview(t *testing.T) {
	s := newStand(t, map[string]answerer{"conversations.list": says(`{"ok":true,"channels":[
		{"id":"C1","name":"acme","is_member":true,"num_members":3},
		{"id":"C2","name":"hall","is_member":false,"num_members":9},
		{"id":"C3","name":"gone","is_archived":true,"is_member":false,"num_members":2},
		{"id":"C4","name":"bare","is_member":true},
		{"id":"C5","name":"ours","is_member":true,"creator":"UBOT","created":1700000000,"purpose":{"value":"crm/account/a&amp;b"}},
		{"id":"C6","name":"theirs","is_member":true,"creator":"U9","created":1700000000,"purpose":{"value":"crm/account/a&amp;b"}}]}`)})
	seen, err := s.Overview(t.Context())
	if err != nil || seen.Partial {
		t.Fatalf("%+v, %v", seen, err)
	}
	for id, want := range map[connector.ChannelID]connector.Glimpse{
		"C1": {Name: "acme", Count: 2}, "C2": {Name: "hall", Out: true, Count: -1},
		"C3": {Name: "gone", Archived: true, Out: true, Count: -1}, "C4": {Name: "bare", Count: -1},
		"C5": {Name: "ours", Count: -1, Made: time.Unix(1700000000, 0), Purpose: "crm/account/a&b"}, "C6": {Name: "theirs", Count: -1},
	} {
		if got := seen.Channels[id]; got != want {
			t.Errorf("%s: %+v, want %+v", id, got, want)
		}
	}
}
