package slack_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"roomkeeper/adapters/internal/adaptertest"
	"roomkeeper/adapters/slack"
	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
	"roomkeeper/internal/spectest"
	sandbox "roomkeeper/sandbox/slack"
)

func TestConformance(t *testing.T) {
	connectortest.ChatSuite(t, openWorld)
}

func openWorld(t *testing.T) connectortest.ChatWorld {
	t.Helper()
	workspace := sandbox.New(sandbox.Config{BotToken: "xoxb-conformance"})
	server := httptest.NewServer(workspace.Handler())
	base := &http.Transport{}
	t.Cleanup(func() {
		base.CloseIdleConnections()
		server.Close()
		workspace.Close()
	})
	adapter, err := slack.New(slack.Options{
		Token: "xoxb-conformance", APIURL: server.URL + "/api/", URL: server.URL,
		Limiter: adaptertest.NewLimiter(), HTTP: spectest.RoundTripper(t, base), CallTimeout: 10 * time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	add := func(u sandbox.User) connector.MemberID { return connector.MemberID(workspace.AddUser(u)) }
	return connectortest.ChatWorld{
		Platform: adapter.Platform(),
		Now:      time.Now,
		Person:   func(email string) connector.MemberID { return add(sandbox.User{Email: email}) },
		Guest:    func(email string) connector.MemberID { return add(sandbox.User{Email: email, Restricted: true}) },
		Gone:     func(email string) connector.MemberID { return add(sandbox.User{Email: email, Deleted: true}) },
		Stranger: func(email string) connector.MemberID { return add(sandbox.User{Email: email, TeamID: "T0OTHER"}) },
		Depart:   func(id connector.MemberID) { byHand(t, workspace, "deactivate", sandbox.Act{User: string(id)}) },
		Admin: func(id connector.MemberID) {
			workspace.UpdateUser(string(id), func(u *sandbox.User) { u.Admin = true })
		},
		Archive: func(channel connector.ChannelID) {
			byHand(t, workspace, "archive", sandbox.Act{Channel: string(channel)})
		},
		Found: func(name string, private bool, in ...connector.MemberID) connector.ChannelID {
			if len(in) == 0 {
				in = append(in, add(sandbox.User{Email: "maker@example.com"}))
			}
			by := string(in[0])
			byHand(t, workspace, "create", sandbox.Act{User: by, Name: name, Private: private})
			for _, m := range in[1:] {
				byHand(t, workspace, "invite", sandbox.Act{Channel: name, User: string(m), By: by})
			}
			if private {
				byHand(t, workspace, "invite", sandbox.Act{Channel: name, User: workspace.BotUserID(), By: by})
			}
			return channelCalled(workspace, name)
		},
		Expel: func(channel connector.ChannelID) {
			byHand(t, workspace, "remove", sandbox.Act{Channel: string(channel), User: workspace.BotUserID()})
		},
		Rename: func(channel connector.ChannelID, name string) connector.MemberID {
			by := add(sandbox.User{Email: "hand@example.com"})
			byHand(t, workspace, "invite", sandbox.Act{Channel: string(channel), User: string(by)})
			byHand(t, workspace, "rename", sandbox.Act{Channel: string(channel), User: string(by), By: string(by), Name: name})
			return by
		},
		Delete: func(channel connector.ChannelID, message connector.MessageID) {
			byHand(t, workspace, "unpost", sandbox.Act{User: workspace.BotUserID(), Channel: string(channel), TS: string(message)})
		},
		Spoil: func(op connectortest.ChatOp, fault connectortest.ChatFault, skip int) {
			spoil(t, workspace, op, fault, skip)
		},
		Told: func(id connector.MemberID) int {
			direct, _ := workspace.Direct(string(id))
			return len(direct.Messages)
		},
		Mute: func(id connector.MemberID) {
			workspace.UpdateUser(string(id), func(u *sandbox.User) { u.Deleted = true })
		},
		ManyMembers: 1010,
		NoChannel:   "C0NOCHANNEL",
		NoMember:    "U0NOBODY",
		NoMessage:   "1700000000.000001",
	}
}

func channelCalled(workspace *sandbox.Workspace, name string) connector.ChannelID {
	ch, _ := workspace.Channel(name)
	return connector.ChannelID(ch.ID)
}

// byHand lets somebody act in the workspace.
func byHand(t *testing.T, workspace *sandbox.Workspace, what string, act sandbox.Act) {
	t.Helper()
	if _, err := workspace.Do(what, act); err != nil {
		t.Fatal(err)
	}
}

func spoil(t *testing.T, workspace *sandbox.Workspace, op connectortest.ChatOp, fault connectortest.ChatFault, skip int) {
	t.Helper()
	for _, method := range methodsOf(op) {
		f := sandbox.Fault{Method: method, Skip: skip}
		switch fault {
		case connectortest.ChatLimited:
			f.Kind, f.Status, f.RetryAfter = sandbox.FaultStatus, http.StatusTooManyRequests, 3
		case connectortest.ChatLost:
			f.Kind, f.When = sandbox.FaultCut, sandbox.After
		case connectortest.ChatFailed:
			f.Kind, f.Status = sandbox.FaultStatus, http.StatusInternalServerError
		}
		if _, err := workspace.AddFault(f); err != nil {
			t.Fatal(err)
		}
	}
}

func methodsOf(op connectortest.ChatOp) []string {
	switch op {
	case connectortest.ChatCreate:
		return []string{"conversations.create"}
	case connectortest.ChatFind, connectortest.ChatOwn, connectortest.ChatOverview, connectortest.ChatAdoptable:
		return []string{"conversations.list"}
	case connectortest.ChatObserve:
		return []string{"conversations.members"}
	case connectortest.ChatAdd:
		return []string{"conversations.invite"}
	case connectortest.ChatRemove:
		return []string{"conversations.kick"}
	case connectortest.ChatPost, connectortest.ChatTell:
		return []string{"chat.postMessage"}
	case connectortest.ChatEdit:
		return []string{"chat.update"}
	case connectortest.ChatJoin, connectortest.ChatEnter:
		return []string{"conversations.join"}
	case connectortest.ChatFindCard, connectortest.ChatRenamedBy:
		return []string{"conversations.history"}
	case connectortest.ChatPin:
		return []string{"pins.add"}
	case connectortest.ChatRename:
		return []string{"conversations.rename"}
	case connectortest.ChatTopic, connectortest.ChatName, connectortest.ChatView:
		return []string{"conversations.info"}
	case connectortest.ChatSetTopic:
		return []string{"conversations.setTopic"}
	case connectortest.ChatSetPurpose:
		return []string{"conversations.setPurpose"}
	case connectortest.ChatArchive:
		return []string{"conversations.archive"}
	case connectortest.ChatUnarchive:
		return []string{"conversations.unarchive"}
	case connectortest.ChatWhoami:
		return []string{"auth.test"}
	case connectortest.ChatAccount, connectortest.ChatAdmin:
		return []string{"users.info"}
	case connectortest.ChatLookup:
		return []string{"users.list", "users.lookupByEmail"}
	}
	return nil
}
