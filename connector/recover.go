package connector

import "fmt"

// RecoverError says that no channel is made on a platform for now: the store
// knows none of the channels that our bot made there for Records, and a new
// one might be a second one. It is an ErrConflict.
type RecoverError struct {
	Platform PlatformID
	// Channels is how many channels carry the key of a Record.
	Channels int
}

func (e *RecoverError) Error() string {
	channels := "channels"
	if e.Channels == 1 {
		channels = "channel"
	}
	return fmt.Sprintf("this store is empty, but the %s workspace has %d %s made by Roomkeeper; "+
		"run `connector recover`, or start with `connector serve --fresh`", e.Platform, e.Channels, channels)
}

// Unwrap returns ErrConflict.
func (e *RecoverError) Unwrap() error { return ErrConflict }

// RecoverAction is what recovering does about one channel.
type RecoverAction string

// The actions: a Group is made of the channel; a Group that has none gets it;
// its Group has it already. The others leave the channel alone: another one of
// the same Record is taken; the Record's Group has another one; a Group of
// another Record has it; its kind is not in use; its key was too long for the
// purpose.
const (
	RecoverRebuild      RecoverAction = "rebuild"
	RecoverAttach       RecoverAction = "attach"
	RecoverKeep         RecoverAction = "keep"
	RecoverDuplicate    RecoverAction = "duplicate"
	RecoverOtherChannel RecoverAction = "other_channel"
	RecoverOtherRecord  RecoverAction = "other_record"
	RecoverKindUnused   RecoverAction = "kind_not_in_use"
	RecoverKeyCut       RecoverAction = "key_cut"
)

// Recovered is one channel that our bot made for a Record, and what is done
// about it.
type Recovered struct {
	Platform PlatformID
	// Record is what the channel's purpose says.
	Record   RecordKey
	Channel  Channel
	Archived bool
	Action   RecoverAction
}
