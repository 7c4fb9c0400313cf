package connector

import (
	"strings"
	"time"
)

// Topic is a message type of the Group Assistant. Custom topics are
// "custom:<name>", all of them "custom:*".
type Topic string

// The topics that every Group knows.
const (
	TopicSalesRecord   Topic = "sales_record"
	TopicOwnerChanged  Topic = "owner_changed"
	TopicClosed        Topic = "closed"
	TopicMergedDeleted Topic = "merged_deleted"
	TopicPool          Topic = "pool"
	TopicStageChanged  Topic = "stage_changed"
	TopicRecordUpdated Topic = "record_updated"
	TopicTeamChanged   Topic = "team_changed"
	TopicCustomAll     Topic = "custom:*"
)

// CustomPrefix begins every topic of the CRM's own making.
const CustomPrefix = "custom:"

// Topics lists the fixed topics in the order in which people are shown them.
func Topics() []Topic {
	return []Topic{
		TopicSalesRecord, TopicOwnerChanged, TopicClosed, TopicMergedDeleted, TopicPool,
		TopicStageChanged, TopicRecordUpdated, TopicTeamChanged, TopicCustomAll,
	}
}

// Custom reports whether the topic is of the CRM's own making.
func (t Topic) Custom() bool { return strings.HasPrefix(string(t), CustomPrefix) }

// Subscription is what a Group wants to be told. A topic that is in neither
// map follows the kind's default.
type Subscription struct {
	// Topics holds what somebody decided: true is on, false is off.
	Topics map[Topic]bool `json:"topics,omitempty"`
	// Fields limits record_updated to these field keys; empty means any.
	Fields    []string  `json:"fields,omitempty"`
	ChangedBy string    `json:"changed_by,omitempty"`
	ChangedAt time.Time `json:"changed_at,omitzero"`
}

// Wants reports whether a topic is on, given the kind's defaults.
func (s Subscription) Wants(t Topic, defaults []Topic) bool {
	if on, set := s.Topics[t]; set {
		return on
	}
	if t.Custom() {
		if on, set := s.Topics[TopicCustomAll]; set {
			return on
		}
	}
	for _, d := range defaults {
		if d == t || (d == TopicCustomAll && t.Custom()) {
			return true
		}
	}
	return false
}
