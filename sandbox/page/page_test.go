package page_test

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"roomkeeper/sandbox/crm"
	"roomkeeper/sandbox/slack"
)

type stateView struct {
	Chosen crm.Ref
	People []struct {
		Key, Name, Note string
		UserID          string `json:"user_id"`
		MemberID        string `json:"member_id"`
	}
	CRM struct {
		Record *crm.Record
		Team   []crm.Entry
		Group  crm.GroupStatus
	}
	Chat struct {
		Channel *struct {
			Name, Topic string
			Members     []string
			Messages    []struct {
				Name, Text              string
				Private, Pinned, Notice bool
				Blocks                  []json.RawMessage
			}
		}
		Channels []struct {
			Name   string
			Record *crm.Ref
		}
		View *slack.StateView
	}
}

// request makes a GET; the caller closes the body.
func (s *site) request(path string) *http.Response {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.url+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	return resp
}

func (s *site) get(path string) (status int, header http.Header, body string) {
	s.t.Helper()
	resp := s.request(path)
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return resp.StatusCode, resp.Header, string(raw)
}

func (s *site) state(query string) (v stateView) {
	s.t.Helper()
	_, _, body := s.get("/state?" + query)
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		s.t.Fatal(err)
	}
	return v
}

func TestPageLoadsOnlyItsOwn(t *testing.T) {
	s := newSite(t)
	for _, path := range []string{"/", "/records/account/1"} {
		status, header, text := s.get(path)
		if status != http.StatusOK {
			t.Fatalf("%s: %d", path, status)
		}
		if csp := header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'self'") || strings.Contains(csp, "unsafe") {
			t.Errorf("policy %q", csp)
		}
		for _, bad := range []string{"<style", "style=", "onclick=", "http://", "https://"} {
			if strings.Contains(text, bad) {
				t.Errorf("%s holds %s", path, bad)
			}
		}
		for _, id := range []string{"record-picker", "account-group", "group-link", "team-list", "team-add-select", "team-add", "sales-subject",
			"sales-text", "sales-submit", "acting-as", "command-input", "command-send", "channel-name", "members", "messages", "details"} {
			if !strings.Contains(text, `id="`+id+`"`) || !strings.Contains(text, `data-testid="`+id+`"`) {
				t.Errorf("%s has no element %s", path, id)
			}
		}
	}
	for _, file := range []string{"main.js", "base.css", "icon.svg"} {
		if status, _, _ := s.get("/assets/" + file); status != http.StatusOK {
			t.Errorf("%s answered %d", file, status)
		}
	}
}

func TestOtherSitesAreRefused(t *testing.T) {
	s := newSite(t)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/crm/control/delete", strings.NewReader(`{"kind":"account","id":"1"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusForbidden || s.state("kind=account&id=1").CRM.Record == nil {
		t.Errorf("answered %d", resp.StatusCode)
	}
}

func TestStateJoinsPeople(t *testing.T) {
	s := newSite(t)
	s.chat.AddUser(slack.User{Name: "robin", RealName: "Robin Only", Email: "robin@meridian.example"})
	notes := map[string]string{}
	for _, p := range s.state("").People {
		notes[p.Name] = p.Note
		if (p.MemberID == "") != (p.Note == "no chat account") {
			t.Errorf("person %+v", p)
		}
	}
	want := map[string]string{"Mara Lindqvist": "", "Oskar Nilsen": "no chat account", "Grace Liu": "guest",
		"Felix Brandt": "partner", "Ines Calder": "admin", "Robin Only": "not in the CRM"}
	for name, note := range want {
		if got, ok := notes[name]; !ok || got != note {
			t.Errorf("%s: %q, want %q", name, got, note)
		}
	}
}

func TestStateShowsTheChannelAsOnePersonSeesIt(t *testing.T) {
	s := newSite(t)
	s.open()
	mara, tom := s.member("mara"), s.member("tom")
	ch, _ := s.chat.Channel("northwind-traders")
	query := "kind=account&id=1&channel=" + ch.ID + "&as="
	var answer struct {
		OK      bool
		Channel string
	}
	if got := s.post("/say", map[string]string{"as": mara, "channel": ch.ID, "text": "/crm members"}, &answer); got != http.StatusOK || !answer.OK {
		t.Fatalf("say answered %d %+v", got, answer)
	}
	private := func(as string) (n, pinned int) {
		for _, m := range s.state(query + as).Chat.Channel.Messages {
			if m.Private {
				n++
			}
			if m.Pinned {
				pinned++
			}
		}
		return n, pinned
	}
	if n, pinned := private(mara); n != 1 || pinned != 1 {
		t.Errorf("Mara sees %d private answers, %d pins", n, pinned)
	}
	if n, _ := private(tom); n != 0 {
		t.Errorf("Tom sees %d private answers to Mara", n)
	}
	v := s.state(query + mara)
	if v.Chat.Channel.Name != "northwind-traders" || len(v.Chat.Channel.Members) != 4 {
		t.Errorf("channel %+v", v.Chat.Channel)
	}
	for _, c := range v.Chat.Channels {
		if c.Name == "northwind-traders" && (c.Record == nil || *c.Record != crm.Ref{Kind: "account", ID: "1"}) {
			t.Errorf("record of the channel: %v", c.Record)
		}
	}
}

func TestModalIsSentInAndClosed(t *testing.T) {
	s := newSite(t)
	s.open()
	mara := s.member("mara")
	ch, _ := s.chat.Channel("northwind-traders")
	open := func() string {
		t.Helper()
		s.post("/say", map[string]string{"as": mara, "channel": ch.ID, "text": "/crm assistant"}, nil)
		v := s.state("as=" + mara).Chat.View
		if v == nil {
			t.Fatal("no modal")
		}
		return v.ID
	}
	body := map[string]any{"as": mara, "view_id": open(), "values": map[string][]string{"quiet": {"20:00-07:00"}}}
	if got := s.post("/view/submit", body, nil); got != http.StatusOK || s.state("as="+mara).Chat.View != nil {
		t.Errorf("submit answered %d", got)
	}
	open()
	if got := s.post("/view/close", map[string]any{"as": mara}, nil); got != http.StatusOK || s.state("as="+mara).Chat.View != nil {
		t.Errorf("close answered %d", got)
	}
}

func TestRefusedActionsSayWhy(t *testing.T) {
	s := newSite(t)
	s.open()
	ch, _ := s.chat.Channel("northwind-traders")
	var answer struct{ Error string }
	for name, body := range map[string]map[string]string{
		"chat account": {"as": "crm:13", "channel": ch.ID, "text": "hello"},
		"only members": {"as": s.member("aiko"), "channel": ch.ID, "text": "hello"},
	} {
		if got := s.post("/say", body, &answer); got != http.StatusConflict || !strings.Contains(answer.Error, name) {
			t.Errorf("%s: %d %q", name, got, answer.Error)
		}
	}
}

// A command of somebody who does not see the channel goes through #general.
func TestCommandFromOutside(t *testing.T) {
	s := newSite(t)
	s.open()
	ch, _ := s.chat.Channel("northwind-traders")
	general, _ := s.chat.Channel("general")
	var answer struct{ Channel, Error string }
	got := s.post("/say", map[string]string{"as": s.member("aiko"), "channel": ch.ID, "text": "/crm help"}, &answer)
	if got != http.StatusOK || answer.Channel != general.ID {
		t.Errorf("%d %+v, want the command in #general", got, answer)
	}
}

func TestEventsFollowChanges(t *testing.T) {
	s := newSite(t)
	resp := s.request("/events")
	defer func() { _ = resp.Body.Close() }()
	stream := bufio.NewScanner(resp.Body)
	next := func() {
		t.Helper()
		for stream.Scan() {
			if stream.Text() == "data: changed" {
				return
			}
		}
		t.Fatalf("stream ended: %v", stream.Err())
	}
	next()
	if err := s.world.AddTeam(crm.Ref{Kind: "account", ID: "1"}, crm.Entry{Principal: crm.Principal{ID: "9"}}, "1"); err != nil {
		t.Fatal(err)
	}
	next()
	if _, err := s.chat.Do("create", slack.Act{User: "mara", Name: "other"}); err != nil {
		t.Fatal(err)
	}
	next()
}
