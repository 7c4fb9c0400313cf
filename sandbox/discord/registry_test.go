package discord_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bwmarrin/discordgo"
)

func TestCommandsAreRegistered(t *testing.T) {
	w := newWorld(t, nil)
	first := w.api("PUT", w.commands(), crmCommands)
	id := first.text(0, "id")
	if first.status != 200 || id == "" || first.text(0, "guild_id") != w.GuildID() {
		t.Fatalf("%d %s", first.status, first.raw)
	}
	same := w.api("PUT", w.commands(), crmCommands)
	if same.text(0, "id") != id || same.text(0, "version") != first.text(0, "version") {
		t.Errorf("the same set got another id or version: %s", same.raw)
	}
	if r := w.api("POST", w.commands(), `{"name":"other","description":"x"}`); r.status != 201 {
		t.Errorf("create: %d %s", r.status, r.raw)
	}
	r := w.api("POST", w.commands(), `{"name":"other","description":"y"}`)
	if r.status != 200 || r.text("description") != "y" {
		t.Errorf("upsert: %d %s", r.status, r.raw)
	}
	one := w.commands() + "/" + r.text("id")
	if r := w.api("PATCH", one, `{"name":"third","default_member_permissions":"8"}`); r.text("name") != "third" || r.text("description") != "y" ||
		r.text("default_member_permissions") != "8" {
		t.Errorf("edit: %s", r.raw)
	}
	if r := w.api("DELETE", one, nil); r.status != 204 {
		t.Errorf("delete: %s", r.raw)
	}
	if r := w.api("GET", one, nil); r.code() != 10063 {
		t.Errorf("deleted: %s", r.raw)
	}
	if r := w.api("GET", "/applications/"+w.BotUserID()+"/commands", nil); r.raw != "[]" {
		t.Errorf("global ones: %s", r.raw)
	}
	if r := w.api("PUT", w.commands(), `[]`); r.raw != "[]" {
		t.Errorf("none: %s", r.raw)
	}
}

func TestCommandRules(t *testing.T) {
	w := newWorld(t, nil)
	option := func(more string) string {
		return `[{"name":"a","description":"x","options":[{"type":3,"name":"o","description":"x"` + more + `}]}]`
	}
	many := func(n int, one string) string {
		var list []string
		for i := range n {
			list = append(list, strings.ReplaceAll(one, "#", fmt.Sprint(i)))
		}
		return "[" + strings.Join(list, ",") + "]"
	}
	for name, body := range map[string]string{
		"upper case": `[{"name":"A","description":"x"}]`, "space": `[{"name":"a b","description":"x"}]`, "no description": `[{"name":"a"}]`,
		"long name":        `[{"name":"` + strings.Repeat("a", 33) + `","description":"x"}]`,
		"long description": `[{"name":"a","description":"` + strings.Repeat("a", 101) + `"}]`,
		"twice":            `[{"name":"a","description":"x"},{"name":"a","description":"x"}]`,
		"required last": `[{"name":"a","description":"x","options":[{"type":3,"name":"o","description":"x"},
			{"type":3,"name":"p","description":"x","required":true}]}]`,
		"options twice": `[{"name":"a","description":"x","options":[{"type":3,"name":"o","description":"x"},{"type":3,"name":"o","description":"x"}]}]`,
		"mixed":         `[{"name":"a","description":"x","options":[{"type":1,"name":"o","description":"x"},{"type":3,"name":"p","description":"x"}]}]`,
		"group in subcommand": `[{"name":"a","description":"x","options":[{"type":1,"name":"o","description":"x","options":[
			{"type":2,"name":"p","description":"x"}]}]}]`,
		"option name": strings.Replace(option(""), `"o"`, `"O"`, 1), "type": strings.Replace(option(""), "3", "12", 1),
		"26 options":                `[{"name":"a","description":"x","options":` + many(26, `{"type":3,"name":"o#","description":"x"}`) + `}]`,
		"26 choices":                option(`,"choices":` + many(26, `{"name":"c#","value":"#"}`)),
		"choice twice":              option(`,"choices":` + many(2, `{"name":"c","value":"#"}`)),
		"choices and autocomplete":  option(`,"autocomplete":true,"choices":` + many(1, `{"name":"c","value":"#"}`)),
		"long choice":               option(`,"choices":[{"name":"` + strings.Repeat("c", 101) + `","value":"x"}]`),
		"more than 8000 characters": `[{"name":"a","description":"x","options":` + many(25, `{"type":3,"name":"o#","description":"x","choices":[`+strings.TrimSuffix(strings.TrimPrefix(many(4, `{"name":"`+strings.Repeat("n", 98)+`#","value":"x"}`), "["), "]")+`]}`) + `}]`,
	} {
		if r := w.api("PUT", w.commands(), body); r.status != 400 || r.code() != 50035 {
			t.Errorf("%s: %d %.200s", name, r.status, r.raw)
		}
	}
	if r := w.api("PUT", w.commands(), many(101, `{"name":"c#","description":"x"}`)); r.code() != 30032 {
		t.Errorf("101 commands: %.200s", r.raw)
	}
	for i := range 2 {
		if r := w.api("PUT", w.commands(), many(100, fmt.Sprintf(`{"name":"c%d-#","description":"x"}`, i))); r.status != 200 {
			t.Fatalf("%.200s", r.raw)
		}
	}
	if r := w.api("POST", w.commands(), `{"name":"one","description":"x"}`); r.code() != 30032 {
		t.Errorf("command 101: %s", r.raw)
	}
	if r := w.api("PUT", w.commands(), `[{"name":"one","description":"x"}]`); r.code() != 30034 {
		t.Errorf("create 201 of the day: %s", r.raw)
	}
	w.clock.Advance(25 * time.Hour)
	if r := w.api("PUT", w.commands(), `[{"name":"one","description":"x"}]`); r.status != 200 {
		t.Errorf("the next day: %s", r.raw)
	}
}

func TestLibraryRegistersCommands(t *testing.T) {
	w := newWorld(t, nil)
	least := 1.0
	set := []*discordgo.ApplicationCommand{{Name: "crm", Description: "The CRM", Options: []*discordgo.ApplicationCommandOption{
		{Type: discordgo.ApplicationCommandOptionSubCommand, Name: "open", Description: "Open", Options: []*discordgo.ApplicationCommandOption{
			{Type: discordgo.ApplicationCommandOptionInteger, Name: "days", Description: "Days", MinValue: &least, Required: true},
			{Type: discordgo.ApplicationCommandOptionString, Name: "id", Description: "Id", Autocomplete: true}}}}}}
	s := w.session()
	got, err := s.ApplicationCommandBulkOverwrite(w.BotUserID(), w.GuildID(), set)
	if err != nil || len(got) != 1 || got[0].Options[0].Options[0].MinValue == nil {
		t.Fatalf("%+v %v", got, err)
	}
	list, err := s.ApplicationCommands(w.BotUserID(), w.GuildID())
	if err != nil || len(list) != 1 || list[0].ID != got[0].ID {
		t.Errorf("%+v %v", list, err)
	}
}
