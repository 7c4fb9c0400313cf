package command

import (
	"strings"

	"roomkeeper/connector"
)

// link reads "" or "@person <user id>" after link, "" or "@person" after unlink.
func (inv *Invocation) link(rest []string) error {
	if len(rest) == 0 {
		return nil
	}
	who, ok := person(rest[0])
	if !ok {
		return &UsageError{Problem: ProblemNoPerson, Verb: inv.Verb}
	}
	inv.Person, rest = who, rest[1:]
	if inv.Verb == VerbLink {
		if len(rest) == 0 {
			return &UsageError{Problem: ProblemNoUser, Verb: inv.Verb}
		}
		id := strings.TrimSpace(rest[0])
		if connector.BadID(id) != "" {
			return &UsageError{Problem: ProblemBadUser, Verb: inv.Verb, Got: rest[0]}
		}
		inv.User, rest = connector.UserID(id), rest[1:]
	}
	if len(rest) > 0 {
		return &UsageError{Problem: ProblemExtra, Verb: inv.Verb, Got: rest[0]}
	}
	return nil
}
