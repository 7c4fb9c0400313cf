package discord_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"roomkeeper/sandbox/discord"
)

type object = map[string]any

// people adds members by user name and returns their ids.
func (w *world) people(names ...string) []string {
	var ids []string
	for _, name := range names {
		ids = append(ids, w.AddUser(discord.User{Name: name}))
	}
	return ids
}

func (w *world) hidden(more ...object) []object {
	view := strconv.FormatUint(uint64(discord.ViewChannel), 10)
	return append([]object{
		{"id": w.GuildID(), "type": 0, "deny": view},
		{"id": w.BotUserID(), "type": 1, "allow": view},
	}, more...)
}

func member(id string, allow discord.Permissions) object {
	return object{"id": id, "type": 1, "allow": allow.String(), "deny": "0"}
}

// create makes a channel and returns its id.
func (w *world) create(body object) string {
	w.t.Helper()
	r := w.api("POST", w.guild()+"/channels", body)
	if r.status != 201 {
		w.t.Fatalf("create %v: %d %s", body["name"], r.status, r.raw)
	}
	return r.text("id")
}

// refused checks the status and Discord's code of an answer.
func (w *world) refused(r response, status, code int) {
	w.t.Helper()
	if r.status != status || r.code() != code {
		w.t.Errorf("got %d %s, want %d with code %d", r.status, r.raw, status, code)
	}
}

func fill(n int, one func(int) object) []object {
	var list []object
	for i := range n {
		list = append(list, one(i))
	}
	return list
}

func TestCreateChannel(t *testing.T) {
	w := newWorld(t, nil)
	anna := w.people("anna")[0]
	cat := w.create(object{"name": "Accounts", "type": 4})
	text := w.create(object{"name": "plain"})
	for _, c := range []struct {
		name  string
		body  any
		field string
		code  string
	}{
		{"no name", object{"type": 0}, "name", "BASE_TYPE_REQUIRED"},
		{"long name", object{"name": strings.Repeat("x", 101)}, "name", "BASE_TYPE_BAD_LENGTH"},
		{"type", object{"name": "x", "type": 9}, "type", "BASE_TYPE_CHOICES"},
		{"topic", object{"name": "x", "topic": strings.Repeat("x", 1025)}, "topic", "BASE_TYPE_MAX_LENGTH"},
		{"no such parent", object{"name": "x", "parent_id": "77"}, "parent_id", "CHANNEL_PARENT_INVALID"},
		{"parent no category", object{"name": "x", "parent_id": text}, "parent_id", "CHANNEL_PARENT_INVALID_TYPE"},
		{"101 overwrites", object{"name": "x", "permission_overwrites": fill(101, func(i int) object { return member(strconv.Itoa(i+1), 0) })},
			"permission_overwrites", "BASE_TYPE_MAX_LENGTH"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := w.api("POST", w.guild()+"/channels", c.body)
			if r.status != 400 || r.code() != 50035 || r.text("errors", c.field, "_errors", 0, "code") != c.code {
				t.Errorf("got %d %s", r.status, r.raw)
			}
		})
	}
	w.refused(w.api("POST", w.guild()+"/channels", `{"name"`), 400, 50109)
	w.refused(w.api("POST", w.guild()+"/channels", `[]`), 400, 50035)

	r := w.api("POST", w.guild()+"/channels", object{"name": "Müller & Söhne  GmbH", "parent_id": cat, "topic": "t",
		"permission_overwrites": w.hidden(member(anna, discord.ViewChannel), member("123456", discord.ViewChannel))})
	if r.status != 201 || r.text("name") != "müller-söhne-gmbh" || r.text("parent_id") != cat {
		t.Errorf("got %d %s", r.status, r.raw)
	}
	ch, _ := w.Channel(r.text("id"))
	if !ch.Private || !slices.Contains(ch.Members, anna) || slices.Contains(ch.Members, "123456") {
		t.Errorf("state %+v", ch)
	}
	// Who is not in the guild may be listed, and sees the channel on entering.
	w.AddUser(discord.User{ID: "123456", Name: "late"})
	if ch, _ := w.Channel(ch.ID); !slices.Contains(ch.Viewers, "123456") {
		t.Errorf("viewers %v", ch.Viewers)
	}
	if r := w.api("GET", "/channels/"+cat, nil); r.text("name") != "Accounts" {
		t.Errorf("a category keeps its capitals: %s", r.raw)
	}
}

func TestChannelCaps(t *testing.T) {
	w := newWorld(t, nil)
	cat := w.create(object{"name": "c", "type": 4})
	for i := range 50 {
		w.create(object{"name": fmt.Sprint("a", i), "parent_id": cat})
	}
	r := w.api("POST", w.guild()+"/channels", object{"name": "x", "parent_id": cat})
	if r.code() != 50035 || r.text("errors", "parent_id", "_errors", 0, "code") != "CHANNEL_PARENT_MAX_CHANNELS" {
		t.Errorf("51st child: %s", r.raw)
	}
	free := w.create(object{"name": "free"})
	r = w.api("PATCH", "/channels/"+free, object{"parent_id": cat})
	if r.text("errors", "parent_id", "_errors", 0, "code") != "CHANNEL_PARENT_MAX_CHANNELS" {
		t.Errorf("51st child by PATCH: %s", r.raw)
	}
	for i := range 500 - 52 {
		w.create(object{"name": fmt.Sprint("b", i)})
	}
	w.refused(w.api("POST", w.guild()+"/channels", object{"name": "x"}), 400, 30013)
	if r := w.api("POST", "/channels/"+free+"/threads", object{"name": "t", "type": 11}); r.status != 201 {
		t.Errorf("threads do not count: %s", r.raw)
	}
	if r := w.api("DELETE", "/channels/"+cat, nil); r.status != 200 {
		t.Errorf("delete: %s", r.raw)
	}
	if ch, _ := w.Channel("a0"); ch.ID == "" || ch.Parent != "" {
		t.Errorf("child of a deleted category: %+v", ch)
	}
}

func TestPermissionsOfTheBot(t *testing.T) {
	w := newWorld(t, nil)
	anna := w.people("anna")[0]
	seen := w.create(object{"name": "seen", "permission_overwrites": w.hidden()})
	unseen, err := w.Do("create", discord.Act{Name: "unseen", Private: true})
	if err != nil {
		t.Fatal(err)
	}
	w.refused(w.api("GET", "/channels/"+unseen, nil), 403, 50001)
	w.refused(w.api("PATCH", "/channels/"+unseen, object{"topic": "x"}), 403, 50001)
	w.refused(w.api("GET", "/channels/99", nil), 404, 10003)

	list := func() int { names, _ := w.api("GET", w.guild()+"/channels", nil).body.([]any); return len(names) }
	if list() != 2 {
		t.Errorf("the list shows %d channels", list())
	}
	w.UpdateSettings(func(s *discord.Settings) { s.HideUnseen = true })
	if list() != 1 {
		t.Errorf("the list shows %d channels", list())
	}

	put := func(id string, o object) response { return w.api("PUT", "/channels/"+seen+"/permissions/"+id, o) }
	w.refused(put(anna, member(anna, discord.BanMembers)), 403, 50013)
	w.refused(put(anna, member(anna, discord.ManageRoles)), 403, 50013)
	w.refused(put("77", member("77", discord.ViewChannel)), 404, 10009)
	w.refused(put(anna, object{"type": 0, "allow": "1024"}), 404, 10009)
	w.refused(w.api("POST", w.guild()+"/channels", object{"name": "x", "permission_overwrites": []object{member(anna, discord.BanMembers)}}), 403, 50013)
	w.refused(w.api("PATCH", "/channels/"+seen, object{"permission_overwrites": []object{member(anna, discord.ManageRoles)}}), 403, 50013)

	without := func(bits discord.Permissions) {
		w.UpdateSettings(func(s *discord.Settings) { s.BotPermissions = discord.AppPermissions &^ bits })
	}
	without(discord.ManageRoles)
	w.refused(put(anna, member(anna, discord.ViewChannel)), 403, 50013)
	without(discord.ManageChannels)
	w.refused(w.api("POST", w.guild()+"/channels", object{"name": "x"}), 403, 50013)
	w.refused(w.api("DELETE", "/channels/"+seen, nil), 403, 50013)
	without(discord.ViewAuditLog)
	w.refused(w.api("GET", w.guild()+"/audit-logs", nil), 403, 50013)

	w.UpdateSettings(func(s *discord.Settings) { s.BotPermissions = discord.Administrator })
	if r := put(anna, member(anna, discord.ManageRoles)); r.status != 204 {
		t.Errorf("an administrator: %s", r.raw)
	}
	if r := w.api("GET", "/channels/"+unseen, nil); r.status != 200 {
		t.Errorf("an administrator sees: %s", r.raw)
	}
	// A bot that shuts itself out stays out.
	without(0)
	if r := w.api("DELETE", "/channels/"+seen+"/permissions/"+w.BotUserID(), nil); r.status != 204 {
		t.Fatal(r.raw)
	}
	w.refused(w.api("GET", "/channels/"+seen, nil), 403, 50001)
}

// The order of overwrites is @everyone, roles together, member.
func TestPermissionsOfMembers(t *testing.T) {
	w := newWorld(t, nil)
	role := w.AddRole(discord.Role{Name: "sales"})
	other := w.AddRole(discord.Role{Name: "guests"})
	admin := w.AddUser(discord.User{Name: "admin", Admin: true})
	plain := w.people("plain")[0]
	sales := w.AddUser(discord.User{Name: "sales", Roles: []string{role}})
	both := w.AddUser(discord.User{Name: "both", Roles: []string{role, other}})
	out := w.AddUser(discord.User{Name: "out", Roles: []string{role}})
	gone := w.AddUser(discord.User{Name: "gone", Outside: true})
	id := w.create(object{"name": "x", "permission_overwrites": w.hidden(
		object{"id": role, "type": 0, "allow": "1024"}, object{"id": other, "type": 0, "deny": "1024"},
		object{"id": out, "type": 1, "deny": "1024"}, member(gone, discord.ViewChannel))})
	ch, _ := w.Channel(id)
	for _, c := range []struct {
		name, id string
		sees     bool
	}{
		{"owner", w.OwnerID(), true}, {"administrator", admin, true}, {"bot", w.BotUserID(), true}, {"by a role", sales, true},
		{"an allowing role beats a denying one", both, true}, {"nobody's", plain, false}, {"member denial beats roles", out, false},
		{"outside", gone, false},
	} {
		if slices.Contains(ch.Viewers, c.id) != c.sees {
			t.Errorf("%s: sees = %v", c.name, !c.sees)
		}
	}
	if len(ch.Members) != 1 || ch.Members[0] != w.BotUserID() {
		t.Errorf("members by an own overwrite: %v", ch.Members)
	}
}

func TestOverwrites(t *testing.T) {
	w := newWorld(t, nil)
	anna := w.people("anna")[0]
	cat := w.create(object{"name": "c", "type": 4})
	child := w.create(object{"name": "child", "parent_id": cat})
	odd := w.create(object{"name": "odd", "parent_id": cat, "permission_overwrites": w.hidden()})
	if r := w.api("PUT", "/channels/"+cat+"/permissions/"+anna, member(anna, discord.ViewChannel), "X-Audit-Log-Reason", "because%20%C3%BC"); r.status != 204 {
		t.Fatal(r.raw)
	}
	if ch, _ := w.Channel(child); len(ch.Overwrites) != 1 {
		t.Errorf("a synced child follows: %+v", ch.Overwrites)
	}
	if ch, _ := w.Channel(odd); len(ch.Overwrites) != 2 {
		t.Errorf("another child does not: %+v", ch.Overwrites)
	}
	r := w.api("GET", w.guild()+"/audit-logs?action_type=13&limit=1", nil)
	if r.text("audit_log_entries", 0, "reason") != "because ü" || r.text("audit_log_entries", 0, "user_id") != w.BotUserID() ||
		r.text("audit_log_entries", 0, "target_id") != cat {
		t.Errorf("audit %s", r.raw)
	}
	if r := w.api("DELETE", "/channels/"+cat+"/permissions/"+anna, nil); r.status != 204 {
		t.Error(r.raw)
	}
	w.refused(w.api("DELETE", "/channels/"+cat+"/permissions/"+anna, nil), 404, 10009)
	w.refused(w.api("DELETE", "/channels/"+cat, nil, "X-Audit-Log-Reason", strings.Repeat("x", 513)), 400, 50035)

	for i := range 1000 - 2 {
		id := w.AddUser(discord.User{Name: fmt.Sprint("u", i)})
		if r := w.api("PUT", "/channels/"+odd+"/permissions/"+id, member(id, discord.ViewChannel)); r.status != 204 {
			t.Fatal(r.raw)
		}
	}
	w.refused(w.api("PUT", "/channels/"+odd+"/permissions/"+anna, member(anna, discord.ViewChannel)), 400, 30060)

	// A PATCH of the list replaces it.
	if r := w.api("PATCH", "/channels/"+odd, object{"permission_overwrites": w.hidden(), "topic": "new", "name": "New Name"}); r.status != 200 || r.text("name") != "new-name" {
		t.Error(r.raw)
	}
	if ch, _ := w.Channel(odd); len(ch.Overwrites) != 2 || ch.Topic != "new" {
		t.Errorf("after PATCH: %+v", ch)
	}
}
