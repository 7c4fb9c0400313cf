package httpapi_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/reconcile"
)

func accountKey(id string) connector.RecordKey {
	return connector.RecordKey{CRM: "crm", Kind: connector.KindAccount, ID: id}
}

// heldGroup is a Group in which every field of the contract has something to show.
func heldGroup() connector.Group {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	return connector.Group{
		ID: "g1", Platform: "slack", Record: accountKey("4"), RecordName: "Acme", State: connector.GroupHeld,
		Origin: connector.CreatedByUs, ChatReadAt: at, Unresolved: 2,
		Channel: connector.Channel{ID: "C1", Name: "acme", URL: "https://slack.example/C1"},
		Memberships: []connector.Membership{
			{User: "u1", Member: "U1", Status: connector.StatusMember, Owned: true, Since: at,
				Why: []connector.Path{{Via: connector.ViaOwner, ID: "u1", Name: "Ann"}}},
			{User: "u2", Status: connector.StatusPending, Reason: connector.ReasonNoAccount, Since: at},
			{Member: "U3", Status: connector.StatusHandAdded, Since: at},
		},
		Held: &connector.Hold{Reason: connector.HoldLargeRemoval, Since: at, Plan: connector.Plan{
			ID: "p1", Held: connector.HoldLargeRemoval,
			Actions: []connector.Action{{Type: connector.ActionRemove, User: "u1", Member: "U1", Why: "no path is left"}},
			Calls:   map[string]int{"conversations.kick": 1},
		}},
	}
}

const heldGroupJSON = `{"id":"g1","kind":"account","record_id":"4","record_name":"Acme","platform":"slack",
"channel_id":"C1","channel_name":"acme","channel_url":"https://slack.example/C1","created_by":"us","state":"held",
"crm_read_at":"2026-01-02T00:00:00Z","chat_read_at":"2026-01-02T03:04:05Z",
"members":[
 {"user_id":"u1","member_id":"U1","status":"member","reason":"","since":"2026-01-02T03:04:05Z","why":[{"via":"owner","id":"u1","name":"Ann"}]},
 {"user_id":"u2","member_id":"","status":"pending","reason":"no_account","since":"2026-01-02T03:04:05Z","why":[]},
 {"user_id":"","member_id":"U3","status":"hand_added","reason":"","since":"2026-01-02T03:04:05Z","why":[]}],
"pending":1,"unresolved":2,"held":{"reason":"large_removal"},
"plan":{"id":"p1","actions":[{"action":"remove","user_id":"u1","member_id":"U1","value":"","why":"no path is left"}],
 "held":"large_removal","calls":{"conversations.kick":1}},
"subscriptions":["sales_record"]}`

func sameJSON(t *testing.T, got, want string) {
	t.Helper()
	var g, w any
	if err := json.Unmarshal([]byte(got), &g); err != nil {
		t.Fatalf("%v: %s", err, got)
	}
	if err := json.Unmarshal([]byte(want), &w); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(g, w) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestGetGroup(t *testing.T) {
	s := newRig(t)
	s.save(heldGroup())
	s.topics = []connector.Topic{connector.TopicSalesRecord}
	err := s.engine.Readings.SaveReadings(t.Context(), map[connector.GroupID]connector.Reading{
		"g1": {At: time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)},
	})
	if err != nil {
		t.Fatal(err)
	}
	a := s.call(http.MethodGet, "/api/v1/groups/g1", "")
	if a.status != http.StatusOK {
		t.Fatalf("status %d: %s", a.status, a.body)
	}
	sameJSON(t, a.body, heldGroupJSON)
	s.problem(s.call(http.MethodGet, "/api/v1/groups/g2", ""), http.StatusNotFound)
}

func TestBareGroup(t *testing.T) {
	s := newRig(t)
	s.save(connector.Group{ID: "g1", Platform: "slack", Record: accountKey("4"), State: connector.GroupCreating})
	sameJSON(t, s.call(http.MethodGet, "/api/v1/groups/g1", "").body, `{"id":"g1","kind":"account","record_id":"4",
"record_name":"","platform":"slack","channel_id":"","channel_name":"","channel_url":"","created_by":"us","state":"creating",
"crm_read_at":null,"chat_read_at":null,"members":[],"pending":0,"unresolved":0,"held":null,"plan":null,"subscriptions":[]}`)
}

// page is a list as a caller reads it.
type page struct {
	Items      []map[string]any `json:"items"`
	NextCursor *string          `json:"next_cursor"`
}

func (s *rig) list(path string) (ids []string, next string) {
	s.t.Helper()
	var p page
	s.read(s.call(http.MethodGet, path, ""), http.StatusOK, &p)
	if p.Items == nil || p.NextCursor == nil {
		s.t.Fatalf("list %+v lacks items or next_cursor", p)
	}
	for _, item := range p.Items {
		ids = append(ids, fmt.Sprint(item["id"]))
	}
	return ids, *p.NextCursor
}

func TestListGroups(t *testing.T) {
	s := newRig(t)
	old := connector.RecordKey{CRM: "crm", Kind: "retired", ID: "9"}
	for id, g := range map[connector.GroupID]connector.Group{
		"g1": {Platform: "slack", Record: accountKey("4"), State: connector.GroupActive, Channel: connector.Channel{ID: "C1"}},
		"g2": {Platform: "discord", Record: accountKey("4"), State: connector.GroupActive, Channel: connector.Channel{ID: "C2"}},
		"g3": {Platform: "slack", Record: accountKey("5"), State: connector.GroupFailed},
		"g4": {Platform: "slack", Record: old, State: connector.GroupUnmanaged},
	} {
		g.ID = id
		s.save(g)
	}
	for query, want := range map[string]string{
		"":                                         "g1 g2 g3 g4",
		"kind=account&id=4":                        "g1 g2",
		"kind=AccountObj&id=4":                     "g1 g2",
		"kind=account&id=4&platform=discord":       "g2",
		"platform=slack&channel=C1":                "g1",
		"platform=discord&channel=C1":              "",
		"state=failed":                             "g3",
		"kind=retired&id=9":                        "g4",
		"kind=account&id=404":                      "",
		"kind=&id=&platform=&channel=&state=":      "g1 g2 g3 g4",
		"kind=account&id=4&state=active&limit=200": "g1 g2",
	} {
		ids, _ := s.list("/api/v1/groups?" + query)
		if got := strings.Join(ids, " "); got != want {
			t.Errorf("%q lists %q, want %q", query, got, want)
		}
	}
	var all []string
	cursor := ""
	for range 4 {
		ids, next := s.list("/api/v1/groups?limit=1&cursor=" + cursor)
		all = append(all, ids...)
		cursor = next
	}
	if got := strings.Join(all, " "); got != "g1 g2 g3 g4" || cursor != "" {
		t.Errorf("one by one: %q, then %q", got, cursor)
	}
}

func TestWrongQuery(t *testing.T) {
	s := newRig(t)
	for query, field := range map[string]string{
		"groups?kind=account":       "id",
		"groups?id=4":               "kind",
		"groups?kind=account&id=..": "id",
		"groups?channel=C1":         "platform",
		"groups?state=lively":       "state",
		"groups?limit=0":            "limit",
		"groups?limit=201":          "limit",
		"groups?limit=ten":          "limit",
		"groups?cursor=nonsense":    "cursor",
		"groups?cursor=bm9uc2Vuc2U": "cursor",
		"groups?sate=active":        "sate",
		"pending?limit=201":         "limit",
		"pending?cursor=YzE6eHg":    "cursor",
		"pending?state=active":      "state",
		"dead-letters?limit=-1":     "limit",
		"dead-letters?cursor=!":     "cursor",
	} {
		p := s.problem(s.call(http.MethodGet, "/api/v1/"+query, ""), http.StatusUnprocessableEntity)
		if p.Field != field {
			t.Errorf("%s: field %q, want %q", query, p.Field, field)
		}
	}
}

func TestOpenGroup(t *testing.T) {
	s := newRig(t)
	id := connector.GroupIDOf("slack", accountKey("4"))
	for range 2 { // while it is being made, the same request is answered like the first
		a := s.call(http.MethodPost, "/api/v1/groups", `{"kind":"AccountObj","id":"4"}`)
		var view map[string]any
		s.read(a, http.StatusAccepted, &view)
		if a.header.Get("Location") != "/api/v1/groups/"+string(id) || view["state"] != "creating" || view["id"] != string(id) {
			t.Errorf("Location %q, group %v", a.header.Get("Location"), view)
		}
	}
	if follow := s.call(http.MethodGet, "/api/v1/groups/"+string(id), ""); follow.status != http.StatusOK {
		t.Errorf("Location leads to %d", follow.status)
	}
	g, err := s.engine.Groups.Group(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	g.State, g.Channel = connector.GroupActive, connector.Channel{ID: "C1", Name: "acme"}
	s.save(g)
	if a := s.call(http.MethodPost, "/api/v1/groups", `{"kind":"account","id":"4","platform":"slack"}`); a.status != http.StatusOK {
		t.Errorf("exists: status %d", a.status)
	}
	a := s.call(http.MethodPost, "/api/v1/groups", `{"kind":"account","id":"4","platform":"discord"}`)
	if a.status != http.StatusAccepted {
		t.Errorf("the other platform: status %d, want 202", a.status)
	}
}

func TestOpenGroupRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		err        error
		status     int
		retryAfter string
	}{
		"no such record": {fmt.Errorf("read record: %w", connector.ErrNotFound), 404, ""},
		"deleted":        {reconcile.ErrRecordDeleted, 409, ""},
		"crm waits":      {&connector.WaitError{After: 30 * time.Second, What: "crm"}, 503, "30"},
		"crm away":       {fmt.Errorf("read record: %w", connector.ErrTemporary), 503, "5"},
		"crm refuses us": {connector.ErrUnauthorized, 503, "60"},
		"store away":     {connector.ErrStoreAway, 503, "5"},
		"defect":         {connector.ErrInvalid, 500, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := newRig(t)
			s.err = tt.err
			a := s.call(http.MethodPost, "/api/v1/groups", `{"kind":"account","id":"4"}`)
			s.problem(a, tt.status)
			if got := a.header.Get("Retry-After"); got != tt.retryAfter {
				t.Errorf("Retry-After %q, want %q", got, tt.retryAfter)
			}
			s.problem(s.call(http.MethodPost, "/api/v1/groups", `{"kind":"account","id":"4","dry_run":true}`), tt.status)
		})
	}
}

// A dry run says whether a channel would be made, and makes none.
func TestOpenGroupDry(t *testing.T) {
	s := newRig(t)
	a := s.call(http.MethodPost, "/api/v1/groups", `{"kind":"AccountObj","id":"4","dry_run":true}`)
	var view map[string]any
	s.read(a, http.StatusOK, &view)
	if len(s.opened) != 0 || view["kind"] != "account" || view["id"] != "4" || view["platform"] != "slack" {
		t.Errorf("opened %v, answered %v", s.opened, view)
	}
	s.problem(s.call(http.MethodPost, "/api/v1/groups", `{"kind":"lead","id":"4","dry_run":true}`), http.StatusUnprocessableEntity)
}

func TestOpenGroupOfNoKind(t *testing.T) {
	s := newRig(t)
	p := s.problem(s.call(http.MethodPost, "/api/v1/groups", `{"kind":"lead","id":"4"}`), http.StatusUnprocessableEntity)
	if p.Field != "kind" || !strings.Contains(p.Detail, "account, opportunity") {
		t.Errorf("problem %+v does not name the kinds in use", p)
	}
	if len(s.opened) != 0 {
		t.Errorf("opened %v", s.opened)
	}
}

func TestWrongBodies(t *testing.T) {
	s := newRig(t)
	s.save(heldGroup())
	for _, tt := range []struct {
		method, path, body string
		status             int
		field              string
	}{
		{"POST", "groups", `{"kind":"account"}`, 422, "id"},
		{"POST", "groups", `{"id":"4"}`, 422, "kind"},
		{"POST", "groups", ``, 422, "kind"},
		{"POST", "groups", `{"kind":"account","id":4}`, 422, "id"},
		{"POST", "groups", `{"kind":"account","id":".."}`, 422, "id"},
		{"POST", "groups", `{"kind":"account","id":" "}`, 422, "id"},
		{"POST", "groups", `{"kind":"account","id":"a\u0000b"}`, 422, "id"},
		{"POST", "groups", `{"kind":"account","id":"` + strings.Repeat("4", 256) + `"}`, 422, "id"},
		{"POST", "groups", `{"kind":"account","id":"4","colour":"red"}`, 422, "colour"},
		{"POST", "groups", `{"kind":"account","id":"4","platform":"irc"}`, 422, "platform"},
		{"POST", "groups", `[]`, 422, ""},
		{"POST", "groups", `null`, 422, ""},
		{"POST", "groups", `{"kind":`, 400, ""},
		{"POST", "groups", `{} {}`, 400, ""},
		{"POST", "groups", strings.Repeat(" ", 1<<20+1), 413, ""},
		{"POST", "groups/g1/sync", `{"dryrun":true}`, 422, "dryrun"},
		{"POST", "groups/g1/sync", `{"dry_run":"yes"}`, 422, "dry_run"},
		{"POST", "groups/g1/sync", `{"dry_run":true,"confirm":"p1"}`, 422, "dry_run"},
		{"POST", "groups/g1/sync", `{"confirm":"p1","dismiss":"p1"}`, 422, "dismiss"},
		{"PUT", "groups/g1/subscriptions", `{}`, 422, "topics"},
		{"PUT", "groups/g1/subscriptions", `{"topics":"closed"}`, 422, "topics"},
		{"PUT", "groups/g1/subscriptions", `{"topics":["closed","weather"]}`, 422, "topics[1]"},
		{"PUT", "groups/g1/subscriptions", `{"topics":["custom:"]}`, 422, "topics[0]"},
		{"PUT", "groups/g1/subscriptions", `{"topics":[],"filters":{"own":false}}`, 422, "filters"},
		{"POST", "sweeps", `{"full":"yes"}`, 422, "full"},
	} {
		p := s.problem(s.call(tt.method, "/api/v1/"+tt.path, tt.body), tt.status)
		if p.Field != tt.field {
			t.Errorf("%s %s %.60s: field %q, want %q", tt.method, tt.path, tt.body, p.Field, tt.field)
		}
	}
}
