package connector

import "strings"

// queuedByPrefix marks the tags of a Job that say what queued it; every other tag is
// the id of a Sweep.
const queuedByPrefix = "by:"

// maxQueuedBy bounds what is kept of one cause, in bytes: an event's id is as long
// as its sender likes.
const maxQueuedBy = 80

// QueuedBy are the Tags of a Job that an event, a person or the time queued; cause
// is shown to people who ask what brought about somebody's status.
func QueuedBy(cause string) []string {
	if len(cause) > maxQueuedBy {
		cause = strings.ToValidUTF8(cause[:maxQueuedBy], "")
	}
	return []string{queuedByPrefix + cause}
}

// CauseOfTag returns what a tag of QueuedBy says; false for any other tag.
func CauseOfTag(tag string) (cause string, ok bool) { return strings.CutPrefix(tag, queuedByPrefix) }
