package assistant

import (
	"slices"

	"roomkeeper/connector"
)

// fieldOwner and fieldState are how changes name a Record's owner and state.
const (
	fieldOwner = "owner"
	fieldState = "state"
)

// candidates lists the topics that a notice could be posted under, the most
// telling one first. At most one of them becomes a card.
func candidates(e connector.NoticeEvent, policy connector.Policy) []connector.Topic {
	switch e.Type {
	case connector.EventActivityCreated, connector.EventActivityUpdated, connector.EventActivityDeleted:
		return []connector.Topic{connector.TopicSalesRecord}
	case connector.EventNotification:
		return []connector.Topic{connector.CustomPrefix + connector.Topic(e.Notification.Topic)}
	case connector.EventRecordDeleted, connector.EventRecordRestored, connector.EventRecordMerged:
		return []connector.Topic{connector.TopicMergedDeleted}
	case connector.EventTeamChanged:
		return []connector.Topic{connector.TopicTeamChanged}
	case connector.EventRecordUpdated:
		return ofChanges(e, policy)
	case connector.EventRecordCreated, connector.EventPrincipalChanged,
		connector.EventChannelRequested, connector.EventGap, connector.EventPing:
	}
	return nil
}

func ofChanges(e connector.NoticeEvent, policy connector.Policy) []connector.Topic {
	var out []connector.Topic
	for _, c := range changesOf(e) {
		var t connector.Topic
		switch {
		case c.Key == fieldOwner:
			t = connector.TopicOwnerChanged
		case c.Key == fieldState && (c.Before == string(connector.RecordPooled) || c.After == string(connector.RecordPooled)):
			t = connector.TopicPool
		case c.Key == fieldState:
			t = connector.TopicClosed
		case policy.StageField != "" && c.Key == policy.StageField:
			t = connector.TopicStageChanged
		case slices.Contains(policy.DetailFields, c.Key):
			t = connector.TopicRecordUpdated
		default:
			continue
		}
		if !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	order := connector.Topics()
	slices.SortFunc(out, func(a, b connector.Topic) int { return slices.Index(order, a) - slices.Index(order, b) })
	return out
}

// changesOf lists what changed; fields that were only named have no values.
func changesOf(e connector.NoticeEvent) []connector.Change {
	out := slices.Clone(e.Changes)
	for _, key := range e.Changed {
		if !slices.ContainsFunc(out, func(c connector.Change) bool { return c.Key == key }) {
			out = append(out, connector.Change{Key: key, Label: key})
		}
	}
	return out
}

// choose returns the first topic that fits and is on; when none is, the first
// that fits, if any.
func choose(e connector.NoticeEvent, policy connector.Policy, sub connector.Subscription) (topic connector.Topic, wanted bool) {
	fits := candidates(e, policy)
	for _, t := range fits {
		if sub.Wants(t, policy.Topics) && (t != connector.TopicRecordUpdated || wantsFields(e, policy, sub)) {
			return t, true
		}
	}
	if len(fits) > 0 {
		topic = fits[0]
	}
	return topic, false
}

// wantsFields reports whether a permitted field changed that the subscription
// asks for.
func wantsFields(e connector.NoticeEvent, policy connector.Policy, sub connector.Subscription) bool {
	return len(sub.Fields) == 0 || slices.ContainsFunc(changesOf(e), func(c connector.Change) bool {
		return slices.Contains(sub.Fields, c.Key) && slices.Contains(policy.DetailFields, c.Key)
	})
}
