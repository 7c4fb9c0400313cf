package neutral

import (
	"strings"
	"time"
	"unicode"

	"roomkeeper/connector"
	"roomkeeper/crm"
)

// maxTargets is how many records one activity may be about.
const maxTargets = 100

// event reads the envelope and what its type asks for. Fat parts are checked
// whether or not they are kept.
func (d decoder) event(o crm.Object, from delivery) connector.Event {
	event := connector.Event{Type: connector.EventType(o.NeedText("type", connector.MaxID)), At: sentAt(o, from)}
	switch event.Type {
	case connector.EventGap, connector.EventPing:
		return event
	case connector.EventPrincipalChanged:
		data := d.data(o)
		data.Need("principal")
		event.Principal, event.Actor = d.principalAt(data, "principal"), d.actor(data)
		event.Facts = connector.Facts{Users: d.users(data), At: noLater(event.At, from.now)}
		return event
	case connector.EventRecordCreated, connector.EventRecordUpdated, connector.EventRecordDeleted,
		connector.EventRecordRestored, connector.EventRecordMerged, connector.EventTeamChanged,
		connector.EventActivityCreated, connector.EventActivityUpdated, connector.EventActivityDeleted,
		connector.EventNotification, connector.EventChannelRequested:
		d.about(d.data(o), &event, from)
	}
	return event
}

func (d decoder) data(o crm.Object) crm.Object {
	o.Need("data")
	data, _ := o.Object("data")
	return data
}

// about reads the data of an event about a record.
func (d decoder) about(o crm.Object, event *connector.Event, from delivery) {
	event.Record = d.usedKey(o, "record_id")
	event.Actor = d.actor(o)
	event.Changed = o.Texts("changed", maxLine)
	event.Changes = d.changes(o)
	event.MergedInto = d.mergedInto(o)
	event.Facts = d.facts(o, event.Record, event.At, from.now)
	switch {
	case strings.HasPrefix(string(event.Type), "activity."):
		event.Activity = d.activity(o, event)
	case event.Type == connector.EventNotification:
		event.Notification = d.notification(o)
	case event.Type == connector.EventChannelRequested:
		event.Platform = connector.PlatformID(o.ID("platform"))
	}
}

// noLater keeps one wrong clock from outranking every later event.
func noLater(at, now time.Time) time.Time {
	if now.Before(at) {
		return now
	}
	return at
}

// sentAt is when it happened, as the CRM says; else when it was signed.
func sentAt(o crm.Object, from delivery) time.Time {
	keys := []string{"timestamp"}
	if from.cloud {
		keys = []string{"time", "timestamp"}
	}
	for _, key := range keys {
		if o.Has(key) {
			return o.Time(key)
		}
	}
	return from.signedAt
}

func (d decoder) actor(o crm.Object) connector.Principal {
	if p := d.principalAt(o, "actor"); p != nil {
		return *p
	}
	return connector.Principal{}
}

func (d decoder) changes(o crm.Object) []connector.Change {
	var changes []connector.Change
	for _, c := range o.Objects("changes") {
		changes = append(changes, connector.Change{
			Key: c.NeedText("key", maxLine), Label: c.Text("label", maxLine),
			Before: c.Text("before", maxText), After: c.Text("after", maxText),
		})
	}
	return changes
}

// activity reads a sales record; without targets it is about the event's own
// record.
func (d decoder) activity(o crm.Object, event *connector.Event) *connector.Activity {
	o.Need("activity")
	a, there := o.Object("activity")
	if !there {
		return nil
	}
	activity := &connector.Activity{
		ID: a.NeedID("id"), Kind: a.Text("kind", maxLine), Subject: a.Text("subject", maxLine),
		Text: a.Text("text", maxText), At: a.Time("at"), URL: a.Text("url", maxURL),
		Targets: d.targets(a, event.Record), Deleted: event.Type == connector.EventActivityDeleted,
	}
	if author, there := a.Object("author"); there {
		activity.Author = connector.Principal{
			Type: connector.PrincipalType(author.Text("type", maxName)),
			ID:   author.ID("id"), Name: author.Text("name", maxLine),
		}
	}
	return activity
}

func (d decoder) targets(a crm.Object, own connector.RecordKey) []connector.RecordKey {
	if !a.Has("targets") {
		return []connector.RecordKey{own}
	}
	list := a.Objects("targets")
	if len(list) == 0 || len(list) > maxTargets {
		a.Fail("targets", "must name 1 to 100 records")
		return nil
	}
	var targets []connector.RecordKey
	seen := map[connector.RecordKey]bool{}
	for _, t := range list {
		if key := d.usedKey(t, "record_id"); !seen[key] {
			seen[key] = true
			targets = append(targets, key)
		}
	}
	return targets
}

func (d decoder) notification(o crm.Object) *connector.Notification {
	o.Need("notification")
	n, there := o.Object("notification")
	if !there {
		return nil
	}
	notification := &connector.Notification{
		ID: n.ID("id"), Topic: n.NeedText("topic", connector.MaxID), Title: n.NeedText("title", maxLine),
		Text: n.Text("text", maxText), URL: n.Text("url", maxURL), Fields: d.fields(n),
	}
	if topic := notification.Topic; strings.HasPrefix(topic, connector.CustomPrefix) || topic == "*" ||
		strings.ContainsFunc(topic, unicode.IsSpace) {
		n.Fail("topic", "must be the bare name: no spaces, no \"custom:\", not \"*\"")
	}
	return notification
}

// facts reads the fat parts.
func (d decoder) facts(o crm.Object, key connector.RecordKey, at, now time.Time) connector.Facts {
	facts := connector.Facts{At: noLater(at, now)}
	if r, there := o.Object("record"); there {
		record := d.record(r)
		if record.Key.Kind != key.Kind || record.Key.ID != key.ID {
			r.Fail("id", "is not the event's record")
		}
		facts.Record = &record
	}
	if o.Has("team") {
		facts.Team = &connector.Team{Version: o.Version("team_version"), Entries: d.entries(o)}
	}
	facts.Users = d.users(o)
	return facts
}
