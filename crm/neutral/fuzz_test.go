package neutral_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"roomkeeper/connector"
)

// Whatever is signed is taken whole or refused with one of the three errors,
// and what is taken names everything that its type needs.
func FuzzReceive(f *testing.F) {
	f.Add("", vectorBody)
	f.Add("", `[{"type":"ping"},{"type":"principal.changed","data":{"principal":{"type":"role","id":1}}}]`)
	f.Add("", `{"type":"activity.created","data":{"kind":"account","record_id":4,"activity":{"id":"5","targets":[{"kind":"company","record_id":"4"}]}}}`)
	f.Add("", `{"type":"notification","data":{"kind":"account","record_id":"4","notification":{"topic":"t","title":"T","fields":[{"value":"v"}]}}}`)
	f.Add("application/cloudevents+json", `{"specversion":"1.0","id":"1","type":"team.changed","time":"2026-01-01T00:00:00Z","data":{"object":"AccountObj","record_id":"4"}}`)
	f.Add("", `{"type":"team.changed","data":{"kind":"account","record_id":"4","record":{"kind":"account","id":"4","name":"N"},"team":[{"principal":{"type":"user","id":"1"}}],"team_version":17,"users":[{"id":"1","links":{"slack":"U1"}}]}}`)
	f.Add("", `[[[[{"type":7}]]]]`)
	f.Fuzz(func(t *testing.T, media, body string) {
		events, err := send(factReceiver(t), media, body)
		if err != nil {
			var wrong *connector.MeaningError
			if events != nil || (!errors.As(err, &wrong) && !errors.Is(err, connector.ErrSyntax)) {
				t.Fatalf("got %+v, %v", events, err)
			}
			return
		}
		if len(events) == 0 || len(events) > 100 {
			t.Fatalf("%d events", len(events))
		}
		for _, event := range events {
			checkWhole(t, event)
		}
	})
}

func checkWhole(t *testing.T, e connector.Event) {
	t.Helper()
	if !strings.HasPrefix(e.ID, "evt_1") || e.Type == "" {
		t.Fatalf("without identity or type: %+v", e)
	}
	switch e.Type {
	case connector.EventGap, connector.EventPing:
		return
	case connector.EventPrincipalChanged:
		if e.Principal == nil || e.Principal.Type == "" || badID(e.Principal.ID) {
			t.Fatalf("without a principal: %+v", e)
		}
		return
	case connector.EventActivityCreated, connector.EventActivityUpdated, connector.EventActivityDeleted:
		if e.Activity == nil || badID(e.Activity.ID) || len(e.Activity.Targets) == 0 {
			t.Fatalf("without an activity: %+v", e)
		}
		for _, target := range e.Activity.Targets {
			checkKey(t, target)
		}
	case connector.EventNotification:
		if e.Notification == nil || e.Notification.Topic == "" || e.Notification.Title == "" {
			t.Fatalf("without a notification: %+v", e)
		}
	case connector.EventRecordCreated, connector.EventRecordUpdated, connector.EventRecordDeleted,
		connector.EventRecordRestored, connector.EventRecordMerged, connector.EventTeamChanged, connector.EventChannelRequested:
	default:
		return
	}
	checkKey(t, e.Record)
	if r := e.Facts.Record; r != nil && (r.Key != e.Record || r.Name == "") {
		t.Fatalf("another record: %+v", e)
	}
	if team := e.Facts.Team; team != nil {
		for _, entry := range team.Entries {
			if entry.Principal.Type == "" || badID(entry.Principal.ID) {
				t.Fatalf("an entry that names nobody: %+v", entry)
			}
		}
	}
	for _, user := range e.Facts.Users {
		if badID(string(user.ID)) {
			t.Fatalf("a user without an id: %+v", user)
		}
	}
}

func checkKey(t *testing.T, key connector.RecordKey) {
	t.Helper()
	if _, used := kinds().Kind(string(key.Kind)); key.CRM != "crm" || !used || badID(key.ID) {
		t.Fatalf("not a key: %+v", key)
	}
}

func badID(id string) bool {
	return strings.TrimSpace(id) == "" || utf8.RuneCountInString(id) > 255 || strings.ContainsAny(id, "\x00\n\uFFFD") || !utf8.ValidString(id)
}
