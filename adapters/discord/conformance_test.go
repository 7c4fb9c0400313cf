package discord_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"roomkeeper/adapters/discord"
	"roomkeeper/adapters/internal/adaptertest"
	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
	"roomkeeper/internal/spectest"
	sandbox "roomkeeper/sandbox/discord"
)

// The places in which the groups of the suite's kind are made.
const (
	inChannels = iota
	inThreads
	inForum
)

func TestConformance(t *testing.T) {
	for name, mode := range map[string]int{"channels": inChannels, "private threads": inThreads, "forum": inForum} {
		t.Run(name, func(t *testing.T) {
			connectortest.ChatSuite(t, func(t *testing.T) connectortest.ChatWorld { return openWorld(t, mode) })
		})
	}
}

const noBody = "1400000000000000001"

func openWorld(t *testing.T, mode int) connectortest.ChatWorld {
	t.Helper()
	guild := sandbox.New(sandbox.Config{BotToken: "conformance"})
	server := httptest.NewServer(guild.Handler())
	// net/http makes a GET again by itself when a connection that was used before is closed.
	base := &http.Transport{DisableKeepAlives: true}
	t.Cleanup(func() {
		base.CloseIdleConnections()
		server.Close()
		guild.Close()
	})
	options := discord.Options{
		Token: "conformance", APIURL: server.URL + "/api/", URL: server.URL, GuildID: guild.GuildID(),
		Limiter: adaptertest.NewLimiter(), HTTP: spectest.DiscordRoundTripper(t, base), CallTimeout: 10 * time.Second,
	}
	byHand(t, guild, "create", sandbox.Act{Name: "CRM", Type: 4}) // the first one made here is the channel
	if mode != inChannels {
		parent := byHand(t, guild, "create", sandbox.Act{Name: "accounts", Type: map[int]int{inThreads: 0, inForum: 15}[mode]})
		options.Threads = map[connector.Kind]string{"account": parent}
	}
	adapter, err := discord.New(options)
	if err != nil {
		t.Fatal(err)
	}
	add := func(u sandbox.User) connector.MemberID { return connector.MemberID(guild.AddUser(u)) }
	world := connectortest.ChatWorld{
		Platform: adapter.Platform(),
		Now:      time.Now,
		Person:   func(email string) connector.MemberID { return add(sandbox.User{Name: email, Email: email}) },
		Stranger: func(email string) connector.MemberID { return add(sandbox.User{Name: email, Outside: true}) },
		Depart:   func(id connector.MemberID) { byHand(t, guild, "leave", sandbox.Act{User: string(id)}) },
		Admin: func(id connector.MemberID) {
			guild.UpdateUser(string(id), func(u *sandbox.User) { u.Admin = true })
		},
		Archive: func(channel connector.ChannelID) { archiveByHand(t, guild, channel, mode) },
		Found: func(name string, private bool, in ...connector.MemberID) connector.ChannelID {
			by := ""
			if len(in) > 0 && private {
				by = string(in[0])
			}
			id := byHand(t, guild, "create", sandbox.Act{Name: name, Private: private, By: by})
			for _, m := range in {
				byHand(t, guild, "invite", sandbox.Act{Channel: id, User: string(m)})
			}
			if private {
				byHand(t, guild, "invite", sandbox.Act{Channel: id, User: guild.BotUserID()})
			}
			return connector.ChannelID(id)
		},
		Expel: func(channel connector.ChannelID) {
			byHand(t, guild, "shut", sandbox.Act{Channel: string(channel), User: guild.BotUserID()})
		},
		Rename: func(channel connector.ChannelID, name string) connector.MemberID {
			by := add(sandbox.User{Name: "hand", Admin: true})
			byHand(t, guild, "rename", sandbox.Act{Channel: string(channel), By: string(by), Name: name})
			return by
		},
		Delete: func(channel connector.ChannelID, message connector.MessageID) {
			byHand(t, guild, "unpost", sandbox.Act{User: guild.BotUserID(), Channel: string(channel), Message: string(message)})
		},
		Spoil: func(op connectortest.ChatOp, fault connectortest.ChatFault, skip int) {
			spoil(t, guild, routesOf(op, mode), fault, skip)
		},
		Told: func(id connector.MemberID) int {
			direct, _ := guild.Direct(string(id))
			return len(direct.Messages)
		},
		Mute: func(id connector.MemberID) {
			guild.UpdateUser(string(id), func(u *sandbox.User) { u.NoDirects = true })
		},
		NoTopic:   mode != inChannels,
		NoChannel: noBody, NoMember: noBody, NoMessage: noBody,
	}
	if mode != inChannels {
		world.ManyMembers = 150
		world.Found = nil  // a thread is not adopted
		world.Depart = nil // what the Limits say is of channels: who leaves the guild leaves its threads
		world.Expel = nil  // who sees a thread's parent may manage all in it
	}
	return world
}

func archiveByHand(t *testing.T, guild *sandbox.Guild, channel connector.ChannelID, mode int) {
	t.Helper()
	if mode != inChannels {
		byHand(t, guild, "lock", sandbox.Act{Channel: string(channel)})
		byHand(t, guild, "archive", sandbox.Act{Channel: string(channel)})
		return
	}
	archive := "CRM archive"
	if _, ok := guild.Channel(archive); !ok {
		byHand(t, guild, "create", sandbox.Act{Name: archive, Type: 4})
	}
	byHand(t, guild, "move", sandbox.Act{Channel: string(channel), Parent: archive})
}

// byHand lets somebody act in the guild.
func byHand(t *testing.T, guild *sandbox.Guild, what string, act sandbox.Act) string {
	t.Helper()
	id, err := guild.Do(what, act)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func spoil(t *testing.T, guild *sandbox.Guild, routes []string, fault connectortest.ChatFault, skip int) {
	t.Helper()
	for _, route := range routes {
		f := sandbox.Fault{Method: route, Skip: skip}
		switch fault {
		case connectortest.ChatLimited:
			f.Kind, f.Status, f.RetryAfter = sandbox.FaultStatus, http.StatusTooManyRequests, 3
		case connectortest.ChatLost:
			f.Kind, f.When = sandbox.FaultCut, sandbox.After
		case connectortest.ChatFailed:
			f.Kind, f.Status = sandbox.FaultStatus, http.StatusInternalServerError
		}
		if _, err := guild.AddFault(f); err != nil {
			t.Fatal(err)
		}
	}
}

// routesOf are the calls that an operation fails with.
func routesOf(op connectortest.ChatOp, mode int) []string {
	threads := mode != inChannels
	either := func(thread, channel string) []string {
		if threads {
			return []string{thread}
		}
		return []string{channel}
	}
	switch op {
	case connectortest.ChatCreate:
		return either("POST /channels/{channel}/threads", "POST /guilds/{guild}/channels")
	case connectortest.ChatFind, connectortest.ChatOwn, connectortest.ChatOverview, connectortest.ChatAdoptable:
		return []string{"GET /guilds/{guild}/channels"}
	case connectortest.ChatObserve:
		return either("GET /channels/{channel}/thread-members", "GET /channels/{channel}")
	case connectortest.ChatAdd:
		return either("PUT /channels/{channel}/thread-members/{user}", "PUT /channels/{channel}/permissions/{id}")
	case connectortest.ChatEnter:
		return []string{"PUT /channels/{channel}/permissions/{id}"}
	case connectortest.ChatRemove:
		return either("DELETE /channels/{channel}/thread-members/{user}", "GET /channels/{channel}")
	case connectortest.ChatPost, connectortest.ChatTell:
		return []string{"POST /channels/{channel}/messages"}
	case connectortest.ChatEdit:
		return []string{"PATCH /channels/{channel}/messages/{message}"}
	case connectortest.ChatFindCard:
		return []string{"GET /channels/{channel}/messages"}
	case connectortest.ChatPin:
		return []string{"PUT /channels/{channel}/messages/pins/{message}"}
	case connectortest.ChatRename, connectortest.ChatSetTopic, connectortest.ChatArchive, connectortest.ChatUnarchive:
		return []string{"PATCH /channels/{channel}"}
	case connectortest.ChatTopic, connectortest.ChatName, connectortest.ChatView:
		return []string{"GET /channels/{channel}"}
	case connectortest.ChatSetPurpose:
		return either("POST /channels/{channel}/messages", "PATCH /channels/{channel}")
	case connectortest.ChatWhoami:
		return []string{"GET /users/@me"}
	case connectortest.ChatRenamedBy:
		return []string{"GET /guilds/{guild}/audit-logs"}
	case connectortest.ChatLookup, connectortest.ChatJoin: // there is none
	case connectortest.ChatAccount, connectortest.ChatAdmin:
		return []string{"GET /guilds/{guild}/members/{user}"}
	}
	return nil
}
