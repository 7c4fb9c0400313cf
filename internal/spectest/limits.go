package spectest

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"unicode/utf8"
)

// limits are the mechanical rules of the limits report: by an object's "type"
// and one of its properties.
type limits map[string][]limit

type limit struct {
	property, rule string
	value          int
}

// readLimits reads the report; the schema's definitions tell the "type" of
// what it speaks of.
func readLimits(t testing.TB, schema map[string]any) limits {
	t.Helper()
	var report []struct {
		Where string `json:"where"`
		Rule  string `json:"rule"`
		Value any    `json:"value"`
	}
	if !load(t, "blockkit.limits.report.json", &report) {
		return nil
	}
	types := typesOf(schema)
	rules := limits{}
	for _, r := range report {
		name, property, ok := strings.Cut(r.Where, ".")
		value, isNumber := r.Value.(float64)
		kind, known := types[name]
		if !ok || !isNumber || !known || strings.Contains(property, "[]") {
			continue
		}
		rules[kind] = append(rules[kind], limit{property, r.Rule, int(value)})
	}
	return rules
}

// typesOf maps the name of a definition to the "type" that it fixes.
func typesOf(schema map[string]any) map[string]string {
	types := map[string]string{}
	definitions, _ := schema["definitions"].(map[string]any)
	for name, definition := range definitions {
		fields, _ := definition.(map[string]any)
		properties, _ := fields["properties"].(map[string]any)
		kind, _ := properties["type"].(map[string]any)
		if fixed, ok := kind["const"].(string); ok {
			types[name] = fixed
		}
	}
	return types
}

// check walks through blocks.
func (l limits) check(v any) error {
	var wrong []error
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			wrong = append(wrong, l.check(item))
		}
	case map[string]any:
		kind, _ := v["type"].(string)
		for _, rule := range l[kind] {
			if value, ok := v[rule.property]; ok && !rule.allows(value) {
				wrong = append(wrong, fmt.Errorf("%s.%s: %s %d", kind, rule.property, rule.rule, rule.value))
			}
		}
		for item := range maps.Values(v) {
			wrong = append(wrong, l.check(item))
		}
	}
	return errors.Join(wrong...)
}

func (r limit) allows(value any) bool {
	n := 0
	switch value := value.(type) {
	case string:
		n = utf8.RuneCountInString(value)
	case []any:
		n = len(value)
	case map[string]any:
		text, ok := value["text"].(string)
		if !ok {
			return true
		}
		n = utf8.RuneCountInString(text)
	default:
		return true
	}
	switch r.rule {
	case "maxLength", "maxItems":
		return n <= r.value
	case "minLength", "minItems":
		return n >= r.value
	}
	return true
}
