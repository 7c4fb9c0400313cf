package discord_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"roomkeeper/sandbox/discord"
)

func row(components ...object) object { return object{"type": 1, "components": components} }

func press(id string) object {
	return object{"type": 2, "style": 1, "label": "x", "custom_id": id}
}

// The limits of a message's parts, each with the path of its field and Discord's code.
func TestMessageForm(t *testing.T) {
	w := newWorld(t, nil)
	ch := w.create(object{"name": "x"})
	long := func(n int) string { return strings.Repeat("ü", n) }
	embed := func(e object) object { return object{"embeds": []object{e}} }
	rows := func(r ...object) object { return object{"components": r} }
	option := object{"label": "l", "value": "v"}
	choice := func(more object) object {
		s := object{"type": 3, "custom_id": "s", "options": []object{option}}
		for key, value := range more {
			s[key] = value
		}
		return s
	}
	for _, c := range []struct {
		name string
		body object
		path string
		code string
	}{
		{"content", object{"content": long(2001)}, "content", "BASE_TYPE_MAX_LENGTH"},
		{"11 embeds", object{"embeds": fill(11, func(int) object { return object{"title": "t"} })}, "embeds", "BASE_TYPE_MAX_LENGTH"},
		{"title", embed(object{"title": long(257)}), "embeds.0.title", "BASE_TYPE_MAX_LENGTH"},
		{"description", embed(object{"description": long(4097)}), "embeds.0.description", "BASE_TYPE_MAX_LENGTH"},
		{"26 fields", embed(object{"fields": fill(26, func(int) object { return object{"name": "n", "value": "v"} })}), "embeds.0.fields", "BASE_TYPE_MAX_LENGTH"},
		{"field name", embed(object{"fields": []object{{"name": "", "value": "v"}}}), "embeds.0.fields.0.name", "BASE_TYPE_REQUIRED"},
		{"field value", embed(object{"fields": []object{{"name": "n", "value": long(1025)}}}), "embeds.0.fields.0.value", "BASE_TYPE_BAD_LENGTH"},
		{"footer", embed(object{"footer": object{"text": long(2049)}}), "embeds.0.footer.text", "BASE_TYPE_BAD_LENGTH"},
		{"author", embed(object{"author": object{"name": long(257)}}), "embeds.0.author.name", "BASE_TYPE_BAD_LENGTH"},
		{"colour", embed(object{"color": 1 << 24}), "embeds.0.color", "NUMBER_TYPE_MAX"},
		{"url", embed(object{"title": "t", "url": "javascript://x"}), "embeds.0.url", "URL_TYPE_INVALID_SCHEME"},
		{"timestamp", embed(object{"title": "t", "timestamp": "today"}), "embeds.0.timestamp", "DATE_TIME_TYPE_PARSE"},
		{"6001 characters", object{"embeds": []object{{"description": long(3001)}, {"description": long(3000)}}}, "embeds", "MAX_EMBED_SIZE_EXCEEDED"},
		{"6 rows", rows(fill(6, func(i int) object { return row(press(fmt.Sprint(i))) })...), "components", "BASE_TYPE_MAX_LENGTH"},
		{"no row", rows(press("x")), "components.0.type", "BASE_TYPE_CHOICES"},
		{"6 buttons", rows(row(fill(6, func(i int) object { return press(fmt.Sprint(i)) })...)), "components.0.components", "BASE_TYPE_MAX_LENGTH"},
		{"same custom id", rows(row(press("x")), row(press("x"))), "components.1.components.0.custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED"},
		{"long custom id", rows(row(press(long(101)))), "components.0.components.0.custom_id", "BASE_TYPE_BAD_LENGTH"},
		{"label", rows(row(object{"type": 2, "style": 1, "custom_id": "x", "label": long(81)})), "components.0.components.0.label", "BASE_TYPE_MAX_LENGTH"},
		{"link with id", rows(row(object{"type": 2, "style": 5, "custom_id": "x", "label": "x", "url": "https://x.example"})), "components.0.components.0.custom_id", "BUTTON_COMPONENT_CUSTOM_ID_AND_URL"},
		{"26 options", rows(row(choice(object{"options": fill(26, func(i int) object { return object{"label": "l", "value": fmt.Sprint(i)} })}))), "components.0.components.0.options", "BASE_TYPE_MAX_LENGTH"},
		{"same option", rows(row(choice(object{"options": []object{option, option}}))), "components.0.components.0.options.1.value", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED"},
		{"select beside", rows(row(choice(nil), press("x"))), "components.0.components", "COMPONENT_LAYOUT_WIDTH_EXCEEDED"},
		{"placeholder", rows(row(choice(object{"placeholder": long(151)}))), "components.0.components.0.placeholder", "BASE_TYPE_MAX_LENGTH"},
		{"mentions", object{"content": "x", "allowed_mentions": object{"parse": []string{"users"}, "users": []string{"5"}}}, "allowed_mentions.users", "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE"},
		{"mention kind", object{"content": "x", "allowed_mentions": object{"parse": []string{"all"}}}, "allowed_mentions.parse", "BASE_TYPE_CHOICES"},
		{"nonce", object{"content": "x", "nonce": long(26)}, "nonce", "BASE_TYPE_MAX_LENGTH"},
		{"V2 with content", object{"content": "x", "flags": 1 << 15, "components": []object{{"type": 10, "content": "x"}}}, "flags", "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := w.api("POST", "/channels/"+ch+"/messages", c.body)
			path := []any{"errors"}
			for _, step := range strings.Split(c.path, ".") {
				path = append(path, step)
			}
			if r.status != 400 || r.code() != 50035 || r.text(append(path, "_errors", 0, "code")...) != c.code {
				t.Errorf("got %d %s", r.status, r.raw)
			}
		})
	}
	w.refused(w.api("POST", "/channels/"+ch+"/messages", object{"content": "  "}), 400, 50006)
	full := object{"content": long(2000), "embeds": []object{{"title": long(256), "description": long(4096), "url": "https://x.example/1"}},
		"components": []object{row(press("a"), object{"type": 2, "style": 5, "label": "open", "url": "https://x.example"}), row(choice(nil))}}
	if r := w.api("POST", "/channels/"+ch+"/messages", full); r.status != 200 {
		t.Error(r.raw)
	}
	if r := w.api("POST", "/channels/"+ch+"/messages", object{"flags": 1 << 15, "components": []object{{"type": 17, "components": []object{{"type": 10, "content": "x"}}}}}); r.status != 200 {
		t.Error(r.raw)
	}
}

func TestNonce(t *testing.T) {
	w := newWorld(t, nil)
	ch := w.create(object{"name": "x"})
	post := func(body object) string { return w.api("POST", "/channels/"+ch+"/messages", body).text("id") }
	first := post(object{"content": "a", "nonce": "n", "enforce_nonce": true})
	if again := post(object{"content": "a", "nonce": "n", "enforce_nonce": true}); again != first {
		t.Error("the same nonce made a second message")
	}
	if loose := post(object{"content": "a", "nonce": "n"}); loose == first {
		t.Error("a nonce that is not enforced returned the first message")
	}
	w.clock.Advance(6 * time.Minute)
	if late := post(object{"content": "a", "nonce": "n", "enforce_nonce": true}); late == first {
		t.Error("a nonce holds for more than a few minutes")
	}
}

func TestMentions(t *testing.T) {
	w := newWorld(t, nil)
	anna := w.people("anna")[0]
	role := w.AddRole(discord.Role{Name: "sales"})
	ch := w.create(object{"name": "x"})
	text := "<@" + anna + "> <@!77> <@&" + role + "> @everyone @here"
	for _, c := range []struct {
		name    string
		body    object
		expect  []string
		muzzled bool
	}{
		{"no word about mentions", object{"content": text}, []string{anna, "&" + role, "@everyone", "@here"}, false},
		{"nobody", object{"content": text, "allowed_mentions": object{"parse": []string{}}}, nil, false},
		{"users", object{"content": text, "allowed_mentions": object{"parse": []string{"users"}}}, []string{anna}, false},
		{"one user", object{"content": text, "allowed_mentions": object{"users": []string{anna}}}, []string{anna}, false},
		{"embeds never", object{"embeds": []object{{"title": text, "description": text}}}, nil, false},
		{"without the right", object{"content": text}, []string{anna}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.muzzled {
				w.api("PUT", "/channels/"+ch+"/permissions/"+w.GuildID(), object{"type": 0, "deny": discord.MentionEveryone.String()})
			}
			id := w.api("POST", "/channels/"+ch+"/messages", c.body).text("id")
			state, _ := w.Channel(ch)
			last := state.Messages[len(state.Messages)-1]
			if last.ID != id || !slices.Equal(last.Notified, append([]string{}, c.expect...)) {
				t.Errorf("notified %v", last.Notified)
			}
		})
	}
}

func TestEditsAndHistory(t *testing.T) {
	w := newWorld(t, func(c *discord.Config) { c.General = true })
	anna := w.people("anna")[0]
	ch := w.create(object{"name": "x"})
	var ids []string
	for i := range 5 {
		ids = append(ids, w.api("POST", "/channels/"+ch+"/messages", object{"content": fmt.Sprint(i)}).text("id"))
	}
	hers, err := w.Do("post", discord.Act{User: anna, Channel: ch, Text: "hers"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ query, expect string }{
		{"?limit=2", "hers 4"}, {"?limit=2&before=" + ids[2], "1 0"}, {"?limit=2&after=" + ids[2], "4 3"},
		{"?limit=3&around=" + ids[2], "3 2 1"}, {"", "hers 4 3 2 1 0"},
	} {
		r := w.api("GET", "/channels/"+ch+"/messages"+c.query, nil)
		list, _ := r.body.([]any)
		var texts []string
		for i := range list {
			texts = append(texts, r.text(i, "content"))
		}
		if got := strings.Join(texts, " "); got != c.expect {
			t.Errorf("%q: got %q, want %q", c.query, got, c.expect)
		}
	}
	w.refused(w.api("GET", "/channels/"+ch+"/messages?limit=101", nil), 400, 50035)
	edit := func(id string, body object) response { return w.api("PATCH", "/channels/"+ch+"/messages/"+id, body) }
	w.refused(edit(hers, object{"content": "x"}), 403, 50005)
	w.refused(edit("5", object{"content": "x"}), 404, 10008)
	w.refused(edit(ids[0], object{"content": ""}), 400, 50006)
	if r := edit(ids[0], object{"embeds": []object{{"title": "t"}}}); r.text("content") != "0" || r.text("embeds", 0, "title") != "t" || r.text("edited_timestamp") == "" {
		t.Error(r.raw)
	}
	w.refused(w.api("DELETE", "/channels/"+ch+"/messages/"+hers, nil), 403, 50013)
	if r := w.api("DELETE", "/channels/"+ch+"/messages/"+ids[1], nil); r.status != 204 {
		t.Error(r.raw)
	}
	w.refused(w.api("GET", "/channels/"+ch+"/messages/"+ids[1], nil), 404, 10008)

	w.UpdateSettings(func(s *discord.Settings) { s.OldEdits = 2 })
	w.clock.Advance(time.Hour)
	edit(ids[0], object{"content": "a"})
	edit(ids[0], object{"content": "b"})
	w.refused(edit(ids[0], object{"content": "c"}), 429, 30046)
	w.clock.Advance(time.Hour)
	if r := edit(ids[0], object{"content": "d"}); r.status != 200 {
		t.Error(r.raw)
	}
}

func TestPins(t *testing.T) {
	w := newWorld(t, nil)
	ch := w.create(object{"name": "x"})
	post := func() string {
		return w.api("POST", "/channels/"+ch+"/messages", object{"content": "x"}).text("id")
	}
	first := post()
	for _, route := range []string{"/messages/pins/", "/pins/"} {
		if r := w.api("PUT", "/channels/"+ch+route+first, nil); r.status != 204 {
			t.Error(r.raw)
		}
		if r := w.api("DELETE", "/channels/"+ch+route+first, nil); r.status != 204 {
			t.Error(r.raw)
		}
	}
	w.UpdateSettings(func(s *discord.Settings) {
		s.BotPermissions = discord.AppPermissions&^discord.PinMessages | discord.ManageMessages
	})
	w.refused(w.api("PUT", "/channels/"+ch+"/messages/pins/"+first, nil), 403, 50013)
	w.UpdateSettings(func(s *discord.Settings) { s.BotPermissions = discord.AppPermissions })
	for range 250 {
		if r := w.api("PUT", "/channels/"+ch+"/messages/pins/"+post(), nil); r.status != 204 {
			t.Fatal(r.raw)
		}
		w.clock.Advance(time.Second)
	}
	w.refused(w.api("PUT", "/channels/"+ch+"/messages/pins/"+first, nil), 400, 30003)
	r := w.api("GET", "/channels/"+ch+"/messages/pins?limit=2", nil)
	if r.get("has_more") != true || r.text("items", 0, "pinned_at") == "" || r.get("items", 0, "message", "pinned") != true || r.get("items", 2) != nil {
		t.Error(r.raw)
	}
	if r := w.api("GET", "/channels/"+ch+"/pins", nil); r.text(0, "id") == "" || r.get(50) != nil {
		t.Error(r.raw)
	}
}
