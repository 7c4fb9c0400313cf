package page_test

import (
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"roomkeeper/sandbox/browser"
	"roomkeeper/sandbox/crm"
	"roomkeeper/sandbox/discord"
	"roomkeeper/sandbox/page"
	"roomkeeper/sandbox/slack"
)

// newGuildSite is the demo world with a guild, and a connector that answers
// every interaction; beside it a workspace when both are asked for.
func newGuildSite(t *testing.T, both bool) (*site, *discord.Guild) {
	t.Helper()
	s := &site{t: t}
	mux := http.NewServeMux()
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	app := http.NewServeMux()
	app.HandleFunc("POST /discord/interactions", answerInteraction)
	app.HandleFunc("GET /auth/discord/callback", func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "text/html")
		_, _ = fmt.Fprintf(rw, `<!doctype html><title>x</title><link rel="icon" href="data:,"><p id="came">state %s, code %t</p>`,
			html.EscapeString(r.FormValue("state")), r.FormValue("code") != "")
	})
	connector := httptest.NewServer(app)
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
	g := discord.New(discord.Config{Name: "Meridian", Connector: connector.URL, BaseURL: srv.URL + "/discord", General: true,
		Redirects: []string{connector.URL + "/auth/discord/callback"}})
	t.Cleanup(g.Close)
	chats := []page.Chat{page.Discord(g)}
	if both {
		w := slack.New(slack.Config{Connector: connector.URL, BaseURL: srv.URL + "/slack", General: true})
		t.Cleanup(w.Close)
		chats = []page.Chat{page.Slack(w), page.Discord(g)}
	}
	for _, c := range chats {
		page.AddMembers(c, crm.DemoPeople())
	}
	mux.Handle("/", page.New(world, page.Options{}, chats[0], chats[1:]...))
	s.rest("PUT", "/applications/"+g.BotUserID()+"/guilds/"+g.GuildID()+"/commands", guildCommands)
	return s, g
}

const guildCommands = `[{"name":"crm","description":"The CRM","options":[{"type":1,"name":"help","description":"Help"},
 {"type":1,"name":"assistant","description":"Topics"}]}]`

// answerInteraction answers /crm assistant by a modal, a button by an edit, and the rest privately.
func answerInteraction(rw http.ResponseWriter, r *http.Request) {
	var i struct {
		Type int
		Data struct {
			CustomID string `json:"custom_id"`
			Options  []struct{ Name string }
		}
	}
	_ = json.NewDecoder(r.Body).Decode(&i)
	rw.Header().Set("Content-Type", "application/json")
	switch {
	case i.Type == 3:
		_, _ = fmt.Fprintf(rw, `{"type":7,"data":{"content":"pressed %s","components":[]}}`, i.Data.CustomID)
	case i.Type == 2 && i.Data.Options[0].Name == "assistant":
		_, _ = io.WriteString(rw, `{"type":9,"data":{"custom_id":"form","title":"Group Assistant","components":[
		 {"type":1,"components":[{"type":4,"custom_id":"quiet","style":1,"label":"Quiet hours","required":false}]}]}}`)
	default:
		_, _ = io.WriteString(rw, `{"type":4,"data":{"flags":64,"embeds":[{"title":"Help","description":"**open** opens a channel"}]}}`)
	}
}

// rest calls the guild's API as the bot.
func (s *site) rest(method, path, body string) map[string]any {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.url+"/discord/api/v10"+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bot sandbox-bot-token")
	req.Header.Set("User-Agent", "DiscordBot (https://example.com, 1)")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, _ := io.ReadAll(resp.Body)
	if resp.StatusCode/100 != 2 {
		s.t.Fatalf("%s %s: %d %s", method, path, resp.StatusCode, raw)
	}
	var out map[string]any
	_ = json.Unmarshal(raw, &out) // a list is nothing that a test looks at
	return out
}

// openRoom makes the private channel of account 1 for Mara, with a pinned card.
func (s *site) openRoom(g *discord.Guild) (channel, mara string) {
	s.t.Helper()
	for _, u := range g.State().Users {
		if u.Name == "mara" {
			mara = u.ID
		}
	}
	made := s.rest("POST", "/guilds/"+g.GuildID()+"/channels", fmt.Sprintf(`{"name":"northwind-traders","topic":"Northwind · owner Mara\n↳ crm/account/1 kept by Roomkeeper",
	 "permission_overwrites":[{"id":%q,"type":0,"deny":"1024"},{"id":%q,"type":1,"allow":"68608"},{"id":%q,"type":1,"allow":"68608"}]}`,
		g.GuildID(), g.BotUserID(), mara))
	channel, _ = made["id"].(string)
	card := s.rest("POST", "/channels/"+channel+"/messages", guildCard)
	s.rest("PUT", "/channels/"+channel+"/messages/pins/"+card["id"].(string), "")
	if _, err := g.Do("post", discord.Act{User: "mara", Channel: channel, Text: "Welcome **everybody**, see <#" + channel + ">\n> quoted\n- one\n- two"}); err != nil {
		s.t.Fatal(err)
	}
	return channel, mara
}

const guildCard = `{"embeds":[{"title":"Northwind Traders","url":"https://crm.example/1","description":"Owner changed: ~~Tom~~ **Mara**","color":755555,
 "fields":[{"name":"Owner","value":"Mara Lindqvist","inline":true},{"name":"Stage","value":"Active customer","inline":true},
  {"name":"City","value":"Rotterdam","inline":true},{"name":"Note","value":"A long one, over the whole width of the card"}],
 "footer":{"text":"3 in the channel · 1 pending"}}],
 "components":[{"type":1,"components":[{"type":2,"style":1,"label":"Keep","custom_id":"close.keep:v"},{"type":2,"style":4,"label":"Dismiss","custom_id":"hold.dismiss:v"},
  {"type":2,"style":5,"label":"Open in CRM","url":"https://crm.example/1"}]},
  {"type":1,"components":[{"type":3,"custom_id":"topics","placeholder":"Topics","max_values":2,"options":[{"label":"Sales","value":"s"},{"label":"Team","value":"t","default":true}]}]}]}`

func TestGuildOnThePage(t *testing.T) {
	s, g := newGuildSite(t, false)
	room, mara := s.openRoom(g)
	v := s.state("kind=account&id=1&as=" + mara)
	if v.Chat.Channel == nil || v.Chat.Channel.Name != "northwind-traders" || v.Chat.Channel.Topic != "Northwind · owner Mara" || len(v.Chat.Channel.Members) != 2 {
		t.Fatalf("%+v", v.Chat.Channel)
	}
	notes := map[string]string{}
	for _, p := range v.People {
		notes[p.Name] = p.Note
	}
	if notes["Ines Calder"] != "admin" || notes["Oskar Nilsen"] != "no chat account" || notes["Mara Lindqvist"] != "" {
		t.Errorf("%v", notes)
	}
	var answer struct{ Channel, Error string }
	if got := s.post("/say", map[string]string{"as": mara, "channel": room, "text": "/crm help"}, &answer); got != http.StatusOK || answer.Channel != room {
		t.Errorf("command: %d %+v", got, answer)
	}
	private := 0
	for _, m := range s.state("channel=" + room + "&as=" + mara).Chat.Channel.Messages {
		if m.Private {
			private++
		}
	}
	if private != 1 {
		t.Errorf("%d private answers", private)
	}
	if got := s.post("/say", map[string]string{"as": mara, "channel": room, "text": "/crm nonsense"}, &answer); got != http.StatusConflict || !strings.Contains(answer.Error, "no subcommand") {
		t.Errorf("a command that Discord does not know: %d %+v", got, answer)
	}
	if got := s.post("/move", map[string]string{"as": g.OwnerID(), "channel": room, "text": "rename", "name": "by-hand"}, &answer); got != http.StatusOK {
		t.Errorf("rename: %d %+v", got, answer)
	}
	if got := s.post("/move", map[string]string{"as": g.OwnerID(), "channel": room, "text": "kick", "user": mara}, &answer); got != http.StatusOK {
		t.Errorf("kick: %d %+v", got, answer)
	}
	if ch, _ := g.Channel(room); ch.Name != "by-hand" || len(ch.Members) != 1 {
		t.Errorf("%+v", ch)
	}
}

func TestModalOfAGuild(t *testing.T) {
	s, g := newGuildSite(t, false)
	room, mara := s.openRoom(g)
	s.post("/say", map[string]string{"as": mara, "channel": room, "text": "/crm assistant"}, nil)
	if v := s.state("as=" + mara).Chat.View; v == nil {
		t.Fatal("no modal")
	}
	body := map[string]any{"as": mara, "values": map[string][]string{"quiet": {"20-7"}}}
	if got := s.post("/view/submit", body, nil); got != http.StatusOK || s.state("as="+mara).Chat.View != nil {
		t.Errorf("submit answered %d", got)
	}
}

func TestTwoPlatformsOnOnePage(t *testing.T) {
	s, g := newGuildSite(t, true)
	s.openRoom(g)
	if c := s.state("kind=account&id=1").Chat.Channel; c != nil {
		t.Errorf("the workspace shows %+v", c)
	}
	if c := s.state("kind=account&id=1&platform=discord").Chat.Channel; c == nil || c.Name != "northwind-traders" {
		t.Errorf("the guild shows %+v", c)
	}
}

func TestBrowserShowsAGuild(t *testing.T) {
	s, g := newGuildSite(t, true)
	_, mara := s.openRoom(g)
	b := browser.Open(t, s.url+"/records/account/1", 1440, 900)
	b.Do(visible("#platform"), chromedp.SetValue("#platform", "discord"))
	b.Holds("the platform is chosen", `(document.querySelector("#platform").dispatchEvent(new Event("change")), true)`)
	b.Do(visible(`#messages .embed`), visible("#details .embed"))
	b.Holds("Mara acts", fmt.Sprintf(`(() => { const s = document.querySelector("#acting-as"); s.value = %q; s.dispatchEvent(new Event("change")); return s.value === %q })()`, mara, mara))
	b.Do(chromedp.SendKeys("#command-input", "/crm help\r"), visible("#messages .private .embed"))
	b.Holds("the fields stand in a grid and the bar has the card's colour",
		`document.querySelectorAll("#messages .e-fields > div").length === 4 && getComputedStyle(document.querySelector("#messages .embed")).borderLeftColor === "rgb(11, 135, 99)"`)
	b.Do(chromedp.Click(`#messages [data-action-id="hold.dismiss:v"]`))
	b.Holds("the press changes the message", `document.querySelector("#messages").textContent.includes("pressed hold.dismiss:v")`)
	b.Do(chromedp.SendKeys("#command-input", "/crm assistant\r"), visible("#modal[open] input"), chromedp.SendKeys("#modal input", "20-7"),
		chromedp.Click("[data-testid=modal-submit]"), chromedp.WaitNotVisible("#modal"))
}

func TestBrowserConsents(t *testing.T) {
	s, g := newGuildSite(t, false)
	query := url.Values{"client_id": {g.BotUserID()}, "redirect_uri": {g.Settings().Connector + "/auth/discord/callback"}, "response_type": {"code"},
		"scope": {"identify email"}, "state": {"s1"}}
	b := browser.Open(t, s.url+"/discord/oauth2/authorize?"+query.Encode(), 480, 800)
	b.Do(visible("[data-testid=consent-user]"), chromedp.Click("[data-testid=consent-allow]"), visible("#came"))
	if got := b.Text("#came"); got != "state s1, code true" {
		t.Errorf("came back with %q", got)
	}
}
