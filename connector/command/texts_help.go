package command

import (
	"fmt"
	"strings"
)

// shape is how a command is written, example one that works.
func (x texts) shape(v Verb) (shape, example, what string) {
	switch v {
	case VerbHelp:
		return "help [word]", "help sync", "This list, or more about one word."
	case VerbOpen:
		return "open <kind> <id> or open <link>", "open account 4", "Opens the record's channel, or makes it."
	case VerbDetails:
		return "details [record]", "details account 4", "What the record is."
	case VerbMembers:
		return "members [record]", "members account 4", "Who is in the channel, who should be, and why not."
	case VerbWhy:
		return "why @person [record]", "why @Ann", "Every path that leads from the record to a person."
	case VerbStatus:
		return "status [record]", "status account 4", "How the channel is; for an admin outside of a record's channel: the deployment."
	case VerbSubscriptions:
		return "subscriptions [record]", "subscriptions", "Which cards the channel gets."
	case VerbSubscribe:
		return "subscribe <topic>… [record] or subscribe all", "subscribe record_updated:amount,stage", "Turns cards on."
	case VerbUnsubscribe:
		return "unsubscribe <topic>… [record] or unsubscribe all", "unsubscribe sales_record", "Turns cards off."
	case VerbSync:
		return "sync [--dry-run] [record], sync confirm [record], sync dismiss [record]", "sync --dry-run", "Makes the channel agree with the record; shows the plan; confirms or dismisses a held one."
	case VerbJoin:
		return "join <kind> <id> or join <link>", "join account 4", "Lets you into the record's channel, if the CRM says that you belong."
	case VerbLeave:
		return "leave [record]", "leave", "Lets you out of the record's channel."
	case VerbLink:
		return "link or link @person <user id>", "link @Ann 17", "Says who you are in the CRM, and lets you say it; for an admin: says who somebody is."
	case VerbUnlink:
		return "unlink or unlink @person", "unlink", "Takes back what was said with link."
	case VerbAdopt:
		return "adopt <kind> <id> [own] or adopt <link> [own]", "adopt account 4", "Makes this channel the record's, after showing what that does; own: its team follows the record."
	}
	return string(v), string(v), ""
}

func (x texts) who(v Verb) string {
	switch v {
	case VerbHelp:
		return "everybody"
	case VerbOpen:
		return "the record's owner and team, admins"
	case VerbDetails, VerbMembers, VerbWhy, VerbStatus:
		return "members of the channel; elsewhere the record's owner and team, admins"
	case VerbSubscriptions:
		return "members of the channel, the record's owner, admins"
	case VerbSubscribe, VerbUnsubscribe:
		if x.everyone {
			return "members of the channel, the record's owner, admins"
		}
		return "the record's owner, admins"
	case VerbSync, VerbAdopt:
		return "the record's owner, admins"
	case VerbJoin:
		return "whoever the CRM lists for the record"
	case VerbLeave:
		return "members of the channel, whoever the CRM lists for the record"
	case VerbLink, VerbUnlink:
		return "everybody, for themselves; admins, for others"
	}
	return "nobody"
}

func (x texts) help(word Verb) string {
	if word != "" {
		shape, example, what := x.shape(word)
		out := fmt.Sprintf("%s %s\n%s\nFor: %s.\nExample: %s %s", x.cmd, shape, what, x.who(word), x.cmd, example)
		if word == VerbWhy {
			out += fmt.Sprintf("\nMention the person, or write @ and their name. A name with a space is put in quotes: %s why \"@First Last\".", x.cmd)
		}
		if word == VerbSubscribe || word == VerbUnsubscribe {
			out += "\nTopics: " + strings.Join(topicWords(), ", ") + ", custom:<name>."
		}
		return out
	}
	lines := []string{"Roomkeeper keeps the channel of a CRM record and the people in it. Only you see the answers."}
	for _, v := range Verbs() {
		shape, _, what := x.shape(v)
		lines = append(lines, fmt.Sprintf("• %s %s: %s", x.cmd, shape, what))
	}
	return strings.Join(append(lines, "[record] is nothing for the channel's own record, or <kind> <id>, or a link to the record. An id or a name with spaces is put in quotes."), "\n")
}

// usage tells what was wrong with a command, what was expected, and an example.
func (x texts) usage(e *UsageError) string {
	if e.Problem == ProblemLater {
		return fmt.Sprintf("This version of Roomkeeper does not have \"%s\" yet. Nothing was done; %s help lists what it has.", e.Got, x.cmd)
	}
	verb := e.Verb
	if e.Problem == ProblemWord && e.Nearest != "" {
		verb = Verb(e.Nearest)
	}
	shape, example, _ := x.shape(verb)
	out := x.problem(e)
	if e.Nearest != "" {
		out += fmt.Sprintf(" Did you mean \"%s\"?", e.Nearest)
	}
	return fmt.Sprintf("%s Nothing was done.\nExpected: %s %s\nExample: %s %s", out, x.cmd, shape, x.cmd, example)
}

func (x texts) problem(e *UsageError) string {
	got := oneLine(e.Got, nameLimit)
	known := strings.Join(e.Known, ", ")
	switch e.Problem {
	case ProblemWord:
		return x.unknown("There is no command", got, e, known)
	case ProblemKind:
		return fmt.Sprintf("\"%s\" is not a kind of record in use; in use are %s.", got, known)
	case ProblemOption:
		return x.unknown("sync does not know", got, e, known)
	case ProblemTopic:
		return x.unknown("There is no topic", got, e, known+", custom:<name>")
	case ProblemField:
		if known == "" {
			return "No field of this kind may be shown, so there is none to filter by."
		}
		return x.unknown("Cards do not show a field", got, e, known)
	case ProblemQuote:
		return "A quotation mark is left open."
	case ProblemNoRecord:
		return "Which record?"
	case ProblemNoPerson:
		if e.Verb == VerbLink || e.Verb == VerbUnlink {
			return "Which person? Mention them, by choosing them from the list; without anybody it is about you."
		}
		return "Which person? Mention them, or write @ and their name."
	case ProblemBlanks:
		return fmt.Sprintf("A name with a space is put in quotes: %s %s \"@%s\".", x.cmd, e.Verb, got)
	case ProblemNoID:
		return fmt.Sprintf("The id is missing after \"%s\".", got)
	case ProblemBadID:
		return "That is not an id of a record."
	case ProblemExtra:
		return fmt.Sprintf("\"%s\" is one word too many. An id with spaces is put in quotes.", got)
	case ProblemHost:
		if known == "" {
			return "Links are not set up here; name the record by kind and id."
		}
		return fmt.Sprintf("Links to \"%s\" do not name records; links to %s do.", got, known)
	case ProblemLink:
		return "That link does not name a record: it should end in /<kind>/<id> or have ?kind=…&id=…."
	case ProblemFields:
		return "record_updated is turned off as a whole; its fields are chosen with subscribe."
	case ProblemNoFields:
		return "Which fields? Write their keys after the colon, with commas between them."
	case ProblemNoUser:
		return "Which user of the CRM? Write the id after the person."
	case ProblemBadUser:
		return "That is not an id of a user."
	case ProblemMention:
		return fmt.Sprintf("Which account \"@%s\" is cannot be told from a name; mention the person, by choosing them from the list.", got)
	case ProblemOutside:
		return "This channel belongs to no record; name the record."
	case ProblemLater:
	}
	return "That was not understood."
}

// unknown lists what is known only when nothing near is suggested.
func (x texts) unknown(what, got string, e *UsageError, known string) string {
	if e.Nearest != "" {
		return fmt.Sprintf("%s \"%s\".", what, got)
	}
	return fmt.Sprintf("%s \"%s\"; known are %s.", what, got, known)
}
