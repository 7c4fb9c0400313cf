package discord

import (
	"strings"
	"testing"
	"time"

	"roomkeeper/connector"
)

// told feeds a watcher and says what it makes of it, shortly.
func told(w *watcher, kind, raw string) string {
	var out []string
	for _, e := range w.chatEvents(kind, []byte(raw)) {
		out = append(out, strings.TrimSpace(strings.Join([]string{string(e.Type), string(e.Channel), string(e.Member), e.Name}, " ")))
	}
	return strings.Join(out, ", ")
}

func watching(t *testing.T) *watcher {
	t.Helper()
	w := newWatcher("1", func() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) })
	for _, kind := range []string{"READY", "GUILD_CREATE"} {
		raw := `{"id":"1","session_id":"s1","user":{"id":"99"},
			"channels":[{"id":"5","name":"acme","parent_id":"7","permission_overwrites":[
				{"id":"1","type":0,"allow":"0","deny":"1024"},{"id":"99","type":1,"allow":"1024","deny":"0"},{"id":"42","type":1,"allow":"1024","deny":"0"}]}],
			"threads":[{"id":"6","name":"beta","thread_metadata":{"archived":false}}]}`
		if got := told(w, kind, raw); got != "" {
			t.Fatalf("%s: %s", kind, got)
		}
	}
	return w
}

func TestChatEvents(t *testing.T) {
	const (
		open = `{"id":"1","type":0,"allow":"0","deny":"1024"},{"id":"99","type":1,"allow":"1024","deny":"0"}`
		ann  = `,{"id":"42","type":1,"allow":"1024","deny":"0"}`
		bob  = `,{"id":"43","type":1,"allow":"3072","deny":"0"}`
	)
	channel := func(name, parent, overwrites string) string {
		return `{"id":"5","guild_id":"1","name":"` + name + `","parent_id":"` + parent + `","permission_overwrites":[` + overwrites + `]}`
	}
	for _, c := range []struct{ kind, raw, want string }{
		{"CHANNEL_UPDATE", channel("acme", "7", open+ann), ""},
		{"CHANNEL_UPDATE", strings.Replace(channel("acme", "7", open+ann), `"name"`, `"topic":"new","name"`, 1), ""},
		{"CHANNEL_UPDATE", channel("acme", "7", open+ann+bob), "member_joined 5 43"},
		{"CHANNEL_UPDATE", channel("acme", "7", open), "member_left 5 42"},
		{"CHANNEL_UPDATE", channel("acme", "7", open+bob), "member_joined 5 43, member_left 5 42"},
		{"CHANNEL_UPDATE", channel("acme", "7", open+strings.ReplaceAll(ann, "1024", "0")), "member_left 5 42"},
		{"CHANNEL_UPDATE", channel("acme", "7", strings.Replace(open, `"deny":"1024"`, `"deny":"0"`, 1)+ann), "channel_changed 5"},
		{"CHANNEL_UPDATE", channel("acme", "7", strings.TrimPrefix(ann, ",")), "channel_changed 5"},
		{"CHANNEL_UPDATE", channel("new", "7", open+ann), "channel_renamed 5  new"},
		{"CHANNEL_UPDATE", channel("acme", "8", open+ann), "channel_changed 5"},
		{"CHANNEL_UPDATE", `{"id":"77","guild_id":"1","name":"x"}`, "channel_changed 77"},
		{"CHANNEL_UPDATE", strings.Replace(channel("new", "7", ""), `"guild_id":"1"`, `"guild_id":"2"`, 1), ""},
		{"CHANNEL_DELETE", channel("acme", "7", ""), "channel_deleted 5"},
		{"CHANNEL_CREATE", `{"id":"78","guild_id":"1","name":"x"}`, ""},
		{"THREAD_UPDATE", `{"id":"6","guild_id":"1","name":"beta","thread_metadata":{"archived":true}}`, "channel_archived 6"},
		{"THREAD_UPDATE", `{"id":"6","guild_id":"1","name":"gamma","thread_metadata":{"archived":false}}`, "channel_renamed 6  gamma"},
		{"THREAD_DELETE", `{"id":"6","guild_id":"1","parent_id":"5","type":12}`, "channel_deleted 6"},
		{"THREAD_MEMBERS_UPDATE", `{"id":"6","guild_id":"1","member_count":2,"added_members":[{"user_id":"42"}],"removed_member_ids":["43"]}`, "member_joined 6 42, member_left 6 43"},
		{"GUILD_MEMBER_ADD", `{"guild_id":"1","user":{"id":"42"}}`, "person_arrived  42"},
		{"GUILD_MEMBER_REMOVE", `{"guild_id":"1","user":{"id":"42"}}`, "person_left  42"},
		{"GUILD_MEMBER_REMOVE", `{"guild_id":"2","user":{"id":"42"}}`, ""},
		{"GUILD_DELETE", `{"id":"1","unavailable":true}`, "events_missed"},
		{"GUILD_DELETE", `{"id":"2"}`, ""},
		{"READY", `{"session_id":"s2","user":{"id":"99"}}`, "events_missed"},
		{"RESUMED", `{}`, ""},
		{"TYPING_START", `{"guild_id":"1"}`, ""},
		{"CHANNEL_UPDATE", `[]`, ""},
		{"GUILD_MEMBER_ADD", `7`, ""},
	} {
		if got := told(watching(t), c.kind, c.raw); got != c.want {
			t.Errorf("%s %s\n got %q\nwant %q", c.kind, c.raw, got, c.want)
		}
	}
}

func TestThreadComesBack(t *testing.T) {
	w := watching(t)
	told(w, "THREAD_UPDATE", `{"id":"6","guild_id":"1","name":"beta","thread_metadata":{"archived":true}}`)
	if got := told(w, "THREAD_UPDATE", `{"id":"6","guild_id":"1","name":"beta","thread_metadata":{"archived":false}}`); got != "channel_restored 6" {
		t.Error(got)
	}
}

// TestIdentities: replicas tell the same event with the same identity, and
// what happens again later is another one.
func TestIdentities(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	const raw = `{"id":"6","guild_id":"1","added_members":[{"user_id":"42"},{"user_id":"43"}]}`
	id := func(now time.Time) []connector.ChatEvent {
		return newWatcher("1", func() time.Time { return now }).chatEvents("THREAD_MEMBERS_UPDATE", []byte(raw))
	}
	first, replica, later := id(at), id(at.Add(time.Second)), id(at.Add(time.Hour))
	if first[0].ID != replica[0].ID || first[0].ID == later[0].ID || first[0].ID == first[1].ID || first[0].ID == "" {
		t.Errorf("%v %v %v", first, replica, later)
	}
	if first[0].Platform != Platform || !first[0].At.Equal(at) {
		t.Errorf("%+v", first[0])
	}
}

// The same again in the same minute is told again, and each replica tells it alike.
func TestSameEventTwiceInAMinute(t *testing.T) {
	now := time.Unix(1.8e9, 0)
	clock := func() time.Time { return now }
	first, second := newWatcher(testGuild, clock), newWatcher(testGuild, clock)
	raw := []byte(`{"guild_id":"` + testGuild + `","id":"` + testID + `","added_members":[{"user_id":"7"}]}`)
	seen := map[string]bool{}
	for i := range 3 {
		a, b := first.chatEvents("THREAD_MEMBERS_UPDATE", raw), second.chatEvents("THREAD_MEMBERS_UPDATE", raw)
		if len(a) != 1 || len(b) != 1 || a[0].ID != b[0].ID || seen[a[0].ID] {
			t.Fatalf("time %d: %+v and %+v", i, a, b)
		}
		seen[a[0].ID] = true
	}
}
