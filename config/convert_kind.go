package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

const (
	principalPrefix = "principal:"
	archivePrefix   = "archive:"
	maxKindName     = 32
)

// kindNames parses KINDS.
func kindNames(text string) ([]string, error) {
	names, err := listOf(kindName)(text)
	if err == nil && names == nil {
		return nil, errors.New("has no kind in it; write one or unset it")
	}
	return names, err
}

func kindName(text string) (string, error) {
	ok := text[0] >= 'a' && text[0] <= 'z' && len(text) <= maxKindName
	for i := range len(text) {
		c := text[i]
		ok = ok && (c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '_')
	}
	if !ok {
		return "", fmt.Errorf("not a kind; write a lower-case letter and then at most %d lower-case letters, digits or _", maxKindName-1)
	}
	return text, nil
}

// readKind reads the variables KIND_<NAME>_….
func readKind(name string, zone *time.Location, bad mistakes) (Kind, []field, error) {
	var v kindVariables
	start := kindPrefix(strings.ToUpper(name))
	fields, err := fill(start, &v, kindDefaults(name), bad)
	if err != nil {
		return Kind{}, nil, err
	}
	start += "_"
	return Kind{
		Name:         name,
		Objects:      take(bad, start+"OBJECTS", v.Objects, listOf(word)),
		NameTemplate: take(bad, start+"NAME_TEMPLATE", v.NameTemplate, nameTemplate),
		Visibility:   take(bad, start+"VISIBILITY", v.Visibility, oneOf(VisibilityPrivate, VisibilityPublic)),
		ThreadsIn:    take(bad, start+"THREADS_IN", v.ThreadsIn, snowflake),
		Enrol:        take(bad, start+"ENROL", v.Enrol, oneOf(EnrolEverybody, EnrolSelf)),
		Members:      take(bad, start+"MEMBERS", v.Members, members),
		Leavers:      take(bad, start+"LEAVERS", v.Leavers, oneOf(LeaversRespect, LeaversReadd)),
		Extras:       take(bad, start+"EXTRAS", v.Extras, oneOf(ExtrasKeep, ExtrasKick)),
		Remove:       take(bad, start+"REMOVE", v.Remove, oneOf(RemoveOwned, RemoveStrict, RemoveNever)),
		Grace:        take(bad, start+"GRACE", v.Grace, duration),
		DetailFields: take(bad, start+"DETAIL_FIELDS", v.DetailFields, listOf(word)),
		StageField:   take(bad, start+"STAGE_FIELD", v.StageField, word),
		Topics:       take(bad, start+"TOPICS", v.Topics, topics),
		Close:        take(bad, start+"CLOSE_POLICY", v.ClosePolicy, archive),
		Delete:       take(bad, start+"DELETE_POLICY", v.DeletePolicy, archive),
		Auto:         take(bad, start+"AUTO", v.Auto, auto),
		TimeZone:     takeZone(bad, start+"TIME_ZONE", v.TimeZone, zone),
	}, fields, nil
}

// checkObjects wants every name of a kind to mean one kind only.
func checkObjects(kinds []Kind, bad mistakes) {
	taken := map[string]bool{}
	for _, kind := range kinds {
		taken[kind.Name] = true
	}
	for _, kind := range kinds {
		for i, object := range kind.Objects {
			if taken[object] {
				bad.add(kindPrefix(strings.ToUpper(kind.Name))+"_OBJECTS", fmt.Sprintf("item %d already means a kind; take it out", i+1))
			}
			taken[object] = true
		}
	}
}

// resolved parses one item of RESOLVE to the type of principal that it means.
func resolved(text string) (string, error) {
	types := map[string]string{
		"departments": "department", "roles": "role", "user_groups": "user_group", "queues": "queue", "territories": "territory",
	}
	if t, ok := types[text]; ok {
		return t, nil
	}
	words := map[string]bool{}
	for word := range types {
		words[word] = true
	}
	return "", fmt.Errorf("not known; the nearest is %s; write some of %s", nearest(text, words), strings.Join(slices.Sorted(maps.Keys(types)), ", "))
}

// members parses "team" to "" and "principal:<type>" to the type.
func members(text string) (string, error) {
	if text == "team" {
		return "", nil
	}
	types := []string{"user", "department", "role", "user_group", "queue", "territory"}
	principal, ok := strings.CutPrefix(text, principalPrefix)
	if !ok || !slices.Contains(types, principal) {
		return "", fmt.Errorf("not known; write team, or %s and one of %s", principalPrefix, strings.Join(types, ", "))
	}
	return principal, nil
}

// archive parses "off" or "archive:48h".
func archive(text string) (Archive, error) {
	if text == "off" {
		return Archive{}, nil
	}
	after, ok := strings.CutPrefix(text, archivePrefix)
	d, err := duration(after)
	if !ok || err != nil {
		return Archive{}, fmt.Errorf("not known; write off, or %s and a duration, such as %s48h", archivePrefix, archivePrefix)
	}
	return Archive{On: true, After: d}, nil
}

// auto parses "off", "all" or field=value items, each field once.
func auto(text string) (Auto, error) {
	switch AutoMode(text) {
	case AutoOff, AutoAll:
		return Auto{Mode: AutoMode(text)}, nil
	case AutoMatching:
	}
	var conditions []Condition
	for i, item := range items(text) {
		name, value, ok := strings.Cut(item, "=")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		switch {
		case !ok || name == "" || value == "":
			return Auto{}, fmt.Errorf("item %d is not field=value; write off, all, or field=value separated by commas", i+1)
		case slices.ContainsFunc(conditions, func(c Condition) bool { return c.Field == name }):
			return Auto{}, fmt.Errorf("item %d has the field of an earlier one, so nothing could match; take one out", i+1)
		}
		conditions = append(conditions, Condition{Field: name, Value: value})
	}
	if conditions == nil {
		return Auto{}, errors.New("has no condition in it; write off, all, or field=value separated by commas")
	}
	return Auto{Mode: AutoMatching, Conditions: conditions}, nil
}

// topics parses Topics separated by spaces, or by commas where no field list is meant; "none" means none.
func topics(text string) ([]string, error) {
	list := []string{}
	if text == "none" {
		return list, nil
	}
	for part := range strings.FieldsSeq(text) {
		split := []string{part}
		if !strings.HasPrefix(part, recordUpdated+":") {
			split = items(part)
		}
		for _, topic := range split {
			if !isTopic(topic) {
				return nil, fmt.Errorf("item %d is not a Topic; write Topics separated by spaces (the commands' help lists them), or none", len(list)+1)
			}
			if !slices.Contains(list, topic) {
				list = append(list, topic)
			}
		}
	}
	return list, nil
}

const recordUpdated = "record_updated"

func isTopic(text string) bool {
	switch text {
	case "sales_record", "owner_changed", "closed", "merged_deleted", "pool", "stage_changed", recordUpdated, "team_changed":
		return true
	}
	if fields, ok := strings.CutPrefix(text, recordUpdated+":"); ok {
		return fields != "" && !slices.Contains(strings.Split(fields, ","), "")
	}
	name, ok := strings.CutPrefix(text, "custom:")
	return ok && name != ""
}
