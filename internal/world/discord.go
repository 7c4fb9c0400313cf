package world

import (
	"encoding/json"
	"strings"

	"roomkeeper/sandbox/discord"
)

// Discord is the platform of sandbox/discord: text channels, heard of over the
// gateway too. Nobody leaves a channel there by themselves: who leaves is taken
// out by hand.
func Discord() Platform {
	setting := func(name string) func(bool) Request {
		return func(on bool) Request { return Request{"/settings", Order{name: on}} }
	}
	return Platform{
		Name: "discord", Control: "/discord/control", Linked: true, Choosy: true,
		Flags:   []string{"--discord-token", DiscordToken, "--discord-seed", discordSeed, "--discord-no-rates"},
		Secrets: []string{DiscordToken},
		Env: func(base string) []string {
			return []string{
				"ROOMKEEPER_DISCORD_BOT_TOKEN=" + DiscordToken, "ROOMKEEPER_DISCORD_PUBLIC_KEY=" + discord.PublicKeyOf(discordSeed),
				"ROOMKEEPER_DISCORD_GUILD_ID=" + discordGuild, "ROOMKEEPER_DISCORD_APPLICATION_ID=" + discordApplication,
				"ROOMKEEPER_DISCORD_API_URL=" + base + "/discord/api/", "ROOMKEEPER_DISCORD_GATEWAY=true",
			}
		},
		Verbs:       discordVerbs(),
		Starting:    []Verb{Identify, Standing, Rooms, Offered, Accounts},
		Opening:     []Verb{Place, Create, Post, Pin},
		Keeping:     []Verb{Remove, Add, Rename, Edit, Post},
		Reading:     []Verb{Look},
		Moments:     []string{Before, After},
		RemovalCost: "1 DELETE /channels/{channel}/permissions/{permission}",
		ChannelName: func(record string) string { return strings.ReplaceAll(strings.ToLower(record), " ", "-") },
		ReadState:   readDiscord, ReadCall: readDiscordCall, ReadAnswer: readDiscordAnswer,
		// The sandbox waits for an answer that is deferred.
		Final:  func(_ []byte, first Answer) (Answer, bool) { return first, true },
		Lawful: lawfulDiscord,
		Type: func(user, channel, text string) Request {
			return Request{"/command", discord.Act{User: user, Channel: channel, Text: text}}
		},
		Press: func(user, channel, message, action string) Request {
			return Request{"/click", discord.Click{User: user, Channel: channel, Message: message, CustomID: action, Wait: true}}
		},
		Hand: func(a Act) Request {
			what := a.What
			if what == ByHandLeave {
				what = ByHandRemove
			}
			return Request{"/do/" + what, discord.Act{User: a.User, By: a.By, Channel: a.Channel, Name: a.Name}}
		},
		Events:      setting("events"),
		RefuseToken: setting("refuse_token"),
	}
}

// The guild and its app.
const (
	discordGuild       = "1100000000000000000"
	discordApplication = "1100000000000000001"
	discordSeed        = "end-to-end"
)

func discordVerbs() map[Verb]Pattern {
	verbs := map[Verb]Pattern{}
	for v, method := range map[Verb]string{
		Identify: "GET /users/@me", Accounts: "GET /guilds/{guild}/members/{user}", Look: "GET /channels/{channel}",
		Standing: "GET /guilds/{guild}", Rooms: "GET /guilds/{guild}/channels",
		Offered: "GET /applications/{application}/guilds/{guild}/commands",
		Offer:   "PUT /applications/{application}/guilds/{guild}/commands",
		Add:     "PUT /channels/{channel}/permissions/{id}", Remove: "DELETE /channels/{channel}/permissions/{id}",
		Post: "POST /channels/{channel}/messages", Edit: "PATCH /channels/{channel}/messages/{message}",
		Pin: "PUT /channels/{channel}/messages/pins/{message}", History: "GET /channels/{channel}/messages",
		Blame: "GET /guilds/{guild}/audit-logs",
	} {
		verbs[v] = Pattern{Method: method}
	}
	verbs[Place] = Pattern{Method: "POST /guilds/{guild}/channels", Match: map[string]string{"type": "4"}}
	verbs[Create] = Pattern{Method: "POST /guilds/{guild}/channels", Match: map[string]string{"type": "0"}}
	verbs[Rename] = Pattern{Method: "PATCH /channels/{channel}", Match: map[string]string{"name": "*"}}
	verbs[Topic] = Pattern{Method: "PATCH /channels/{channel}", Match: map[string]string{"topic": "*"}}
	return verbs
}

func readDiscordCall(raw []byte) (Call, error) {
	var c discord.Call
	if err := json.Unmarshal(raw, &c); err != nil {
		return Call{}, err
	}
	call := Call{Method: c.Method, Args: map[string]string{}, Executed: c.Executed, Answered: c.Answered, Fault: c.Fault}
	var fields map[string]json.RawMessage
	_ = json.Unmarshal([]byte(c.Body), &fields) // no object: no arguments
	for name, value := range fields {
		call.Args[name] = strings.Trim(string(value), `"`)
	}
	for name, value := range c.Vars {
		call.Args[name] = value
	}
	return call, nil
}
