package config

import "time"

// The kinds of the product; others are custom ones.
const (
	KindAccount     = "account"
	KindAccountPool = "account_pool"
	KindDepartment  = "department"
	KindLeadPool    = "lead_pool"
	KindOpportunity = "opportunity"
)

// Kind is what is configured for one class of records.
type Kind struct {
	// Name is the kind, [a-z][a-z0-9_]{0,31}.
	Name string
	// Objects are other names of the kind in the CRM, unique over all kinds; nil when there are none.
	Objects []string
	// NameTemplate makes the channel's name: {name}, {id} and {kind} stand for the record's, one of the first two
	// is in it; "": the record's name.
	NameTemplate string
	Visibility   Visibility
	// ThreadsIn is the Discord channel or forum whose threads stand for channels; "": channels do.
	ThreadsIn string
	Enrol     Enrol
	// Members is "" for the Related Team (a pool's team is its team) and owner,
	// else the type of the principal whose users are wanted: user, department, role, user_group, queue, territory.
	Members string
	Leavers Leavers
	Extras  Extras
	Remove  Remove
	// Grace is how long somebody who is no longer on the team stays; not negative.
	Grace time.Duration
	// DetailFields are the keys of the fields that may be shown, in this order; nil: none.
	DetailFields []string
	// StageField is the key of the field behind the Topic stage_changed; "": there is none.
	StageField string
	// Topics are those that a new Group is subscribed to; empty: none.
	Topics []string
	Close  Archive
	Delete Archive
	Auto   Auto
	// TimeZone is never nil.
	TimeZone *time.Location
}

// Archive is what becomes of the channel of a record that is closed or deleted.
type Archive struct {
	// On: the channel is archived, After the warning card; else it stays.
	On    bool
	After time.Duration
}

// Auto is which records get a channel by themselves.
type Auto struct {
	Mode AutoMode
	// Conditions all hold; set with AutoMatching only.
	Conditions []Condition
}

// Condition asks that a field has exactly this value.
type Condition struct {
	Field string
	Value string
}

// kindDefaults are the defaults that differ by kind, by variable: Group types and Topics of the product.
func kindDefaults(kind string) map[string]string {
	defaults := map[string]string{
		"ENROL":   string(EnrolEverybody),
		"MEMBERS": "team",
		"TOPICS":  "sales_record owner_changed closed merged_deleted pool custom:*",
	}
	switch kind {
	case KindDepartment:
		defaults["ENROL"] = string(EnrolSelf)
		defaults["MEMBERS"] = principalPrefix + "department"
	case KindOpportunity:
		defaults["STAGE_FIELD"] = "stage"
		defaults["TOPICS"] = "sales_record owner_changed closed merged_deleted pool stage_changed custom:*"
	}
	return defaults
}
