package discord_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/bwmarrin/discordgo"

	"roomkeeper/sandbox/discord"
)

func TestEndpointIsVerified(t *testing.T) {
	w, _ := connected(t, nil)
	if ok, err := w.VerifyEndpoint(t.Context()); !ok || err != nil {
		t.Errorf("%v %v", ok, err)
	}
	lax := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(rw, `{"type":1}`) }))
	defer lax.Close()
	w.SetConnector(lax.URL)
	if ok, err := w.VerifyEndpoint(t.Context()); ok || err != nil {
		t.Errorf("who checks no signature passes: %v %v", ok, err)
	}
}

func TestTypedCommands(t *testing.T) {
	w, a := connected(t, nil)
	for text, want := range map[string]string{
		"/crm help":                      "help",
		"help":                           "help",
		"/crm open kind:account id:4":    "open kind=account id=4",
		"/crm open account 4":            "open kind=account id=4",
		"OPEN Account 4 7":               "open kind=account id=4 days=7",
		"/crm open id:a b c kind:Deal":   "open id=a b c kind=deal",
		"/crm sync --dry-run":            "sync dry-run=true",
		"/crm sync dry_run:false":        "sync dry-run=false",
		"/crm sync confirm":              "sync plan=confirm",
		"/crm note add a few words":      "note add text=a few words",
		`/crm note add text:"quoted" it`: `note add text="quoted" it`,
	} {
		if out := w.command("ann", "general", text); out.Message == nil || out.Message.Content != "done" || out.Message.EphemeralTo == "" {
			t.Errorf("%s: %+v", text, out)
		}
		if got := words((<-a.got).ApplicationCommandData().Options); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	for text, why := range map[string]string{
		"/crm fly": "no subcommand", "/crm": "no subcommand", "/crm open account": "wants id", "/crm open lead 4": "no kind", "/crm open account 4 70": "no days",
		"/crm why nobody": "no person", "/other": "no command", "/crm note add " + strings.Repeat("x", 21): "no text", "/crm help more": "takes no",
	} {
		if _, err := w.Command(t.Context(), "ann", "general", text); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %v, want %s", text, err, why)
		}
	}
}

func TestPayloadOfCommand(t *testing.T) {
	w, a := connected(t, nil)
	w.command("ann", "general", "/crm why @bob")
	i := <-a.got
	general, _ := w.Channel("general")
	data := i.ApplicationCommandData()
	bob := data.Options[0].Options[0].UserValue(nil).ID
	switch {
	case i.AppID != w.BotUserID(), i.GuildID != w.GuildID(), i.ChannelID != general.ID, i.Member.User.Username != "ann", i.Version != 1:
		t.Errorf("%+v", i)
	case i.Member.Permissions&discordgo.PermissionViewChannel == 0, i.AppPermissions&discordgo.PermissionManageChannels == 0:
		t.Errorf("permissions %d, %d", i.Member.Permissions, i.AppPermissions)
	case data.Resolved.Users[bob].Username != "bob", data.Resolved.Members[bob] == nil:
		t.Errorf("resolved %+v", data.Resolved)
	}
	var raw map[string]any
	_ = json.Unmarshal([]byte(w.Deliveries(0)[0].Body), &raw)
	for _, name := range []string{"channel", "context", "authorizing_integration_owners", "entitlements", "attachment_size_limit", "locale", "guild_locale"} {
		if raw[name] == nil {
			t.Errorf("no %s", name)
		}
	}
}

func TestOnlyWhoSeesTheChannelActsInIt(t *testing.T) {
	w, _ := connected(t, nil)
	closed := w.api("POST", w.guild()+"/channels", map[string]any{"name": "closed", "permission_overwrites": []any{
		map[string]any{"id": w.GuildID(), "type": 0, "deny": "1024"}, map[string]any{"id": w.BotUserID(), "type": 1, "allow": "3072"}}})
	if closed.status != 201 {
		t.Fatal(closed.raw)
	}
	if _, err := w.Command(t.Context(), "ann", "closed", "/crm help"); err == nil {
		t.Error("a command in a channel that she does not see")
	}
	posted := w.api("POST", "/channels/"+closed.text("id")+"/messages", oneButton)
	click := discord.Click{User: "ann", Channel: "closed", Message: posted.text("id"), CustomID: "go"}
	if _, err := w.Click(t.Context(), click); err == nil {
		t.Error("a click in a channel that she does not see")
	}
	click.User = "owner"
	if out, err := w.Click(t.Context(), click); err != nil || out.Message == nil {
		t.Errorf("the owner: %+v %v", out, err)
	}
}

const oneButton = `{"content":"x","components":[{"type":1,"components":[{"type":2,"style":1,"label":"Go","custom_id":"go"},
 {"type":2,"style":2,"label":"Off","custom_id":"off","disabled":true}]},
 {"type":1,"components":[{"type":3,"custom_id":"menu","max_values":2,"options":[{"label":"A","value":"a"},{"label":"B","value":"b"}]}]}]}`

// holds waits until a channel has so many messages.
func (w *world) holds(channel string, messages int) discord.StateChannel {
	w.t.Helper()
	late := time.After(patience)
	for {
		changed := w.Changed() // before the look: what comes after it is not missed
		ch, _ := w.Channel(channel)
		if len(ch.Messages) == messages {
			return ch
		}
		select {
		case <-changed:
		case <-late:
			w.t.Fatalf("%d messages, want %d", len(ch.Messages), messages)
		}
	}
}

func TestDeferredAnswers(t *testing.T) {
	w, a := connected(t, func(c *discord.Config) { c.AnswerTimeout = 5 * time.Second })
	seen := make(chan struct{}) // the answer, before the follow-up takes its place as the newest
	followed := make(chan struct{})
	a.answer = func(i *discordgo.Interaction) (int, any) {
		go func() {
			defer close(followed)
			hook := "/webhooks/" + i.AppID + "/" + i.Token
			if r := w.api("GET", hook+"/messages/@original", nil, "Authorization", ""); r.status != 200 || r.get("flags") != 192.0 {
				t.Errorf("while thinking: %d %s", r.status, r.raw)
			}
			if r := w.api("PATCH", hook+"/messages/@original", `{"content":"the answer"}`, "Authorization", ""); r.status != 200 {
				t.Errorf("edit: %s", r.raw)
			}
			<-seen
			if r := w.api("POST", hook, `{"content":"for all"}`, "Authorization", ""); r.status != 200 {
				t.Errorf("follow-up: %s", r.raw)
			}
		}()
		return 200, json.RawMessage(`{"type":5,"data":{"flags":64}}`)
	}
	out := w.command("ann", "general", "/crm help")
	close(seen)
	if out.Message == nil || out.Message.Content != "the answer" || out.Message.EphemeralTo == "" || out.Error != "" || out.TotalSecs < out.Seconds {
		t.Fatalf("%+v", out)
	}
	i := <-a.got
	hook := "/webhooks/" + i.AppID + "/" + i.Token
	<-followed // its answer too: the test must not end before
	ch := w.holds("general", 2)
	if len(ch.Messages) != 2 || ch.Messages[1].EphemeralTo != "" || ch.Messages[1].Content != "for all" {
		t.Errorf("%+v", ch.Messages)
	}
	list := w.api("GET", "/channels/"+ch.ID+"/messages", nil)
	if got, _ := list.body.([]any); len(got) != 1 {
		t.Errorf("the history shows private answers: %s", list.raw)
	}
	if r := w.api("POST", "/interactions/"+i.ID+"/"+i.Token+"/callback", `{"type":4,"data":{"content":"again"}}`); r.code() != 40060 {
		t.Errorf("second answer: %s", r.raw)
	}
	if r := w.api("POST", "/interactions/"+i.ID+"/nonsense/callback", `{"type":4,"data":{"content":"again"}}`); r.code() != 10062 {
		t.Errorf("unknown: %s", r.raw)
	}
	if r := w.api("DELETE", hook+"/messages/@original", nil); r.status != 204 {
		t.Errorf("delete: %s", r.raw)
	}
	if r := w.api("GET", hook+"/messages/@original", nil); r.code() != 10008 {
		t.Errorf("deleted: %s", r.raw)
	}
	w.clock.Advance(16 * time.Minute)
	if r := w.api("POST", hook, `{"content":"late"}`); r.code() != 50027 {
		t.Errorf("after 15 minutes: %s", r.raw)
	}
}

// unanswered sends a command to a silent app, again when on a busy machine the
// deadline was over before the app had it.
func unanswered(t *testing.T, w *world, a *app) *discordgo.Interaction {
	t.Helper()
	for began := time.Now(); time.Since(began) < patience; {
		if out := w.command("ann", "general", "/crm help"); out.Error != "The application did not respond" || out.Message != nil {
			t.Errorf("%+v", out)
		}
		select {
		case i := <-a.got:
			return i
		default:
		}
	}
	t.Fatal("nothing arrived at the app")
	return nil
}

func TestSilentApps(t *testing.T) {
	w, a := connected(t, func(c *discord.Config) { c.RequestTimeout = 50 * time.Millisecond })
	a.silent = true
	i := unanswered(t, w, a)
	if r := w.api("POST", "/webhooks/"+i.AppID+"/"+i.Token, `{"content":"late"}`); r.code() != 10015 {
		t.Errorf("a dead token: %s", r.raw)
	}
	if r := w.api("POST", "/interactions/"+i.ID+"/"+i.Token+"/callback", `{"type":4,"data":{"content":"x"}}`); r.code() != 10062 {
		t.Errorf("a late callback: %s", r.raw)
	}
}

func TestWrongAnswers(t *testing.T) {
	w, a := connected(t, nil)
	for name, answer := range map[string]string{
		"empty": `{"type":4,"data":{"content":""}}`, "long": `{"type":4,"data":{"content":"` + strings.Repeat("x", 2001) + `"}}`,
		"wrong type": `{"type":7,"data":{"content":"x"}}`, "no type": `{}`, "no JSON": `"x"`, "modal": `{"type":9,"data":{"title":"x"}}`,
	} {
		a.says(answer)
		if out := w.command("ann", "general", "/crm help"); out.Error == "" || out.Refused == nil {
			t.Errorf("%s: %+v", name, out)
		}
	}
}

func TestComponents(t *testing.T) {
	w, a := connected(t, nil)
	general, _ := w.Channel("general")
	posted := w.api("POST", "/channels/"+general.ID+"/messages", oneButton)
	click := discord.Click{User: "ann", Channel: general.ID, Message: posted.text("id"), CustomID: "go"}
	a.says(`{"type":7,"data":{"content":"changed","components":[]}}`)
	if out, err := w.Click(t.Context(), click); err != nil || out.Message == nil || out.Message.Content != "changed" {
		t.Errorf("%+v %v", out, err)
	}
	i := <-a.got
	if i.Message.ID != posted.text("id") || i.MessageComponentData().CustomID != "go" || i.MessageComponentData().ComponentType != 2 {
		t.Errorf("%+v", i)
	}
	posted = w.api("POST", "/channels/"+general.ID+"/messages", oneButton)
	a.says(`{"type":6}`)
	click.Message, click.CustomID, click.Values = posted.text("id"), "men", []string{"b", "a"}
	if out, err := w.Click(t.Context(), click); err != nil || out.Error != "" || out.Message != nil {
		t.Errorf("%+v %v", out, err)
	}
	if i := <-a.got; strings.Join(i.MessageComponentData().Values, ",") != "b,a" {
		t.Errorf("%+v", i.MessageComponentData())
	}
	for _, bad := range []discord.Click{{CustomID: "off"}, {CustomID: "none"}, {CustomID: "menu"}, {CustomID: "menu", Values: []string{"c"}}} {
		bad.User, bad.Channel, bad.Message = "ann", general.ID, posted.text("id")
		if _, err := w.Click(t.Context(), bad); err == nil {
			t.Errorf("%+v was possible", bad)
		}
	}
}

func TestModal(t *testing.T) {
	w, a := connected(t, nil)
	a.says(`{"type":9,"data":{"custom_id":"form","title":"Form","components":[
	 {"type":1,"components":[{"type":4,"custom_id":"name","style":1,"label":"Name","min_length":2}]},
	 {"type":18,"label":"Topic","component":{"type":3,"custom_id":"topic","options":[{"label":"A","value":"a","default":true}]}}]}}`)
	out := w.command("ann", "general", "/crm help")
	if out.Modal == nil || !strings.Contains(string(out.Modal.View), "form") {
		t.Fatalf("%+v", out)
	}
	a.answer = nil
	<-a.got
	if _, err := w.Submit(t.Context(), discord.Submission{User: "ann", Values: map[string]any{"name": "x"}}); err == nil {
		t.Error("too short a text was sent")
	}
	done, err := w.Submit(t.Context(), discord.Submission{User: "ann", Values: map[string]any{"name": "Acme"}})
	if err != nil || done.Message == nil || done.Modal != nil {
		t.Fatalf("%+v %v", done, err)
	}
	raw := w.Deliveries(0)[1].Body
	if !strings.Contains(raw, `"value":"Acme"`) || !strings.Contains(raw, `"values":["a"]`) {
		t.Errorf("%s", raw)
	}
}

func TestAutocomplete(t *testing.T) {
	w, a := connected(t, nil)
	a.says(`{"type":8,"data":{"choices":[{"name":"Northwind","value":"1"}]}}`)
	out, err := w.Autocomplete(t.Context(), "ann", "general", "/crm open kind:account id:nor")
	if err != nil || len(out.Choices) != 1 || out.Choices[0].Name != "Northwind" {
		t.Fatalf("%+v %v", out, err)
	}
	if o := (<-a.got).ApplicationCommandData().Options[0].Options[1]; !o.Focused || o.StringValue() != "nor" {
		t.Errorf("%+v", o)
	}
	if _, err := w.Autocomplete(t.Context(), "ann", "general", "/crm help"); err == nil {
		t.Error("an option without autocomplete was completed")
	}
}

func TestForgedAndRepeated(t *testing.T) {
	w, a := connected(t, nil)
	w.command("ann", "general", "/crm help")
	first := <-a.got
	sent, err := w.Deliver(t.Context(), discord.Redelivery{})
	if err != nil || sent.Status != 200 || sent.ID != first.ID || (<-a.got).ID != first.ID {
		t.Errorf("%+v %v", sent, err)
	}
	if ch, _ := w.Channel("general"); len(ch.Messages) != 1 {
		t.Errorf("%d answers to one command", len(ch.Messages))
	}
	for _, seal := range []discord.Seal{{Corrupt: true}, {Unsigned: true}} {
		sent, err := w.Forge(t.Context(), discord.Forgery{User: "ann", Channel: "general", Text: "/crm help", Seal: seal})
		if err != nil || sent.Status != 401 {
			t.Errorf("%+v %v", sent, err)
		}
	}
	if sent, err := w.Forge(t.Context(), discord.Forgery{User: "ann", Channel: "general", Text: "/crm help", Seal: discord.Seal{Age: 3600}}); err != nil || sent.Status != 200 {
		t.Errorf("an old one that is signed: %+v %v", sent, err)
	}
}

// A client of another's making answers by a call of its own.
func TestLibraryAnswers(t *testing.T) {
	w, a := connected(t, nil)
	s := w.session()
	a.answer = func(i *discordgo.Interaction) (int, any) {
		if err := s.InteractionRespond(i, &discordgo.InteractionResponse{Type: discordgo.InteractionResponseDeferredChannelMessageWithSource}); err != nil {
			t.Errorf("respond: %v", err)
		}
		text := "edited"
		if m, err := s.InteractionResponseEdit(i, &discordgo.WebhookEdit{Content: &text}); err != nil || m.Content != text {
			t.Errorf("edit: %+v %v", m, err)
		}
		more, err := s.FollowupMessageCreate(i, true, &discordgo.WebhookParams{Content: "more", Flags: discordgo.MessageFlagsEphemeral})
		if err != nil {
			t.Fatalf("follow-up: %v", err)
		}
		if _, err := s.FollowupMessageEdit(i, more.ID, &discordgo.WebhookEdit{Content: &text}); err != nil {
			t.Errorf("edit follow-up: %v", err)
		}
		if err := s.FollowupMessageDelete(i, more.ID); err != nil {
			t.Errorf("delete follow-up: %v", err)
		}
		return http.StatusAccepted, nil
	}
	w.command("ann", "general", "/crm help")
	ch, _ := w.Channel("general")
	if len(ch.Messages) != 1 || ch.Messages[0].Content != "edited" || ch.Messages[0].EphemeralTo != "" || ch.Messages[0].Type != 20 {
		t.Errorf("%+v", ch.Messages)
	}
	for _, c := range w.Calls(0, "") {
		if c.Status/100 != 2 && c.Error != 40060 {
			t.Errorf("%s: %d %s", c.Method, c.Status, c.Answer)
		}
	}
}
