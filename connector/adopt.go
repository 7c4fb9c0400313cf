package connector

import "fmt"

// AdoptRequest asks that a Record be given a channel that exists already.
type AdoptRequest struct {
	Record   RecordKey
	Platform PlatformID
	Channel  ChannelID
	// Own: whoever is in the channel and on the team becomes Owned; otherwise
	// everybody who is in counts as added by hand.
	Own bool
}

// Adoption is what adopting would do, by fresh readings; nothing is changed by
// making one.
type Adoption struct {
	AdoptRequest
	// RecordName is the Record's in the CRM.
	RecordName string
	// Found is the channel as its platform names it. Lost is the one that the Record
	// has and that is lost, in whose place it comes; the zero Channel: none.
	Found, Lost Channel
	// Done: the Record has this channel, and nothing would change.
	Done bool
	// Enters: our bot is not in the channel yet, and enters it. Unread: who is in
	// is not known before that. Public: everybody in the workspace may read it.
	Enters, Unread, Public bool
	// SelfEnrol: people join by command, nobody is added.
	SelfEnrol bool
	// Rows is how everybody would stand: pending with an Owned row are those who
	// are added.
	Rows []Membership
	// Plan is what the first run would do.
	Plan Plan
	// Unresolved counts the team entries that are not resolved to people.
	Unresolved int
	// Digest is the same as long as all of this is.
	Digest string
}

// AdoptReason is why a channel is not given to a Record.
type AdoptReason string

// The reasons. The kind or the platform is not in use; there is no such channel, or
// our bot may not see it, or not manage it; it is none that a Record can have; it is
// archived, or shared with another organisation; another Record has it; the Record
// has another one, or one is being made for it; the Record is over in the CRM, or its
// Group is.
const (
	AdoptKindUnused    AdoptReason = "kind_not_in_use"
	AdoptPlatform      AdoptReason = "platform_not_in_use"
	AdoptNoChannel     AdoptReason = "no_such_channel"
	AdoptNotAllowed    AdoptReason = "not_allowed"
	AdoptUnfit         AdoptReason = "unfit"
	AdoptArchived      AdoptReason = "archived"
	AdoptShared        AdoptReason = "shared"
	AdoptOtherRecord   AdoptReason = "other_record"
	AdoptOtherChannel  AdoptReason = "other_channel"
	AdoptBeingMade     AdoptReason = "being_made"
	AdoptRecordIsOver  AdoptReason = "record_is_over"
	AdoptChannelMarked AdoptReason = "carries_another_key"
)

// AdoptError says why a channel is not given to a Record; nothing was changed.
type AdoptError struct {
	Reason AdoptReason
	// Record is whose the channel is, with AdoptOtherRecord and AdoptChannelMarked.
	Record RecordKey
	// Channel is the one that the Record has, with AdoptOtherChannel.
	Channel Channel
}

// Error says what is the matter and what can be done about it.
func (e *AdoptError) Error() string {
	switch e.Reason {
	case AdoptKindUnused:
		return "this kind of record is not in use"
	case AdoptPlatform:
		return "this platform is not in use"
	case AdoptNoChannel:
		return "there is no such channel, or Roomkeeper's bot is not in it; invite the bot into the channel first, then adopt it"
	case AdoptNotAllowed:
		return "Roomkeeper's bot may not manage this channel; give it the permission to, then adopt the channel"
	case AdoptUnfit:
		return "this is not a channel that a record can have: it is a direct message, a thread or no text channel of this workspace; adopt a channel"
	case AdoptArchived:
		return "the channel is archived; unarchive it first"
	case AdoptShared:
		return "the channel is shared with another organisation, which would read what the CRM says; end that first, or adopt another channel"
	case AdoptOtherRecord:
		return fmt.Sprintf("the channel belongs to %s %s already; a channel is one record's", e.Record.Kind, e.Record.ID)
	case AdoptChannelMarked:
		return fmt.Sprintf("Roomkeeper made this channel for %[1]s %[2]s, and noted that in its description, or in the last line of its topic: %[3]s; "+
			"it does not have the channel in its store any more. If %[1]s %[2]s is to have it again, and has no other one, "+
			"an administrator runs `connector recover`; if this record is to have it, delete that note from the channel first, then adopt it again",
			e.Record.Kind, e.Record.ID, e.Record)
	case AdoptOtherChannel:
		return fmt.Sprintf("the record has a channel already: #%s; a record has one channel on a platform", e.Channel.Name)
	case AdoptBeingMade:
		return "a channel is being made for the record at this moment; wait until it is there, or until that failed"
	case AdoptRecordIsOver:
		return "the record is deleted or merged in the CRM, or its channel was closed for good; adopt the channel for another record"
	}
	return string(e.Reason)
}

// Unwrap returns ErrConflict, or what else the reason is an instance of.
func (e *AdoptError) Unwrap() error {
	switch e.Reason {
	case AdoptKindUnused, AdoptPlatform, AdoptUnfit:
		return ErrInvalid
	case AdoptNoChannel:
		return ErrChannelGone
	case AdoptNotAllowed:
		return ErrForbidden
	case AdoptArchived:
		return ErrArchived
	case AdoptShared, AdoptOtherRecord, AdoptOtherChannel, AdoptBeingMade, AdoptRecordIsOver, AdoptChannelMarked:
	}
	return ErrConflict
}

// AdoptSuggestion is a Record without a channel and a channel without a Record whose
// names are alike.
type AdoptSuggestion struct {
	Platform   PlatformID
	Record     RecordKey
	RecordName string
	Channel    Channel
	// Likeness is 1 where the channel is called as a new one would be, and less the
	// less the names have in common. Why says in what they are alike, in a few words.
	Likeness float64
	Why      string
}
