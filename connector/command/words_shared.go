package command

import (
	"time"

	"roomkeeper/connector"
)

// The words of answers, for what is told outside of them.

// HoldWords says why removals are held, as the end of a sentence.
func HoldWords(r connector.HoldReason) string { return holdWords(r) }

// ReasonWords says why somebody is pending, as the end of a sentence.
func ReasonWords(r connector.PendingReason) string { return reasonWords(r) }

// ReasonRemedy says what can be done about it, in whole sentences.
func ReasonRemedy(r connector.PendingReason) string { return reasonRemedy(r) }

// NameOf is what somebody is called in one line: a name, or else an id.
func NameOf(m connector.Membership) string { return name(m) }

// Line is a text of the CRM's on one line, cut to what a name may take.
func Line(text string) string { return oneLine(text, nameLimit) }

// WhyHeld says why a hold keeps people from being removed, as the end of a sentence.
func WhyHeld(hold connector.Hold) string { return whyHeld(hold) }

// When writes a time as answers do; the zero time is "never".
func When(t time.Time) string { return when(t) }

// Count is a number with what is counted: "1 channel", "2 channels".
func Count(n int, one, many string) string { return plural(n, one, many) }
