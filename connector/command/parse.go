package command

import (
	"slices"
	"strings"

	"roomkeeper/connector"
)

// Invocation is a command that was understood.
type Invocation struct {
	Verb Verb
	// Word is what help is asked about; empty: everything.
	Word Verb
	// Record is zero for the channel's own Record.
	Record RecordRef
	// Person is whom why asks about, or who is linked or unlinked; zero: oneself.
	Person PersonRef
	// User is whom link links the Person with.
	User connector.UserID
	Mode SyncMode
	// Own: adopt makes those Owned who are in the channel and on the team.
	Own bool
	// Topics are what subscribe and unsubscribe name; All stands for all of them.
	Topics []connector.Topic
	All    bool
	// Fields is the filter given with record_updated; empty: any field.
	Fields []string
}

// RecordRef names a Record of a kind in use.
type RecordRef struct {
	Kind connector.Kind
	ID   string
}

// IsZero reports whether no Record was named.
func (r RecordRef) IsZero() bool { return r == RecordRef{} }

// PersonRef names a person by a mention (Member, and perhaps Name) or by
// name alone.
type PersonRef struct {
	Member connector.MemberID
	Name   string
}

// grammar is what parsing depends on.
type grammar struct {
	policies connector.Policies
	hosts    []string
}

// parse reads a command. It has no side effects; every error is a *UsageError.
func (g grammar) parse(text string) (Invocation, error) {
	words, ok := split(text)
	if !ok {
		return Invocation{}, &UsageError{Problem: ProblemQuote, Verb: VerbHelp}
	}
	if len(words) == 0 {
		return Invocation{Verb: VerbHelp}, nil
	}
	verb, err := verbOf(words[0])
	if err != nil {
		return Invocation{}, err
	}
	inv := Invocation{Verb: verb}
	rest := words[1:]
	switch verb {
	case VerbHelp:
		err = inv.help(rest)
	case VerbOpen, VerbAdopt:
		if verb == VerbAdopt {
			inv.Own, rest = cutOwn(rest)
		}
		inv.Record, err = g.record(verb, rest)
		if err == nil && inv.Record.IsZero() {
			err = &UsageError{Problem: ProblemNoRecord, Verb: verb}
		}
	case VerbWhy:
		if len(rest) > 0 {
			inv.Person, ok = person(rest[0])
		}
		if inv.Person == (PersonRef{}) || !ok {
			return Invocation{}, &UsageError{Problem: ProblemNoPerson, Verb: verb}
		}
		if err = g.nameWithBlanks(inv.Person, verb, rest); err == nil {
			inv.Record, err = g.record(verb, rest[1:])
		}
	case VerbSync:
		err = g.sync(&inv, rest)
	case VerbSubscribe, VerbUnsubscribe:
		err = g.topics(&inv, rest)
	case VerbLink, VerbUnlink:
		err = inv.link(rest)
	case VerbDetails, VerbMembers, VerbStatus, VerbSubscriptions, VerbJoin, VerbLeave:
		inv.Record, err = g.record(verb, rest)
	}
	if err != nil {
		return Invocation{}, err
	}
	return inv, nil
}

// cutOwn takes "own" off the end, where it follows a Record: a Record may be called so.
func cutOwn(words []string) (own bool, rest []string) {
	n := len(words)
	if n == 0 || !strings.EqualFold(words[n-1], "own") || n < 3 && !isLink(words[0]) {
		return false, words
	}
	return true, words[:n-1]
}

func verbOf(word string) (Verb, error) {
	if w, ok := find(word, verbWords()); ok {
		return Verb(w), nil
	}
	if w, ok := find(word, laterWords()); ok {
		return "", &UsageError{Problem: ProblemLater, Got: w, Verb: VerbHelp}
	}
	return "", &UsageError{
		Problem: ProblemWord, Verb: VerbHelp, Got: word,
		Nearest: nearest(word, verbWords()), Known: verbWords(),
	}
}

func (inv *Invocation) help(rest []string) error {
	if len(rest) == 0 {
		return nil
	}
	verb, err := verbOf(rest[0])
	if err != nil {
		return err
	}
	inv.Word = verb
	return nil
}

func (g grammar) sync(inv *Invocation, rest []string) error {
	inv.Mode = SyncRun
	if len(rest) > 0 {
		if mode, ok := syncMode(rest[0]); ok {
			inv.Mode, rest = mode, rest[1:]
		} else if mode, ok := syncMode(rest[len(rest)-1]); ok && mode == SyncDryRun {
			inv.Mode, rest = mode, rest[:len(rest)-1]
		} else if err := g.notAMode(rest); err != nil {
			return err
		}
	}
	var err error
	inv.Record, err = g.record(inv.Verb, rest)
	return err
}

func syncMode(word string) (SyncMode, bool) {
	mode, ok := find(option(word), syncModes())
	return SyncMode(mode), ok
}

// option undoes what phones make of two hyphens, and forgives missing ones.
func option(word string) string {
	bare := strings.TrimLeft(word, "-—–")
	if bare != word || strings.EqualFold(bare, "dry-run") {
		return "--" + bare
	}
	return word
}

// notAMode complains of words that can only be a misspelt mode.
func (g grammar) notAMode(rest []string) error {
	if _, isKind := g.policies.Kind(rest[0]); isKind || isLink(rest[0]) {
		return nil
	}
	near := nearest(option(rest[0]), syncModes())
	if near == "" && !strings.HasPrefix(option(rest[0]), "--") {
		return nil
	}
	return &UsageError{Problem: ProblemOption, Verb: VerbSync, Got: rest[0], Nearest: near, Known: syncModes()}
}

// topics reads "<topic>… [record]". Words that are all Topics are Topics,
// also where a kind has a Topic's name.
func (g grammar) topics(inv *Invocation, rest []string) error {
	if slices.ContainsFunc(rest, func(w string) bool { return strings.EqualFold(w, "if") }) {
		return &UsageError{Problem: ProblemLater, Got: string(inv.Verb) + " … if", Verb: inv.Verb}
	}
	names, record := g.cutRecord(rest)
	var err error
	if inv.Record, err = g.record(inv.Verb, record); err != nil {
		return err
	}
	for _, word := range names {
		if err := inv.addTopic(word); err != nil {
			return err
		}
	}
	return nil
}

func (g grammar) cutRecord(words []string) (topics, record []string) {
	n := len(words)
	if n > 0 && isLink(words[n-1]) {
		return words[:n-1], words[n-1:]
	}
	if n < 2 || !slices.ContainsFunc(words, func(w string) bool { return !isTopic(w) }) {
		return words, nil
	}
	if _, ok := g.policies.Kind(words[n-2]); ok {
		return words[:n-2], words[n-2:]
	}
	return words, nil
}

func isTopic(word string) bool {
	inv := Invocation{Verb: VerbSubscribe}
	return inv.addTopic(word) == nil
}

// addTopic takes one word: "all", a Topic, several with commas between them,
// or "record_updated:" with field keys. Names of custom Topics and field keys
// keep their case, for they are the CRM's.
func (inv *Invocation) addTopic(word string) error {
	name, tail, colon := strings.Cut(word, ":")
	switch {
	case colon && strings.EqualFold(name+":", connector.CustomPrefix) && tail != "":
		inv.put(connector.Topic(connector.CustomPrefix + tail))
		return nil
	case colon && strings.EqualFold(name, string(connector.TopicRecordUpdated)):
		return inv.addFields(tail)
	case colon:
		return inv.unknownTopic(word)
	}
	for name := range strings.SplitSeq(word, ",") {
		if name == "" {
			continue
		}
		if strings.EqualFold(name, "all") {
			inv.All = true
			continue
		}
		topic, ok := find(name, topicWords())
		if !ok {
			return inv.unknownTopic(name)
		}
		inv.put(connector.Topic(topic))
	}
	return nil
}

func (inv *Invocation) addFields(list string) error {
	if inv.Verb == VerbUnsubscribe {
		return &UsageError{Problem: ProblemFields, Verb: inv.Verb, Got: list}
	}
	fields := slices.DeleteFunc(strings.Split(list, ","), func(f string) bool { return f == "" })
	if len(fields) == 0 {
		return &UsageError{Problem: ProblemNoFields, Verb: inv.Verb}
	}
	inv.put(connector.TopicRecordUpdated)
	for _, f := range fields {
		if !slices.Contains(inv.Fields, f) {
			inv.Fields = append(inv.Fields, f)
		}
	}
	return nil
}

func (inv *Invocation) put(t connector.Topic) {
	if !slices.Contains(inv.Topics, t) {
		inv.Topics = append(inv.Topics, t)
	}
}

func (inv *Invocation) unknownTopic(word string) error {
	known := append(topicWords(), "all")
	return &UsageError{Problem: ProblemTopic, Verb: inv.Verb, Got: word, Nearest: nearest(word, known), Known: known}
}

// nameWithBlanks complains of a name of several words without quotes: what follows a
// person is a Record, and a word that resembles a kind is a misspelt one.
func (g grammar) nameWithBlanks(who PersonRef, verb Verb, words []string) error {
	if who.Member != "" || len(words) < 2 || isLink(words[1]) || nearest(words[1], g.policies.Names()) != "" {
		return nil
	}
	name := []string{who.Name}
	for _, word := range words[1:] {
		if _, isKind := g.policies.Kind(word); isKind || isLink(word) {
			break
		}
		name = append(name, word)
	}
	if len(name) == 1 {
		return nil
	}
	return &UsageError{Problem: ProblemBlanks, Verb: verb, Got: strings.Join(name, " ")}
}

// person reads "<@U123>", "<@U123|name>", "<@!123>" or "@name".
func person(word string) (PersonRef, bool) {
	if body, ok := strings.CutPrefix(word, "<@"); ok {
		body, ok = strings.CutSuffix(body, ">")
		id, name, _ := strings.Cut(strings.TrimPrefix(body, "!"), "|")
		return PersonRef{Member: connector.MemberID(id), Name: strings.TrimSpace(name)}, ok && id != ""
	}
	name, ok := strings.CutPrefix(word, "@")
	name = strings.TrimSpace(name)
	return PersonRef{Name: name}, ok && name != ""
}
