package slack

import (
	"errors"
	"testing"
	"time"

	"roomkeeper/connector"
)

func TestRates(t *testing.T) {
	for method, perMinute := range map[string]int{
		"conversations.create": 20, "conversations.rename": 20, "conversations.list": 20, "users.list": 20, "pins.add": 20,
		"conversations.setTopic": 20, "conversations.setPurpose": 20, "conversations.invite": 50, "conversations.kick": 50,
		"conversations.history": 50, "chat.update": 50, "users.lookupByEmail": 50, "conversations.members": 100,
		"users.info": 100, "a.method.of.tomorrow": 20,
	} {
		r := rateOf(method).times(1)
		if r.Count != perMinute || r.Period != time.Minute || r.Burst < 1 || r.Burst > perMinute/4 {
			t.Errorf("%s: %+v, want %d a minute and a small burst", method, r, perMinute)
		}
	}
}

func TestRateFactor(t *testing.T) {
	for _, c := range []struct {
		factor float64
		want   connector.Rate
	}{
		{1, connector.Rate{Count: 20, Period: time.Minute, Burst: 4}},
		{0.5, connector.Rate{Count: 10, Period: time.Minute, Burst: 2}},
		{100, connector.Rate{Count: 2000, Period: time.Minute, Burst: 400}},
		{0.01, connector.Rate{Count: 1, Period: 5 * time.Minute, Burst: 1}},
	} {
		if got := tier2().times(c.factor); got != c.want {
			t.Errorf("factor %v: %+v, want %+v", c.factor, got, c.want)
		}
	}
}

func TestBuckets(t *testing.T) {
	s := newStand(t, map[string]answerer{"chat.postMessage": says(`{"ok":true,"ts":"1.000001","channel":"C1"}`)},
		func(o *Options) { o.RateFactor = 2 })
	if err := post(s); err != nil {
		t.Fatal(err)
	}
	if got, want := s.limiter.Rates["slack/chat.postMessage/C1"], (connector.Rate{Count: 2, Period: time.Second, Burst: 6}); got != want {
		t.Errorf("per channel %+v, want %+v", got, want)
	}
	if s.limiter.Rates["slack/chat.postMessage"].Count != 600 {
		t.Errorf("buckets %v", s.limiter.Rates)
	}
}

// TestPriorities: the SDK hands the context through, so that a call of whoever
// waits says so in each of its buckets.
func TestPriorities(t *testing.T) {
	for _, urgent := range []bool{false, true} {
		s := newStand(t, map[string]answerer{
			"conversations.kick": says(`{"ok":true}`), "conversations.invite": says(`{"ok":true,"channel":{"id":"C1"}}`),
			"conversations.rename": says(`{"ok":true,"channel":{"id":"C1","name":"acme"}}`),
			"chat.postMessage":     says(`{"ok":true,"ts":"1.000001","channel":"C1"}`),
			"chat.update":          says(`{"ok":true,"ts":"1.000001","channel":"C1"}`),
		})
		ctx := t.Context()
		if urgent {
			ctx = connector.WithUrgent(ctx)
		}
		_, named := s.Rename(ctx, "C1", "acme", "")
		_, posted := s.Post(ctx, "C1", "card", connector.Card{Title: "Acme"})
		edited := s.Edit(ctx, "C1", "1.000001", "c1", connector.Card{Title: "Acme"})
		if err := errors.Join(s.Remove(ctx, "C1", "U1"), s.Add(ctx, "C1", []connector.MemberID{"U1"}), named, posted, edited); err != nil {
			t.Fatal(err)
		}
		for bucket, want := range map[string]connector.Priority{
			"slack/conversations.kick": connector.PriorityRemoval, "slack/conversations.invite": connector.PriorityAddition,
			"slack/conversations.rename": connector.PriorityOther, "slack/chat.update": connector.PriorityCard,
			"slack/chat.postMessage": connector.PriorityCard, "slack/chat.postMessage/C1": connector.PriorityCard,
		} {
			if urgent {
				want = want.Urgent()
			}
			if got, asked := s.limiter.Priorities[bucket]; got != want || !asked {
				t.Errorf("urgent %t: %s was asked with priority %d (%t), want %d", urgent, bucket, got, asked, want)
			}
		}
	}
}
