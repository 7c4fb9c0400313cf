package crm_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"roomkeeper/sandbox/crm"
)

type page struct {
	Records []crm.Record `json:"records"`
	Next    string       `json:"next_cursor"`
}

func TestPullNeedsToken(t *testing.T) {
	s := newSite(t, crm.Config{})
	var problem struct{ Status int }
	status, err := s.call(http.MethodGet, "/records?kind=account", "wrong", nil, &problem)
	if err != nil || status != http.StatusUnauthorized || problem.Status != http.StatusUnauthorized {
		t.Errorf("status %d, problem %+v, %v", status, problem, err)
	}
}

func TestRecordAndTeam(t *testing.T) {
	s := newSite(t, crm.Config{BaseURL: "http://page.example"})
	if err := s.SeedDemo(); err != nil {
		t.Fatal(err)
	}
	var rec crm.Record
	if got := s.get("/records/account/2", &rec); got != http.StatusOK {
		t.Fatalf("status %d", got)
	}
	if rec.Name != "华清科技有限公司" || rec.URL != "http://page.example/records/account/2" || rec.Owner.ID != "4" {
		t.Errorf("record %+v", rec)
	}
	var team struct {
		Version int64       `json:"team_version"`
		Team    []crm.Entry `json:"team"`
	}
	s.get("/records/account/2/team", &team)
	if len(team.Team) != 4 || team.Version != rec.TeamVersion {
		t.Errorf("team %+v", team)
	}
	ref := crm.Ref{Kind: "account", ID: "2"}
	if err := s.AddTeam(ref, crm.Entry{Principal: crm.Principal{ID: "8"}}, "4"); err != nil {
		t.Fatal(err)
	}
	s.get("/records/account/2/team", &team)
	var after crm.Record
	s.get("/records/account/2", &after)
	if len(team.Team) != 5 || team.Version != rec.TeamVersion+1 || after.ModifiedAt.Before(rec.ModifiedAt) {
		t.Errorf("after an addition: team %+v, record %+v", team, after)
	}
	if err := s.DeleteRecord(ref, ""); err != nil {
		t.Fatal(err)
	}
	if got := s.get("/records/account/2", nil); got != http.StatusNotFound {
		t.Errorf("deleted record answered %d", got)
	}
}

func TestListCursors(t *testing.T) {
	s := newSite(t, crm.Config{})
	if err := s.SeedGenerated(30, 25); err != nil {
		t.Fatal(err)
	}
	var first page
	s.get("/records?kind=account&limit=10", &first)
	// What changes during the walk comes again at its end, nothing is missed.
	name := "Renamed"
	if err := s.EditRecord(crm.Ref{Kind: "account", ID: "1"}, crm.Edit{Name: &name}, ""); err != nil {
		t.Fatal(err)
	}
	seen := first.Records
	for cursor := first.Next; cursor != ""; {
		var p page
		s.get("/records?kind=account&limit=10&cursor="+cursor, &p)
		seen, cursor = append(seen, p.Records...), p.Next
	}
	ids := map[string]int{}
	for _, r := range seen {
		ids[r.ID]++
		if len(r.Team) != 20 {
			t.Errorf("record %s with a team of %d", r.ID, len(r.Team))
		}
	}
	if len(ids) != 25 || ids["1"] != 2 || seen[len(seen)-1].Name != name {
		t.Errorf("seen %v", ids)
	}
	if got := s.get("/records?kind=opportunity&cursor="+first.Next, nil); got != http.StatusGone {
		t.Errorf("another question's cursor answered %d", got)
	}
	s.ForgetCursors()
	if got := s.get("/records?kind=account&limit=10&cursor="+first.Next, nil); got != http.StatusGone {
		t.Errorf("a forgotten cursor answered %d", got)
	}
	if got := s.get("/records?limit=501", nil); got != http.StatusBadRequest {
		t.Errorf("limit 501 answered %d", got)
	}
}

func TestListSince(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	s := newSite(t, crm.Config{Clock: func() time.Time { return now }})
	if err := s.SeedGenerated(5, 3); err != nil {
		t.Fatal(err)
	}
	now = now.Add(time.Hour)
	if err := s.DeleteRecord(crm.Ref{Kind: "account", ID: "2"}, ""); err != nil {
		t.Fatal(err)
	}
	if err := s.MergeRecord(crm.Ref{Kind: "account", ID: "3"}, crm.Ref{Kind: "account", ID: "1"}, ""); err != nil {
		t.Fatal(err)
	}
	var all, changed page
	s.get("/records?kind=account", &all)
	s.get("/records?kind=account&since="+url.QueryEscape(now.Format(time.RFC3339)), &changed)
	if len(all.Records) != 1 || all.Records[0].ID != "1" {
		t.Errorf("all that exist: %+v", all.Records)
	}
	if len(changed.Records) != 2 || changed.Records[0].State != crm.StateDeleted || changed.Records[1].MergedInto.ID != "1" {
		t.Errorf("changed: %+v", changed.Records)
	}
}

func TestUsersAndPrincipals(t *testing.T) {
	s := newSite(t, crm.Config{})
	if err := s.SeedDemo(); err != nil {
		t.Fatal(err)
	}
	var users struct {
		Users []crm.User `json:"users"`
	}
	s.get("/users?ids=1,p1,nobody", &users)
	if len(users.Users) != 2 || !users.Users[1].External {
		t.Errorf("by ids: %+v", users.Users)
	}
	s.get("/users?email="+url.QueryEscape(" MARA@Meridian.example"), &users)
	if len(users.Users) != 1 || users.Users[0].ID != "1" {
		t.Errorf("by e-mail: %+v", users.Users)
	}
	if got := s.get("/users?ids="+strings.Repeat("x,", 100)+"x", nil); got != http.StatusBadRequest {
		t.Errorf("101 ids answered %d", got)
	}
	var ids struct {
		Users []string `json:"users"`
	}
	s.get("/principals/department/sales/users", &ids)
	if !slices.Equal(ids.Users, []string{"1", "3"}) {
		t.Errorf("sales: %v", ids.Users)
	}
	s.get("/principals/department/sales/users?include_sub=true", &ids)
	if !slices.Equal(ids.Users, []string{"1", "3", "4"}) {
		t.Errorf("sales with those below: %v", ids.Users)
	}
	if err := s.SetUnit(crm.Unit{Type: "role", ID: "nobody"}, ""); err != nil {
		t.Fatal(err)
	}
	var nobody map[string]json.RawMessage
	s.get("/principals/role/nobody/users", &nobody)
	if string(nobody["users"]) != "[]" {
		t.Errorf("nobody is %s", nobody["users"])
	}
	if got := s.get("/principals/role/none/users", nil); got != http.StatusNotFound {
		t.Errorf("unknown principal answered %d", got)
	}
}

func TestPrincipalPages(t *testing.T) {
	s := newSite(t, crm.Config{})
	var people []string
	for i := range 501 {
		people = append(people, fmt.Sprintf("u%03d", i))
	}
	if err := s.SetUnit(crm.Unit{Type: "role", ID: "all", Name: "All", Users: people}, ""); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Users []string `json:"users"`
		Next  string   `json:"next_cursor"`
	}
	s.get("/principals/role/all/users", &got)
	if len(got.Users) != 500 || got.Next == "" {
		t.Fatalf("first page: %d, next %q", len(got.Users), got.Next)
	}
	s.get("/principals/role/all/users?cursor="+got.Next, &got)
	if !slices.Equal(got.Users, []string{"u500"}) || got.Next != "" {
		t.Errorf("second page: %v, next %q", got.Users, got.Next)
	}
}

func TestFaults(t *testing.T) {
	s := newSite(t, crm.Config{})
	if err := s.SeedDemo(); err != nil {
		t.Fatal(err)
	}
	fault := func(kind string) {
		t.Helper()
		f := crm.Fault{Match: "GET /records/*/team", Kind: kind, Status: http.StatusServiceUnavailable, Times: 1, DelayMS: 1}
		if got := s.control("fault", map[string]any{"fault": f}); got != http.StatusOK {
			t.Fatalf("fault %s answered %d", kind, got)
		}
	}
	const path = "/records/account/1/team"
	var team map[string]any
	for kind, want := range map[string]int{crm.FaultStatus: 503, crm.FaultGone: 410, crm.FaultSlow: 200} {
		fault(kind)
		if got := s.get(path, nil); got != want {
			t.Errorf("%s answered %d", kind, got)
		}
	}
	for _, kind := range []string{crm.FaultCut, crm.FaultPartial, crm.FaultBroken} {
		fault(kind)
		if _, err := s.call(http.MethodGet, path, "crm-token", nil, &team); err == nil {
			t.Errorf("%s was answered whole", kind)
		}
	}
	if got := s.get(path, &team); got != http.StatusOK {
		t.Errorf("after the faults: %d", got)
	}
	if n := s.Counts()["GET /records/{kind}/{id}/team"]; n != 7 {
		t.Errorf("counted %d calls", n)
	}
	if err := s.AddFault(crm.Fault{Match: "/", Kind: "odd"}); !errors.Is(err, crm.ErrInvalid) {
		t.Errorf("unknown fault: %v", err)
	}
}
