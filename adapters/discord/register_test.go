package discord_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"testing"

	"roomkeeper/adapters/discord"
)

// guildCommands stands for the commands that Discord keeps.
type guildCommands struct {
	stored json.RawMessage
	calls  []string
	err    error
}

func (g *guildCommands) call(_ context.Context, method, path string, body, reply any) error {
	g.calls = append(g.calls, method+" "+path)
	if g.err != nil {
		return g.err
	}
	if method == "GET" {
		return json.Unmarshal(g.stored, reply)
	}
	raw, err := json.Marshal(body)
	g.stored = raw
	return err
}

// decorated are commands as Discord returns them: with ids and what was never set.
func decorated(t *testing.T, raw json.RawMessage) json.RawMessage {
	t.Helper()
	var list []map[string]any
	if err := json.Unmarshal(raw, &list); err != nil {
		t.Fatal(err)
	}
	for _, c := range list {
		for key, value := range map[string]any{
			"id": "5", "application_id": "77", "version": "6", "guild_id": inGuild, "nsfw": false, "dm_permission": nil,
			"contexts": nil, "integration_types": []int{0}, "default_member_permissions": nil, "description_localizations": nil,
		} {
			c[key] = value
		}
	}
	out, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestRegisterWritesOnce(t *testing.T) {
	g := &guildCommands{stored: json.RawMessage("[]")}
	for i, want := range []bool{true, false} {
		wrote, err := discord.Register(t.Context(), g.call, "77", inGuild, "/crm")
		if err != nil || wrote != want {
			t.Errorf("call %d: %v, %v", i, wrote, err)
		}
		g.stored = decorated(t, g.stored)
	}
	path := "/applications/77/guilds/" + inGuild + "/commands"
	if got := strings.Join(g.calls, ", "); got != "GET "+path+", PUT "+path+", GET "+path {
		t.Errorf("calls %s", got)
	}
}

func TestRegisterWritesWhatChanged(t *testing.T) {
	g := &guildCommands{stored: json.RawMessage("[]")}
	if _, err := discord.Register(t.Context(), g.call, "77", inGuild, "/crm"); err != nil {
		t.Fatal(err)
	}
	whole := string(decorated(t, g.stored))
	for name, stored := range map[string]string{
		"another description": strings.Replace(whole, "Opens the record", "Opened the record", 1),
		"another name":        strings.Replace(whole, `"name":"crm"`, `"name":"old"`, 1),
		"a second command":    strings.Replace(whole, "[{", `[{"name":"more","description":"x"},{`, 1),
		"for admins only":     strings.Replace(whole, `"default_member_permissions":null`, `"default_member_permissions":"8"`, 1),
		"not suggested":       strings.Replace(whole, `"autocomplete":true`, `"autocomplete":false`, 1),
	} {
		if stored == whole {
			t.Fatalf("%s: nothing replaced", name)
		}
		g.stored = json.RawMessage(stored)
		if wrote, err := discord.Register(t.Context(), g.call, "77", inGuild, "/crm"); err != nil || !wrote {
			t.Errorf("%s: %v, %v", name, wrote, err)
		}
	}
}

func TestRegisterFails(t *testing.T) {
	away := errors.New("away")
	g := &guildCommands{err: away}
	if wrote, err := discord.Register(t.Context(), g.call, "77", inGuild, "/crm"); wrote || !errors.Is(err, away) {
		t.Errorf("%v, %v", wrote, err)
	}
	if _, err := discord.Register(t.Context(), g.call, "77", inGuild, "/Not A Name"); err == nil {
		t.Error("no error")
	}
}

func TestManifest(t *testing.T) {
	o := discord.ManifestOptions{
		PublicURL: "https://rooms.example/", Command: "/crm", ApplicationID: "77", GuildID: inGuild, URL: "https://discord.com/", Gateway: true,
	}
	raw, err := discord.Manifest(o)
	if err != nil {
		t.Fatal(err)
	}
	var m struct {
		Interactions string          `json:"interactions_endpoint_url"`
		Redirect     string          `json:"oauth2_redirect_url"`
		Permissions  string          `json:"permissions"`
		Invite       string          `json:"invite_url"`
		Intents      []string        `json:"gateway_intents"`
		Privileged   []string        `json:"privileged_intents"`
		Commands     json.RawMessage `json:"commands"`
	}
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	want, _ := json.Marshal(discord.CommandSet("crm"))
	var got any
	_ = json.Unmarshal(m.Commands, &got)
	if compact, _ := json.Marshal(got); len(compact) != len(want) {
		t.Errorf("commands %s", m.Commands)
	}
	if m.Interactions != "https://rooms.example/discord/interactions" || m.Redirect != "https://rooms.example/auth/discord/callback" ||
		len(m.Intents) != 2 || len(m.Privileged) != 1 {
		t.Errorf("%s", raw)
	}
	u, err := url.Parse(m.Invite)
	if err != nil || u.Host != "discord.com" || u.Path != "/oauth2/authorize" || strings.Contains(string(raw), `\u0026`) {
		t.Errorf("%s", m.Invite)
	}
	q := u.Query()
	if q.Get("scope") != "bot applications.commands" || q.Get("client_id") != "77" || q.Get("guild_id") != inGuild ||
		q.Get("permissions") != m.Permissions || m.Permissions != "2252195219197073" {
		t.Errorf("%v, permissions %s", q, m.Permissions)
	}
	for _, change := range []func(*discord.ManifestOptions){
		func(o *discord.ManifestOptions) { o.PublicURL = "" },
		func(o *discord.ManifestOptions) { o.Command = "crm x" },
		func(o *discord.ManifestOptions) { o.ApplicationID = "" },
	} {
		bad := o
		change(&bad)
		if _, err := discord.Manifest(bad); err == nil {
			t.Errorf("%+v: no error", bad)
		}
	}
}
