package connector

import (
	"context"
	"time"
)

// ChatPlatform is a chat platform as a struct of small ports. Required ports
// are set; an optional port is nil when the platform cannot do it, and what
// depends on it is then not done and not promised.
//
// Every method returns errors translated to this package's sentinels. A
// method that was rate limited returns a *WaitError and has had no effect.
// No method sleeps or retries.
type ChatPlatform struct {
	ID     PlatformID
	Limits Limits

	Identity Identity // required
	Channels Channels // required
	Members  Members  // required
	Accounts Accounts // required
	Cards    Cards    // required

	Directory  Directory    // optional: without it people are linked by hand
	Profiles   Profiles     // optional: without it nobody is found by who asks
	Names      AccountNames // optional: without it an account that nobody is linked with is told of by its id
	Renamer    Renamer      // optional
	Describer  Describer    // optional: topic and purpose
	Editor     CardEditor   // optional
	Finder     CardFinder   // optional: look-up of a post whose outcome is unknown
	Pinner     Pinner       // optional
	Archiver   Archiver     // optional
	Unarchiver Unarchiver   // optional
	Rooms      Rooms        // optional: without it there is no bound worth a warning
	Messenger  Messenger    // optional: without it nobody is told in private
	Overview   Overview     // optional: without it each channel is read by itself
	Joiner     Joiner       // optional: without it a channel that our bot was taken out of waits for an invitation
	Renames    Renames      // optional: without it nobody is told who gave a channel another name
	Adopter    Adopter      // optional: without it no Record gets a channel that exists already

	// Verbs say how the platform does what people may expect of it, each Verb
	// once. A Verb that has a port is missing exactly when the port is nil.
	Verbs []Support

	// Calls estimates the calls that a Plan costs, by the platform's method
	// names; size is the number of people in the channel afterwards.
	Calls func(plan Plan, size int) map[string]int
}

// Limits are a platform's numbers, as data.
type Limits struct {
	// NameLength, TopicLength and PurposeLength are in characters.
	NameLength, TopicLength, PurposeLength int
	// AddBatch is how many people one call can add, CreateMembers how many a
	// creation lets in at once.
	AddBatch, CreateMembers int
	// AddsAtOnce: whom an Add does not refuse is in by the platform's answers to it, or
	// by a reading that it made, and needs no reading after it.
	AddsAtOnce bool
	// UniqueNames: no two channels have the same name, so that a creation that is
	// repeated makes no second channel. Otherwise one whose outcome is unknown is
	// looked up before it is repeated.
	UniqueNames bool
	// TitleTogether: name and topic are changed by one call, of which the platform
	// allows few.
	TitleTogether bool
	// SeenByRole: people who are no members may see a channel all the same, by a
	// role or because the workspace is theirs.
	SeenByRole bool
	// PlaceOutlivesAccount: whoever is no member of the workspace any more keeps their
	// place in a channel, so that no reading of it tells that they are gone.
	PlaceOutlivesAccount bool
	// AgedReads is how many channels are read whole for their age alone: half of what
	// the platform allows. The zero Rate: no bound is known.
	AgedReads Rate
	// ClockSkew is how far the platform's clock may be from ours.
	ClockSkew time.Duration
	// CallTimeout is the deadline of one call, more than 0; a call that is older
	// than this plus LookupDelay will not take effect any more.
	CallTimeout, LookupDelay time.Duration
}

// Identity says who we are on the platform.
type Identity interface {
	// Whoami asks the platform which workspace and bot the token belongs to.
	Whoami(ctx context.Context) (Self, error)
}

// Self is our own standing on a platform.
type Self struct {
	Workspace string
	Bot       MemberID
}

// Channels makes and reads channels.
type Channels interface {
	// Create makes a channel of exactly the spec's name and returns it under the
	// name that the platform gave it. ErrNameTaken and ErrInvalidName speak of the
	// name, ErrFull of the workspace; ErrUnknownOutcome means that it may exist.
	// Any other error: it does not.
	Create(ctx context.Context, spec ChannelSpec) (Created, error)
	// Find returns the channel of exactly this name that our own bot created
	// and that either carries this purpose, or carries none and was created no
	// earlier than notBefore (less the platform's clock skew). Where names are not
	// unique, one that carries the purpose and was created no earlier may have any
	// name. ErrNotFound after looking at all that the bot can see.
	Find(ctx context.Context, name, purpose string, notBefore time.Time) (Channel, error)
	// Own returns every channel that our own bot created and can see, archived
	// ones included: all of them, or an error.
	Own(ctx context.Context) ([]OwnChannel, error)
	// Observe reads the channel whole: every page, or an error; ReadSince may let an
	// earlier reading do. ErrArchived, ErrNotInChannel and ErrChannelGone: nothing is
	// said of who is in.
	Observe(ctx context.Context, channel ChannelID) (Observed, error)
}

// ChannelSpec is a channel that is to be made. A platform whose call takes less
// leaves the rest to the calls that follow.
type ChannelSpec struct {
	// Kind is the Record's: a platform may have different places for kinds.
	Kind    Kind
	Name    string
	Private bool
	// Topic and Purpose are as Describer sets them.
	Topic, Purpose string
	// Members are at most Limits.CreateMembers people to be let in.
	Members []MemberID
}

// Created is a channel that was made, with what it has already.
type Created struct {
	Channel
	// Topic and Purpose report that the spec's are set.
	Topic, Purpose bool
	// Members reports that the spec's may be in.
	Members bool
	// Whole is set where the answer tells who is in: as good as Channels.Observe at that
	// time. nil: a reading says who is.
	Whole *Observed
}

// OwnChannel is a channel that our own bot created.
type OwnChannel struct {
	Channel
	// Purpose is what the channel's purpose says, whoever wrote it.
	Purpose string
	// Topic is what the channel's topic says if our bot wrote it, else "".
	Topic    string
	Created  time.Time
	Archived bool
}

// Observed is a channel as a whole reading showed it. Our own bot is not
// among the Members.
type Observed struct {
	Members []MemberID
	// Service are accounts of ours beside the bot that are in; they are not among
	// the Members.
	Service []MemberID
	// At is when the reading began; whatever happened later may be missing.
	At time.Time
	// Name is what the channel was called then; "" where a reading does not tell.
	Name string
}

// Overview sees all channels by few calls.
type Overview interface {
	// Overview lists the channels that our bot sees: every page, or an error.
	Overview(ctx context.Context) (Overlook, error)
}

// Overlook is what an Overview saw.
type Overlook struct {
	// At is when it began; whatever happened later may be missing.
	At       time.Time
	Channels map[ChannelID]Glimpse
	// Partial: some sorts of channels are not listed, so that a channel that is
	// missing may be there all the same.
	Partial bool
}

// Glimpse is a channel as an Overview showed it.
type Glimpse struct {
	Name     string
	Archived bool
	// Out: our bot is not in it, or that is not told.
	Out bool
	// Count is how many people are in, our own bot left out; -1: not told. An equal
	// count does not prove that they are the same people.
	Count int
	// Whole is set where the platform tells everybody: as good as Channels.Observe
	// at that time.
	Whole *Observed
	// Made is when our bot made it, and Purpose what its purpose says, whoever wrote it:
	// by both a channel is known that got another id. Zero and empty where somebody else
	// made it, and where ids never change.
	Made    time.Time
	Purpose string
}

// Members changes who is in a channel. Both methods are idempotent: adding
// somebody who is in, or removing somebody who is not, is success. Where our
// bot is not in, nobody is removed: ErrNotInChannel.
type Members interface {
	// Add invites people, splitting into batches as the platform wants. A
	// *MembersError lists those that could not be added; all others are in.
	// Any other error: unknown who was added.
	Add(ctx context.Context, channel ChannelID, members []MemberID) error
	// Remove takes one person out. ErrForbidden: the workspace does not let us.
	Remove(ctx context.Context, channel ChannelID, member MemberID) error
}

// Cards posts.
type Cards interface {
	// Post posts a Card that carries id where Finder can find it.
	// ErrUnknownOutcome means that it may have been posted.
	Post(ctx context.Context, channel ChannelID, id CardID, card Card) (MessageID, error)
}

// CardEditor edits what Cards posted under id, which Finder finds there as
// before. ErrMessageGone: it was deleted, or can be edited no more.
type CardEditor interface {
	Edit(ctx context.Context, channel ChannelID, message MessageID, id CardID, card Card) error
}

// CardFinder looks in the channel's history for the card that carries id and
// was posted no earlier than since; ErrNotFound after reading all of it.
type CardFinder interface {
	FindCard(ctx context.Context, channel ChannelID, id CardID, since time.Time) (MessageID, error)
}

// Pinner pins a message; pinned already is success.
type Pinner interface {
	Pin(ctx context.Context, channel ChannelID, message MessageID) error
}

// Messenger sends a Card to one Member in private, under an id as Cards does.
type Messenger interface {
	// Tell returns ErrForbidden when the Member takes no messages of ours, and
	// ErrUnknownOutcome when it may have been sent.
	Tell(ctx context.Context, member MemberID, id CardID, card Card) error
}

// Renamer reads and changes a channel's name.
type Renamer interface {
	// Name returns the name that the channel has now.
	Name(ctx context.Context, channel ChannelID) (string, error)
	// Rename returns the name that the platform gave it. A topic other than ""
	// is set by the same call; it comes only where Limits.TitleTogether says so.
	Rename(ctx context.Context, channel ChannelID, name, topic string) (string, error)
}

// Describer reads and sets a channel's one-line topic and sets its purpose.
type Describer interface {
	Topic(ctx context.Context, channel ChannelID) (string, error)
	SetTopic(ctx context.Context, channel ChannelID, topic string) error
	SetPurpose(ctx context.Context, channel ChannelID, purpose string) error
}

// Archiver closes a channel for writing and keeps its history.
type Archiver interface {
	Archive(ctx context.Context, channel ChannelID) error
}

// Unarchiver opens an archived channel again.
type Unarchiver interface {
	Unarchive(ctx context.Context, channel ChannelID) error
}

// Joiner lets our bot into a channel by itself.
type Joiner interface {
	// Join is idempotent. ErrForbidden: this channel must be invited to.
	Join(ctx context.Context, channel ChannelID) error
}

// Adopter lets our bot work in channels that somebody else made.
type Adopter interface {
	// View reads what a channel says of itself; it changes nothing. ErrChannelGone
	// and ErrNotInChannel: there is none, or our bot may not see it.
	// ErrUnsupported: it is no channel of our workspace that a Record can have.
	View(ctx context.Context, channel ChannelID) (ChannelView, error)
	// Enter has our bot in a channel from now on; in already is success.
	// ErrForbidden, ErrNotInChannel and ErrChannelGone: somebody has to let it in.
	Enter(ctx context.Context, channel ChannelID) error
	// Adoptable lists the channels that our bot sees and a Record could have, open
	// and not shared: all of them, or an error.
	Adoptable(ctx context.Context) ([]ChannelView, error)
}

// ChannelView is what a channel says of itself.
type ChannelView struct {
	Channel
	// Purpose is what the channel's purpose says, whoever wrote it.
	Purpose  string
	Archived bool
	// Out: our bot is not in it yet, and may enter.
	Out bool
	// Public: everybody in the workspace may read it. Shared: another organisation
	// may, or is asked to.
	Public, Shared bool
	// Whole is set by View where its reading tells everybody: as good as
	// Channels.Observe at that time.
	Whole *Observed
}

// Renames tells who renamed a channel.
type Renames interface {
	// RenamedBy returns who last gave the channel this name, by one look at what
	// the platform notes of such changes. ErrNotFound: no person did, as far as
	// that goes back; ErrForbidden and ErrUnsupported: we may not look.
	RenamedBy(ctx context.Context, channel ChannelID, name string) (MemberID, error)
}

// Rooms tells how much of a platform's bounds is used, as far as is known
// without asking: none before a first channel was made or read.
type Rooms interface {
	Rooms() []Room
}

// Room is one bound: of Limit channels, say, Used exist.
type Room struct {
	// What is counted, in a person's words: "channels of the guild".
	What        string
	Used, Limit int
}

// Directory finds accounts by what the CRM knows of people.
type Directory interface {
	// Lookup answers for e-mail addresses (trimmed, lower case), by the fewest
	// calls. With an error the answers that are in the map still hold; an
	// address that is not in it is unknown, not absent.
	Lookup(ctx context.Context, emails []string) (map[string]Account, error)
}

// Profiles tells what the platform knows of a Member.
type Profiles interface {
	// Email is the address that the workspace has of a Member, also of one who cannot
	// be in channels of Records, such as a guest; "": none is told.
	Email(ctx context.Context, member MemberID) (string, error)
}

// AccountNames tells what the platform calls people.
type AccountNames interface {
	// Called is what the workspace calls a Member, a guest and a machine too; "": it
	// tells none. ErrNotFound: there is no such account.
	Called(ctx context.Context, member MemberID) (string, error)
}

// Accounts answers for Members.
type Accounts interface {
	// Account answers whether a Member is an active, full, human member of our
	// workspace.
	Account(ctx context.Context, member MemberID) (Account, error)
	// Admin reports whether a Member administers the workspace.
	Admin(ctx context.Context, member MemberID) (bool, error)
}
