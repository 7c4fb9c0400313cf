package command

import "fmt"

// Problem says what is wrong with a command.
type Problem string

// What can be wrong with a command as it was typed.
const (
	ProblemWord     Problem = "unknown_word"
	ProblemLater    Problem = "later_version"
	ProblemQuote    Problem = "open_quote"
	ProblemNoRecord Problem = "no_record"
	ProblemNoPerson Problem = "no_person"
	ProblemKind     Problem = "unknown_kind"
	ProblemNoID     Problem = "no_id"
	ProblemBadID    Problem = "bad_id"
	ProblemExtra    Problem = "extra_word"
	ProblemHost     Problem = "unknown_host"
	ProblemLink     Problem = "link_without_record"
	ProblemOption   Problem = "unknown_option"
	ProblemTopic    Problem = "unknown_topic"
	ProblemFields   Problem = "fields_not_here"
	ProblemNoFields Problem = "no_fields"
	ProblemField    Problem = "unknown_field"
	ProblemOutside  Problem = "not_a_record_channel"
	ProblemNoUser   Problem = "no_user"
	ProblemBadUser  Problem = "bad_user"
	ProblemMention  Problem = "not_a_mention"
	ProblemBlanks   Problem = "name_without_quotes"
)

// UsageError is a command that was not understood; nothing was done. What a
// person is told of it is made in texts.go.
type UsageError struct {
	Problem Problem
	// Verb is the command whose shape and example are shown.
	Verb Verb
	// Got is the word at fault, Nearest the known word that it resembles
	// (empty: none), Known all that would have been right.
	Got, Nearest string
	Known        []string
}

func (e *UsageError) Error() string { return fmt.Sprintf("%s: %s %q", e.Verb, e.Problem, e.Got) }
