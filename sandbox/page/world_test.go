package page_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"roomkeeper/sandbox/crm"
	"roomkeeper/sandbox/page"
	"roomkeeper/sandbox/slack"
)

// site is the demo world behind a real server, with a connector that does just
// enough: it opens a channel when asked and answers commands.
type site struct {
	t     *testing.T
	url   string
	chat  *slack.Workspace
	world *crm.World
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{t: t}
	mux := http.NewServeMux()
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	connector := httptest.NewServer(s.connector())
	t.Cleanup(connector.Close)
	s.url = srv.URL
	world, err := crm.New(crm.Config{WebhookSecret: "whsec_AAEC", ConnectorURL: connector.URL, BaseURL: srv.URL})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(world.Close)
	if err := world.SeedDemo(); err != nil {
		t.Fatal(err)
	}
	s.world = world
	s.chat = slack.New(slack.Config{Connector: connector.URL, BaseURL: srv.URL + "/slack", General: true})
	t.Cleanup(s.chat.Close)
	page.AddMembers(page.Slack(s.chat), crm.DemoPeople())
	mux.Handle("/", page.New(s.world, page.Options{Connector: true}, page.Slack(s.chat)))
	return s
}

func (s *site) connector() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /webhooks/crm/crm", func(rw http.ResponseWriter, r *http.Request) {
		var e crm.Event
		if err := json.NewDecoder(r.Body).Decode(&e); err != nil {
			s.t.Error(err)
		}
		if e.Type == "channel.requested" {
			s.open()
		}
		rw.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("GET /api/v1/groups", func(rw http.ResponseWriter, r *http.Request) {
		ch, ok := s.chat.Channel("northwind-traders")
		if !ok || r.URL.Query().Get("id") != "1" {
			_, _ = io.WriteString(rw, `{"items":[]}`)
			return
		}
		_, _ = fmt.Fprintf(rw, `{"items":[{"state":"active","platform":"slack","channel_id":%q,"channel_name":%q,
			"channel_url":"https://meridian.slack.com/archives/%s","crm_read_at":"2026-01-05T09:30:00Z","chat_read_at":"2026-01-05T09:30:04Z",
			"pending":1,"unresolved":1,"members":[{"user_id":"1","status":"member"},{"user_id":"2","status":"member"},{"user_id":"5","status":"pending","reason":"rate_wait"}],
			"subscriptions":[{"topic":"sales_record","on":true},{"topic":"owner_changed","on":true},{"topic":"team_changed","on":false}]}]}`, ch.ID, ch.Name, ch.ID)
	})
	mux.HandleFunc("POST /slack/commands", func(rw http.ResponseWriter, r *http.Request) {
		if r.FormValue("text") == "assistant" {
			s.api("views.open", url.Values{"trigger_id": {r.FormValue("trigger_id")}, "view": {modalView}})
			return
		}
		rw.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(rw, membersAnswer)
	})
	mux.HandleFunc("POST /slack/interactions", func(_ http.ResponseWriter, r *http.Request) {
		var payload struct {
			Type    string
			Actions []struct {
				ActionID string `json:"action_id"`
			}
		}
		if err := json.Unmarshal([]byte(r.FormValue("payload")), &payload); err != nil {
			s.t.Error(err)
		}
		if payload.Type == "block_actions" {
			ch, _ := s.chat.Channel("northwind-traders")
			s.api("chat.postMessage", url.Values{"channel": {ch.ID}, "text": {"clicked " + payload.Actions[0].ActionID}})
		}
	})
	mux.HandleFunc("POST /slack/events", func(http.ResponseWriter, *http.Request) {})
	return mux
}

// open makes the channel of account 1 with members, a pinned details card, a
// live card and what people wrote.
func (s *site) open() {
	if _, ok := s.chat.Channel("northwind-traders"); ok {
		return
	}
	s.api("conversations.create", url.Values{"name": {"northwind-traders"}, "is_private": {"true"}})
	ch, _ := s.chat.Channel("northwind-traders")
	s.api("conversations.setTopic", url.Values{"channel": {ch.ID}, "topic": {"Northwind Traders · owner Mara Lindqvist"}})
	s.api("conversations.setPurpose", url.Values{"channel": {ch.ID}, "purpose": {"crm/account/1 kept by Roomkeeper"}})
	var ids []string
	for _, name := range []string{"mara", "tom", "jonas"} {
		ids = append(ids, s.member(name))
	}
	s.api("conversations.invite", url.Values{"channel": {ch.ID}, "users": {strings.Join(ids, ",")}})
	details := s.api("chat.postMessage", url.Values{"channel": {ch.ID}, "text": {"Details"}, "blocks": {detailsCard}})
	s.api("pins.add", url.Values{"channel": {ch.ID}, "timestamp": {details["ts"].(string)}})
	for who, text := range map[string]string{"mara": "Welcome everybody. The order list is in the record."} {
		if _, err := s.chat.Do("post", slack.Act{User: who, Channel: ch.ID, Text: text}); err != nil {
			s.t.Error(err)
		}
	}
	s.api("chat.postMessage", url.Values{"channel": {ch.ID}, "text": {"New sales record"}, "blocks": {salesCard}})
}

func (s *site) member(name string) string {
	for _, u := range s.chat.State().Users {
		if u.Name == name {
			return u.ID
		}
	}
	s.t.Errorf("no member %s", name)
	return ""
}

// api calls the workspace's Web API as the bot.
func (s *site) api(method string, args url.Values) map[string]any {
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.url+"/slack/api/"+method, strings.NewReader(args.Encode()))
	if err != nil {
		s.t.Error(err)
		return nil
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Authorization", "Bearer xoxb-sandbox")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Error(err)
		return nil
	}
	defer func() { _ = resp.Body.Close() }()
	out := map[string]any{}
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil || out["ok"] != true {
		s.t.Errorf("%s: %v %v", method, out, err)
	}
	return out
}

// post sends JSON to the page and decodes the answer into out, if not nil.
func (s *site) post(path string, body, out any) int {
	s.t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		s.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.url+path, bytes.NewReader(raw))
	if err != nil {
		s.t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if out != nil {
		if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
			s.t.Fatal(err)
		}
	}
	return resp.StatusCode
}

const detailsCard = `[
 {"type":"header","text":{"type":"plain_text","text":"Northwind Traders"}},
 {"type":"section","fields":[{"type":"mrkdwn","text":"*Owner*\nMara Lindqvist"},{"type":"mrkdwn","text":"*Stage*\nActive customer"},
  {"type":"mrkdwn","text":"*Annual revenue*\n480,000 EUR"},{"type":"mrkdwn","text":"*City*\nRotterdam"}]},
 {"type":"context","elements":[{"type":"mrkdwn","text":"3 in the channel · 1 pending · 1 entry not resolved"}]},
 {"type":"actions","elements":[{"type":"button","action_id":"details.more","text":{"type":"plain_text","text":"More"},"value":"x"},
  {"type":"button","action_id":"open","url":"https://crm.example/1","text":{"type":"plain_text","text":"Open in CRM"}}]}]`

const salesCard = `[
 {"type":"header","text":{"type":"plain_text","text":":memo: New sales record"}},
 {"type":"section","text":{"type":"mrkdwn","text":"*Kick-off call* with _R&amp;D_, see <https://crm.example/a/1|the record>\nAgreed on the ~old~ new order: ` + "`Rotterdam`" + ` first."},
  "accessory":{"type":"button","action_id":"more","text":{"type":"plain_text","text":"Read more"}}},
 {"type":"divider"},
 {"type":"rich_text","elements":[{"type":"rich_text_list","style":"bullet","elements":[
  {"type":"rich_text_section","elements":[{"type":"text","text":"Stage: "},{"type":"text","text":"Qualified","style":{"strike":true}},{"type":"text","text":" → "},{"type":"text","text":"Proposal","style":{"bold":true}}]},
  {"type":"rich_text_section","elements":[{"type":"text","text":"Next step: quote by Friday"}]}]}]},
 {"type":"context","elements":[{"type":"mrkdwn","text":"by Mara Lindqvist"}]},
 {"type":"actions","elements":[
  {"type":"button","style":"primary","action_id":"close.keep","text":{"type":"plain_text","text":"Keep"},"value":"v"},
  {"type":"button","style":"danger","action_id":"hold.dismiss","text":{"type":"plain_text","text":"Dismiss"},"value":"v",
   "confirm":{"title":{"type":"plain_text","text":"Dismiss the plan?"},"text":{"type":"plain_text","text":"The people stay in the channel."},
    "confirm":{"type":"plain_text","text":"Dismiss"},"deny":{"type":"plain_text","text":"Cancel"}}}]}]`

const membersAnswer = `{"response_type":"ephemeral","text":"Members","blocks":[
 {"type":"section","text":{"type":"mrkdwn","text":"*3 people are in, 1 is pending*"}},
 {"type":"section","text":{"type":"mrkdwn","text":"• Mara Lindqvist (owner)\n• Tom Okafor\n• Jonas Weber\n> Oskar Nilsen: no chat account"}}]}`

const modalView = `{"type":"modal","title":{"type":"plain_text","text":"Group Assistant"},"submit":{"type":"plain_text","text":"Save"},
 "close":{"type":"plain_text","text":"Cancel"},"blocks":[
 {"type":"section","text":{"type":"mrkdwn","text":"Choose what *Northwind Traders* posts here."}},
 {"type":"input","block_id":"topics","label":{"type":"plain_text","text":"Topics"},"element":{"type":"checkboxes","action_id":"topics",
  "options":[{"text":{"type":"plain_text","text":"Sales records"},"value":"sales_record","description":{"type":"plain_text","text":"New, changed and deleted"}},
   {"text":{"type":"plain_text","text":"Owner changed"},"value":"owner_changed"}],
  "initial_options":[{"text":{"type":"plain_text","text":"Sales records"},"value":"sales_record","description":{"type":"plain_text","text":"New, changed and deleted"}}]}},
 {"type":"input","optional":true,"block_id":"quiet","label":{"type":"plain_text","text":"Quiet hours"},"element":{"type":"plain_text_input","action_id":"quiet","placeholder":{"type":"plain_text","text":"20:00-07:00"}}}]}`
