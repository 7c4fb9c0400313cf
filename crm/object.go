package crm

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"roomkeeper/connector"
)

// Object is one JSON object of a document. Its methods read one field each:
// missing and null are the same, the zero value; another type than the method
// asks for is noted in the Reader and read as the zero value. Names of fields
// are compared exactly.
type Object struct {
	fields map[string]any
	path   string
	reader *Reader
}

// Has reports whether the field is there and not null.
func (o Object) Has(key string) bool { return o.fields[key] != nil }

// Named reports whether the field is there, if only as null.
func (o Object) Named(key string) bool {
	_, there := o.fields[key]
	return there
}

// Fail notes that the field is wrong.
func (o Object) Fail(key, detail string) { o.reader.Fail(o.at(key), detail) }

// Need notes that the field is missing unless it is there.
func (o Object) Need(key string) bool {
	if !o.Has(key) {
		o.Fail(key, "missing")
	}
	return o.Has(key)
}

// Text reads a string of at most limit characters.
func (o Object) Text(key string, limit int) string {
	if !o.Has(key) {
		return ""
	}
	return o.text(key, o.fields[key], limit)
}

// Shown reads what is only shown to people: a longer text is cut, and a
// number or a boolean is written out. What people typed refuses no record.
func (o Object) Shown(key string, limit int) string {
	switch value := o.fields[key].(type) {
	case nil:
		return ""
	case string:
		return connector.Cut(value, limit)
	case json.Number:
		return value.String()
	case bool:
		return strconv.FormatBool(value)
	}
	o.Fail(key, "must be a string")
	return ""
}

// NeedText reads a string that must not be empty.
func (o Object) NeedText(key string, limit int) string {
	text := o.Text(key, limit)
	if o.Need(key) && strings.TrimSpace(text) == "" {
		o.Fail(key, "empty")
	}
	return text
}

func (o Object) text(key string, value any, limit int) string {
	text, ok := value.(string)
	switch {
	case !ok:
		o.Fail(key, "must be a string")
	case len(text) > limit && utf8.RuneCountInString(text) > limit:
		o.Fail(key, "longer than "+strconv.Itoa(limit)+" characters")
	default:
		return text
	}
	return ""
}

// ID reads an identifier: a string, or an integer of any size, which is kept
// digit by digit. "" when missing.
func (o Object) ID(key string) string {
	if !o.Has(key) {
		return ""
	}
	value := o.fields[key]
	if number, ok := value.(json.Number); ok && integer(number.String()) {
		value = number.String()
	}
	text, ok := value.(string)
	if !ok {
		o.Fail(key, "must be a string or an integer")
		return ""
	}
	if detail := connector.BadID(text); detail != "" {
		o.Fail(key, detail)
		return ""
	}
	return text
}

// NeedID reads an identifier that must be there.
func (o Object) NeedID(key string) string {
	o.Need(key)
	return o.ID(key)
}

// IDs reads a list of identifiers; nil when the field is missing.
func (o Object) IDs(key string) []string {
	values, _ := o.list(key)
	ids := make([]string, 0, len(values))
	for i, value := range values {
		at := key + "[" + strconv.Itoa(i) + "]"
		ids = append(ids, Object{fields: map[string]any{at: value}, path: o.path, reader: o.reader}.NeedID(at))
	}
	return ids
}

// Bool reads true or false; missing is what the caller says.
func (o Object) Bool(key string, missing bool) bool {
	if !o.Has(key) {
		return missing
	}
	value, ok := o.fields[key].(bool)
	if !ok {
		o.Fail(key, "must be true or false")
	}
	return value
}

// Time reads an RFC 3339 time, with or without a fraction.
func (o Object) Time(key string) time.Time {
	if !o.Has(key) {
		return time.Time{}
	}
	text, ok := o.fields[key].(string)
	at, err := time.Parse(time.RFC3339Nano, text)
	if !ok || err != nil {
		o.Fail(key, "must be an RFC 3339 time")
		return time.Time{}
	}
	return at
}

// Version reads an integer of 64 bits or an RFC 3339 time.
func (o Object) Version(key string) connector.Version {
	if !o.Has(key) {
		return ""
	}
	switch value := o.fields[key].(type) {
	case json.Number:
		if n, err := strconv.ParseInt(value.String(), 10, 64); err == nil {
			return connector.Version(strconv.FormatInt(n, 10))
		}
	case string:
		if _, err := time.Parse(time.RFC3339Nano, value); err == nil {
			return connector.Version(value)
		}
	}
	o.Fail(key, "must be an integer or an RFC 3339 time")
	return ""
}

// Object reads an object; there is false when the field is missing.
func (o Object) Object(key string) (sub Object, there bool) {
	if !o.Has(key) {
		return Object{path: o.at(key), reader: o.reader}, false
	}
	return o.object(key, o.fields[key]), true
}

// Objects reads a list of objects; nil when the field is missing, not nil when
// the list is empty.
func (o Object) Objects(key string) []Object {
	values, there := o.list(key)
	if !there {
		return nil
	}
	subs := make([]Object, len(values))
	for i, value := range values {
		subs[i] = o.object(key+"["+strconv.Itoa(i)+"]", value)
	}
	return subs
}

// Texts reads a list of strings.
func (o Object) Texts(key string, limit int) []string {
	values, there := o.list(key)
	if !there {
		return nil
	}
	texts := make([]string, len(values))
	for i, value := range values {
		texts[i] = o.text(key+"["+strconv.Itoa(i)+"]", value, limit)
	}
	return texts
}

// Keys lists the names of the object's fields, sorted.
func (o Object) Keys() []string { return slices.Sorted(maps.Keys(o.fields)) }

func (o Object) list(key string) (values []any, there bool) {
	if !o.Has(key) {
		return nil, false
	}
	values, ok := o.fields[key].([]any)
	if !ok {
		o.Fail(key, "must be a list")
	}
	return values, ok
}

func (o Object) object(key string, value any) Object {
	fields, ok := value.(map[string]any)
	if !ok {
		o.Fail(key, "must be an object")
	}
	return Object{fields: fields, path: o.at(key), reader: o.reader}
}

func (o Object) at(key string) string {
	if o.path == "" {
		return key
	}
	return o.path + "." + key
}

func integer(s string) bool { return digits(strings.TrimPrefix(s, "-")) }
