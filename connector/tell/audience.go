package tell

import (
	"slices"

	"roomkeeper/connector"
	"roomkeeper/connector/assistant"
)

// listener is one who is told: a Member in private, or the admins in their
// channel.
type listener struct {
	// name tells listeners apart, for good.
	name  string
	admin bool
	// at is the channel of the admins.
	at AdminChannel
	// elsewhere: they are on another platform than the Group, where none of its
	// buttons works.
	elsewhere bool
	// place is where they are told, with entries under a Group.
	place func(ledger connector.GroupID) assistant.Place
}

// audience lists who is told, each once. A Member whom nothing can be told in
// private is left out; when nobody else is told, the admins are. Where the admins have
// no channel, whoever has the owner's duties is told in their place.
func (t *Teller) audience(g connector.Group, telling connector.Telling) []listener {
	var members []connector.MemberID
	admins := false
	switch telling.To {
	case connector.AudienceOwner:
		members = owners(g)
	case connector.AudienceAdmins:
		admins = true
	case connector.AudienceOwnerAndAdmin:
		members, admins = owners(g), true
	case connector.AudienceChannel:
		return t.readers(g)
	case connector.AudienceMember:
		members = []connector.MemberID{telling.Member}
	}
	list := t.members(g.Platform, members)
	if admins || len(list) == 0 && telling.To != connector.AudienceMember {
		if l, ok := t.admins(g.Platform); ok {
			list = append(list, l)
		} else if telling.To == connector.AudienceAdmins {
			list = t.members(g.Platform, owners(g))
		}
	}
	return list
}

func (t *Teller) members(on connector.PlatformID, members []connector.MemberID) (list []listener) {
	for _, m := range members {
		if l, ok := t.member(on, m); ok {
			list = append(list, l)
		}
	}
	return list
}

// readers are whoever reads the Group's own channel, as one listener.
func (t *Teller) readers(g connector.Group) []listener {
	platform, here := t.Platforms[g.Platform]
	if !here || g.Channel.ID == "" || !g.State.Posting() {
		return nil
	}
	return []listener{{
		name: "readers",
		place: func(ledger connector.GroupID) assistant.Place {
			return assistant.InChannel(platform, ledger, g.Channel.ID)
		},
	}}
}

// member is a Member as a listener; false: the platform tells nobody in private.
func (t *Teller) member(id connector.PlatformID, member connector.MemberID) (listener, bool) {
	platform, here := t.Platforms[id]
	if !here || platform.Messenger == nil || member == "" {
		return listener{}, false
	}
	return listener{
		name:  "member/" + string(member),
		place: func(ledger connector.GroupID) assistant.Place { return assistant.ToMember(platform, ledger, member) },
	}, true
}

// admins are the admins as a listener to what is on a platform; false: they have
// no channel that is served.
func (t *Teller) admins(about connector.PlatformID) (listener, bool) {
	at, set := t.Admins.of(about)
	platform, here := t.Platforms[at.Platform]
	if !set || !here {
		return listener{}, false
	}
	return listener{
		name: "channel/" + string(at.Channel), admin: true, at: at, elsewhere: at.Platform != about,
		place: func(ledger connector.GroupID) assistant.Place {
			return assistant.InChannel(platform, ledger, at.Channel)
		},
	}, true
}

// owners are the Members who have the owner's duties, as last read; before the
// first reading those to whom the Record's owner leads.
func owners(g connector.Group) []connector.MemberID {
	var list []connector.MemberID
	for _, row := range g.Memberships {
		owns := slices.ContainsFunc(row.Why, func(p connector.Path) bool { return p.Via == connector.ViaOwner })
		if len(g.Owners) > 0 {
			owns = slices.Contains(g.Owners, row.User)
		}
		if owns && row.Member != "" && !slices.Contains(list, row.Member) {
			list = append(list, row.Member)
		}
	}
	return list
}
