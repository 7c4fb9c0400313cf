package both_test

import (
	"fmt"
	"net/http"
	"testing"

	"roomkeeper/internal/world"
)

// TestBothPlatforms: one process serves two platforms for one CRM. A record's
// Groups there are two: each has the people that it can have, its own cards,
// commands and subscriptions.
func TestBothPlatforms(t *testing.T) {
	w := world.StartWith(t, []world.Platform{world.Slack(), unlinked()}, 6, 2)
	guild := w.On(t, onDiscord)
	w.CRM.Act(t, "webhooks", world.Order{"mode": "off"})
	team(t, w, 1, "u1", "u2", "u3")
	team(t, w, 2, "u2", "u1")
	link(t, guild, "u1", "u2", "u4")

	request(t, w, 1, onDiscord)
	ask(t, w, world.Account(1), onSlack)
	w.Taken(t, world.Requested(2)) // the first platform is the default one
	ask(t, w, world.Account(2), onDiscord)
	for n := range 2 {
		w.WaitState(t, world.Account(n+1), "active")
		guild.WaitState(t, world.Account(n+1), "active")
	}
	w.In(t, 1, "u1", "u2", "u3")
	guild.In(t, 1, "u1", "u2")
	w.In(t, 2, "u1", "u2")
	guild.In(t, 2, "u1", "u2")
	listed(t, w)
	waitsOnDiscordOnly(t, w)
	ownCommands(t, w, guild)
	t.Run("cards", func(t *testing.T) { ownCards(t, w, guild) })
	t.Run("team", func(t *testing.T) { followsTeam(t, w, guild) })
	w.Quiet(t, world.Patience)
	w.Chat.Lawful(t)
	guild.Chat.Lawful(t)
}

// listed: the API finds both Groups of a record, and each by its platform.
func listed(t *testing.T, w *world.World) {
	t.Helper()
	on := map[string]string{}
	for _, g := range w.Groups(t, world.Account(1)) {
		on[g.Platform] = g.ID
	}
	if len(on) != 2 || on[onSlack] == "" || on[onDiscord] == "" || on[onSlack] == on[onDiscord] {
		t.Errorf("groups of account 1: %v", on)
	}
	for platform, id := range on {
		var list struct{ Items []world.Group }
		w.API.Must(t, "GET", "/groups?kind=account&id=1&platform="+platform, nil, &list)
		if len(list.Items) != 1 || list.Items[0].ID != id {
			t.Errorf("on %s: %+v", platform, list.Items)
		}
	}
	status, err := w.API.Do(t.Context(), "POST", "/groups", world.About(world.Account(1)).With("platform", "carrier-pigeon"), nil)
	if status != http.StatusUnprocessableEntity {
		t.Errorf("a platform that there is not: %d %v", status, err)
	}
}

// waitsOnDiscordOnly: u3 has an address that Slack knows, and no link.
func waitsOnDiscordOnly(t *testing.T, w *world.World) {
	t.Helper()
	got, want := pending(t, w), []waiting{{"u3", "1", onDiscord, "no_account"}}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("pending %+v, want %+v", got, want)
	}
	if g := w.Group(t, world.Account(1)); g.Pending != 0 {
		t.Errorf("on Slack %d wait", g.Pending)
	}
}

// ownCommands: a command answers about the Group of the channel in which it is given.
func ownCommands(t *testing.T, w, guild *world.World) {
	t.Helper()
	here, there := room(t, w, 1).ID, room(t, guild, 1).ID
	w.Say(t, "u1", here, "status", "Account 1", "3 in the channel")
	guild.Say(t, "u1", there, "status", "Account 1", "2 in the channel", "1 pending")
	w.Say(t, "u1", here, "members", "Clara Arnold 3")
	guild.Say(t, "u1", there, "members", "Clara Arnold 3", "no account")
	w.Say(t, "u1", here, "why @u3", "Clara Arnold 3", "Related Team")
	guild.Say(t, "u1", there, "why @u3", "No user of the CRM is known by this account")
	guild.Say(t, "u1", "general", "status account 1", "2 in the channel")
	w.Say(t, "u1", "general", "status account 1", "3 in the channel")
	w.Say(t, "u1", here, "sync --dry-run", "nothing to do")
	guild.Say(t, "u1", there, "sync --dry-run", "nothing to do")
}

// ownCards: one card for an event on each, and a Topic that is off on one
// platform is on on the other.
func ownCards(t *testing.T, w, guild *world.World) {
	happens(t, w, "evt-first", world.Sale("first", "First visit", world.Account(1), world.Account(2)))
	happens(t, w, "evt-first", world.Sale("first", "First visit", world.Account(1), world.Account(2)))
	for n := range 2 {
		shows(t, w, n+1, "First visit")
		shows(t, guild, n+1, "First visit")
	}
	guild.Say(t, "u1", room(t, guild, 1).ID, "unsubscribe sales_record", "Unsubscribed from")
	happens(t, w, "evt-second", world.Sale("second", "Second visit", world.Account(1), world.Account(2)))
	shows(t, w, 1, "First visit", "Second visit")
	shows(t, w, 2, "First visit", "Second visit")
	shows(t, guild, 2, "First visit", "Second visit")
	w.Quiet(t, world.Patience)
	if n := guild.Chat.State(t).Posts("Second visit"); n != 1 {
		t.Errorf("%d cards on Discord, want the one of account 2", n)
	}
	subscribed := func(w *world.World) string {
		return w.Say(t, "u1", room(t, w, 1).ID, "subscriptions")
	}
	if a, b := subscribed(w), subscribed(guild); a == b {
		t.Errorf("both say %s", a)
	}
}

// followsTeam: a change of the team reaches both; whoever is linked comes in
// without anything else being done.
func followsTeam(t *testing.T, w, guild *world.World) {
	team(t, w, 1, "u1", "u3", "u4", "u5")
	w.Taken(t, world.TeamChanged)
	w.In(t, 1, "u1", "u3", "u4", "u5")
	guild.In(t, 1, "u1", "u4")
	link(t, guild, "u3")
	guild.In(t, 1, "u1", "u3", "u4")
	guild.API.Must(t, "DELETE", "/links/u4", nil, nil)
	guild.In(t, 1, "u1", "u3")
	if err := w.InNow(t, 1, "u1", "u3", "u4", "u5"); err != nil {
		t.Errorf("on Slack: %v", err)
	}
}
