package neutral_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"roomkeeper/connector"
)

func TestReceive(t *testing.T) {
	at := time.Date(2026, 1, 1, 0, 0, 0, 123_000_000, time.UTC)
	signed := time.Unix(vectorUnix, 0)
	user := func(id string) connector.Principal { return connector.Principal{Type: "user", ID: id} }
	opportunity := connector.RecordKey{CRM: "crm", Kind: connector.KindOpportunity, ID: "9"}
	for name, test := range map[string]struct {
		body string
		want connector.Event
	}{
		"thin, fraction kept": {
			`{"type":"team.changed","timestamp":"2026-01-01T00:00:00.123Z","data":{"kind":"account","record_id":"4"}}`,
			connector.Event{Type: connector.EventTeamChanged, At: at, Record: account("4")},
		},
		"alias, object, large integer, no timestamp": {
			`{"type":"record.created","data":{"object":"accountobj","record_id":900719925474099312345}}`,
			connector.Event{Type: connector.EventRecordCreated, At: signed, Record: account("900719925474099312345")},
		},
		"changes, actor, unknown fields": {
			`{"type":"record.updated","x":[1],"data":{"kind":"account","record_id":"4","y":{},"actor":{"type":"user","id":2},
			  "changed":["amount"],"changes":[{"key":"amount","label":"Amount","before":"10","after":null}]}}`,
			connector.Event{
				Type: connector.EventRecordUpdated, At: signed, Record: account("4"), Actor: user("2"),
				Changed: []string{"amount"}, Changes: []connector.Change{{Key: "amount", Label: "Amount", Before: "10"}},
			},
		},
		"conversion into a kind not in use": {
			`{"type":"record.merged","data":{"kind":"account","record_id":"4","merged_into":{"kind":"contact","id":7}}}`,
			connector.Event{
				Type: connector.EventRecordMerged, At: signed, Record: account("4"),
				MergedInto: &connector.RecordKey{CRM: "crm", Kind: "contact", ID: "7"},
			},
		},
		"principal": {
			`{"type":"principal.changed","data":{"principal":{"type":"department","id":"sales","include_sub":true},"actor":{"type":"user","id":"2"}}}`,
			connector.Event{
				Type: connector.EventPrincipalChanged, At: signed, Actor: user("2"),
				Principal: &connector.Principal{Type: "department", ID: "sales", IncludeSub: true},
			},
		},
		"activity of its own record": {
			`{"type":"activity.created","data":{"kind":"account","record_id":"4","activity":{"id":5,"kind":"call","subject":"Hello",
			  "text":"Long","author":{"name":"Ann"},"at":"2026-01-01T00:00:00.123Z","url":"https://crm.test/5"}}}`,
			connector.Event{
				Type: connector.EventActivityCreated, At: signed, Record: account("4"),
				Activity: &connector.Activity{
					ID: "5", Kind: "call", Subject: "Hello", Text: "Long", Author: connector.Principal{Name: "Ann"},
					At: at, URL: "https://crm.test/5", Targets: []connector.RecordKey{account("4")},
				},
			},
		},
		"activity of several, each once": {
			`{"type":"activity.deleted","data":{"kind":"account","record_id":"4","activity":{"id":"5","targets":[
			  {"kind":"opportunity","record_id":9},{"object":"company","record_id":"4"},{"kind":"account","record_id":4}]}}}`,
			connector.Event{
				Type: connector.EventActivityDeleted, At: signed, Record: account("4"),
				Activity: &connector.Activity{ID: "5", Targets: []connector.RecordKey{opportunity, account("4")}, Deleted: true},
			},
		},
		"notification": {
			`{"type":"notification","data":{"kind":"account","record_id":"4","notification":{"id":"n1","topic":"contract","title":"Ends soon",
			  "text":"In May","fields":[{"label":"End","value":"2026-05-01"}],"url":"https://crm.test/n1"}}}`,
			connector.Event{
				Type: connector.EventNotification, At: signed, Record: account("4"),
				Notification: &connector.Notification{
					ID: "n1", Topic: "contract", Title: "Ends soon", Text: "In May", URL: "https://crm.test/n1",
					Fields: []connector.Field{{Label: "End", Value: "2026-05-01"}},
				},
			},
		},
		"requested": {
			`{"type":"channel.requested","data":{"kind":"account","record_id":"4","platform":"slack","actor":{"type":"user","id":"2"}}}`,
			connector.Event{Type: connector.EventChannelRequested, At: signed, Record: account("4"), Actor: user("2"), Platform: "slack"},
		},
		"fat parts are dropped": {
			`{"type":"team.changed","data":{"kind":"account","record_id":"4","record":{"kind":"account","id":"4","name":"N"},"team":[],"users":[{"id":"1"}]}}`,
			connector.Event{Type: connector.EventTeamChanged, At: signed, Record: account("4")},
		},
		"gap":          {`{"type":"gap"}`, connector.Event{Type: connector.EventGap, At: signed}},
		"ping":         {`{"type":"ping","data":null}`, connector.Event{Type: connector.EventPing, At: signed}},
		"unknown type": {`{"type":"invoice.paid","data":{"kind":7}}`, connector.Event{Type: "invoice.paid", At: signed}},
	} {
		t.Run(name, func(t *testing.T) {
			test.want.ID = "evt_1"
			events, err := send(receiver(t, secret()), "application/json", test.body)
			if err != nil || len(events) != 1 || !sameEvent(events[0], test.want) {
				t.Errorf("got %+v, %v\nwant %+v", events, err, test.want)
			}
		})
	}
}

func sameEvent(a, b connector.Event) bool {
	same := a.At.Equal(b.At)
	a.At, b.At = time.Time{}, time.Time{}
	return same && reflect.DeepEqual(a, b)
}

func TestReceiveCloudEvents(t *testing.T) {
	one := `{"specversion":"1.0","id":"ce-1","source":"/crm","type":"team.changed","time":"2026-01-01T00:00:00.5Z",
	  "timestamp":"2020-01-01T00:00:00Z","data":{"kind":"account","record_id":"4"}}`
	at := time.Unix(vectorUnix, 500_000_000)
	for media, body := range map[string]string{
		"application/cloudevents+json; charset=utf-8": one,
		"application/cloudevents-batch+json":          "[" + one + "]",
	} {
		events, err := send(receiver(t, secret()), media, body)
		if err != nil || len(events) != 1 || events[0].Record != account("4") || !events[0].At.Equal(at) {
			t.Errorf("%s: got %+v, %v", media, events, err)
		}
	}
}

func TestReceiveBatch(t *testing.T) {
	ping := `{"type":"ping"}`
	events, err := send(receiver(t, secret()), "", "["+strings.Repeat(ping+",", 99)+ping+"]")
	if err != nil || len(events) != 100 || events[0].ID != "evt_1\x000" || events[99].ID != "evt_1\x0099" {
		t.Errorf("%d events, %v", len(events), err)
	}
	for _, body := range []string{"[]", "[" + strings.Repeat(ping+",", 100) + ping + "]"} {
		var wrong *connector.MeaningError
		events, err := send(receiver(t, secret()), "", body)
		if !errors.As(err, &wrong) || wrong.Index != -1 || events != nil {
			t.Errorf("%.20s: got %d events, %v", body, len(events), err)
		}
	}
}

func TestReceiveSyntax(t *testing.T) {
	for name, body := range map[string]string{
		"nothing": "", "text": "hello", "half": vectorBody[:50], "two": vectorBody + vectorBody,
		"not UTF-8": strings.Replace(vectorBody, "account", "acc\xffount", 1),
		"deep":      strings.Repeat("[", 1<<19), "deep objects": strings.Repeat(`{"data":`, 1<<17),
	} {
		events, err := send(receiver(t, secret()), "", body)
		if !errors.Is(err, connector.ErrSyntax) || events != nil {
			t.Errorf("%s: got %v, want ErrSyntax", name, err)
		}
	}
}

// Each pair is what replaces the data of an otherwise good event and the field
// that must be named.
func TestReceiveMeaning(t *testing.T) {
	for _, test := range []struct{ typ, data, field string }{
		{"team.changed", `null`, "data"},
		{"team.changed", `[]`, "data"},
		{"team.changed", `{}`, "data.kind"},
		{"team.changed", `{"record_id":"4"}`, "data.kind"},
		{"team.changed", `{"kind":"account"}`, "data.record_id"},
		{"team.changed", `{"kind":"","record_id":"4"}`, "data.kind"},
		{"team.changed", `{"kind":1,"record_id":"4"}`, "data.kind"},
		{"team.changed", `{"object":"lead","record_id":"4"}`, "data.object"},
		{"team.changed", `{"Kind":"account","record_id":"4"}`, "data.kind"},
		{"record.deleted", `{"kind":"account","record_id":1.5}`, "data.record_id"},
		{"record.deleted", `{"kind":"account","record_id":"a\u0000"}`, "data.record_id"},
		{"record.deleted", `{"kind":"account","record_id":".."}`, "data.record_id"},
		{"record.deleted", key(`"actor":"2"`), "data.actor"},
		{"record.deleted", key(`"actor":{"id":"2"}`), "data.actor.type"},
		{"record.deleted", key(`"actor":{"type":"user"}`), "data.actor.id"},
		{"record.updated", key(`"changed":"team"`), "data.changed"},
		{"record.updated", key(`"changed":["a",2]`), "data.changed[1]"},
		{"record.updated", key(`"changes":{}`), "data.changes"},
		{"record.updated", key(`"changes":[7]`), "data.changes[0]"},
		{"record.updated", key(`"changes":[{"key":"a"},{"label":"b"}]`), "data.changes[1].key"},
		{"record.updated", key(`"changes":[{"key":"a","after":12}]`), "data.changes[0].after"},
		{"record.merged", key(`"merged_into":"7"`), "data.merged_into"},
		{"record.merged", key(`"merged_into":{"kind":"account"}`), "data.merged_into.id"},
		{"record.created", key(`"record":{"kind":"account","id":"4"}`), "data.record.name"},
		{"record.created", key(`"record":{"kind":"account","id":"5","name":"N"}`), "data.record.id"},
		{"record.created", key(`"record":{"kind":"opportunity","id":"4","name":"N"}`), "data.record.id"},
		{"record.created", key(`"record":{"kind":"account","id":"4","name":"N","state":"asleep"}`), "data.record.state"},
		{"record.created", key(`"record":{"kind":"account","id":"4","name":"N","modified_at":"today"}`), "data.record.modified_at"},
		{"record.created", key(`"record":{"kind":"account","id":"4","name":"N","owner":{"type":"user"}}`), "data.record.owner.id"},
		{"record.created", key(`"record":{"kind":"account","id":"4","name":"N","fields":[{"value":1}]}`), "data.record.fields[0].value"},
		{"team.changed", key(`"team":{}`), "data.team"},
		{"team.changed", key(`"team":[{}]`), "data.team[0].principal"},
		{"team.changed", key(`"team":[{"principal":{"type":"user"}}]`), "data.team[0].principal.id"},
		{"team.changed", key(`"team":[{"principal":{"type":"user","id":"1","include_sub":"yes"}}]`), "data.team[0].principal.include_sub"},
		{"team.changed", key(`"team":[],"team_version":"v2"`), "data.team_version"},
		{"team.changed", key(`"users":{}`), "data.users"},
		{"team.changed", key(`"users":[{"id":"1","active":"true"}]`), "data.users[0].active"},
		{"team.changed", key(`"users":[{"id":"1","links":{"slack":1}}]`), "data.users[0].links.slack"},
		{"principal.changed", `{}`, "data.principal"},
		{"principal.changed", `{"principal":{"id":"1"}}`, "data.principal.type"},
		{"principal.changed", `{"principal":{"type":"role"}}`, "data.principal.id"},
		{"activity.created", key(`"x":1`), "data.activity"},
		{"activity.created", `{"activity":{"id":"1"}}`, "data.kind"},
		{"activity.updated", key(`"activity":{}`), "data.activity.id"},
		{"activity.deleted", key(`"activity":{"id":"1","targets":[]}`), "data.activity.targets"},
		{"activity.created", key(`"activity":{"id":"1","targets":[{"kind":"account"}]}`), "data.activity.targets[0].record_id"},
		{"activity.created", key(`"activity":{"id":"1","targets":[{"kind":"lead","record_id":"4"}]}`), "data.activity.targets[0].kind"},
		{"activity.created", key(`"activity":{"id":"1","at":0}`), "data.activity.at"},
		{"activity.created", key(`"activity":{"id":"1","author":"Ann"}`), "data.activity.author"},
		{"notification", key(`"x":1`), "data.notification"},
		{"notification", key(`"notification":{"title":"T"}`), "data.notification.topic"},
		{"notification", key(`"notification":{"topic":"t"}`), "data.notification.title"},
		{"notification", key(`"notification":{"topic":"custom:t","title":"T"}`), "data.notification.topic"},
		{"notification", key(`"notification":{"topic":"t","title":" "}`), "data.notification.title"},
		{"channel.requested", key(`"platform":true`), "data.platform"},
	} {
		single := fmt.Sprintf(`{"type":%q,"data":%s}`, test.typ, test.data)
		wantMeaning(t, single, -1, test.field)
		wantMeaning(t, `[{"type":"ping"},{"type":"gap"},`+single+`]`, 2, test.field)
	}
	for body, field := range map[string]string{
		`4`: "body", `"x"`: "body", `null`: "body", `{}`: "type", `{"type":""}`: "type", `{"type":7}`: "type",
		`{"type":"ping","timestamp":"yesterday"}`: "timestamp", `{"type":"ping","timestamp":1767225600}`: "timestamp",
	} {
		wantMeaning(t, body, -1, field)
	}
	wantMeaning(t, `[{"type":"ping"},4]`, 1, "body")
}

func key(more string) string { return `{"kind":"account","record_id":"4",` + more + `}` }

func wantMeaning(t *testing.T, body string, index int, field string) {
	t.Helper()
	events, err := send(receiver(t, secret()), "", body)
	var wrong *connector.MeaningError
	if !errors.As(err, &wrong) || wrong.Index != index || wrong.Field != field || events != nil {
		t.Errorf("%s:\ngot %v, want [%d] %s", body, err, index, field)
	}
}

func TestAnUnknownKindNamesThoseInUse(t *testing.T) {
	_, err := send(receiver(t, secret()), "", `{"type":"team.changed","data":{"kind":"lead","record_id":"4"}}`)
	if err == nil || !strings.Contains(err.Error(), "account, opportunity") {
		t.Errorf("got %v", err)
	}
}

func TestFactsAreKeptWhenNobodyCanBeAsked(t *testing.T) {
	events, err := send(factReceiver(t), "", `{"type":"team.changed","timestamp":"2026-01-01T00:00:01Z","data":{
	  "kind":"AccountObj","record_id":4,"team_version":17,
	  "record":{"kind":"account","id":"4","name":"Northwind","owner":{"type":"user","id":"1"},"state":"won","team_version":16},
	  "team":[{"principal":{"type":"squad","id":"s1"},"role":"member"}],
	  "users":[{"id":1,"email":"ann@example.com","links":{"slack":"U1","discord":null}},{"id":"2","active":false,"external":true}]}}`)
	if err != nil {
		t.Fatal(err)
	}
	want := connector.Facts{
		At: time.Date(2026, 1, 1, 0, 0, 1, 0, time.UTC),
		Record: &connector.Record{
			Key: account("4"), Name: "Northwind", Owner: connector.Principal{Type: "user", ID: "1"},
			State: connector.RecordWon, TeamVersion: "16",
		},
		Team: &connector.Team{Version: "17", Entries: []connector.Entry{
			{Principal: connector.Principal{Type: "squad", ID: "s1"}, Role: "member"},
		}},
		Users: []connector.User{
			{ID: "1", Email: "ann@example.com", Active: true, Links: map[connector.PlatformID]connector.MemberID{"slack": "U1"}},
			{ID: "2", External: true},
		},
	}
	if got := events[0].Facts; !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
}

func TestFactsTellAnEmptyTeamFromNone(t *testing.T) {
	for data, want := range map[string]bool{key(`"team":[]`): true, key(`"team":null`): false, key(`"x":0`): false} {
		events, err := send(factReceiver(t), "", `{"type":"team.changed","data":`+data+`}`)
		if err != nil || (events[0].Facts.Team != nil) != want {
			t.Errorf("%s: %+v, %v", data, events, err)
		}
	}
}

func TestFactsAreNeverOfTheFuture(t *testing.T) {
	events, err := send(factReceiver(t), "",
		`{"type":"principal.changed","timestamp":"2999-01-01T00:00:00Z","data":{"principal":{"type":"user","id":"1"},"users":[{"id":"1","active":false}]}}`)
	if err != nil || len(events[0].Facts.Users) != 1 || !events[0].Facts.At.Equal(now()) {
		t.Errorf("got %+v, %v", events, err)
	}
}
