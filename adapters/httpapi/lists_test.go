package httpapi_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"roomkeeper/connector"
)

// saveWithPending stores a Group with n pending people between others.
func (s *rig) saveWithPending(id connector.GroupID, n int) []string {
	s.t.Helper()
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	g := connector.Group{ID: id, Platform: "slack", Record: accountKey(string(id)), RecordName: "Acme", State: connector.GroupActive}
	var users []string
	for i := range n {
		user := fmt.Sprintf("%s-u%03d", id, i)
		users = append(users, user)
		g.Memberships = append(g.Memberships,
			connector.Membership{User: connector.UserID(user), Name: "Ann", Status: connector.StatusPending, Reason: connector.ReasonGuest, Since: at, TriedAt: at},
			connector.Membership{Member: "U1", Status: connector.StatusMember})
	}
	s.save(g)
	return users
}

func TestPending(t *testing.T) {
	s := newRig(t)
	var want []string
	for i := range 7 {
		want = append(want, s.saveWithPending(connector.GroupID(fmt.Sprintf("g%d", i)), i%4*3)...)
	}
	for _, limit := range []int{1, 2, 3, 5, 9, 200} {
		var got []string
		cursor, pages := "", 0
		for {
			var p page
			s.read(s.call(http.MethodGet, fmt.Sprintf("/api/v1/pending?limit=%d&cursor=%s", limit, cursor), ""), http.StatusOK, &p)
			if len(p.Items) > limit {
				t.Fatalf("%d items, limit %d", len(p.Items), limit)
			}
			for _, item := range p.Items {
				got = append(got, fmt.Sprint(item["user_id"]))
			}
			cursor = *p.NextCursor
			if pages++; cursor == "" || pages > len(want)+2 {
				break
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("limit %d lists %v\nwant %v", limit, got, want)
		}
	}
}

func TestPendingOverManyGroups(t *testing.T) {
	s := newRig(t)
	for i := range 103 {
		s.saveWithPending(connector.GroupID(fmt.Sprintf("g%03d", i)), 1)
	}
	var p page
	s.read(s.call(http.MethodGet, "/api/v1/pending?limit=200", ""), http.StatusOK, &p)
	if len(p.Items) != 103 || *p.NextCursor != "" {
		t.Errorf("%d items, then %q; want 103 and the end", len(p.Items), *p.NextCursor)
	}
}

func TestPendingPerson(t *testing.T) {
	s := newRig(t)
	sameJSON(t, s.call(http.MethodGet, "/api/v1/pending", "").body, `{"items":[],"next_cursor":""}`)
	s.saveWithPending("g1", 1)
	sameJSON(t, s.call(http.MethodGet, "/api/v1/pending", "").body, `{"items":[{"user_id":"g1-u000","member_id":"","name":"Ann",
"group_id":"g1","kind":"account","record_id":"g1","record_name":"Acme","platform":"slack","reason":"guest",
"since":"2026-01-02T03:04:05Z","last_try":"2026-01-02T03:04:05Z"}],"next_cursor":""}`)
}

// bury makes a dead letter of a queued run.
func (s *rig) bury(id string) {
	s.t.Helper()
	key := connector.JobKey{Lane: connector.LaneGroup, Group: "g1"}
	if err := s.engine.Queue.Add(s.t.Context(), connector.Job{Key: key}); err != nil {
		s.t.Fatal(err)
	}
	lease, err := s.engine.Queue.Take(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	err = s.engine.Queue.Finish(s.t.Context(), lease, connector.RunEnd{Outcome: connector.RunDead, Dead: &connector.DeadLetter{
		ID: id, At: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Group: "g1", Record: accountKey("4"), Platform: "slack",
		What: "group", Reason: "forbidden", Attempts: 3,
	}})
	if err != nil {
		s.t.Fatal(err)
	}
}

func TestDeadLetters(t *testing.T) {
	s := newRig(t)
	s.save(heldGroup())
	s.bury("d1")
	s.bury("d2")
	ids, next := s.list("/api/v1/dead-letters?limit=1")
	if !slices.Equal(ids, []string{"d1"}) || next == "" {
		t.Fatalf("first page %v, then %q", ids, next)
	}
	a := s.call(http.MethodGet, "/api/v1/dead-letters?cursor="+next, "")
	sameJSON(t, a.body, `{"items":[{"id":"d2","at":"2026-01-02T03:04:05Z","group_id":"g1","kind":"account","record_id":"4",
"platform":"slack","what":"group","reason":"forbidden","attempts":3}],"next_cursor":""}`)

	if a := s.call(http.MethodPost, "/api/v1/dead-letters/d1/replay", ""); a.status != http.StatusAccepted {
		t.Errorf("replay: status %d: %s", a.status, a.body)
	}
	if depth, err := s.engine.Queue.Depth(t.Context()); err != nil || depth.Waiting != 1 {
		t.Errorf("depth %+v, %v; want the work queued again", depth, err)
	}
	if a := s.call(http.MethodDelete, "/api/v1/dead-letters/d2", ""); a.status != http.StatusNoContent {
		t.Errorf("drop: status %d: %s", a.status, a.body)
	}
	if ids, _ := s.list("/api/v1/dead-letters"); len(ids) != 0 {
		t.Errorf("left: %v", ids)
	}
	s.problem(s.call(http.MethodPost, "/api/v1/dead-letters/d1/replay", ""), http.StatusNotFound)
	s.problem(s.call(http.MethodDelete, "/api/v1/dead-letters/d2", ""), http.StatusNotFound)
}
