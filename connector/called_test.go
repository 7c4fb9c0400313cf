package connector_test

import (
	"testing"

	"roomkeeper/connector"
)

func TestNamesAsPeopleTypeThem(t *testing.T) {
	for _, c := range []struct {
		name, typed         string
		same, starts, hints bool
	}{
		{"Zoë Campbell", "zoë campbell", true, true, true},
		{"Zoë Campbell", "Zoe\u0308", false, true, true},
		{"Zoe\u0308 Campbell", "Zoë  Campbell", true, true, true},
		{"Zoë Campbell", "zoe", false, true, true},
		{"Jörg Müller", "Jo\u0308rg Mu\u0308ller", true, true, true},
		{"Jörg Müller", "joerg", false, true, true},
		{"Samuel Adeyemi", "Sam", false, false, true},
		{"Samuel Adeyemi", "ade", false, false, true},
		{"Samuel Adeyemi", "samuel ad", false, false, true},
		{"Samuel Adeyemi", "s", false, false, false},
		{"Samuel Adeyemi", "muel", false, false, false},
		{"田中 愛子", "田中", false, true, true},
		{"Александр Котов", "александр", false, true, true},
		{"", "", false, false, false},
		{"\u0301", "\u0301", false, false, false},
	} {
		if got := connector.SameName(c.name, c.typed); got != c.same {
			t.Errorf("%q and %q are the same: %t", c.name, c.typed, got)
		}
		if got := connector.StartsName(c.name, c.typed); got != c.starts {
			t.Errorf("%q starts with %q: %t", c.name, c.typed, got)
		}
		if got := connector.HintsAtName(c.name, c.typed); got != c.hints {
			t.Errorf("%q hints at %q: %t", c.typed, c.name, got)
		}
	}
}
