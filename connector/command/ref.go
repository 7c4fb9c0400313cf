package command

import (
	"net/url"
	"strings"

	"roomkeeper/connector"
)

// record reads "", "<kind> <id>" or a link.
func (g grammar) record(verb Verb, words []string) (RecordRef, error) {
	switch {
	case len(words) == 0:
		return RecordRef{}, nil
	case isLink(words[0]):
		if len(words) > 1 {
			return RecordRef{}, &UsageError{Problem: ProblemExtra, Verb: verb, Got: words[1]}
		}
		return g.link(verb, words[0])
	}
	policy, ok := g.policies.Kind(words[0])
	if !ok {
		return RecordRef{}, g.unknownKind(verb, words[0])
	}
	switch {
	case len(words) == 1:
		return RecordRef{}, &UsageError{Problem: ProblemNoID, Verb: verb, Got: words[0]}
	case len(words) > 2:
		return RecordRef{}, &UsageError{Problem: ProblemExtra, Verb: verb, Got: words[2]}
	case !goodID(words[1]):
		return RecordRef{}, &UsageError{Problem: ProblemBadID, Verb: verb, Got: words[1]}
	}
	return RecordRef{Kind: policy.Kind, ID: strings.TrimSpace(words[1])}, nil
}

func (g grammar) unknownKind(verb Verb, word string) error {
	names := g.policies.Names()
	return &UsageError{Problem: ProblemKind, Verb: verb, Got: word, Nearest: nearest(word, names), Known: names}
}

func goodID(id string) bool { return connector.BadID(strings.TrimSpace(id)) == "" }

func isLink(word string) bool {
	word = strings.ToLower(strings.TrimPrefix(word, "<"))
	return strings.HasPrefix(word, "https://") || strings.HasPrefix(word, "http://")
}

// link reads a link to a Record: its path ends in /{kind}/{id}, or its query
// has kind and id.
func (g grammar) link(verb Verb, word string) (RecordRef, error) {
	u, err := url.Parse(unwrap(word))
	if err != nil {
		return RecordRef{}, &UsageError{Problem: ProblemLink, Verb: verb, Got: word}
	}
	if _, ok := find(u.Host, g.hosts); !ok {
		if _, ok := find(u.Hostname(), g.hosts); !ok {
			return RecordRef{}, &UsageError{Problem: ProblemHost, Verb: verb, Got: u.Host, Known: g.hosts}
		}
	}
	for _, pair := range [][2]string{pathEnd(u), {u.Query().Get("kind"), u.Query().Get("id")}} {
		if policy, ok := g.policies.Kind(pair[0]); ok && goodID(pair[1]) {
			return RecordRef{Kind: policy.Kind, ID: strings.TrimSpace(pair[1])}, nil
		}
	}
	return RecordRef{}, &UsageError{Problem: ProblemLink, Verb: verb, Got: word, Known: g.policies.Names()}
}

// unwrap takes off what chat platforms add: "<link|label>" and the escaped
// ampersand.
func unwrap(word string) string {
	if body, ok := strings.CutPrefix(word, "<"); ok {
		word, _, _ = strings.Cut(strings.TrimSuffix(body, ">"), "|")
	}
	return strings.ReplaceAll(word, "&amp;", "&")
}

func pathEnd(u *url.URL) [2]string {
	parts := strings.Split(strings.Trim(u.EscapedPath(), "/"), "/")
	if len(parts) < 2 {
		return [2]string{}
	}
	kind, errKind := url.PathUnescape(parts[len(parts)-2])
	id, errID := url.PathUnescape(parts[len(parts)-1])
	if errKind != nil || errID != nil {
		return [2]string{}
	}
	return [2]string{kind, id}
}
