package world

import (
	"encoding/json"
	"slices"
	"testing"
)

// Platform is a chat platform as the scenarios see it: what differs is data or
// a hand of this value, so that no scenario asks which one it runs on. The
// control API of every sandbox speaks the same JSON of faults, gates, counts,
// waits and settings, below Control.
type Platform struct {
	// Name is the platform's id in the connector's API and in a CRM's links.
	Name string
	// Flags are those of the sandbox that concern it; Secrets may be in no log.
	Flags, Secrets []string
	// Linked: people have no e-mail there, and the CRM of a generated world knows
	// everybody's account by its id.
	Linked bool
	// Choosy: people choose the word of a command from a list, which the connector
	// has to offer first; there is none that they could misspell.
	Choosy bool
	// Invited: our bot sees only the public channels that it was invited into.
	Invited bool
	// Control is the path of the sandbox's control API below its base.
	Control string
	// Env are the connector's variables for the sandbox at base, a URL without a
	// trailing slash.
	Env func(base string) []string

	// Verbs are the calls of its API that the scenarios speak of. A verb that it
	// does not have has no place in the lists that follow.
	Verbs map[Verb]Pattern
	// Starting is asked before anything is done, Opening when a channel is made,
	// in this order, Keeping when a channel follows changes of people, name and
	// cards, and Reading when it is read for that. Each of them is asked at least
	// once then.
	Starting, Opening, Keeping, Reading []Verb
	// Moments are those at which its sandbox can spoil a call.
	Moments []string
	// ChannelName is what a channel of a record of that name is called, for names
	// of letters, digits and spaces that nobody else has.
	ChannelName func(record string) string

	// RemovalCost is what the preview of one removal says that it takes.
	RemovalCost string

	// ReadState, ReadCall and ReadAnswer understand the sandbox's own JSON: all
	// that people see, one entry of its log of calls, what a person saw who typed
	// or pressed.
	ReadState  func(raw []byte) (State, error)
	ReadCall   func(raw []byte) (Call, error)
	ReadAnswer func(raw []byte) (Answer, error)
	// Final is the answer itself where a person saw at first only that it takes longer;
	// state is as for ReadState. False: it has not come yet.
	Final func(state []byte, first Answer) (Answer, bool)
	// Type enters a command, Press presses a button of a message, by the action's
	// name, Hand is what a person does by hand. Users and channels are ids or names.
	Type  func(user, channel, text string) Request
	Press func(user, channel, message, action string) Request
	Hand  func(act Act) Request
	// Events says whether the connector is told what people do; RefuseToken
	// whether its token is taken.
	Events, RefuseToken func(yes bool) Request
	// Lawful fails the test for each request that the vendor's published
	// specification does not allow. logs reads a list of the control API whole:
	// "calls", and what else the sandbox has.
	Lawful func(t testing.TB, logs func(name string) []json.RawMessage)
}

// Platforms is the table of all platforms that the scenarios run on.
func Platforms() []Platform { return []Platform{Slack(), Discord()} }

// OnEach runs a scenario on every platform, as subtests that bear its name.
func OnEach(t *testing.T, scenario func(t *testing.T, p Platform)) {
	t.Helper()
	for _, p := range Platforms() {
		t.Run(p.Name, func(t *testing.T) { scenario(t, p) })
	}
}

// OnEachAtOnce is OnEach for a long scenario that mostly waits: all platforms at
// the same time.
func OnEachAtOnce(t *testing.T, scenario func(t *testing.T, p Platform)) {
	t.Helper()
	Together(t, Platforms(), func(p Platform) string { return p.Name }, scenario)
}

// Asks says whether a verb is asked at all when a new channel is made, or when
// a kept one follows changes.
func (p Platform) Asks(kept bool, v Verb) bool {
	if kept {
		return slices.Contains(p.Keeping, v)
	}
	return slices.Contains(p.Opening, v)
}

// Verb is one thing that the connector asks of a chat platform, whatever the
// platform calls it.
type Verb string

// The verbs. Any is every call there is.
const (
	Any      Verb = "*"
	Identify Verb = "identify" // who our bot is
	Standing Verb = "standing" // what our bot may
	Rooms    Verb = "rooms"    // which channels there are
	Offered  Verb = "offered"  // which commands are on the list
	Offer    Verb = "offer"    // the list of commands
	Accounts Verb = "accounts" // which accounts there are
	Place    Verb = "place"    // for channels, such as a category
	Create   Verb = "create"   // a channel
	Mark     Verb = "mark"     // the channel as a record's
	Add      Verb = "add"      // people to a channel
	Remove   Verb = "remove"   // people from a channel
	Members  Verb = "members"  // who is in a channel
	Look     Verb = "look"     // at a channel itself
	Rename   Verb = "rename"   // a channel
	Topic    Verb = "topic"    // of a channel
	Post     Verb = "post"     // a card
	Edit     Verb = "edit"     // a card
	Pin      Verb = "pin"      // a card
	History  Verb = "history"  // of a channel
	Blame    Verb = "blame"    // who gave a channel another name
	Rejoin   Verb = "rejoin"   // a channel by our bot itself
)

// Pattern is which calls of an API do one thing.
type Pattern struct {
	// Method is as the sandbox's log of calls has it.
	Method string
	// Match are arguments that the call must have; "*" stands for any value.
	Match map[string]string
}

// fits says whether a call is one of these.
func (p Pattern) fits(c Call) bool {
	if p.Method != "*" && p.Method != c.Method {
		return false
	}
	for name, value := range p.Match {
		if has, ok := c.Args[name]; !ok || value != "*" && has != value {
			return false
		}
	}
	return true
}

// Has says whether the platform has a verb.
func (p Platform) Has(v Verb) bool {
	_, has := p.Verbs[v]
	return has
}

// pattern is a verb's; Any fits every call.
func (p Platform) pattern(v Verb) Pattern {
	if v == Any {
		return Pattern{Method: "*"}
	}
	return p.Verbs[v]
}

// Request is a POST to a sandbox's control API.
type Request struct {
	Path string
	Body any
}

// What a person can do by hand.
const (
	ByHandInvite = "invite"
	ByHandRemove = "remove"
	ByHandLeave  = "leave"
	ByHandRename = "rename"
	ByHandDelete = "delete"
	// ByHandShut keeps User, our bot, out of the channel.
	ByHandShut = "shut"
)

// Act is what a person does by hand: By does it to User, or to the channel.
type Act struct {
	What, User, By, Channel string
	// Name is the channel's new one.
	Name string
}
