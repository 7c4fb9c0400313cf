package discord_test

import (
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/bwmarrin/discordgo"

	"roomkeeper/sandbox/discord"
)

// app is the app's endpoint of interactions.
type app struct {
	t      *testing.T
	world  *world
	server *httptest.Server
	got    chan *discordgo.Interaction
	answer func(*discordgo.Interaction) (int, any) // nil: a private "done"
	silent bool                                    // requests are answered by nobody
}

// connected is a guild with an app, ann who may see #general, and registered commands.
func connected(t *testing.T, change func(*discord.Config)) (*world, *app) {
	t.Helper()
	a := &app{t: t, got: make(chan *discordgo.Interaction, 100)}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /discord/interactions", a.serve)
	a.server = httptest.NewServer(mux)
	t.Cleanup(a.server.Close)
	a.world = newWorld(t, func(c *discord.Config) {
		c.Connector, c.General = a.server.URL, true
		if change != nil {
			change(c)
		}
	})
	a.world.AddUser(discord.User{Name: "ann", GlobalName: "Ann Example", Email: "ann@example.com", Verified: true})
	a.world.AddUser(discord.User{Name: "bob"})
	if r := a.world.api("PUT", a.world.commands(), crmCommands); r.status != 200 {
		t.Fatalf("commands: %d %s", r.status, r.raw)
	}
	return a.world, a
}

func (w *world) commands() string {
	return "/applications/" + w.BotUserID() + w.guild() + "/commands"
}

const crmCommands = `[{"name":"crm","description":"The CRM","options":[
 {"type":1,"name":"help","description":"Help"},
 {"type":1,"name":"open","description":"Open a record","options":[
  {"type":3,"name":"kind","description":"Kind","required":true,"choices":[{"name":"Account","value":"account"},{"name":"Deal","value":"deal"}]},
  {"type":3,"name":"id","description":"Id","required":true,"autocomplete":true},
  {"type":4,"name":"days","description":"Days","min_value":1,"max_value":30}]},
 {"type":1,"name":"why","description":"Why","options":[{"type":6,"name":"person","description":"Who","required":true}]},
 {"type":1,"name":"sync","description":"Sync","options":[{"type":5,"name":"dry-run","description":"Only look"},
  {"type":3,"name":"plan","description":"Plan","choices":[{"name":"confirm","value":"confirm"}]}]},
 {"type":2,"name":"note","description":"Notes","options":[{"type":1,"name":"add","description":"Add","options":[
  {"type":3,"name":"text","description":"Text","required":true,"max_length":20}]}]}]}]`

func (a *app) serve(rw http.ResponseWriter, r *http.Request) {
	key, _ := hex.DecodeString(a.world.PublicKey())
	if !discordgo.VerifyInteraction(r, ed25519.PublicKey(key)) {
		rw.WriteHeader(http.StatusUnauthorized)
		return
	}
	raw, _ := io.ReadAll(r.Body)
	var i discordgo.Interaction
	if err := json.Unmarshal(raw, &i); err != nil && !strings.Contains(err.Error(), "component type: 18") { // which discordgo v0.29 does not know
		a.t.Errorf("%v in %s", err, raw)
	}
	if i.Type != discordgo.InteractionPing {
		a.got <- &i
	}
	if a.silent && i.Type != discordgo.InteractionPing {
		<-r.Context().Done()
		return
	}
	status, body := 200, any(map[string]any{"type": 4, "data": map[string]any{"content": "done", "flags": 64}})
	switch {
	case i.Type == discordgo.InteractionPing:
		body = map[string]any{"type": 1}
	case a.answer != nil:
		status, body = a.answer(&i)
	}
	rw.Header().Set("Content-Type", "application/json")
	rw.WriteHeader(status)
	_ = json.NewEncoder(rw).Encode(body)
}

func (a *app) says(answer string) {
	a.answer = func(*discordgo.Interaction) (int, any) { return 200, json.RawMessage(answer) }
}

func (w *world) command(user, channel, text string) discord.Outcome {
	w.t.Helper()
	out, err := w.Command(w.t.Context(), user, channel, text)
	if err != nil {
		w.t.Fatalf("%s: %v", text, err)
	}
	return out
}

// words writes options as a person would read them.
func words(options []*discordgo.ApplicationCommandInteractionDataOption) string {
	var out []string
	for _, o := range options {
		if o.Type <= discordgo.ApplicationCommandOptionSubCommandGroup {
			out = append(out, strings.TrimSpace(o.Name+" "+words(o.Options)))
			continue
		}
		raw, _ := json.Marshal(o.Value)
		var text string
		if json.Unmarshal(raw, &text) != nil {
			text = string(raw)
		}
		out = append(out, o.Name+"="+text)
	}
	return strings.Join(out, " ")
}
