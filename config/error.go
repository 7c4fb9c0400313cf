package config

import (
	"cmp"
	"slices"
	"strings"
)

// Mistake is one thing that is wrong with the environment.
type Mistake struct {
	// Variable is the full name, with the prefix.
	Variable string
	// Problem says what is wrong and what to do next. It never contains a value.
	Problem string
}

// String returns "VARIABLE: problem".
func (m Mistake) String() string { return m.Variable + ": " + m.Problem }

// Error is everything that is wrong with the environment, sorted by variable, at most one Mistake for each.
type Error struct {
	Mistakes []Mistake
}

// Error lists every mistake on a line of its own.
func (e *Error) Error() string {
	lines := make([]string, len(e.Mistakes))
	for i, m := range e.Mistakes {
		lines[i] = m.String()
	}
	return strings.Join(lines, "\n")
}

// mistakes collects problems by the variable's name without the prefix. The first one of a variable stands:
// what follows from it is noise.
type mistakes map[string]string

func (m mistakes) add(name, problem string) {
	if _, known := m[name]; !known {
		m[name] = problem
	}
}

// err returns nil when there is none.
func (m mistakes) err() error {
	if len(m) == 0 {
		return nil
	}
	list := make([]Mistake, 0, len(m))
	for name, problem := range m {
		list = append(list, Mistake{Variable: full(name), Problem: problem})
	}
	slices.SortFunc(list, func(a, b Mistake) int { return cmp.Compare(a.Variable, b.Variable) })
	return &Error{Mistakes: list}
}
