package connector

// Verb is something that people may expect of a chat platform.
type Verb string

// The verbs. Those from VerbLookup on have an optional port.
const (
	VerbCreate    Verb = "create a channel"
	VerbInvite    Verb = "invite somebody"
	VerbRemove    Verb = "remove somebody"
	VerbLeave     Verb = "leave a channel oneself"
	VerbPost      Verb = "post a card once"
	VerbLookup    Verb = "look people up by e-mail"
	VerbRename    Verb = "rename a channel"
	VerbDescribe  Verb = "set topic and purpose"
	VerbEdit      Verb = "edit a card"
	VerbFind      Verb = "look up a card whose outcome is unknown"
	VerbPin       Verb = "pin a card"
	VerbArchive   Verb = "archive a channel"
	VerbUnarchive Verb = "unarchive a channel"
	VerbTell      Verb = "tell somebody in private"
	VerbRejoin    Verb = "rejoin a public channel"
	VerbRenames   Verb = "say who renamed a channel"
	VerbAdopt     Verb = "adopt a channel that people made"
)

// Verbs lists all of them in the order in which people are shown them.
func Verbs() []Verb {
	return []Verb{
		VerbCreate, VerbInvite, VerbRemove, VerbLeave, VerbPost, VerbLookup, VerbRename, VerbDescribe,
		VerbEdit, VerbFind, VerbPin, VerbArchive, VerbUnarchive, VerbTell, VerbRejoin, VerbRenames, VerbAdopt,
	}
}

// How says how a platform does a Verb.
type How string

// Native: the platform has it. Substitute: something else stands for it.
// Missing: not done there.
const (
	Native     How = "yes"
	Substitute How = "by other means"
	Missing    How = "no"
)

// Support is how a platform does one Verb.
type Support struct {
	Verb Verb
	How  How
	// Note says, to a person, by what means, or what follows from its absence;
	// "" when there is nothing to say.
	Note string
}

// HasPort reports whether a platform has set the port of a Verb; optional is false
// for a Verb that has no optional port.
func (p ChatPlatform) HasPort(v Verb) (has, optional bool) {
	switch v {
	case VerbLookup:
		return p.Directory != nil, true
	case VerbRename:
		return p.Renamer != nil, true
	case VerbDescribe:
		return p.Describer != nil, true
	case VerbEdit:
		return p.Editor != nil, true
	case VerbFind:
		return p.Finder != nil, true
	case VerbPin:
		return p.Pinner != nil, true
	case VerbArchive:
		return p.Archiver != nil, true
	case VerbUnarchive:
		return p.Unarchiver != nil, true
	case VerbTell:
		return p.Messenger != nil, true
	case VerbRejoin:
		return p.Joiner != nil, true
	case VerbRenames:
		return p.Renames != nil, true
	case VerbAdopt:
		return p.Adopter != nil, true
	case VerbCreate, VerbInvite, VerbRemove, VerbLeave, VerbPost:
	}
	return true, false
}
