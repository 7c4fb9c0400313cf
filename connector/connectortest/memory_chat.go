package connectortest

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"roomkeeper/connector"
)

// The calls of a MemoryChat, beside those that ChatOp names for any platform.
const (
	ChatWhoami     ChatOp = "whoami"
	ChatAccount    ChatOp = "account"
	ChatAdmin      ChatOp = "admin"
	ChatSetTopic   ChatOp = "set_topic"
	ChatSetPurpose ChatOp = "set_purpose"
	ChatArchive    ChatOp = "archive"
	ChatUnarchive  ChatOp = "unarchive"
	ChatJoin       ChatOp = "join"
	ChatRenamedBy  ChatOp = "renamed_by"
	ChatView       ChatOp = "view"
	ChatEnter      ChatOp = "enter"
	ChatAdoptable  ChatOp = "adoptable"
)

// MemoryBot is our own member on every MemoryChat.
const MemoryBot connector.MemberID = "UBOT"

// MemoryChat is a chat platform in memory. Its ports keep the limits that
// real platforms have; its other methods are the hands of people. It is safe
// for concurrent use.
type MemoryChat struct {
	// Calls logs the calls by ChatOp and fails those that it is told to.
	Calls MemoryCalls

	id    connector.PlatformID
	clock func() time.Time

	mu       sync.Mutex
	channels []*MemoryChannel
	accounts map[connector.MemberID]*memoryAccount
	messages int
	ascii    bool
	// begun is when the next reading of a channel began; zero: when it is made.
	begun time.Time
	// noRemovals: only administrators may remove people.
	noRemovals bool
	service    connector.MemberID
	// residents are in each channel from its beginning.
	residents []connector.MemberID
	manners   Manners
	lately    map[connector.ChannelID]memoryReading
}

// MemoryChannel is a channel of a MemoryChat.
type MemoryChannel struct {
	connector.Channel
	Private        bool
	Ours           bool
	Created        time.Time
	Purpose, Topic string
	// ourTopic is the topic that our bot wrote last.
	ourTopic string
	// Members are in the order of joining, our bot left out.
	Members  []connector.MemberID
	Messages []MemoryMessage
	// Repeats counts invitations of people who were in already.
	Repeats int
	// Shut: our bot cannot let itself in.
	Shut bool
	// RenamedBy are the people who gave it names by hand, by name.
	RenamedBy map[string]connector.MemberID
	// Archived, Deleted and Botless are what people did to it.
	Archived, Deleted, Botless bool
	// Hosts: our bot is in it although somebody else made it. Shared: another
	// organisation is in it too.
	Hosts, Shared bool
}

// MemoryMessage is a card in a MemoryChannel.
type MemoryMessage struct {
	ID     connector.MessageID
	CardID connector.CardID
	Card   connector.Card
	At     time.Time
	Pinned bool
	// Edits counts how often it was edited.
	Edits int
}

// NewMemoryChat makes an empty workspace.
func NewMemoryChat(id connector.PlatformID, clock func() time.Time) *MemoryChat {
	return &MemoryChat{id: id, clock: clock, accounts: map[connector.MemberID]*memoryAccount{}}
}

// Platform returns the ports, all of them set.
func (c *MemoryChat) Platform() connector.ChatPlatform {
	p := memoryPorts{c}
	platform := connector.ChatPlatform{
		ID: c.id,
		Limits: connector.Limits{
			NameLength: 80, TopicLength: 250, PurposeLength: 250, AddBatch: memoryBatch,
			CreateMembers: c.createMembers(), UniqueNames: !c.manners.SharedNames, TitleTogether: c.manners.AllAtOnce,
			PlaceOutlivesAccount: c.manners.PlacesStay, AddsAtOnce: c.manners.AddsAtOnce,
			AgedReads: connector.Rate{Count: 50, Period: time.Minute, Burst: 10},
			ClockSkew: 2 * time.Minute, CallTimeout: 10 * time.Second, LookupDelay: 5 * time.Second,
		},
		Identity: p, Channels: p, Members: p, Accounts: p, Cards: p, Directory: p,
		Renamer: p, Describer: p, Editor: p, Finder: p, Pinner: p, Archiver: p, Unarchiver: p, Rooms: p, Messenger: p, Overview: p, Joiner: p, Renames: p, Adopter: p,
		Calls: memoryEstimate,
	}
	if c.manners.NoDirectory {
		platform.Directory = nil
	}
	for _, v := range connector.Verbs() {
		has, _ := platform.HasPort(v)
		platform.Verbs = append(platform.Verbs, connector.Support{Verb: v, How: map[bool]connector.How{true: connector.Native, false: connector.Missing}[has]})
	}
	return platform
}

// createMembers is how many people a creation lets in.
func (c *MemoryChat) createMembers() int {
	if c.manners.AllAtOnce {
		return memoryBatch
	}
	return 0
}

// Manners are in what platforms differ.
type Manners struct {
	// SharedNames: several channels may have the same name.
	SharedNames bool
	// AllAtOnce: a creation sets topic and purpose and lets people in, a rename
	// may set the topic, a reading of the people tells the name, and a view of a
	// channel the people.
	AllAtOnce bool
	// AddsAtOnce: the answer to an addition tells who is in, a creation's too.
	AddsAtOnce bool
	// NoDirectory: nobody is found by e-mail.
	NoDirectory bool
	// PlacesStay: whoever has no account any more keeps their places in channels.
	PlacesStay bool
	// GoesOn: a change of the people that had to wait goes on by the reading before it.
	GoesOn bool
	// Channels is how many there may be; 0: any number.
	Channels int
}

// SetManners changes the manners; Platform is asked again afterwards.
func (c *MemoryChat) SetManners(m Manners) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.manners = m
}

// memoryBatch is how many people one call adds.
const memoryBatch = 100

func memoryEstimate(plan connector.Plan, _ int) map[string]int {
	calls := map[string]int{}
	for _, a := range plan.Actions {
		calls[string(a.Type)]++
	}
	if n := calls[string(connector.ActionAdd)]; n > 0 {
		calls[string(connector.ActionAdd)] = (n + memoryBatch - 1) / memoryBatch
	}
	return calls
}

// ASCIIOnly makes the workspace refuse other letters in names.
func (c *MemoryChat) ASCIIOnly() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ascii = true
}

// BeginReading makes the next reading of a channel one that was interrupted
// and began at that time; or the next answer that tells of a creation who is in.
func (c *MemoryChat) BeginReading(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.begun = at
}

// began is when a reading that is told now began.
func (c *MemoryChat) began() time.Time {
	at := c.begun
	if c.begun = (time.Time{}); at.IsZero() {
		return c.clock()
	}
	return at
}

// Occupy makes a channel of somebody else's.
func (c *MemoryChat) Occupy(name string) connector.ChannelID {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.make(name, false, false).ID
}

// Channels returns copies of all channels, oldest first.
func (c *MemoryChat) Channels() []MemoryChannel {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make([]MemoryChannel, len(c.channels))
	for i, ch := range c.channels {
		out[i] = *ch
		out[i].Members = slices.Clone(ch.Members)
		out[i].Messages = slices.Clone(ch.Messages)
	}
	return out
}

// Channel returns a copy of one channel; it is empty when there is none.
func (c *MemoryChat) Channel(id connector.ChannelID) MemoryChannel {
	for _, ch := range c.Channels() {
		if ch.ID == id {
			return ch
		}
	}
	return MemoryChannel{}
}

// Change lets a person's hand change a channel: its topic, who is in it,
// whether it is archived.
func (c *MemoryChat) Change(id connector.ChannelID, change func(*MemoryChannel)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, ch := range c.channels {
		if ch.ID == id {
			change(ch)
		}
	}
}

// Join puts people into a channel by hand.
func (c *MemoryChat) Join(id connector.ChannelID, members ...connector.MemberID) {
	c.Change(id, func(ch *MemoryChannel) {
		for _, m := range members {
			ch.join(m)
		}
	})
}

// Leave takes people out of a channel by their own hand.
func (c *MemoryChat) Leave(id connector.ChannelID, members ...connector.MemberID) {
	c.Change(id, func(ch *MemoryChannel) {
		for _, m := range members {
			ch.leave(m)
		}
	})
}

// Delete removes a message by hand.
func (c *MemoryChat) Delete(id connector.ChannelID, message connector.MessageID) {
	c.Change(id, func(ch *MemoryChannel) {
		ch.Messages = slices.DeleteFunc(ch.Messages, func(m MemoryMessage) bool { return m.ID == message })
	})
}

func (ch *MemoryChannel) join(m connector.MemberID) {
	if !slices.Contains(ch.Members, m) {
		ch.Members = append(ch.Members, m)
	}
}

func (ch *MemoryChannel) leave(m connector.MemberID) {
	ch.Members = slices.DeleteFunc(ch.Members, func(in connector.MemberID) bool { return in == m })
}

func (c *MemoryChat) make(name string, private, ours bool) *MemoryChannel {
	id := connector.ChannelID(fmt.Sprintf("C%d", len(c.channels)+1))
	ch := &MemoryChannel{
		Channel: connector.Channel{ID: id, Name: name, URL: "https://chat.example/" + string(id)},
		Private: private, Ours: ours, Created: c.clock(), Members: slices.Clone(c.residents),
	}
	c.channels = append(c.channels, ch)
	return ch
}

// reach returns a channel that our bot can use. A private one that it is not
// in looks as if it were gone.
func (c *MemoryChat) reach(id connector.ChannelID) (*MemoryChannel, error) {
	i := slices.IndexFunc(c.channels, func(ch *MemoryChannel) bool { return ch.ID == id })
	switch {
	case i < 0 || c.channels[i].Deleted:
		return nil, connector.ErrChannelGone
	case c.channels[i].out() && c.channels[i].Private:
		return nil, connector.ErrChannelGone
	case c.channels[i].out():
		return nil, connector.ErrNotInChannel
	}
	return c.channels[i], nil
}

// out reports whether our bot is not in a channel.
func (ch *MemoryChannel) out() bool { return ch.Botless || !ch.Ours && !ch.Hosts }

// write returns a channel that can be changed.
func (c *MemoryChat) write(id connector.ChannelID) (*MemoryChannel, error) {
	ch, err := c.reach(id)
	if err == nil && ch.Archived {
		return nil, connector.ErrArchived
	}
	return ch, err
}

// nameError says why no channel can get a name.
func (c *MemoryChat) nameError(name string, own connector.ChannelID) error {
	legal := func(r rune) bool {
		return r == '-' || r == '_' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r > 127 && !c.ascii
	}
	if n := len([]rune(name)); n == 0 || n > 80 || strings.ContainsFunc(name, func(r rune) bool { return !legal(r) }) {
		return fmt.Errorf("name %q: %w", name, connector.ErrInvalidName)
	}
	for _, ch := range c.channels {
		if ch.Name == name && ch.ID != own && !ch.Deleted && !c.manners.SharedNames {
			return fmt.Errorf("name %q: %w", name, connector.ErrNameTaken)
		}
	}
	return nil
}
