package connector

import (
	"slices"
	"strings"
)

// QueuedByPrefix marks the tags of a Job that say what queued it; every other tag is
// the id of a Sweep.
const QueuedByPrefix = "by:"

// MaxQueuedBy is how many causes a key's tags have at most: those that came last,
// which is more than anybody is shown.
const MaxQueuedBy = 8

// CauseReplay is the cause of a run that was given up and is tried again.
const CauseReplay = "replay"

// maxCause bounds what is kept of one cause, in bytes: an event's id is as long
// as its sender likes.
const maxCause = 80

// QueuedBy are the Tags of a Job that an event, a person or the time queued; cause
// is shown to people who ask what brought about somebody's status.
func QueuedBy(cause string) []string {
	if len(cause) > maxCause {
		cause = strings.ToValidUTF8(cause[:maxCause], "")
	}
	return []string{QueuedByPrefix + cause}
}

// CauseOfTag returns what a tag of QueuedBy says; false for any other tag.
func CauseOfTag(tag string) (cause string, ok bool) { return strings.CutPrefix(tag, QueuedByPrefix) }

// MergeTags returns both, each tag once, in the order in which they came. Of causes
// only the last MaxQueuedBy stay; every other tag does, for somebody waits by it.
func MergeTags(have, more []string) []string {
	merged := make([]string, 0, len(have)+len(more))
	for _, tags := range [][]string{have, more} {
		for _, tag := range tags {
			if !slices.Contains(merged, tag) {
				merged = append(merged, tag)
			}
		}
	}
	causes := 0
	for i := len(merged) - 1; i >= 0; i-- {
		if _, cause := CauseOfTag(merged[i]); cause {
			if causes++; causes > MaxQueuedBy {
				merged = slices.Delete(merged, i, i+1)
			}
		}
	}
	return merged
}
