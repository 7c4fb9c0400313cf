package both_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"roomkeeper/internal/world"
	"roomkeeper/sandbox/discord"
)

// opened is a guild beside a workspace, with a channel for u1 to u5, of whom the
// connector knows u1 only.
func opened(t *testing.T, env ...string) *world.World {
	t.Helper()
	guild := world.StartWith(t, []world.Platform{signsIn(), world.Slack()}, 6, 1, env...)
	guild.CRM.Act(t, "webhooks", world.Order{"mode": "off"})
	team(t, guild, 1, "u1", "u2", "u3", "u4", "u5")
	link(t, guild, "u1")
	ask(t, guild, world.Account(1), "")
	guild.WaitState(t, world.Account(1), "active")
	guild.In(t, 1, "u1")
	if n := len(pending(t, guild)); n != 4 {
		t.Fatalf("%d wait, want 4", n)
	}
	if groups := guild.Groups(t, world.Account(1)); len(groups) != 1 || groups[0].Platform != onDiscord {
		t.Fatalf("Discord comes first and is not the default one: %+v", groups)
	}
	return guild
}

// TestDiscordSignIn: whoever proves by Discord which verified address is theirs
// is let into their channels, and nothing else has to be done.
func TestDiscordSignIn(t *testing.T) {
	guild := opened(t)
	mine := newBrowser(t, guild)
	used := signInLink(t, guild, "u3")
	back := mine.signIn(t, "u3", used, http.StatusOK, "You are linked", "Clara Arnold 3")
	guild.In(t, 1, "u1", "u3")
	world.Eventually(t, world.Patience, "three wait", func() error {
		if list := pending(t, guild); len(list) != 3 || fmt.Sprint(list) != fmt.Sprint([]waiting{
			{"u2", "1", onDiscord, "no_account"}, {"u4", "1", onDiscord, "no_account"}, {"u5", "1", onDiscord, "no_account"},
		}) {
			return fmt.Errorf("%+v", list)
		}
		return nil
	})
	var links map[string]string
	guild.API.Must(t, http.MethodGet, "/links/u3", nil, &links)
	if links[onDiscord] != account(t, guild, "u3") {
		t.Errorf("links of u3: %v", links)
	}
	guild.Say(t, "u3", "general", "link", "In the CRM you are Clara Arnold 3 (u3)")

	t.Run("refused", func(t *testing.T) { refusedSignIns(t, guild, mine, used, back) })
	t.Run("by hand", func(t *testing.T) { linksByHand(t, guild) })
	guild.Quiet(t, world.Patience)
	guild.Chat.Lawful(t)
	if log := guild.Log.String(); len(log) > 0 {
		t.Errorf("people's own mistakes are no news: %s", log)
	}
}

// refusedSignIns change nothing: a link that was used, one that is another
// person's, an address that is not verified or that the CRM does not know.
func refusedSignIns(t *testing.T, guild *world.World, mine *browser, used, back string) {
	mine.signIn(t, "u3", used, http.StatusBadRequest, "This link was used", "Nothing was changed")
	mine.shows(t, back, http.StatusBadRequest, "This link is over", "Nothing was changed")
	theirs := newBrowser(t, guild)
	theirs.signIn(t, "u4", signInLink(t, guild, "u2"), http.StatusForbidden, "That is another account", "Nothing was changed")
	change := func(user string, fields world.Order) {
		guild.Chat.Must(t, "POST", "/users", fields.With("id", account(t, guild, user)), nil)
	}
	change("u5", world.Order{"verified": false})
	theirs.signIn(t, "u5", signInLink(t, guild, "u5"), http.StatusForbidden, "No verified address", "Nothing was changed")
	change("u5", world.Order{"verified": true, "email": "somebody@elsewhere.example"})
	theirs.signIn(t, "u5", signInLink(t, guild, "u5"), http.StatusForbidden, "The CRM does not know this address", "Nothing was changed")
	guild.Quiet(t, world.Patience)
	if err := guild.InNow(t, 1, "u1", "u3"); err != nil {
		t.Errorf("after refused sign-ins: %v", err)
	}
	for _, u := range []string{"u2", "u4", "u5"} {
		var links map[string]string
		if guild.API.Must(t, http.MethodGet, "/links/"+u, nil, &links); len(links) > 0 {
			t.Errorf("links of %s: %v", u, links)
		}
	}
}

// linksByHand: an admin's command, the API and the file say who somebody is, and
// take it back; others may not.
func linksByHand(t *testing.T, guild *world.World) {
	guild.Say(t, "u3", "general", "link @u2 u2", "or you may not")
	guild.Say(t, "owner", "general", "link @u2 u2", "Bruno Arnold 2 is Bruno Arnold 2 (u2) in the CRM")
	guild.In(t, 1, "u1", "u2", "u3")
	guild.Say(t, "owner", "general", "link @u4 nobody", "knows no user")
	guild.Say(t, "owner", "general", "unlink @u2", "Bruno Arnold 2 is not linked with Bruno Arnold 2", "any more")
	guild.In(t, 1, "u1", "u3") // both at once would be held
	guild.Say(t, "u3", "general", "unlink", "not linked with Clara Arnold 3", "any more")
	guild.In(t, 1, "u1")
	link(t, guild, "u4")
	guild.In(t, 1, "u1", "u4")
	guild.API.Must(t, http.MethodDelete, "/links/u4", nil, nil)
	guild.In(t, 1, "u1")

	file := filepath.Join(t.TempDir(), "links.csv")
	lines := "user_id,platform,member_id\nu5,discord," + account(t, guild, "u5") + "\nu2,slack,nobody-of-the-guild\n"
	if err := os.WriteFile(file, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	guild.Env = append(guild.Env, "ROOMKEEPER_LINKS_FILE="+file)
	if err := guild.Stop(t); err != nil {
		t.Fatal(err)
	}
	guild.Restart(t)
	guild.In(t, 1, "u1", "u5")
}

// TestDiscordGuildJoin: who signs in and has left the guild is let in again,
// where the deployment wants that, and told to join it by themselves otherwise.
func TestDiscordGuildJoin(t *testing.T) {
	for _, joins := range []bool{true, false} {
		t.Run(fmt.Sprint(joins), func(t *testing.T) {
			guild := opened(t, fmt.Sprintf("ROOMKEEPER_DISCORD_GUILDS_JOIN=%t", joins))
			begun := signInLink(t, guild, "u2")
			guild.Chat.Must(t, "POST", "/do/leave", discord.Act{User: "u2"}, nil)
			if !joins {
				newBrowser(t, guild).signIn(t, "u2", begun, http.StatusForbidden, "Not a member here", "Nothing was changed")
				guild.Quiet(t, world.Patience)
				if err := guild.InNow(t, 1, "u1"); err != nil {
					t.Error(err)
				}
				return
			}
			newBrowser(t, guild).signIn(t, "u2", begun, http.StatusOK, "You are linked", "Bruno Arnold 2")
			guild.In(t, 1, "u1", "u2")
			for _, u := range guildState(t, guild).Users {
				if u.Name == "u2" && u.Outside {
					t.Error("linked, and not in the guild")
				}
			}
			guild.Chat.Lawful(t)
		})
	}
}
