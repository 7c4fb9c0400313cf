package both_test

import (
	"fmt"
	"testing"

	"roomkeeper/internal/world"
	"roomkeeper/sandbox/discord"
)

// noticed is a channel of u1 to u4 in a guild beside a workspace; u5 and u6 are
// on no team.
func noticed(t *testing.T, env ...string) *world.World {
	t.Helper()
	guild := world.StartWith(t, []world.Platform{world.Discord(), world.Slack()}, 7, 1, env...)
	guild.CRM.Act(t, "webhooks", world.Order{"mode": "off"})
	team(t, guild, 1, "u1", "u2", "u3", "u4")
	for _, platform := range []string{onDiscord, onSlack} {
		request(t, guild, 1, platform)
		guild.On(t, platform).WaitState(t, world.Account(1), "active")
		guild.On(t, platform).In(t, 1, "u1", "u2", "u3", "u4")
	}
	guild.Quiet(t, world.Patience)
	return guild
}

// byHand lets the guild's owner do something to somebody in account 1's channel.
func byHand(t *testing.T, guild *world.World, what, user string) {
	t.Helper()
	act := discord.Act{User: user, Channel: guild.Group(t, world.Account(1)).ChannelID}
	guild.Chat.Must(t, "POST", "/do/"+what, act, nil)
}

// stands waits until somebody's row in account 1's Group has a status.
func stands(t *testing.T, guild *world.World, user, status string) {
	t.Helper()
	member := account(t, guild, user)
	world.Eventually(t, world.Patience, user+" is "+status, func() error {
		rows := guild.Group(t, world.Account(1)).Members
		for _, m := range rows {
			if (m.MemberID == member || m.UserID == user) && m.Status == status {
				return nil
			}
		}
		return fmt.Errorf("%+v", rows)
	})
}

// session waits until the app has one session that is connected.
func session(t *testing.T, guild *world.World) string {
	t.Helper()
	var id string
	world.Eventually(t, world.Patience, "a session of the gateway", func() error {
		var list []discord.StateSession
		guild.Chat.Must(t, "GET", "/gateway", nil, &list)
		for _, s := range list {
			if id = s.ID; s.Connected {
				return nil
			}
		}
		return fmt.Errorf("%+v", list)
	})
	return id
}

// TestDiscordGateway: what people do by hand is noticed by the gateway's events,
// also over a connection that is cut and one whose session is over.
func TestDiscordGateway(t *testing.T) {
	guild := noticed(t, "ROOMKEEPER_DISCORD_GATEWAY=true")
	first := session(t, guild)
	byHand(t, guild, "invite", "u5")
	stands(t, guild, "u5", "hand_added")
	byHand(t, guild, "remove", "u2")
	stands(t, guild, "u2", "left")

	disturb := func(how string) {
		guild.Chat.Must(t, "POST", "/gateway", world.Order{"do": how}, nil)
	}
	disturb(discord.GatewayDrop)
	byHand(t, guild, "invite", "u6")
	byHand(t, guild, "remove", "u3")
	stands(t, guild, "u6", "hand_added")
	stands(t, guild, "u3", "left")
	if again := session(t, guild); again != first {
		t.Errorf("session %s was not resumed: %s", first, again)
	}
	disturb(discord.GatewayInvalidate)
	byHand(t, guild, "remove", "u6")
	byHand(t, guild, "remove", "u4")
	stands(t, guild, "u4", "left")
	if again := session(t, guild); again == first {
		t.Errorf("session %s goes on although it is over", again)
	}
	t.Run("guild", func(t *testing.T) { leavesGuild(t, guild) })
	guild.On(t, onSlack).In(t, 1, "u1", "u2", "u3", "u4", "u7")
	guild.Quiet(t, world.Patience)
	guild.Chat.Lawful(t)
}

// leavesGuild: an overwrite outlives its member's stay in the guild. Whoever
// leaves has none any more, waits, and is let in again when they come back.
func leavesGuild(t *testing.T, guild *world.World) {
	team(t, guild, 1, "u1", "u2", "u3", "u4", "u7")
	guild.Taken(t, world.TeamChanged)
	guild.In(t, 1, "u1", "u5", "u7")
	stands(t, guild, "u7", "member")
	guild.Chat.Must(t, "POST", "/do/leave", discord.Act{User: "u7"}, nil)
	stands(t, guild, "u7", "pending")
	if got, want := pending(t, guild), []waiting{{"u7", "1", onDiscord, "other_workspace"}}; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("pending %+v, want %+v", got, want)
	}
	noOverwrite(t, guild, "u7")
	guild.Chat.Must(t, "POST", "/do/enter", discord.Act{User: "u7"}, nil)
	stands(t, guild, "u7", "member")
	guild.In(t, 1, "u1", "u5", "u7")
}

// noOverwrite waits until account 1's channel has no overwrite of somebody.
func noOverwrite(t *testing.T, guild *world.World, user string) {
	t.Helper()
	member, here := account(t, guild, user), guild.Group(t, world.Account(1)).ChannelID
	world.Eventually(t, world.Patience, "no overwrite of "+user, func() error {
		for _, ch := range guildState(t, guild).Channels {
			for _, o := range ch.Overwrites {
				if ch.ID == here && o.ID == member {
					return fmt.Errorf("%+v", o)
				}
			}
		}
		return nil
	})
}

// TestDiscordWithoutGateway: a sweep that reads channels again finds the same, and the
// drift check who left the guild.
func TestDiscordWithoutGateway(t *testing.T) {
	guild := noticed(t, "ROOMKEEPER_DISCORD_GATEWAY=false", "ROOMKEEPER_DRIFT_MAX_AGE=1s")
	var list []discord.StateSession
	if guild.Chat.Must(t, "GET", "/gateway", nil, &list); len(list) > 0 {
		t.Fatalf("sessions without a gateway: %+v", list)
	}
	byHand(t, guild, "invite", "u5")
	byHand(t, guild, "remove", "u2")
	sweep(t, guild)
	stands(t, guild, "u5", "hand_added")
	stands(t, guild, "u2", "left")
	if err := guild.InNow(t, 1, "u1", "u3", "u4", "u5"); err != nil {
		t.Error(err)
	}
	guild.Chat.Must(t, "POST", "/do/leave", discord.Act{User: "u3"}, nil)
	stands(t, guild, "u3", "pending")
	if got, want := pending(t, guild), []waiting{{"u3", "1", onDiscord, "other_workspace"}}; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("pending %+v, want %+v", got, want)
	}
	noOverwrite(t, guild, "u3")
	guild.Chat.Must(t, "POST", "/do/enter", discord.Act{User: "u3"}, nil)
	sweep(t, guild)
	stands(t, guild, "u3", "member")
	guild.In(t, 1, "u1", "u3", "u4", "u5")
}

// sweep asks for a full sweep, once the last reading is old enough to be doubted.
func sweep(t *testing.T, w *world.World) {
	t.Helper()
	w.Quiet(t, world.Patience)
	w.API.Must(t, "POST", "/sweeps", world.Order{"full": true}, nil)
}
