package config

import (
	"errors"
	"strings"
)

// nameTemplate parses NAME_TEMPLATE: at least one of {name} and {id}, without which
// all channels of a kind would be called alike, and no brace besides its placeholders'.
func nameTemplate(text string) (string, error) {
	const write = "write a text with {name} or {id} in it, and {kind} if you like, such as crm-{name}"
	literal := strings.NewReplacer("{name}", "", "{id}", "", "{kind}", "").Replace(text)
	switch {
	case strings.ContainsAny(literal, "{}"):
		return "", errors.New("has a brace that is of no placeholder; " + write)
	case !strings.Contains(text, "{name}") && !strings.Contains(text, "{id}"):
		return "", errors.New("would call all channels alike; " + write)
	}
	return text, nil
}
