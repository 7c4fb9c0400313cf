package slack

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	slackapi "github.com/slack-go/slack"

	"roomkeeper/connector"
)

func TestStanding(t *testing.T) {
	me := identity{Self: connector.Self{Workspace: "T1", Bot: "UBOT"}}
	for name, c := range map[string]struct {
		user slackapi.User
		want connector.PendingReason
	}{
		"member":       {slackapi.User{ID: "U1", TeamID: "T1"}, ""},
		"admin":        {slackapi.User{ID: "U1", TeamID: "T1", IsAdmin: true}, ""},
		"in the org":   {slackapi.User{ID: "U1", TeamID: "T2", Enterprise: slackapi.EnterpriseUser{Teams: []string{"T2", "T1"}}}, ""},
		"deleted":      {slackapi.User{ID: "U1", TeamID: "T1", Deleted: true}, connector.ReasonNoAccount},
		"bot":          {slackapi.User{ID: "U1", TeamID: "T1", IsBot: true}, connector.ReasonNoAccount},
		"workflow bot": {slackapi.User{ID: "U1", TeamID: "T1", IsWorkflowBot: true}, connector.ReasonNoAccount},
		"slackbot":     {slackapi.User{ID: "USLACKBOT", TeamID: "T1"}, connector.ReasonNoAccount},
		"invited":      {slackapi.User{ID: "U1", TeamID: "T1", IsInvitedUser: true}, connector.ReasonNoAccount},
		"guest":        {slackapi.User{ID: "U1", TeamID: "T1", IsRestricted: true}, connector.ReasonGuest},
		"single guest": {slackapi.User{ID: "U1", TeamID: "T1", IsUltraRestricted: true}, connector.ReasonGuest},
		"elsewhere":    {slackapi.User{ID: "U1", TeamID: "T2"}, connector.ReasonOtherWorkspace},
		"stranger":     {slackapi.User{ID: "U1", TeamID: "T1", IsStranger: true}, connector.ReasonOtherWorkspace},
	} {
		got := standing(me, c.user)
		if got.Reason != c.want || (got.Member == "U1") != (c.want == "") {
			t.Errorf("%s: %+v, want %q", name, got, c.want)
		}
	}
}

// town is a workspace of n people with the addresses p0@x, p1@x, …
func town(n int) map[string]answerer {
	person := func(i int) string {
		return fmt.Sprintf(`{"id":"U%d","team_id":"T1","profile":{"email":"P%d@X"}}`, i, i)
	}
	return map[string]answerer{
		"users.list": func(w http.ResponseWriter, r *http.Request, _ int) {
			start, _ := strconv.Atoi(r.Form.Get("cursor"))
			end, next := min(start+200, n), ""
			if end < n {
				next = strconv.Itoa(end)
			}
			var people []string
			for i := start; i < end; i++ {
				people = append(people, person(i))
			}
			_, _ = fmt.Fprintf(w, `{"ok":true,"members":[%s],"response_metadata":{"next_cursor":%q}}`, strings.Join(people, ","), next)
		},
		"users.lookupByEmail": func(w http.ResponseWriter, r *http.Request, _ int) {
			i, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(r.Form.Get("email"), "p"), "@x"))
			if err != nil || i >= n {
				_, _ = fmt.Fprint(w, `{"ok":false,"error":"users_not_found"}`)
				return
			}
			_, _ = fmt.Fprintf(w, `{"ok":true,"user":%s}`, person(i))
		},
	}
}

func emails(from, n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("p%d@x", from+i)
	}
	return out
}

func checkAnswers(t *testing.T, got map[string]connector.Account, from, n, size int) {
	t.Helper()
	if len(got) != n {
		t.Errorf("%d answers, want %d", len(got), n)
	}
	for i := from; i < from+n; i++ {
		want := connector.Account{Member: connector.MemberID(fmt.Sprint("U", i))}
		if i >= size {
			want = connector.Account{Reason: connector.ReasonNoAccount}
		}
		if got[fmt.Sprintf("p%d@x", i)] != want {
			t.Errorf("p%d@x: %+v, want %+v", i, got[fmt.Sprintf("p%d@x", i)], want)
		}
	}
}

func TestLookupTakesFewestCalls(t *testing.T) {
	for _, c := range []struct{ size, ask, most int }{
		{50, 1, 1}, {50, 40, 1}, {50, 100, 1}, {1000, 1, 1}, {1000, 100, 5}, {10_000, 3, 6}, {10_000, 500, 50},
	} {
		s := newStand(t, town(c.size))
		from := max(0, c.size-c.ask/2-1) // some are known, some are not
		got, err := s.Lookup(t.Context(), emails(from, c.ask))
		if err != nil {
			t.Fatal(err)
		}
		checkAnswers(t, got, from, c.ask, c.size)
		if n := s.count("users.list") + s.count("users.lookupByEmail"); n > c.most {
			t.Errorf("%d of %d people: %d calls, want %d at most", c.ask, c.size, n, c.most)
		}
	}
}

// TestRosterIsKept: a finished list answers for some minutes, and its size is
// remembered for longer.
func TestRosterIsKept(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	s := newStand(t, town(1000), func(o *Options) { o.Clock = func() time.Time { return now } })
	for range 2 {
		got, err := s.Lookup(t.Context(), emails(0, 500))
		if err != nil {
			t.Fatal(err)
		}
		checkAnswers(t, got, 0, 500, 1000)
	}
	if n := s.count("users.list"); n != 5 {
		t.Errorf("%d pages, want 5", n)
	}
	now = now.Add(keepRoster + time.Second)
	if _, err := s.Lookup(t.Context(), emails(0, 4)); err != nil {
		t.Fatal(err)
	}
	if pages, asked := s.count("users.list"), s.count("users.lookupByEmail"); pages != 5 || asked != 4 {
		t.Errorf("%d pages and %d look-ups, want 5 and 4: 4 addresses cost less than 5 pages", pages, asked)
	}
}

// TestLookupGoesOn: pages read before a wait are not read again.
func TestLookupGoesOn(t *testing.T) {
	methods := town(1000)
	list := methods["users.list"]
	methods["users.list"] = func(w http.ResponseWriter, r *http.Request, n int) {
		if n%2 == 0 {
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		list(w, r, n)
	}
	s := newStand(t, methods)
	var wait *connector.WaitError
	for tries := 1; ; tries++ {
		got, err := s.Lookup(t.Context(), emails(0, 300))
		if err == nil {
			checkAnswers(t, got, 0, 300, 1000)
			break
		}
		if !errors.As(err, &wait) || tries > 10 {
			t.Fatalf("try %d: %v", tries, err)
		}
	}
	if n := s.count("users.list"); n != 9 {
		t.Errorf("%d calls, want 5 pages and 4 waits", n)
	}
}

// TestLookupKeepsAnswers: a failure takes nothing back.
func TestLookupKeepsAnswers(t *testing.T) {
	methods := town(50)
	methods["users.list"] = refuses("missing_scope")
	ask := methods["users.lookupByEmail"]
	methods["users.lookupByEmail"] = func(w http.ResponseWriter, r *http.Request, n int) {
		if n == 3 {
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		ask(w, r, n)
	}
	s := newStand(t, methods)
	got, err := s.Lookup(t.Context(), emails(0, 4))
	var wait *connector.WaitError
	if !errors.As(err, &wait) {
		t.Errorf("error %v, want a wait", err)
	}
	checkAnswers(t, got, 0, 2, 50)
}

func TestLookupByListAlone(t *testing.T) {
	methods := town(450)
	methods["users.lookupByEmail"] = refuses("unknown_method")
	s := newStand(t, methods)
	got, err := s.Lookup(t.Context(), emails(449, 1))
	if err != nil {
		t.Fatal(err)
	}
	checkAnswers(t, got, 449, 1, 450)
}

// TestNoAddresses: a list without addresses says nothing about accounts.
func TestNoAddresses(t *testing.T) {
	s := newStand(t, map[string]answerer{
		"users.list":          says(`{"ok":true,"members":[{"id":"U1","team_id":"T1","profile":{}}]}`),
		"users.lookupByEmail": says(`{"ok":false,"error":"missing_scope","needed":"users:read.email"}`),
	})
	got, err := s.Lookup(t.Context(), emails(0, 5))
	if !errors.Is(err, connector.ErrUnsupported) || len(got) != 0 {
		t.Errorf("%v, %v, want no answers and the scope", got, err)
	}
}

func TestOneAddressTwice(t *testing.T) {
	user := func(id, more string) string {
		return `{"id":"` + id + `","team_id":"T1","profile":{"email":"p0@x"}` + more + `}`
	}
	for name, c := range map[string]struct {
		people []string
		want   connector.Account
	}{
		"two active":         {[]string{user("U1", ""), user("U2", "")}, connector.Account{Reason: connector.ReasonAmbiguousAccount}},
		"one was deleted":    {[]string{user("U1", `,"deleted":true`), user("U2", "")}, connector.Account{Member: "U2"}},
		"a bot":              {[]string{user("U1", `,"is_bot":true`), user("U2", "")}, connector.Account{Member: "U2"}},
		"a guest and a full": {[]string{user("U1", `,"is_restricted":true`), user("U2", "")}, connector.Account{Member: "U2"}},
		"only a guest":       {[]string{user("U1", `,"is_restricted":true`)}, connector.Account{Reason: connector.ReasonGuest}},
		"only deleted":       {[]string{user("U1", `,"deleted":true`)}, connector.Account{Reason: connector.ReasonNoAccount}},
	} {
		s := newStand(t, map[string]answerer{"users.list": says(`{"ok":true,"members":[` + strings.Join(c.people, ",") + `]}`)})
		got, err := s.Lookup(t.Context(), []string{"p0@x", "p1@x"})
		if err != nil || got["p0@x"] != c.want {
			t.Errorf("%s: %+v, %v, want %+v", name, got["p0@x"], err, c.want)
		}
	}
}

// TestLookupOneReader: many at once read the list once.
func TestLookupOneReader(t *testing.T) {
	s := newStand(t, town(1000))
	if _, err := s.Whoami(t.Context()); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if got, err := s.Lookup(t.Context(), emails(0, 100)); err != nil || len(got) != 100 {
				t.Errorf("%d answers, %v", len(got), err)
			}
		})
	}
	all.Wait()
	if n := s.count("users.list"); n != 5 {
		t.Errorf("%d pages, want 5", n)
	}
}

func TestAdminAndAccount(t *testing.T) {
	s := newStand(t, map[string]answerer{"users.info": func(w http.ResponseWriter, r *http.Request, _ int) {
		switch r.Form.Get("user") {
		case "UADMIN":
			_, _ = fmt.Fprint(w, `{"ok":true,"user":{"id":"UADMIN","team_id":"T1","is_admin":true}}`)
		case "UELSEWHERE":
			_, _ = fmt.Fprint(w, `{"ok":true,"user":{"id":"UELSEWHERE","team_id":"T2","is_admin":true}}`)
		case "UGONE":
			_, _ = fmt.Fprint(w, `{"ok":true,"user":{"id":"UGONE","team_id":"T1","is_admin":true,"deleted":true}}`)
		case "UAWAY":
			w.WriteHeader(http.StatusBadGateway)
		case "UODD":
			_, _ = fmt.Fprint(w, `{"ok":true}`)
		default:
			_, _ = fmt.Fprint(w, `{"ok":false,"error":"user_not_found"}`)
		}
	}})
	for id, want := range map[connector.MemberID]bool{"UADMIN": true, "UELSEWHERE": false, "UGONE": false, "UNOBODY": false} {
		if got, err := s.Admin(t.Context(), id); err != nil || got != want {
			t.Errorf("%s: admin %v, %v", id, got, err)
		}
	}
	for _, id := range []connector.MemberID{"UAWAY", "UODD"} {
		if got, err := s.Account(t.Context(), id); !errors.Is(err, connector.ErrTemporary) {
			t.Errorf("%s: %+v, %v, want a temporary failure", id, got, err)
		}
	}
}

// What a profile says is told of guests too, and no address of machines.
func TestProfiles(t *testing.T) {
	s := newStand(t, map[string]answerer{"users.info": func(w http.ResponseWriter, r *http.Request, _ int) {
		switch r.Form.Get("user") {
		case "UGUEST":
			_, _ = fmt.Fprint(w, `{"ok":true,"user":{"id":"UGUEST","name":"gl","team_id":"T1","is_restricted":true,"profile":{"real_name":"Grace Liu","email":"grace@x.example"}}}`)
		case "UBOT2":
			_, _ = fmt.Fprint(w, `{"ok":true,"user":{"id":"UBOT2","name":"robot","team_id":"T1","is_bot":true,"profile":{"email":"bot@x.example"}}}`)
		default:
			_, _ = fmt.Fprint(w, `{"ok":false,"error":"user_not_found"}`)
		}
	}})
	for id, want := range map[connector.MemberID][2]string{"UGUEST": {"grace@x.example", "Grace Liu"}, "UBOT2": {"", "robot"}, "UNOBODY": {"", ""}} {
		email, err := s.Email(t.Context(), id)
		name, missing := s.Called(t.Context(), id)
		if err != nil || email != want[0] || name != want[1] || errors.Is(missing, connector.ErrNotFound) != (want[1] == "") {
			t.Errorf("%s: %q, %q, %v, %v", id, email, name, err, missing)
		}
	}
}
