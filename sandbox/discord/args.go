package discord

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"
)

// form is a JSON object that a call brought, with what is wrong with its fields so far.
type form struct {
	formErrors
	fields map[string]json.RawMessage
	path   string // of the object within the body: "" or ending with a dot
}

// form reads the body. No body is an empty object.
func (c *call) form() (*form, *refusal) {
	f := &form{fields: map[string]json.RawMessage{}}
	if len(strings.TrimSpace(string(c.body))) == 0 {
		return f, nil
	}
	if !json.Valid(c.body) {
		return nil, refuse(50109)
	}
	if json.Unmarshal(c.body, &f.fields) != nil || f.fields == nil {
		no := refuse(50035)
		no.errors = answer{"_errors": []answer{{"code": "DICT_TYPE_CONVERT", "message": "Only dictionaries may be used in a DictType"}}}
		return nil, no
	}
	return f, nil
}

// wrong notes a field of this object.
func (f *form) wrong(name, code, format string, args ...any) {
	f.add(f.path+name, code, format, args...)
}

// has says whether a field is there and not null.
func (f *form) has(name string) bool {
	raw, ok := f.fields[name]
	return ok && string(raw) != "null"
}

// given says whether a field is there, be it null.
func (f *form) given(name string) bool {
	_, ok := f.fields[name]
	return ok
}

// decode reads a field into the value at to. False: it is absent, null or, noted, of another type.
func (f *form) decode(name string, to any) bool {
	if !f.has(name) {
		return false
	}
	if json.Unmarshal(f.fields[name], to) != nil {
		f.wrong(name, "BASE_TYPE_CONVERT", "Value has the wrong type.")
		return false
	}
	return true
}

// text reads a string of a length in characters; "" when it is absent.
func (f *form) text(name string, shortest, longest int) string {
	var value string
	if !f.decode(name, &value) {
		return ""
	}
	switch n := utf8.RuneCountInString(value); {
	case n < shortest && n == 0:
		f.wrong(name, "BASE_TYPE_REQUIRED", "This field is required")
	case shortest == 0 && n > longest:
		f.wrong(name, "BASE_TYPE_MAX_LENGTH", "Must be %d or fewer in length.", longest)
	case n < shortest || n > longest:
		f.wrong(name, "BASE_TYPE_BAD_LENGTH", "Must be between %d and %d in length.", shortest, longest)
	}
	return value
}

// required is text that must be there.
func (f *form) required(name string, longest int) string {
	if !f.has(name) {
		f.wrong(name, "BASE_TYPE_REQUIRED", "This field is required")
		return ""
	}
	return f.text(name, 1, longest)
}

// whole reads an integer between two bounds; absent is returned for what is not there.
func (f *form) whole(name string, least, most, absent int) int {
	var value int
	if !f.decode(name, &value) {
		return absent
	}
	switch {
	case value < least:
		f.wrong(name, "NUMBER_TYPE_MIN", "int value should be greater than or equal to %d.", least)
	case value > most:
		f.wrong(name, "NUMBER_TYPE_MAX", "int value should be less than or equal to %d.", most)
	}
	return value
}

// oneOf reads an integer that must be one of the choices.
func (f *form) oneOf(name string, absent int, choices ...int) int {
	value := absent
	if !f.decode(name, &value) {
		return absent
	}
	words := make([]string, 0, len(choices))
	for _, choice := range choices {
		if choice == value {
			return value
		}
		words = append(words, strconv.Itoa(choice))
	}
	f.wrong(name, "BASE_TYPE_CHOICES", "Value must be one of (%s).", strings.Join(words, ", "))
	return absent
}

// flag reads a truth value.
func (f *form) flag(name string, absent bool) bool {
	value := absent
	f.decode(name, &value)
	return value
}

// id reads a snowflake; "" when it is absent.
func (f *form) id(name string) string {
	if !f.has(name) {
		return ""
	}
	id := strings.Trim(string(f.fields[name]), `"`)
	if _, ok := snowflake(id); !ok {
		f.wrong(name, "NUMBER_TYPE_COERCE", "Value \"%s\" is not snowflake.", id)
		return ""
	}
	return id
}

// bits reads permissions, which may be a decimal string (the documentation) or a number (the OpenAPI).
func (f *form) bits(name string) Permissions {
	if !f.has(name) {
		return 0
	}
	n, err := strconv.ParseUint(strings.Trim(string(f.fields[name]), `"`), 10, 63)
	if err != nil {
		f.wrong(name, "NUMBER_TYPE_COERCE", "Value is not a permission bit set.")
	}
	return Permissions(n)
}

// objects reads a list of objects as forms that note what is wrong into f. False: it is absent.
func (f *form) objects(name string, most int) ([]*form, bool) {
	var list []json.RawMessage
	if !f.decode(name, &list) {
		return nil, f.given(name)
	}
	if len(list) > most {
		f.wrong(name, "BASE_TYPE_MAX_LENGTH", "Must be %d or fewer in length.", most)
		return nil, true
	}
	var forms []*form
	for i, raw := range list {
		if inner := f.object(name+"."+strconv.Itoa(i), raw); inner != nil {
			forms = append(forms, inner)
		}
	}
	return forms, true
}

// object is a form of an object within this one, or nil, noted, when it is none. It notes into f.
func (f *form) object(name string, raw json.RawMessage) *form {
	inner := &form{path: f.path + name + "."}
	if json.Unmarshal(raw, &inner.fields) != nil || inner.fields == nil {
		f.wrong(name, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
		return nil
	}
	if f.tree == nil {
		f.tree = map[string]any{}
	}
	inner.tree = f.tree
	return inner
}

// inner is the form of a field that is an object, or nil.
func (f *form) inner(name string) *form {
	if !f.has(name) {
		return nil
	}
	return f.object(name, f.fields[name])
}

// queryWhole reads an integer of the query between two bounds.
func (c *call) queryWhole(name string, least, most, absent int) (int, *refusal) {
	text := c.query.Get(name)
	if text == "" {
		return absent, nil
	}
	n, err := strconv.Atoi(text)
	switch {
	case err != nil:
		return 0, refuseField(name, "NUMBER_TYPE_COERCE", "Value \"%s\" is not int.", text)
	case n < least:
		return 0, refuseField(name, "NUMBER_TYPE_MIN", "int value should be greater than or equal to %d.", least)
	case n > most:
		return 0, refuseField(name, "NUMBER_TYPE_MAX", "int value should be less than or equal to %d.", most)
	default:
		return n, nil
	}
}

// queryID reads a snowflake of the query; 0 when it is absent.
func (c *call) queryID(name string) (uint64, *refusal) {
	text := c.query.Get(name)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseUint(text, 10, 63)
	if err != nil {
		return 0, refuseField(name, "NUMBER_TYPE_COERCE", "Value \"%s\" is not snowflake.", text)
	}
	return n, nil
}
