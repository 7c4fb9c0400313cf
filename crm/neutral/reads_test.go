package neutral_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/crm/neutral"
)

func TestRecordIsReadWhole(t *testing.T) {
	ports, _ := puller(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.EscapedPath() != "/api/records/account/a%2Fb%3F%C3%A5" || r.Header.Get("Authorization") != "Bearer "+token {
			t.Errorf("asked %s with %q", r.URL.EscapedPath(), r.Header.Get("Authorization"))
		}
		says(http.StatusOK, `{"kind":"company","id":"a/b?å","name":"Nord","url":"https://crm.test/1",
		  "owner":{"type":"queue","id":7,"name":"Q"},"state":"pooled","merged_into":{"kind":"Opportunity","id":8},
		  "fields":[{"key":"k","label":"L","value":"V"}],"modified_at":"2026-01-01T02:00:00.5+02:00","team_version":"2026-01-01T00:00:00Z"}`)(w, r)
	}, neutral.Options{})
	got, err := ports.Records.Record(t.Context(), account("a/b?å"))
	if err != nil {
		t.Fatal(err)
	}
	if !got.ModifiedAt.Equal(time.Unix(vectorUnix, 500_000_000)) {
		t.Errorf("modified at %v", got.ModifiedAt)
	}
	got.ModifiedAt = time.Time{}
	want := connector.Record{
		Key: account("a/b?å"), Name: "Nord", URL: "https://crm.test/1",
		Owner: connector.Principal{Type: "queue", ID: "7", Name: "Q"}, State: connector.RecordPooled,
		MergedInto:  &connector.RecordKey{CRM: "crm", Kind: connector.KindOpportunity, ID: "8"},
		Fields:      []connector.Field{{Key: "k", Label: "L", Value: "V"}},
		TeamVersion: "2026-01-01T00:00:00Z",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
}

func TestKeysThatCannotBeAsked(t *testing.T) {
	ports, _ := puller(t, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("asked %s", r.URL) }, neutral.Options{})
	for _, key := range []connector.RecordKey{
		account(".."), account("."), account(""), account("a\x00b"), {CRM: "crm", ID: "4"}, {CRM: "crm", Kind: "..", ID: "users"},
		{CRM: "other", Kind: connector.KindAccount, ID: "4"},
	} {
		if _, err := ports.Records.Record(t.Context(), key); !errors.Is(err, connector.ErrInvalid) {
			t.Errorf("record %q: %v, want ErrInvalid", key, err)
		}
		if _, err := ports.Teams.Team(t.Context(), key); !errors.Is(err, connector.ErrInvalid) {
			t.Errorf("team %q: %v, want ErrInvalid", key, err)
		}
	}
}

func TestATeamKeepsWhatItCannotResolve(t *testing.T) {
	ports, _ := puller(t, says(http.StatusOK, `{"team_version":9007199254740993,"team":[
	  {"principal":{"type":"department","id":"d","include_sub":true},"role":"member","access":"read"},
	  {"principal":{"type":"squad","id":"s"}}]}`), neutral.Options{})
	got, err := ports.Teams.Team(t.Context(), account("4"))
	want := connector.Team{Version: "9007199254740993", Entries: []connector.Entry{
		{Principal: connector.Principal{Type: "department", ID: "d", IncludeSub: true}, Role: "member", Access: "read"},
		{Principal: connector.Principal{Type: "squad", ID: "s"}},
	}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestAnEmptyTeamIsATeam(t *testing.T) {
	ports, _ := puller(t, says(http.StatusOK, `{"team":[]}`), neutral.Options{})
	if got, err := ports.Teams.Team(t.Context(), account("4")); err != nil || got.Entries == nil || len(got.Entries) != 0 {
		t.Errorf("got %+v, %v", got, err)
	}
}

// answerUsers answers for exactly those who are asked for, but never for u7,
// and for a stranger each time.
func answerUsers(w http.ResponseWriter, ids []string) {
	users := []map[string]any{{"id": "stranger"}}
	for _, id := range ids {
		if id != "u7" {
			users = append(users, map[string]any{"id": id})
		}
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"users": users})
}

func TestUsersAreAskedForInBatches(t *testing.T) {
	var sizes []int
	ports, _ := puller(t, func(w http.ResponseWriter, r *http.Request) {
		ids := strings.Split(r.URL.Query().Get("ids"), ",")
		sizes = append(sizes, len(ids))
		answerUsers(w, ids)
	}, neutral.Options{})
	ids := []connector.UserID{"u1", "u1", "", "a,b", "x\x00"}
	for i := range 250 {
		ids = append(ids, connector.UserID(fmt.Sprint("u", i)))
	}
	got, err := ports.Users.UsersByID(t.Context(), ids)
	if err != nil || len(got) != 249 || !reflect.DeepEqual(sizes, []int{100, 100, 50}) {
		t.Errorf("%d users, %v, batches %v", len(got), err, sizes)
	}
	if user, ok := got["u249"]; !ok || !user.Active || user.External {
		t.Errorf("u249 is %+v, %v", user, ok)
	}
	if _, ok := got["stranger"]; ok {
		t.Error("somebody who was not asked for")
	}
}

func TestLongUserIDsMakeSmallerBatches(t *testing.T) {
	calls := 0
	ports, _ := puller(t, func(w http.ResponseWriter, r *http.Request) {
		calls++
		if len(r.URL.RequestURI()) > 8<<10 {
			t.Errorf("a request line of %d bytes", len(r.URL.RequestURI()))
		}
		answerUsers(w, strings.Split(r.URL.Query().Get("ids"), ","))
	}, neutral.Options{})
	var ids []connector.UserID
	for i := range 100 {
		ids = append(ids, connector.UserID(fmt.Sprint(strings.Repeat("é", 200), i)))
	}
	if got, err := ports.Users.UsersByID(t.Context(), ids); err != nil || len(got) != 100 || calls < 2 {
		t.Errorf("%d users by %d calls, %v", len(got), calls, err)
	}
}

func TestUsersAreWholeOrAnError(t *testing.T) {
	calls := 0
	ports, _ := puller(t, func(w http.ResponseWriter, r *http.Request) {
		if calls++; calls == 3 {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		answerUsers(w, strings.Split(r.URL.Query().Get("ids"), ","))
	}, neutral.Options{})
	var ids []connector.UserID
	for i := range 300 {
		ids = append(ids, connector.UserID(fmt.Sprint("u", i)))
	}
	if got, err := ports.Users.UsersByID(t.Context(), ids); !errors.Is(err, connector.ErrTemporary) || got != nil {
		t.Errorf("%d users, %v", len(got), err)
	}
}

func TestNobodyIsNotAsked(t *testing.T) {
	ports, _ := puller(t, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("asked %s", r.URL) }, neutral.Options{})
	if got, err := ports.Users.UsersByID(t.Context(), nil); err != nil || len(got) != 0 {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestAWaitIsToldAndKept(t *testing.T) {
	at := time.Unix(vectorUnix, 0)
	var calls atomic.Int32
	ports, observed := puller(t, func(w http.ResponseWriter, _ *http.Request) {
		if calls.Add(1) == 1 {
			w.Header().Set("Retry-After", "30")
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		says(http.StatusOK, `{"team":[]}`)(w, nil)
	}, neutral.Options{Clock: func() time.Time { return at }})
	for range 2 { // the second is not even asked
		_, err := ports.Teams.Team(t.Context(), account("4"))
		var wait *connector.WaitError
		if !errors.As(err, &wait) || wait.After != 30*time.Second {
			t.Fatalf("got %v, want a wait of 30 s", err)
		}
	}
	if calls.Load() != 1 {
		t.Errorf("%d calls during the wait", calls.Load())
	}
	at = at.Add(30 * time.Second)
	if _, err := ports.Teams.Team(t.Context(), account("4")); err != nil {
		t.Errorf("after the wait: %v", err)
	}
	if want := []string{"team wait", "team wait", "team ok"}; !reflect.DeepEqual(*observed, want) {
		t.Errorf("observed %q", *observed)
	}
}

func TestWaitsOfARateLimit(t *testing.T) {
	at := time.Unix(vectorUnix, 0)
	for header, want := range map[string]time.Duration{
		"12": 12 * time.Second, "Thu, 01 Jan 2026 00:01:00 GMT": time.Minute, "": 10 * time.Second, "soon": 10 * time.Second,
		"0": time.Second, "999999999": time.Hour,
	} {
		ports, _ := puller(t, func(w http.ResponseWriter, _ *http.Request) {
			if header != "" {
				w.Header().Set("Retry-After", header)
			}
			w.WriteHeader(http.StatusTooManyRequests)
		}, neutral.Options{Clock: func() time.Time { return at }})
		_, err := ports.Records.Record(t.Context(), account("4"))
		var wait *connector.WaitError
		if !errors.As(err, &wait) || wait.After != want {
			t.Errorf("%q: got %v, want %v", header, err, want)
		}
	}
}

func TestOnlySoManyCallsAtOnce(t *testing.T) {
	arrived, release := make(chan struct{}, 10), make(chan struct{})
	var inside, most atomic.Int32
	ports, _ := puller(t, func(w http.ResponseWriter, r *http.Request) {
		if n := inside.Add(1); n > most.Load() {
			most.Store(n)
		}
		arrived <- struct{}{}
		<-release
		inside.Add(-1)
		says(http.StatusOK, `{"team":[]}`)(w, r)
	}, neutral.Options{Concurrency: 2})
	done := make(chan error)
	for range 6 {
		go func() {
			_, err := ports.Teams.Team(t.Context(), account("4"))
			done <- err
		}()
	}
	<-arrived
	<-arrived
	close(release)
	for range 6 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if most.Load() != 2 {
		t.Errorf("%d calls at once, want 2", most.Load())
	}
}
