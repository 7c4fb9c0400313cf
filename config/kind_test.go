package config

import (
	"reflect"
	"testing"
	"time"
)

func TestKindDefaults(t *testing.T) {
	topics := []string{"sales_record", "owner_changed", "closed", "merged_deleted", "pool", "custom:*"}
	kind := func(name string) Kind {
		return Kind{
			Name: name, Visibility: VisibilityPrivate, Enrol: EnrolEverybody, Leavers: LeaversRespect, Extras: ExtrasKeep, Remove: RemoveOwned,
			Topics: topics, Delete: Archive{On: true, After: 24 * time.Hour}, Auto: Auto{Mode: AutoOff}, TimeZone: time.UTC,
		}
	}
	want := []Kind{kind("account"), kind("account_pool"), kind("department"), kind("lead_pool"), kind("opportunity")}
	want[2].Enrol, want[2].Members = EnrolSelf, "department"
	want[4].StageField = "stage"
	want[4].Topics = []string{"sales_record", "owner_changed", "closed", "merged_deleted", "pool", "stage_changed", "custom:*"}
	if got := minimal().load(t).Kinds; !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestKindValues(t *testing.T) {
	got := with(env{
		"KINDS":                   "site_visit",
		"KIND_SITE_VISIT_OBJECTS": "Visit__c, VisitObj", "KIND_SITE_VISIT_NAME_TEMPLATE": "{name} visit", "KIND_SITE_VISIT_VISIBILITY": "public",
		"KIND_SITE_VISIT_LEAVERS": "readd", "KIND_SITE_VISIT_REMOVE": "strict", "KIND_SITE_VISIT_GRACE": "48h", "KIND_SITE_VISIT_DETAIL_FIELDS": "amount, stage",
		"KIND_SITE_VISIT_STAGE_FIELD": "phase", "KIND_SITE_VISIT_TOPICS": "closed,pool record_updated:amount,stage custom:news closed", "KIND_SITE_VISIT_DELETE_POLICY": "off",
		"KIND_SITE_VISIT_AUTO": "region=EMEA, tier=a=b", "KIND_SITE_VISIT_TIME_ZONE": "Europe/Berlin",
	}).load(t).Kinds
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	want := []Kind{{
		Name: "site_visit", Objects: []string{"Visit__c", "VisitObj"}, NameTemplate: "{name} visit", Visibility: VisibilityPublic,
		Enrol: EnrolEverybody, Leavers: LeaversReadd, Extras: ExtrasKeep, Remove: RemoveStrict, Grace: 48 * time.Hour,
		DetailFields: []string{"amount", "stage"}, StageField: "phase",
		Topics: []string{"closed", "pool", "record_updated:amount,stage", "custom:news"},
		Auto:   Auto{Mode: AutoMatching, Conditions: []Condition{{"region", "EMEA"}, {"tier", "a=b"}}}, TimeZone: berlin,
	}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestKindWithoutTopics(t *testing.T) {
	got := with(env{"KIND_ACCOUNT_TOPICS": "none", "KIND_ACCOUNT_AUTO": "all"}).load(t).Kinds[0]
	if len(got.Topics) != 0 || got.Auto.Mode != AutoAll {
		t.Errorf("got %+v", got)
	}
}

// The values that this version refuses are parsed all the same, for the version that acts upon them.
func TestMembersAndArchive(t *testing.T) {
	for text, want := range map[string]string{"team": "", "principal:role": "role", "principal:user_group": "user_group"} {
		if got, err := members(text); err != nil || got != want {
			t.Errorf("members(%q) = %q, %v", text, got, err)
		}
	}
	for _, text := range []string{"role", "principal:external", "principal:"} {
		if got, err := members(text); err == nil {
			t.Errorf("members(%q) = %q, want an error", text, got)
		}
	}
	if got, err := archive("archive:48h"); err != nil || got != (Archive{On: true, After: 48 * time.Hour}) {
		t.Errorf("archive = %+v, %v", got, err)
	}
}

func TestObjectsMeanOneKind(t *testing.T) {
	got := with(env{"KIND_ACCOUNT_OBJECTS": "Company", "KIND_OPPORTUNITY_OBJECTS": "Deal,Company"}).fail(t)
	if len(got) != 1 || got["KIND_OPPORTUNITY_OBJECTS"] != "item 2 already means a kind; take it out" {
		t.Errorf("got %q", got)
	}
}
