package connectortest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"roomkeeper/connector"
)

// ChatOp names a method of a chat port, for faults.
type ChatOp string

// The operations that a world can spoil.
const (
	ChatCreate   ChatOp = "create"
	ChatFind     ChatOp = "find"
	ChatOwn      ChatOp = "own"
	ChatObserve  ChatOp = "observe"
	ChatAdd      ChatOp = "add"
	ChatRemove   ChatOp = "remove"
	ChatPost     ChatOp = "post"
	ChatEdit     ChatOp = "edit"
	ChatFindCard ChatOp = "find_card"
	ChatPin      ChatOp = "pin"
	ChatName     ChatOp = "name"
	ChatRename   ChatOp = "rename"
	ChatTopic    ChatOp = "topic"
	ChatLookup   ChatOp = "lookup"
	ChatTell     ChatOp = "tell"
	ChatOverview ChatOp = "overview"
)

// ChatFault is how an operation is spoilt.
type ChatFault string

// The faults: refused for a while, nothing done; done, and the answer lost;
// failed without a word about what was done.
const (
	ChatLimited ChatFault = "limited"
	ChatLost    ChatFault = "lost"
	ChatFailed  ChatFault = "failed"
)

// ChatWorld is a chat platform with hands to change it from outside. A hand
// that is nil leaves out what needs it.
type ChatWorld struct {
	Platform connector.ChatPlatform
	// Now is the platform's time.
	Now func() time.Time
	// Person adds a full member, Guest one with less rights, Gone one who was
	// deactivated, Stranger one of another workspace.
	Person, Guest, Gone, Stranger func(email string) connector.MemberID
	// Depart has a full member leave the workspace, or deactivates the account.
	Depart func(connector.MemberID)
	// Admin makes somebody an administrator.
	Admin func(connector.MemberID)
	// Archive archives a channel behind our back, Expel takes our bot out of it.
	Archive, Expel func(connector.ChannelID)
	// Rename gives a channel another name behind our back, and says who did it.
	Rename func(connector.ChannelID, string) connector.MemberID
	// Found makes a channel of somebody else's with people in it, which our bot sees;
	// private: after it was let in. nil: there is nothing to adopt.
	Found func(name string, private bool, in ...connector.MemberID) connector.ChannelID
	// Delete removes a message behind our back.
	Delete func(connector.ChannelID, connector.MessageID)
	// Told counts the private messages that a Member got of us, Mute makes them
	// take none any more.
	Told func(connector.MemberID) int
	Mute func(connector.MemberID)
	// Spoil makes the calls of op fail once, after skip calls that work.
	Spoil func(op ChatOp, fault ChatFault, skip int)
	// ManyMembers is a number of people who take Observe two calls at least;
	// 0: one call reads all.
	ManyMembers int
	// NoTopic: its channels have no topic. SetTopic has nothing to do, and Topic is "".
	NoTopic bool
	// NoChannel, NoMember and NoMessage are ids that nobody has.
	NoChannel connector.ChannelID
	NoMember  connector.MemberID
	NoMessage connector.MessageID
}

// ChatSuite checks that a platform keeps what connector.ChatPlatform says.
// open makes a fresh world for each rule.
func ChatSuite(t *testing.T, open func(t *testing.T) ChatWorld) {
	t.Helper()
	for _, rules := range []map[string]func(*chatTest){channelRules(), handRules(), creationRules(), memberRules(), cardRules(), peopleRules(), messengerRules(), overviewRules(), adoptRules()} {
		for name, rule := range rules {
			t.Run(name, func(t *testing.T) {
				rule(&chatTest{T: t, ChatWorld: open(t)})
			})
		}
	}
}

// chatTest is one rule at work.
type chatTest struct {
	*testing.T
	ChatWorld
}

func (t *chatTest) ctx() context.Context { return t.Context() }

// ok ends the rule unless err is nil.
func (t *chatTest) ok(err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("unexpected error: %v", err)
	}
}

func (t *chatTest) is(err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("error %v, want %v", err, want)
	}
}

// waits checks for a *connector.WaitError with a wait in it.
func (t *chatTest) waits(err error) {
	t.Helper()
	var wait *connector.WaitError
	if !errors.As(err, &wait) || wait.After <= 0 || wait.What == "" {
		t.Fatalf("error %v, want a WaitError that says how long", err)
	}
}

func (t *chatTest) create(name string) connector.Channel {
	t.Helper()
	made, err := t.Platform.Channels.Create(t.ctx(), specOf(name))
	t.ok(err)
	return made.Channel
}

// specOf is a private channel of that name, and nothing else.
func specOf(name string) connector.ChannelSpec {
	return connector.ChannelSpec{Kind: "account", Name: name, Private: true}
}

// topicOf is what the topic of a channel is after it was set.
func (t *chatTest) topicOf(set string) string {
	if t.NoTopic {
		return ""
	}
	return set
}

func (t *chatTest) members(channel connector.ChannelID) map[connector.MemberID]bool {
	t.Helper()
	seen, err := t.Platform.Channels.Observe(t.ctx(), channel)
	t.ok(err)
	in := map[connector.MemberID]bool{}
	for _, id := range seen.Members {
		if in[id] {
			t.Errorf("%s is listed twice", id)
		}
		in[id] = true
	}
	return in
}

// crowd makes n people.
func (t *chatTest) crowd(n int) []connector.MemberID {
	t.Helper()
	ids := make([]connector.MemberID, n)
	for i := range ids {
		ids[i] = t.Person(fmt.Sprintf("person%d@example.com", i))
	}
	return ids
}
