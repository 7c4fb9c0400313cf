package neutral_test

import (
	"errors"
	"net/http"
	"net/url"
	"reflect"
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/crm/neutral"
)

func TestPagesAreAskedForAsAgreed(t *testing.T) {
	var got url.Values
	ports, _ := puller(t, func(w http.ResponseWriter, r *http.Request) {
		got = r.URL.Query()
		says(http.StatusOK, `{"records":[],"next_cursor":null}`)(w, r)
	}, neutral.Options{})
	since := time.Date(2026, 1, 1, 2, 0, 0, 500_000_000, time.FixedZone("", 7200))
	for _, test := range []struct {
		since  time.Time
		cursor string
		want   url.Values
	}{
		{time.Time{}, "", url.Values{"kind": {"account"}, "limit": {"500"}}},
		{since, "", url.Values{"kind": {"account"}, "limit": {"500"}, "since": {"2026-01-01T00:00:00.5Z"}}},
		{since, "a+b/=&", url.Values{"kind": {"account"}, "limit": {"500"}, "since": {"2026-01-01T00:00:00.5Z"}, "cursor": {"a+b/=&"}}},
	} {
		page, err := ports.Changes.Page(t.Context(), connector.KindAccount, test.since, test.cursor)
		if err != nil || page.Next != "" || len(page.Items) != 0 || !reflect.DeepEqual(got, test.want) {
			t.Errorf("page %+v, %v, asked %v, want %v", page, err, got, test.want)
		}
	}
}

func TestAPageHoldsRecordsWithTheirTeams(t *testing.T) {
	ports, _ := puller(t, says(http.StatusOK, `{"next_cursor":"c2","records":[
	  {"kind":"AccountObj","id":"4","name":"N","team_version":3,"team":[{"principal":{"type":"user","id":"1"},"role":"owner"}]},
	  {"kind":"account","id":"5","name":"M","state":"deleted","merged_into":{"kind":"account","id":"4"},"team":[]}]}`), neutral.Options{})
	got, err := ports.Changes.Page(t.Context(), connector.KindAccount, time.Time{}, "")
	into := account("4")
	want := connector.ChangesPage{Next: "c2", Items: []connector.RecordTeam{
		{
			Record: connector.Record{Key: account("4"), Name: "N", TeamVersion: "3"},
			Team: connector.Team{Version: "3", Entries: []connector.Entry{
				{Principal: connector.Principal{Type: "user", ID: "1"}, Role: "owner"},
			}},
		},
		{
			Record: connector.Record{Key: account("5"), Name: "M", State: connector.RecordDeleted, MergedInto: &into},
			Team:   connector.Team{Entries: []connector.Entry{}},
		},
	}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v\nwant %+v", got, err, want)
	}
}

func TestALostCursorIsTold(t *testing.T) {
	ports, _ := puller(t, says(http.StatusGone, `{}`), neutral.Options{})
	if _, err := ports.Changes.Page(t.Context(), connector.KindAccount, time.Time{}, "c1"); !errors.Is(err, connector.ErrCursorLost) {
		t.Errorf("got %v, want ErrCursorLost", err)
	}
}
