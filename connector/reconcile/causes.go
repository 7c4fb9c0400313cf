package reconcile

import (
	"slices"
	"strings"

	"roomkeeper/connector"
)

// What queues a run beside events; the words are shown to people.
const (
	causeSweep = "sweep"
	causeTime  = "time"
	causeSync  = "sync"
	causeOpen  = "open"
	causeDrift = "drift check"
	causeChat  = "chat "
	causeJoin  = "join"
	causeLeave = "leave"
	causeAdopt = "adopt"
	// causeRecover is the rebuilding of Groups from their channels.
	causeRecover = "recover"
)

// eventCause names an event of the CRM.
func eventCause(e connector.Event) []string {
	return connector.QueuedBy(string(e.Type) + " " + e.ID)
}

// byEvent reports whether more than the time or a Sweep brought a run about.
func byEvent(by string) bool { return by != "" && by != causeTime && by != causeSweep }

// askedFor reports whether somebody asked for a run, by its tags.
func askedFor(tags []string) bool {
	return slices.ContainsFunc(tags, func(tag string) bool {
		cause, known := connector.CauseOfTag(tag)
		return known && cause == causeSync
	})
}

// causesOf are the tags that say what queued a run; Sweeps are not handed on.
func causesOf(tags []string) []string {
	return slices.DeleteFunc(slices.Clone(tags), func(tag string) bool {
		_, cause := connector.CauseOfTag(tag)
		return !cause
	})
}

// maxCauses is how many causes of one run are named.
const maxCauses = 3

// broughtBy says what queued a run, by its tags: one event, or a few. That the time
// had come, and a Sweep, say less than an event, and are named where there is none.
// "" when nothing is known.
func broughtBy(tags []string) string {
	var events, others []string
	for _, tag := range slices.Sorted(slices.Values(tags)) {
		cause, known := connector.CauseOfTag(tag)
		if !known {
			cause = causeSweep
		}
		switch {
		case cause != causeTime && cause != causeSweep:
			events = append(events, cause)
		case !slices.Contains(others, cause):
			others = append(others, cause)
		}
	}
	if len(events) == 0 {
		events = others
	}
	if len(events) > maxCauses {
		return strings.Join(events[:maxCauses], ", ") + ", …"
	}
	return strings.Join(events, ", ")
}
