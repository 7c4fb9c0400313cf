package discord

import (
	"slices"
	"testing"
)

func TestDispatchesOfWhatPeopleDo(t *testing.T) {
	g := New(Config{})
	defer g.Close()
	anna := g.AddUser(User{Name: "anna"})
	var seen []string
	g.mu.Lock()
	g.watch(func(event string, _ any) { seen = append(seen, event) })
	g.mu.Unlock()
	do := func(what string, a Act) string {
		t.Helper()
		id, err := g.Do(what, a)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		return id
	}
	ch := do("create", Act{Name: "x"})
	do("rename", Act{Channel: ch, Name: "y"})
	do("invite", Act{Channel: ch, User: anna})
	m := do("post", Act{Channel: ch, User: anna, Text: "hello"})
	do("edit", Act{Channel: ch, User: anna, Message: m, Text: "hi"})
	do("pin", Act{Channel: ch, User: anna, Message: m})
	do("unpost", Act{Channel: ch, User: anna, Message: m})
	do("leave", Act{User: anna})
	do("enter", Act{User: anna})
	do("delete", Act{Channel: ch})
	seen = slices.DeleteFunc(seen, func(event string) bool { return event == "GUILD_AUDIT_LOG_ENTRY_CREATE" })
	want := []string{"CHANNEL_CREATE", "CHANNEL_UPDATE", "CHANNEL_UPDATE", "MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_CREATE",
		"CHANNEL_PINS_UPDATE", "MESSAGE_DELETE", "GUILD_MEMBER_REMOVE", "GUILD_MEMBER_ADD", "CHANNEL_DELETE"}
	if !slices.Equal(seen, want) {
		t.Errorf("got  %v\nwant %v", seen, want)
	}
}
