package assistant

import (
	"slices"
	"strings"
	"testing"

	"roomkeeper/connector"
)

func testPolicy() connector.Policy {
	return connector.Policy{
		DetailFields: []string{"amount", "city"}, StageField: "stage",
		Topics: []connector.Topic{
			connector.TopicSalesRecord, connector.TopicOwnerChanged, connector.TopicClosed, connector.TopicMergedDeleted,
			connector.TopicPool, connector.TopicCustomAll,
		},
	}
}

func change(key, before, after string) connector.Change {
	return connector.Change{Key: key, Label: key, Before: before, After: after}
}

func updated(changes ...connector.Change) connector.NoticeEvent {
	return connector.NoticeEvent{ID: "e", Type: connector.EventRecordUpdated, Changes: changes}
}

func TestCandidates(t *testing.T) {
	named := updated()
	named.Changed = []string{"owner", "amount"}
	for name, tt := range map[string]struct {
		event connector.NoticeEvent
		want  []connector.Topic
	}{
		"activity":   {activity("e", "a", "x", connector.EventActivityCreated), []connector.Topic{connector.TopicSalesRecord}},
		"note":       {note("e"), []connector.Topic{"custom:news"}},
		"deleted":    {connector.NoticeEvent{Type: connector.EventRecordDeleted}, []connector.Topic{connector.TopicMergedDeleted}},
		"restored":   {connector.NoticeEvent{Type: connector.EventRecordRestored}, []connector.Topic{connector.TopicMergedDeleted}},
		"merged":     {connector.NoticeEvent{Type: connector.EventRecordMerged}, []connector.Topic{connector.TopicMergedDeleted}},
		"team":       {connector.NoticeEvent{Type: connector.EventTeamChanged}, []connector.Topic{connector.TopicTeamChanged}},
		"created":    {connector.NoticeEvent{Type: connector.EventRecordCreated}, nil},
		"owner":      {updated(change("owner", "1", "2")), []connector.Topic{connector.TopicOwnerChanged}},
		"won":        {updated(change("state", "open", "won")), []connector.Topic{connector.TopicClosed}},
		"reopened":   {updated(change("state", "lost", "open")), []connector.Topic{connector.TopicClosed}},
		"into pool":  {updated(change("state", "open", "pooled")), []connector.Topic{connector.TopicPool}},
		"out":        {updated(change("state", "pooled", "open")), []connector.Topic{connector.TopicPool}},
		"stage":      {updated(change("stage", "a", "b")), []connector.Topic{connector.TopicStageChanged}},
		"permitted":  {updated(change("amount", "1", "2")), []connector.Topic{connector.TopicRecordUpdated}},
		"secret":     {updated(change("secret", "1", "2")), nil},
		"no key":     {updated(change("", "1", "2")), nil},
		"only named": {named, []connector.Topic{connector.TopicOwnerChanged, connector.TopicRecordUpdated}},
		"several": {
			updated(change("amount", "1", "2"), change("stage", "a", "b"), change("state", "open", "won"), change("city", "a", "b")),
			[]connector.Topic{connector.TopicClosed, connector.TopicStageChanged, connector.TopicRecordUpdated},
		},
	} {
		if got := candidates(tt.event, testPolicy()); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
	if got := candidates(updated(change("", "1", "2")), connector.Policy{}); got != nil {
		t.Errorf("a change without a key: %v", got)
	}
}

func TestChoose(t *testing.T) {
	on := func(topics ...connector.Topic) connector.Subscription {
		sub := connector.Subscription{Topics: map[connector.Topic]bool{}}
		for _, topic := range topics {
			sub.Topics[connector.Topic(strings.TrimPrefix(string(topic), "-"))] = !strings.HasPrefix(string(topic), "-")
		}
		return sub
	}
	fields := func(sub connector.Subscription, keys ...string) connector.Subscription {
		sub.Fields = keys
		return sub
	}
	both := updated(change("owner", "1", "2"), change("amount", "1", "2"))
	for name, tt := range map[string]struct {
		event connector.NoticeEvent
		sub   connector.Subscription
		topic connector.Topic
		want  bool
	}{
		"default on":            {both, on(), connector.TopicOwnerChanged, true},
		"default off":           {updated(change("amount", "1", "2")), on(), connector.TopicRecordUpdated, false},
		"the next one":          {both, on("-owner_changed", "record_updated"), connector.TopicRecordUpdated, true},
		"none":                  {both, on("-owner_changed"), connector.TopicOwnerChanged, false},
		"its field":             {both, fields(on("-owner_changed", "record_updated"), "amount"), connector.TopicRecordUpdated, true},
		"another field":         {both, fields(on("-owner_changed", "record_updated"), "city"), connector.TopicOwnerChanged, false},
		"a field not permitted": {updated(change("secret", "1", "2"), change("amount", "1", "2")), fields(on("record_updated"), "secret"), connector.TopicRecordUpdated, false},
		"custom by default":     {note("e"), on(), "custom:news", true},
		"custom off":            {note("e"), on("-custom:*"), "custom:news", false},
		"one custom on":         {note("e"), on("-custom:*", "custom:news"), "custom:news", true},
		"one custom off":        {note("e"), on("custom:*", "-custom:news"), "custom:news", false},
		"nothing fits":          {updated(change("secret", "1", "2")), on("record_updated"), "", false},
	} {
		if topic, wanted := choose(tt.event, testPolicy(), tt.sub); topic != tt.topic || wanted != tt.want {
			t.Errorf("%s: %q %t, want %q %t", name, topic, wanted, tt.topic, tt.want)
		}
	}
}

// Cards are pure data: whatever the CRM says stays as it is, for the adapter
// to show as text.
func TestHostileTexts(t *testing.T) {
	const hostile = "<!channel> @everyone <@U1> [x](javascript:1) *b*\n`c` \u202e界"
	n := names{"1": hostile}
	g := connector.Group{RecordName: hostile, RecordURL: "javascript:1"}
	for topic, e := range map[connector.Topic]connector.NoticeEvent{
		connector.TopicSalesRecord: {Type: connector.EventActivityCreated, Activity: &connector.Activity{
			ID: "a", Kind: hostile, Subject: hostile, Text: hostile, Author: connector.Principal{ID: "1"},
		}},
		connector.TopicOwnerChanged: updated(change("owner", "1", "1")),
		"custom:x":                  {Type: connector.EventNotification, Notification: &connector.Notification{Topic: hostile, Title: hostile, Text: hostile}},
	} {
		card := build(topic, e, g, testPolicy(), n)
		if card.Title != hostile {
			t.Errorf("%s: title %q", topic, card.Title)
		}
		for _, text := range []string{card.Text, card.Author} {
			if text != "" && text != hostile {
				t.Errorf("%s: %q", topic, text)
			}
		}
		for _, c := range card.Changes {
			if c.Before != hostile || c.After != hostile {
				t.Errorf("%s: change %+v", topic, c)
			}
		}
		if len(card.Buttons) != 0 {
			t.Errorf("%s: buttons %v", topic, card.Buttons)
		}
	}
}

func TestOnlyPermittedChangesAreShown(t *testing.T) {
	e := updated(change("owner", "1", "2"), change("secret", "a", "b"), change("amount", "1", "2"), change("stage", "x", "y"))
	for topic, want := range map[connector.Topic][]string{
		connector.TopicOwnerChanged: {"owner", "amount"}, connector.TopicStageChanged: {"amount", "stage"}, connector.TopicRecordUpdated: {"amount"},
	} {
		var got []string
		for _, c := range build(topic, e, connector.Group{}, testPolicy(), nil).Changes {
			got = append(got, c.Key)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s shows %v, want %v", topic, got, want)
		}
	}
}

func TestDetailsShowPermittedFields(t *testing.T) {
	record := connector.Record{
		Name: "Acme", State: connector.RecordOpen, Owner: connector.Principal{Type: connector.PrincipalUser, ID: "1"},
		Fields: []connector.Field{{Key: "secret", Value: "x"}, {Key: "city", Value: "Rome"}, {Key: "amount", Value: "10"}},
	}
	g := connector.Group{Unresolved: 2, Memberships: []connector.Membership{{Status: connector.StatusPending}, {Status: connector.StatusMember}}}
	card := detailsCard(g, record, testPolicy(), names{"1": "Olga"})
	var got []string
	for _, f := range card.Fields {
		got = append(got, f.Key+"="+f.Value)
	}
	if want := []string{"owner=Olga", "state=open", "amount=10", "city=Rome"}; !slices.Equal(got, want) {
		t.Errorf("fields %v, want %v", got, want)
	}
	if !strings.Contains(card.Footnote, "1 person") || !strings.Contains(card.Footnote, "2 team entries") {
		t.Errorf("footnote %q", card.Footnote)
	}
}
