package neutral

import (
	"strings"

	"roomkeeper/connector"
	"roomkeeper/crm"
)

// The longest texts that are taken, in characters. They are far above what a
// CRM shows and keep a broken sender from filling the store; identifiers are
// at most connector.MaxID.
const (
	maxName = 64      // kinds, types
	maxLine = 2000    // names, labels, titles, roles, addresses
	maxURL  = 4000    // links
	maxText = 100_000 // texts and values
)

// decoder turns the shapes of the contract (sections 5 and 6) into the domain.
// What is wrong goes to the Reader behind the objects; then the values that
// are returned mean nothing.
type decoder struct {
	name  string
	kinds connector.Policies
	// pulled: what only people look at refuses nothing, because nobody would
	// be told and nobody could be added. A sender of webhooks is told.
	pulled bool
}

// shown reads a text that is only shown to people.
func (d decoder) shown(o crm.Object, key string, limit int) string {
	if d.pulled {
		return o.Shown(key, limit)
	}
	return o.Text(key, limit)
}

// kindText reads `kind`, or `object`, its other name. It must be there.
func kindText(o crm.Object) (name, key string) {
	key = "kind"
	if !o.Has("kind") && o.Has("object") {
		key = "object"
	}
	return o.NeedText(key, maxName), key
}

// kind is the product's kind for a name or alias; a name that is not in use
// stays as it is.
func (d decoder) kind(name string) (kind connector.Kind, used bool) {
	if policy, ok := d.kinds.Kind(name); ok {
		return policy.Kind, true
	}
	return connector.Kind(name), false
}

// usedKey reads a record's key, whose kind must be in use.
func (d decoder) usedKey(o crm.Object, idKey string) connector.RecordKey {
	name, field := kindText(o)
	kind, used := d.kind(name)
	if name != "" && !used {
		o.Fail(field, "not in use; in use are "+strings.Join(d.kinds.Names(), ", "))
	}
	return connector.RecordKey{CRM: d.name, Kind: kind, ID: o.NeedID(idKey)}
}

// anyKey reads a record's key, whose kind need not be in use.
func (d decoder) anyKey(o crm.Object) connector.RecordKey {
	name, _ := kindText(o)
	kind, _ := d.kind(name)
	return connector.RecordKey{CRM: d.name, Kind: kind, ID: o.NeedID("id")}
}

// mergedInto reads what a record was merged or converted into: perhaps a kind
// that is not in use.
func (d decoder) mergedInto(o crm.Object) *connector.RecordKey {
	into, there := o.Object("merged_into")
	if !there {
		return nil
	}
	key := d.anyKey(into)
	return &key
}

func (d decoder) record(o crm.Object) connector.Record {
	record := connector.Record{
		Key: d.anyKey(o), Name: recordName(o), URL: d.url(o),
		State: d.state(o), MergedInto: d.mergedInto(o), Fields: d.fields(o),
		ModifiedAt: o.Time("modified_at"), TeamVersion: o.Version("team_version"),
	}
	if owner := d.principalAt(o, "owner"); owner != nil {
		record.Owner = *owner
	}
	return record
}

// recordName reads a name, which must be there. What people typed into it
// refuses no record, because a list with one such record in it would be
// refused as a whole: it may be empty, and a longer one than maxLine is cut.
func recordName(o crm.Object) string {
	o.Need("name")
	return connector.Cut(strings.TrimSpace(o.Shown("name", maxText)), maxLine)
}

// url reads a link; a pulled one that is too long to be one is dropped.
func (d decoder) url(o crm.Object) string {
	if !d.pulled {
		return o.Text("url", maxURL)
	}
	if url := o.Text("url", maxText); len(url) <= maxURL {
		return url
	}
	return ""
}

func (d decoder) state(o crm.Object) connector.RecordState {
	state := connector.RecordState(o.Text("state", maxName))
	switch state {
	case "", connector.RecordOpen, connector.RecordWon, connector.RecordLost, connector.RecordClosed,
		connector.RecordPooled, connector.RecordDeleted:
		return state
	}
	if !d.pulled {
		o.Fail("state", "must be open, won, lost, closed, pooled or deleted")
	}
	return ""
}

func (d decoder) fields(o crm.Object) []connector.Field {
	var fields []connector.Field
	for _, f := range o.Objects("fields") {
		fields = append(fields, connector.Field{
			Key: f.Text("key", maxLine), Label: d.shown(f, "label", maxLine), Value: d.shown(f, "value", maxText),
		})
	}
	return fields
}

// entries reads `team`, which must be a list: a missing one is not an empty one.
func (d decoder) entries(o crm.Object) []connector.Entry {
	o.Need("team")
	entries := []connector.Entry{}
	for _, e := range o.Objects("team") {
		entry := connector.Entry{Role: d.shown(e, "role", maxLine), Access: e.Text("access", maxLine)}
		e.Need("principal")
		if p := d.principalAt(e, "principal"); p != nil {
			entry.Principal = *p
		}
		entries = append(entries, entry)
	}
	return entries
}

// principalAt reads a principal; nil when the field is missing. A type that is
// not known is kept: such an entry is there and cannot be resolved.
func (d decoder) principalAt(o crm.Object, key string) *connector.Principal {
	p, there := o.Object(key)
	if !there {
		return nil
	}
	return &connector.Principal{
		Type: connector.PrincipalType(p.NeedText("type", maxName)), ID: p.NeedID("id"),
		Name: d.shown(p, "name", maxLine), IncludeSub: p.Bool("include_sub", false),
	}
}

func (d decoder) users(o crm.Object) []connector.User {
	var users []connector.User
	for _, u := range o.Objects("users") {
		users = append(users, connector.User{
			ID: connector.UserID(u.NeedID("id")), Name: d.shown(u, "name", maxLine), Email: u.Text("email", maxLine),
			Active: u.Bool("active", true), External: u.Bool("external", false), Links: d.links(u),
		})
	}
	return users
}

// links reads who the user is on each platform; a null says nothing.
func (d decoder) links(u crm.Object) map[connector.PlatformID]connector.MemberID {
	o, there := u.Object("links")
	if !there {
		return nil
	}
	links := map[connector.PlatformID]connector.MemberID{}
	for _, platform := range o.Keys() {
		if member := o.Text(platform, connector.MaxID); member != "" {
			links[connector.PlatformID(platform)] = connector.MemberID(member)
		}
	}
	return links
}
