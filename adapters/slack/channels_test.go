package slack

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"roomkeeper/adapters/internal/interrupted"
	"roomkeeper/connector"
)

func TestCreate(t *testing.T) {
	s := newStand(t, map[string]answerer{
		"conversations.create": says(`{"ok":true,"channel":{"id":"C9","name":"acme-1"}}`),
	}, func(o *Options) { o.URL = "https://chat.example/" })
	ch, err := s.Create(t.Context(), connector.ChannelSpec{Name: "acme", Private: true})
	if err != nil {
		t.Fatal(err)
	}
	want := connector.Channel{ID: "C9", Name: "acme-1", URL: "https://chat.example/app_redirect?channel=C9&team=T1"}
	if ch != (connector.Created{Channel: want}) {
		t.Errorf("created %+v, want %+v", ch, want)
	}
	if form := s.form("conversations.create", 0); form["is_private"] != "true" || form["name"] != "acme" || form["team_id"] != "T1" {
		t.Errorf("sent %v", form)
	}
}

func TestCreateWithoutChannel(t *testing.T) {
	for _, answer := range []string{`{"ok":true}`, `{"ok":true,"channel":null}`, `{"ok":true,"channel":{}}`, `{"ok":true,"channel":"C1"}`} {
		s := newStand(t, map[string]answerer{"conversations.create": says(answer)})
		if ch, err := s.Create(t.Context(), connector.ChannelSpec{Name: "acme", Private: true}); !errors.Is(err, connector.ErrUnknownOutcome) {
			t.Errorf("%s: %+v, %v, want an unknown outcome", answer, ch, err)
		}
	}
}

// TestFindStops: pages are read only until the channel is met.
func TestFindStops(t *testing.T) {
	at := time.Unix(1_700_000_000, 0)
	pages := []string{
		`{"ok":true,"channels":[],"response_metadata":{"next_cursor":"b"}}`,
		fmt.Sprintf(`{"ok":true,"channels":[
			{"id":"C1","name":"acme","creator":"USOMEBODY","created":%[1]d},
			{"id":"C2","name":"acme","creator":"UBOT","created":%[2]d},
			{"id":"C3","name":"acme-2","creator":"UBOT","created":%[1]d},
			{"id":"C4","name":"acme","creator":"UBOT","created":%[3]d,"is_archived":true}],
			"response_metadata":{"next_cursor":"c"}}`, at.Unix(), at.Unix()-121, at.Unix()-120),
	}
	s := newStand(t, map[string]answerer{"conversations.list": func(w http.ResponseWriter, _ *http.Request, n int) {
		_, _ = fmt.Fprint(w, pages[min(n, len(pages))-1])
	}})
	ch, err := s.Find(t.Context(), "acme", "crm/account/1", at.Add(900*time.Millisecond))
	if err != nil || ch.ID != "C4" {
		t.Errorf("found %+v, %v, want C4", ch, err)
	}
	if n := s.count("conversations.list"); n != 2 {
		t.Errorf("%d pages, want 2", n)
	}
	if form := s.form("conversations.list", 1); form["cursor"] != "b" || form["limit"] != "999" ||
		form["types"] != "public_channel,private_channel" || form["exclude_archived"] != "" {
		t.Errorf("asked for %v", form)
	}
}

// TestOwn: every page is read, what comes twice counts once, and somebody
// else's topic is not ours.
func TestOwn(t *testing.T) {
	pages := []string{
		`{"ok":true,"channels":[
			{"id":"C1","name":"acme","creator":"UBOT","created":1700000000,"purpose":{"value":"crm/account/R&amp;D","creator":"UBOT"},"topic":{"value":"R&amp;D","creator":"UBOT"}},
			{"id":"C2","name":"lounge","creator":"USOMEBODY","created":1700000000,"purpose":{"value":"crm/account/2"}}],
			"response_metadata":{"next_cursor":"b"}}`,
		`{"ok":true,"channels":[
			{"id":"C1","name":"acme","creator":"UBOT","created":1700000000},
			{"id":"C3","name":"blue","creator":"UBOT","created":1700000060,"is_archived":true,"topic":{"value":"Lunch","creator":"USOMEBODY"}}],
			"response_metadata":{"next_cursor":""}}`,
	}
	s := newStand(t, map[string]answerer{"conversations.list": func(w http.ResponseWriter, _ *http.Request, n int) {
		_, _ = fmt.Fprint(w, pages[min(n, len(pages))-1])
	}}, func(o *Options) { o.URL = "https://chat.example/" })
	own, err := s.Own(t.Context())
	link := func(id string) string { return "https://chat.example/app_redirect?channel=" + id + "&team=T1" }
	want := []connector.OwnChannel{
		{Channel: connector.Channel{ID: "C1", Name: "acme", URL: link("C1")}, Purpose: "crm/account/R&D", Topic: "R&D", Created: time.Unix(1_700_000_000, 0)},
		{Channel: connector.Channel{ID: "C3", Name: "blue", URL: link("C3")}, Created: time.Unix(1_700_000_060, 0), Archived: true},
	}
	if err != nil || !slices.Equal(own, want) {
		t.Errorf("%v\n%+v, want\n%+v", err, own, want)
	}
	if form := s.form("conversations.list", 1); form["cursor"] != "b" || form["exclude_archived"] != "" {
		t.Errorf("asked for %v", form)
	}
}

// TestOwnIsWhole: half a list is no list.
func TestOwnIsWhole(t *testing.T) {
	s := newStand(t, map[string]answerer{"conversations.list": func(w http.ResponseWriter, _ *http.Request, n int) {
		if n == 2 {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		_, _ = fmt.Fprint(w, `{"ok":true,"channels":[{"id":"C1","name":"acme","creator":"UBOT","created":1}],"response_metadata":{"next_cursor":"b"}}`)
	}})
	if own, err := s.Own(t.Context()); !errors.Is(err, connector.ErrTemporary) || own != nil {
		t.Errorf("%v, %v", own, err)
	}
}

// page is a page of members; the last one has the bot too.
func page(member string, next string) string {
	list := fmt.Sprintf("%q", member)
	if next == "" {
		list += `,"UBOT"`
	}
	return fmt.Sprintf(`{"ok":true,"members":[%s],"response_metadata":{"next_cursor":%q}}`, list, next)
}

func TestObserve(t *testing.T) {
	s := newStand(t, map[string]answerer{"conversations.members": func(w http.ResponseWriter, _ *http.Request, n int) {
		_, _ = fmt.Fprint(w, []string{page("U1", "a"), page("UBOT", "b"), `{"ok":true,"members":[],"response_metadata":{"next_cursor":"c"}}`,
			page("U1", "d"), page("U2", "")}[n-1])
	}})
	seen, err := s.Observe(t.Context(), "C1")
	if err != nil || !slices.Equal(seen.Members, []connector.MemberID{"U1", "U2"}) {
		t.Errorf("%v, %v", seen.Members, err)
	}
}

// TestObserveWithoutTheBot: a list without the bot says nothing; the channel
// itself tells why.
func TestObserveWithoutTheBot(t *testing.T) {
	for info, want := range map[string]error{
		`{"ok":true,"channel":{"id":"C1","name":"acme","is_archived":true,"is_member":false}}`:  connector.ErrArchived,
		`{"ok":true,"channel":{"id":"C1","name":"acme","is_archived":false,"is_member":false}}`: connector.ErrNotInChannel,
		`{"ok":true,"channel":{"id":"C1","name":"acme","is_archived":false,"is_member":true}}`:  connector.ErrTemporary,
		`{"ok":false,"error":"channel_not_found"}`:                                              connector.ErrChannelGone,
		`{"ok":false,"error":"internal_error"}`:                                                 connector.ErrTemporary,
	} {
		s := newStand(t, map[string]answerer{
			"conversations.members": says(`{"ok":true,"members":["U1"]}`), "conversations.info": says(info),
		})
		if seen, err := s.Observe(t.Context(), "C1"); !errors.Is(err, want) {
			t.Errorf("%s: %v, %v, want %v", info, seen.Members, err, want)
		}
	}
}

// TestObserveGoesRound: a list that repeats its cursor is no list.
func TestObserveGoesRound(t *testing.T) {
	for name, next := range map[string]func(n int) string{
		"same":    func(int) string { return "a" },
		"between": func(n int) string { return []string{"a", "b"}[n%2] },
	} {
		s := newStand(t, map[string]answerer{"conversations.members": func(w http.ResponseWriter, _ *http.Request, n int) {
			_, _ = fmt.Fprint(w, page("U1", next(n)))
		}})
		if seen, err := s.Observe(t.Context(), "C1"); err == nil {
			t.Errorf("%s: %v as if whole", name, seen.Members)
		}
		if n := s.count("conversations.members"); n > 4 {
			t.Errorf("%s: %d calls", name, n)
		}
	}
}

// TestObserveGoesOn: after a wait the next page is asked for, not the first;
// after a lost cursor the first.
func TestObserveGoesOn(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	s := newStand(t, map[string]answerer{"conversations.members": func(w http.ResponseWriter, r *http.Request, n int) {
		switch {
		case n == 2:
			w.WriteHeader(http.StatusTooManyRequests)
		case n == 3:
			_, _ = fmt.Fprint(w, `{"ok":false,"error":"invalid_cursor"}`)
		case r.Form.Get("cursor") == "":
			_, _ = fmt.Fprint(w, page("U1", "a"))
		default:
			_, _ = fmt.Fprint(w, page("U2", ""))
		}
	}}, func(o *Options) { o.Clock = func() time.Time { return now } })
	var wait *connector.WaitError
	if _, err := s.Observe(t.Context(), "C1"); !errors.As(err, &wait) {
		t.Fatalf("error %v, want a wait", err)
	}
	if _, err := s.Observe(t.Context(), "C1"); !errors.Is(err, connector.ErrCursorLost) {
		t.Fatalf("error %v, want a lost cursor", err)
	}
	if got := s.form("conversations.members", 2)["cursor"]; got != "a" {
		t.Errorf("went on at %q", got)
	}
	seen, err := s.Observe(t.Context(), "C1")
	if err != nil || len(seen.Members) != 2 || !seen.At.Equal(now) {
		t.Errorf("%+v, %v", seen, err)
	}
}

func TestHalfReadIsForgotten(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	s := newStand(t, map[string]answerer{"conversations.members": func(w http.ResponseWriter, _ *http.Request, n int) {
		if n == 2 {
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		_, _ = fmt.Fprint(w, page(fmt.Sprint("U", n), []string{"", "a", "", ""}[n]))
	}}, func(o *Options) { o.Clock = func() time.Time { return now } })
	if _, err := s.Observe(t.Context(), "C1"); err == nil {
		t.Fatal("no error")
	}
	now = now.Add(interrupted.KeepFor + time.Second)
	seen, err := s.Observe(t.Context(), "C1")
	if err != nil || !slices.Equal(seen.Members, []connector.MemberID{"U3"}) || !seen.At.Equal(now) {
		t.Errorf("%+v, %v: an old half was used", seen, err)
	}
}

func TestRenameReturnsTheTruth(t *testing.T) {
	s := newStand(t, map[string]answerer{"conversations.rename": says(`{"ok":true,"channel":{"id":"C1","name":"fitted"}}`)})
	if name, err := s.Rename(t.Context(), "C1", "Not Fitted", ""); err != nil || name != "fitted" {
		t.Errorf("%q, %v", name, err)
	}
}

func TestCalls(t *testing.T) {
	var plan connector.Plan
	add := func(kind connector.ActionType, n int) {
		for range n {
			plan.Actions = append(plan.Actions, connector.Action{Type: kind})
		}
	}
	add(connector.ActionRemove, 3)
	add(connector.ActionAdd, 101)
	add(connector.ActionRename, 1)
	add(connector.ActionTopic, 1)
	add(connector.ActionDetails, 1)
	want := map[string]int{
		"conversations.members": 2, "conversations.kick": 3, "conversations.invite": 2,
		"conversations.rename": 1, "conversations.setTopic": 1, "chat.update": 1,
	}
	got := calls(plan, 999)
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("calls %v, want %v", got, want)
	}
}

func TestTopicAsPeopleSeeIt(t *testing.T) {
	s := newStand(t, map[string]answerer{
		"conversations.info": says(`{"ok":true,"channel":{"id":"C1","topic":{"value":"A &amp; B &lt;x&gt; &amp;lt;"}}}`),
	})
	if got, err := s.Topic(t.Context(), "C1"); err != nil || got != "A & B <x> &lt;" {
		t.Errorf("%q, %v", got, err)
	}
}
