package both_test

import (
	"fmt"
	"testing"

	"roomkeeper/internal/world"
	"roomkeeper/sandbox/crm"
	"roomkeeper/sandbox/discord"
)

// Names of the platforms, as the connector calls them.
const (
	onSlack   = "slack"
	onDiscord = "discord"
)

// unlinked is Discord, of whose accounts the CRM knows nothing.
func unlinked() world.Platform {
	p := world.Discord()
	p.Linked = false
	return p
}

// ask asks for a record's channel on one platform by the REST API.
func ask(t *testing.T, w *world.World, ref crm.Ref, platform string) {
	t.Helper()
	body := world.About(ref)
	if platform != "" {
		body = body.With("platform", platform)
	}
	w.API.Must(t, "POST", "/groups", body, nil)
}

// request asks for an account's channel on one platform as the CRM does.
func request(t *testing.T, w *world.World, n int, platform string) {
	t.Helper()
	w.Taken(t, fmt.Sprintf(`{"type":"channel.requested","data":{"kind":"account","record_id":"%d","platform":%q}}`, n, platform))
}

// team puts exactly these people on an account's team, without a word to
// anybody. The first of a generated team stays its owner.
func team(t *testing.T, w *world.World, n int, users ...string) {
	t.Helper()
	var entries []crm.Entry
	for _, u := range users {
		entries = append(entries, world.Employee(u))
	}
	w.CRM.Act(t, "team-set", world.About(world.Account(n)).With("record", world.Order{"team": entries}))
}

// account is somebody's id on a World's platform.
func account(t *testing.T, w *world.World, name string) string {
	t.Helper()
	for _, p := range w.Chat.State(t).People {
		if p.Name == name {
			return p.ID
		}
	}
	t.Fatalf("%s has no %s", w.Chat.Name, name)
	return ""
}

// link says by the REST API which account of Discord somebody has.
func link(t *testing.T, guild *world.World, users ...string) {
	t.Helper()
	for _, u := range users {
		guild.API.Must(t, "PUT", "/links/"+u, map[string]string{onDiscord: account(t, guild, u)}, nil)
	}
}

// guildState is everything that the guild holds, also what other platforms do
// not have.
func guildState(t *testing.T, guild *world.World) discord.State {
	t.Helper()
	var s discord.State
	guild.Chat.Must(t, "GET", "/state", nil, &s)
	return s
}

// settings changes switches of the guild.
func settings(t *testing.T, guild *world.World, named world.Order) {
	t.Helper()
	guild.Chat.Must(t, "POST", "/settings", named, nil)
}

// pending are the people whom GET /pending lists.
func pending(t *testing.T, w *world.World) (list []waiting) {
	t.Helper()
	var page struct{ Items []waiting }
	w.API.Must(t, "GET", "/pending", nil, &page)
	return page.Items
}

// waiting is somebody who should be in a channel and is not.
type waiting struct {
	User     string `json:"user_id"`
	Record   string `json:"record_id"`
	Platform string `json:"platform"`
	Reason   string `json:"reason"`
}

// room is an account's channel on a World's platform.
func room(t *testing.T, w *world.World, n int) world.Channel {
	t.Helper()
	g := w.Group(t, world.Account(n))
	if g == nil {
		t.Fatalf("no group of account %d on %s", n, w.Chat.Name)
	}
	for _, ch := range w.Chat.State(t).Channels {
		if ch.ID == g.ChannelID {
			return ch
		}
	}
	t.Fatalf("no channel of account %d on %s", n, w.Chat.Name)
	return world.Channel{}
}

// titles wants each card of a channel once, one pinned details card, and
// besides exactly these, in order.
func titles(ch world.Channel, want ...string) error {
	seen, details, have := map[string]bool{}, 0, []string{}
	for _, c := range ch.Cards {
		if c.ID != "" && seen[c.ID] {
			return fmt.Errorf("card %s (%s) is there twice", c.ID, c.Title)
		}
		seen[c.ID] = true
		if c.Details {
			details++
		} else if c.ID != "" {
			have = append(have, c.Title)
		}
	}
	if details != 1 || len(ch.Pinned) != 1 {
		return fmt.Errorf("%d details cards, pinned %v", details, ch.Pinned)
	}
	if fmt.Sprint(have) != fmt.Sprint(want) {
		return fmt.Errorf("cards %q, want %q", have, want)
	}
	return nil
}

// shows waits until an account's channel holds exactly these cards.
func shows(t *testing.T, w *world.World, n int, want ...string) {
	t.Helper()
	world.Eventually(t, world.Patience, fmt.Sprintf("cards of account %d on %s", n, w.Chat.Name), func() error {
		return titles(room(t, w, n), want...)
	})
}

// happens delivers an event of the CRM.
func happens(t *testing.T, w *world.World, id string, e crm.Event) {
	t.Helper()
	if err := w.Deliver(t.Context(), id, e); err != nil {
		t.Fatalf("%s: %v", id, err)
	}
}
