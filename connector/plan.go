package connector

import "time"

// PlanID identifies a Plan by what it would remove, so that confirming one
// never confirms another.
type PlanID string

// ActionType is one step of a Plan.
type ActionType string

// The steps of the public contract, in the order in which a Plan holds them:
// removals before additions, both before anything that only informs.
const (
	ActionCreate    ActionType = "create"
	ActionRemove    ActionType = "remove"
	ActionAdd       ActionType = "add"
	ActionRename    ActionType = "rename"
	ActionTopic     ActionType = "topic"
	ActionDetails   ActionType = "details"
	ActionArchive   ActionType = "archive"
	ActionUnarchive ActionType = "unarchive"
)

// Action is one step of a Plan. User and Member are set for add and remove,
// Value for create, rename and topic (the name or text).
type Action struct {
	Type   ActionType `json:"action"`
	User   UserID     `json:"user_id,omitempty"`
	Member MemberID   `json:"member_id,omitempty"`
	Value  string     `json:"value,omitempty"`
	Why    string     `json:"why,omitempty"`
}

// Plan is the difference between what should be and what is, as data.
// Held is empty when nothing is held; else the removals in Actions wait.
type Plan struct {
	ID      PlanID         `json:"id"`
	Actions []Action       `json:"actions"`
	Held    HoldReason     `json:"held,omitempty"`
	Calls   map[string]int `json:"calls,omitempty"`
	// Later and Counted are said by a dry run only, and not stored. Later are the
	// removals whose time has not come, by that time. Counted is how many removals the
	// limit over all Groups would count of this one, were this run a Sweep's.
	Later   []LaterAction `json:"-"`
	Counted int           `json:"-"`
}

// LaterAction is a step that is not taken before At: until a grace period is over, or
// until what the platform refused is tried again.
type LaterAction struct {
	Action
	At time.Time
}

// Of returns the actions of one type, in order.
func (p Plan) Of(t ActionType) []Action {
	var out []Action
	for _, a := range p.Actions {
		if a.Type == t {
			out = append(out, a)
		}
	}
	return out
}

// Empty reports whether there is nothing to do now.
func (p Plan) Empty() bool { return len(p.Actions) == 0 }
