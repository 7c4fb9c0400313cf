package assistant

import (
	"cmp"
	"slices"
	"strconv"

	"roomkeeper/connector"
)

// names finds how people are called; ids without a name stay as they are.
type names map[connector.UserID]string

func (n names) of(p connector.Principal) string {
	return cmp.Or(p.Name, n[connector.UserID(p.ID)], p.ID)
}

// build makes the card of a notice. It is pure.
func build(topic connector.Topic, e connector.NoticeEvent, g connector.Group, policy connector.Policy, n names) connector.Card {
	switch {
	case topic == connector.TopicSalesRecord:
		return activityCard(e, n)
	case topic.Custom():
		return notificationCard(*e.Notification, e)
	}
	card := connector.Card{
		Title:  g.RecordName,
		Author: n.of(e.Actor),
		At:     e.At,
		URL:    g.RecordURL,
	}
	switch topic {
	case connector.TopicMergedDeleted:
		card.Label = map[connector.EventType]string{
			connector.EventRecordDeleted:  textDeleted,
			connector.EventRecordRestored: textRestored,
			connector.EventRecordMerged:   textMerged,
		}[e.Type]
	case connector.TopicTeamChanged:
		card.Label = textTeamChanged
	default:
		card.Label = labelOf(topic)
		card.Changes = shown(topic, e, policy, n)
	}
	return card
}

func labelOf(topic connector.Topic) string {
	switch topic {
	case connector.TopicOwnerChanged:
		return textOwnerChanged
	case connector.TopicClosed:
		return textStateChanged
	case connector.TopicPool:
		return textPoolChanged
	case connector.TopicStageChanged:
		return textStageChanged
	default:
		return textRecordUpdated
	}
}

// shown picks the changes that a card may show: what its topic is about, and
// permitted fields.
func shown(topic connector.Topic, e connector.NoticeEvent, policy connector.Policy, n names) []connector.Change {
	var out []connector.Change
	for _, c := range changesOf(e) {
		about := c.Key == fieldOwner && topic == connector.TopicOwnerChanged ||
			c.Key == fieldState && (topic == connector.TopicClosed || topic == connector.TopicPool) ||
			topic == connector.TopicStageChanged && c.Key == policy.StageField
		if !about && !slices.Contains(policy.DetailFields, c.Key) {
			continue
		}
		if c.Key == fieldOwner {
			c.Before, c.After = n.user(c.Before), n.user(c.After)
		}
		out = append(out, c)
	}
	return out
}

func (n names) user(id string) string { return cmp.Or(n[connector.UserID(id)], id) }

func activityCard(e connector.NoticeEvent, n names) connector.Card {
	a := e.Activity
	card := connector.Card{
		Label:  textSalesRecord,
		Title:  cmp.Or(a.Subject, a.Kind, textSalesRecord),
		Text:   a.Text,
		Author: n.of(a.Author),
		At:     a.At,
		URL:    a.URL,
	}
	if a.Kind != "" && a.Subject != "" {
		card.Fields = []connector.Field{{Key: "kind", Label: textActivityKind, Value: a.Kind}}
	}
	if card.Author == "" {
		card.Author = n.of(e.Actor)
	}
	if a.Deleted || e.Type == connector.EventActivityDeleted {
		return connector.Card{Label: textSalesRecord, Title: card.Title, Author: card.Author, At: card.At, Gone: true}
	}
	return card
}

func notificationCard(note connector.Notification, e connector.NoticeEvent) connector.Card {
	return connector.Card{Label: note.Topic, Title: note.Title, Text: note.Text, Fields: note.Fields, At: e.At, URL: note.URL}
}

// detailsCard is the seed's right-hand pane: the permitted fields of the
// Record, and what is to be known of its team.
func detailsCard(g connector.Group, record connector.Record, policy connector.Policy, n names) connector.Card {
	card := connector.Card{Label: textDetails, Title: record.Name, URL: record.URL}
	if record.Owner.ID != "" {
		card.Fields = append(card.Fields, connector.Field{Key: fieldOwner, Label: textOwner, Value: n.of(record.Owner)})
	}
	if record.State != "" {
		card.Fields = append(card.Fields, connector.Field{Key: fieldState, Label: textState, Value: string(record.State)})
	}
	for _, key := range policy.DetailFields {
		i := slices.IndexFunc(record.Fields, func(f connector.Field) bool { return f.Key == key })
		if i >= 0 && record.Fields[i].Value != "" {
			card.Fields = append(card.Fields, record.Fields[i])
		}
	}
	card.Footnote = teamNote(g)
	return card
}

// teamNote says who is not in the channel although the team names them.
func teamNote(g connector.Group) string {
	pending := 0
	for _, row := range g.Memberships {
		if row.Status == connector.StatusPending {
			pending++
		}
	}
	note := textKeptInStep
	if pending > 0 {
		note += " " + strconv.Itoa(pending) + " " + plural(pending, textPendingOne, textPendingMany)
	}
	if g.Unresolved > 0 {
		note += " " + strconv.Itoa(g.Unresolved) + " " + plural(g.Unresolved, textUnresolvedOne, textUnresolvedMany)
	}
	return note
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
