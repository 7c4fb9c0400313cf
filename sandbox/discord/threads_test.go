package discord_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"roomkeeper/sandbox/discord"
)

// thread starts a thread and returns its id.
func (w *world) thread(parent string, body object) string {
	w.t.Helper()
	r := w.api("POST", "/channels/"+parent+"/threads", body)
	if r.status != 201 {
		w.t.Fatalf("thread: %d %s", r.status, r.raw)
	}
	return r.text("id")
}

func TestThreads(t *testing.T) {
	w := newWorld(t, nil)
	p := w.create(object{"name": "p"})
	cat := w.create(object{"name": "c", "type": 4})
	w.refused(w.api("POST", "/channels/"+cat+"/threads", object{"name": "t"}), 400, 50024)
	w.refused(w.api("POST", "/channels/"+p+"/threads", object{"name": "t", "auto_archive_duration": 61}), 400, 50035)
	r := w.api("POST", "/channels/"+p+"/threads", object{"name": "Big Deal", "invitable": false, "auto_archive_duration": 60})
	if r.status != 201 || r.get("type") != 12.0 || r.text("name") != "Big Deal" || r.get("thread_metadata", "invitable") != false ||
		r.text("member", "user_id") != w.BotUserID() || r.text("parent_id") != p {
		t.Fatalf("got %s", r.raw)
	}
	id := r.text("id")
	w.refused(w.api("PUT", "/channels/"+id+"/permissions/"+w.BotUserID(), object{"type": 1}), 400, 50024)

	w.clock.Advance(time.Hour)
	if ch, _ := w.Channel(id); !ch.Archived {
		t.Error("an idle thread is not archived")
	}
	anna := w.people("anna")[0]
	w.refused(w.api("PUT", "/channels/"+id+"/thread-members/"+anna, nil), 400, 50083)
	w.refused(w.api("PATCH", "/channels/"+id, object{"name": "x"}), 400, 50083)
	if r := w.api("PATCH", "/channels/"+id, object{"archived": false, "name": "x"}); r.status != 200 {
		t.Error(r.raw)
	}
	w.clock.Advance(time.Hour)
	if r := w.api("POST", "/channels/"+id+"/messages", object{"content": "hello"}); r.status != 200 {
		t.Error(r.raw)
	}
	if ch, _ := w.Channel(id); ch.Archived {
		t.Error("a message does not unarchive")
	}
	if r := w.api("PATCH", "/channels/"+id, object{"archived": true, "locked": true}); r.get("thread_metadata", "locked") != true {
		t.Error(r.raw)
	}
	w.refused(w.api("POST", "/channels/"+id+"/messages", object{"content": "hello"}), 400, 50083)
	if r := w.api("GET", "/channels/"+p+"/threads/archived/private", nil); r.text("threads", 0, "id") != id || r.get("has_more") != false {
		t.Error(r.raw)
	}
	if r := w.api("DELETE", "/channels/"+id, nil); r.status != 200 {
		t.Error(r.raw)
	}
}

func TestThreadPermissions(t *testing.T) {
	w := newWorld(t, nil)
	p := w.create(object{"name": "p"})
	bits := func(missing discord.Permissions) {
		w.UpdateSettings(func(s *discord.Settings) { s.BotPermissions = discord.AppPermissions &^ missing })
	}
	id := w.thread(p, object{"name": "mine", "invitable": false})
	// What @everyone may, the bot may too: the parent denies it to both.
	if r := w.api("PUT", "/channels/"+p+"/permissions/"+w.GuildID(), object{"type": 0, "deny": (discord.CreatePrivateThreads | discord.CreatePublicThreads).String()}); r.status != 204 {
		t.Fatal(r.raw)
	}
	w.refused(w.api("POST", "/channels/"+p+"/threads", object{"name": "t"}), 403, 50013)
	w.refused(w.api("POST", "/channels/"+p+"/threads", object{"name": "t", "type": 11}), 403, 50013)
	bits(discord.ManageThreads)
	w.refused(w.api("GET", "/channels/"+p+"/threads/archived/private", nil), 403, 50013)
	w.refused(w.api("PATCH", "/channels/"+id, object{"locked": true}), 403, 50013)
	w.refused(w.api("DELETE", "/channels/"+id, nil), 403, 50013)
	if r := w.api("PATCH", "/channels/"+id, object{"name": "own"}); r.status != 200 {
		t.Errorf("the creator may rename: %s", r.raw)
	}
	// A private thread is seen by its members and by moderators only.
	if r := w.api("DELETE", "/channels/"+id+"/thread-members/@me", nil); r.status != 204 {
		t.Error(r.raw)
	}
	w.refused(w.api("GET", "/channels/"+id, nil), 403, 50001)
	bits(0)
	if r := w.api("GET", "/channels/"+id, nil); r.status != 200 {
		t.Error(r.raw)
	}
}

func TestThreadMembers(t *testing.T) {
	w := newWorld(t, nil)
	ids := w.people("anna", "ben", "cleo")
	anna, ben, cleo := ids[0], ids[1], ids[2]
	gone := w.AddUser(discord.User{Name: "gone", Outside: true})
	p := w.create(object{"name": "p", "permission_overwrites": w.hidden(member(anna, discord.ViewChannel), member(ben, discord.ViewChannel))})
	id := w.thread(p, object{"name": "t"})
	add := func(user string) response { return w.api("PUT", "/channels/"+id+"/thread-members/"+user, nil) }
	for _, user := range []string{ben, anna, anna} {
		if r := add(user); r.status != 204 {
			t.Errorf("add: %s", r.raw)
		}
	}
	w.refused(add(gone), 404, 10007)
	w.refused(add("77"), 404, 10013)
	w.refused(add(cleo), 403, 50001)
	w.refused(w.api("PUT", "/channels/"+p+"/thread-members/"+anna, nil), 400, 50024)

	r := w.api("GET", "/channels/"+id+"/thread-members?with_member=true&limit=1&after="+w.BotUserID(), nil)
	if r.text(0, "user_id") != anna && r.text(0, "user_id") != ben || r.text(0, "member", "user", "id") != r.text(0, "user_id") || r.get(1) != nil {
		t.Errorf("page: %s", r.raw)
	}
	if r := w.api("GET", "/channels/"+id+"/thread-members", nil); r.get(2) == nil || r.get(3) != nil || r.get(0, "member") != nil {
		t.Errorf("list: %s", r.raw)
	}
	w.refused(w.api("GET", "/channels/"+id+"/thread-members?limit=101", nil), 400, 50035)
	if r := w.api("GET", "/channels/"+id+"/thread-members/"+anna, nil); r.text("user_id") != anna {
		t.Error(r.raw)
	}
	w.UpdateSettings(func(s *discord.Settings) { s.Members = false })
	w.refused(w.api("GET", "/channels/"+id+"/thread-members", nil), 403, 50001)
	w.refused(w.api("GET", w.guild()+"/members", nil), 403, 50001)
	w.UpdateSettings(func(s *discord.Settings) { s.Members = true })

	if r := w.api("DELETE", "/channels/"+id+"/thread-members/"+anna, nil); r.status != 204 {
		t.Error(r.raw)
	}
	w.refused(w.api("DELETE", "/channels/"+id+"/thread-members/"+anna, nil), 404, 10007)
	w.refused(w.api("GET", "/channels/"+id+"/thread-members/"+anna, nil), 404, 10007)
	if ch, _ := w.Channel(id); !slices.Equal(ch.ThreadMembers, []string{w.BotUserID(), ben}) || slices.Contains(ch.Viewers, anna) {
		t.Errorf("state %+v", ch)
	}
	// Leaving the guild leaves its threads.
	if _, err := w.Do("leave", discord.Act{User: ben}); err != nil {
		t.Fatal(err)
	}
	if ch, _ := w.Channel(id); slices.Contains(ch.ThreadMembers, ben) {
		t.Error("who left the guild is still in the thread")
	}
}

func TestThreadCaps(t *testing.T) {
	w := newWorld(t, nil)
	p := w.create(object{"name": "p"})
	id := w.thread(p, object{"name": "first", "auto_archive_duration": 60})
	for i := range 999 {
		u := w.AddUser(discord.User{Name: fmt.Sprint("u", i)})
		if r := w.api("PUT", "/channels/"+id+"/thread-members/"+u, nil); r.status != 204 {
			t.Fatal(r.raw)
		}
	}
	late := w.people("late")[0]
	w.refused(w.api("PUT", "/channels/"+id+"/thread-members/"+late, nil), 400, 30033)

	for i := range 999 {
		w.thread(p, object{"name": fmt.Sprint("t", i), "auto_archive_duration": 10080})
	}
	w.refused(w.api("POST", "/channels/"+p+"/threads", object{"name": "x"}), 400, 160006)
	w.clock.Advance(time.Hour)
	w.thread(p, object{"name": "x"})
	w.refused(w.api("POST", "/channels/"+id+"/messages", object{"content": "x"}), 400, 160006)
	w.refused(w.api("PATCH", "/channels/"+id, object{"archived": false}), 400, 160006)
	if r := w.api("GET", w.guild()+"/threads/active", nil); r.get("threads", 999) == nil || r.get("threads", 1000) != nil {
		t.Error("not 1,000 active threads")
	}
}

func TestArchivedPages(t *testing.T) {
	w := newWorld(t, nil)
	p := w.create(object{"name": "p"})
	for i := range 5 {
		w.thread(p, object{"name": fmt.Sprint("t", i), "type": 11, "auto_archive_duration": 60})
		w.clock.Advance(time.Minute)
	}
	w.clock.Advance(time.Hour)
	var seen []string
	query := ""
	for more := true; more; {
		r := w.api("GET", "/channels/"+p+"/threads/archived/public?limit=2"+query, nil)
		threads, _ := r.get("threads").([]any)
		for i := range threads {
			seen = append(seen, r.text("threads", i, "name"))
			query = "&before=" + r.text("threads", i, "thread_metadata", "archive_timestamp")[:26] + "Z"
		}
		more = r.get("has_more") == true
	}
	if !slices.Equal(seen, []string{"t4", "t3", "t2", "t1", "t0"}) {
		t.Errorf("pages %v", seen)
	}
}

func TestForumAndMessageThreads(t *testing.T) {
	w := newWorld(t, nil)
	forum := w.create(object{"name": "Forum", "type": 15, "topic": "guidelines"})
	w.refused(w.api("POST", "/channels/"+forum+"/messages", object{"content": "x"}), 400, 50008)
	w.refused(w.api("POST", "/channels/"+forum+"/threads", object{"name": "x"}), 400, 50035)
	w.refused(w.api("POST", "/channels/"+forum+"/threads", object{"name": "x", "message": object{}}), 400, 50006)
	r := w.api("POST", "/channels/"+forum+"/threads", object{"name": "Post", "message": object{"content": "card"}})
	if r.status != 201 || r.text("message", "id") != r.text("id") || r.get("type") != 11.0 {
		t.Fatal(r.raw)
	}
	if ch, _ := w.Channel("Post"); len(ch.Messages) != 1 || ch.Messages[0].Content != "card" {
		t.Errorf("state %+v", ch)
	}
	text := w.create(object{"name": "text"})
	m := w.api("POST", "/channels/"+text+"/messages", object{"content": "x"}).text("id")
	r = w.api("POST", "/channels/"+text+"/messages/"+m+"/threads", object{"name": "from"})
	if r.status != 201 || r.text("id") != m {
		t.Error(r.raw)
	}
	w.refused(w.api("POST", "/channels/"+text+"/messages/"+m+"/threads", object{"name": "again"}), 400, 160004)
	w.refused(w.api("POST", "/channels/"+text+"/messages/5/threads", object{"name": "x"}), 404, 10008)
}
