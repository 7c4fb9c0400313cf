package connectortest

import (
	"slices"

	"roomkeeper/connector"
)

func overviewRules() map[string]func(*chatTest) {
	return map[string]func(*chatTest){
		"overview":          chatOverview,
		"overview out":      chatOverviewOut,
		"overview spoilt":   chatOverviewSpoilt,
		"readings for age":  chatAgedReads,
		"a drift's reading": chatDriftReading,
	}
}

// overview reads what the bot sees; ok is false where there is no such port.
func (t *chatTest) overview() (seen connector.Overlook, ok bool) {
	t.Helper()
	if t.Platform.Overview == nil {
		return seen, false
	}
	seen, err := t.Platform.Overview.Overview(connector.WithDrift(t.ctx()))
	t.ok(err)
	return seen, true
}

// chatOverview: it says the same as a reading of each channel.
func chatOverview(t *chatTest) {
	open, closed := t.create("acme").ID, t.create("gone").ID
	people := t.crowd(3)
	t.ok(t.Platform.Members.Add(t.ctx(), open, people))
	if t.Platform.Describer != nil && !t.NoTopic {
		t.ok(t.Platform.Describer.SetPurpose(t.ctx(), open, "crm/account/4"))
	}
	t.Archive(closed)
	begun := t.Now()
	seen, ok := t.overview()
	if !ok {
		return
	}
	if seen.At.Before(begun) || seen.At.After(t.Now()) {
		t.Errorf("at %s, begun %s", seen.At, begun)
	}
	g, listed := seen.Channels[open]
	if !listed {
		if !seen.Partial {
			t.Errorf("an open channel is missing from %+v", seen)
		}
		return
	}
	if g.Name != "acme" || g.Archived || g.Out || g.Count != len(people) && g.Count != -1 {
		t.Errorf("open channel %+v", g)
	}
	if g.Whole != nil {
		got := slices.Sorted(slices.Values(g.Whole.Members))
		slices.Sort(people)
		if !slices.Equal(got, people) || g.Whole.At != seen.At {
			t.Errorf("people %+v at %s, want %v at %s", got, g.Whole.At, people, seen.At)
		}
	}
	if !g.Made.IsZero() {
		own, err := t.Platform.Channels.Own(t.ctx())
		t.ok(err)
		i := slices.IndexFunc(own, func(ch connector.OwnChannel) bool { return ch.ID == open })
		if i < 0 || !g.Made.Equal(own[i].Created) || g.Purpose != own[i].Purpose || g.Purpose == "" {
			t.Errorf("made %s, purpose %q, but listed as our own are %+v", g.Made, g.Purpose, own)
		}
	}
	if g, listed := seen.Channels[closed]; listed && (!g.Archived || g.Whole != nil) {
		t.Errorf("archived channel %+v", g)
	}
}

// chatOverviewOut: nothing is told of who is in a channel that the bot is not in.
func chatOverviewOut(t *chatTest) {
	if t.Expel == nil {
		return
	}
	ch := t.create("acme").ID
	t.Expel(ch)
	seen, ok := t.overview()
	if g, listed := seen.Channels[ch]; ok && listed && (!g.Out || g.Whole != nil || g.Count != -1) {
		t.Errorf("channel without the bot %+v", g)
	}
}

func chatOverviewSpoilt(t *chatTest) {
	if t.Platform.Overview == nil {
		return
	}
	t.create("acme")
	t.Spoil(ChatOverview, ChatLimited, 0)
	_, err := t.Platform.Overview.Overview(t.ctx())
	t.waits(err)
	t.Spoil(ChatOverview, ChatFailed, 0)
	_, err = t.Platform.Overview.Overview(t.ctx())
	t.is(err, connector.ErrTemporary)
	if seen, _ := t.overview(); !seen.Partial && len(seen.Channels) == 0 {
		t.Error("nothing is seen once it works again")
	}
}

// chatAgedReads: the bound of such readings is told with its burst, if at all.
func chatAgedReads(t *chatTest) {
	r := t.Platform.Limits.AgedReads
	if r != (connector.Rate{}) && (r.Count <= 0 || r.Period <= 0 || r.Burst <= 0) {
		t.Errorf("rate %+v", r)
	}
}

// chatDriftReading: a reading for its age alone shows the same.
func chatDriftReading(t *chatTest) {
	ch := t.create("acme").ID
	people := t.crowd(2)
	t.ok(t.Platform.Members.Add(t.ctx(), ch, people))
	seen, err := t.Platform.Channels.Observe(connector.WithDrift(t.ctx()), ch)
	t.ok(err)
	got := slices.Sorted(slices.Values(seen.Members))
	slices.Sort(people)
	if !slices.Equal(got, people) {
		t.Errorf("people %v, want %v", got, people)
	}
}
