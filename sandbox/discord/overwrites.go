package discord

import "slices"

// Kinds of overwrites.
const (
	roleOverwrite   = 0
	memberOverwrite = 1
)

// Overwrite allows and denies bits to a role or a member in one channel.
type Overwrite struct {
	ID    string      `json:"id"`
	Type  int         `json:"type"` // 0 role, 1 member
	Allow Permissions `json:"allow,string"`
	Deny  Permissions `json:"deny,string"`
}

// overwrite is the one of a role or member, or nil.
func (ch *channel) overwrite(id string) *Overwrite {
	for i := range ch.overwrites {
		if ch.overwrites[i].ID == id {
			return &ch.overwrites[i]
		}
	}
	return nil
}

// putOverwrite adds or replaces one.
func (ch *channel) putOverwrite(o Overwrite) {
	if known := ch.overwrite(o.ID); known != nil {
		*known = o
		return
	}
	ch.overwrites = append(ch.overwrites, o)
}

// dropOverwrite removes one and says whether it was there.
func (ch *channel) dropOverwrite(id string) bool {
	before := len(ch.overwrites)
	ch.overwrites = slices.DeleteFunc(ch.overwrites, func(o Overwrite) bool { return o.ID == id })
	return len(ch.overwrites) < before
}
