package spectest

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// finding is one thing that a schema says against a value.
type finding struct {
	at      []string // place in the value
	unknown string   // a member that the schema does not have; "": text says what is wrong
	excuse  string   // why the unknown member may be there; "": it may not
	text    string
	other   bool // the value is of another sort than the schema: it is about another branch of a union
}

func (f finding) String() string {
	if f.unknown != "" {
		return fmt.Sprintf("%s: unknown member %s", place(f.at), f.unknown)
	}
	return fmt.Sprintf("%s: %s", place(f.at), f.text)
}

func place(at []string) string {
	if len(at) == 0 {
		return "body"
	}
	return jsonPointer(at)
}

// excuse says why an unknown member at a place may be there; "": it may not.
type excuse func(at []string, member string) string

// validate lists what schema says against value. Of a union's branches only the
// one that fits best is heard: the others are about something else.
func validate(schema *jsonschema.Schema, value any, excused excuse) []finding {
	err := schema.Validate(value)
	var invalid *jsonschema.ValidationError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &invalid):
		return collect(invalid, excused)
	}
	return []finding{{text: err.Error()}}
}

func collect(e *jsonschema.ValidationError, excused excuse) []finding {
	if len(e.Causes) == 0 {
		return leaf(e, excused)
	}
	var lists [][]finding
	for _, cause := range e.Causes {
		lists = append(lists, collect(cause, excused))
	}
	switch e.ErrorKind.(type) {
	case *kind.OneOf, *kind.AnyOf:
		for i := range lists {
			lists[i] = atHome(lists[i], e.InstanceLocation)
		}
		return slices.MinFunc(lists, func(a, b []finding) int { return weight(a) - weight(b) })
	}
	return slices.Concat(lists...)
}

func leaf(e *jsonschema.ValidationError, excused excuse) []finding {
	extra, ok := e.ErrorKind.(*kind.AdditionalProperties)
	if !ok {
		text := e.DetailedOutput().Error.String()
		return []finding{{at: e.InstanceLocation, text: text, other: aboutSort(e)}}
	}
	var list []finding
	for _, member := range extra.Properties {
		list = append(list, finding{at: e.InstanceLocation, unknown: member, excuse: excused(e.InstanceLocation, member)})
	}
	return list
}

// aboutSort: the JSON type is another one, or the member "type" names another kind of object.
func aboutSort(e *jsonschema.ValidationError) bool {
	switch e.ErrorKind.(type) {
	case *kind.Type:
		return true
	case *kind.Enum, *kind.Const:
		return len(e.InstanceLocation) > 0 && e.InstanceLocation[len(e.InstanceLocation)-1] == "type"
	}
	return false
}

// atHome leaves the mark "other" only on what concerns the value at a place itself.
func atHome(list []finding, at []string) []finding {
	for i, f := range list {
		below := len(f.at) - len(at)
		list[i].other = f.other && (below == 0 || below == 1 && f.at[len(at)] == "type")
	}
	return list
}

// weight is small for the branch that a value was meant for.
func weight(list []finding) int {
	const anotherSort = 1000
	sum := 0
	for _, f := range list {
		switch {
		case f.other:
			sum += anotherSort
		case f.excuse == "":
			sum++
		}
	}
	return sum
}

// valueAt finds the value at a place; nil when there is none.
func valueAt(v any, at []string) any {
	for _, token := range at {
		switch parent := v.(type) {
		case map[string]any:
			v = parent[token]
		case []any:
			i, err := strconv.Atoi(token)
			if err != nil || i < 0 || i >= len(parent) {
				return nil
			}
			v = parent[i]
		default:
			return nil
		}
	}
	return v
}

// fits says whether a text of a path or a query can be read as a value of schema.
func (p parameter) fits(texts []string) bool {
	return slices.ContainsFunc(readings(texts), func(v any) bool { return p.schema.Validate(v) == nil })
}

// readings are the values that the texts of one parameter can stand for.
func readings(texts []string) []any {
	list := make([]any, len(texts))
	for i, text := range texts {
		list[i] = text
	}
	if len(texts) != 1 {
		return []any{list}
	}
	text := texts[0]
	values := []any{text, list}
	if plain, err := jsonschema.UnmarshalJSON(strings.NewReader(text)); err == nil {
		values = append(values, plain) // a number or a boolean
	}
	return values
}
