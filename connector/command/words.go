package command

import (
	"strings"

	"roomkeeper/connector"
)

// Verb is the first word of a command.
type Verb string

// The words that this version knows.
const (
	VerbHelp          Verb = "help"
	VerbOpen          Verb = "open"
	VerbDetails       Verb = "details"
	VerbMembers       Verb = "members"
	VerbWhy           Verb = "why"
	VerbStatus        Verb = "status"
	VerbSubscriptions Verb = "subscriptions"
	VerbSubscribe     Verb = "subscribe"
	VerbUnsubscribe   Verb = "unsubscribe"
	VerbSync          Verb = "sync"
	VerbJoin          Verb = "join"
	VerbLeave         Verb = "leave"
	VerbLink          Verb = "link"
	VerbUnlink        Verb = "unlink"
	VerbAdopt         Verb = "adopt"
)

// Verbs lists the known words in the order in which help shows them.
func Verbs() []Verb {
	return []Verb{
		VerbOpen, VerbDetails, VerbMembers, VerbWhy, VerbStatus, VerbSubscriptions,
		VerbSubscribe, VerbUnsubscribe, VerbSync, VerbJoin, VerbLeave, VerbLink, VerbUnlink, VerbAdopt, VerbHelp,
	}
}

// laterWords are words of the product that this version does not have.
func laterWords() []string {
	return []string{
		"mute", "unmute", "quiet", "own", "assistant", "unlink-record",
	}
}

// SyncMode is what a sync is asked to do.
type SyncMode string

// The modes of sync; SyncRun is the plain one.
const (
	SyncRun     SyncMode = "run"
	SyncDryRun  SyncMode = "--dry-run"
	SyncConfirm SyncMode = "confirm"
	SyncDismiss SyncMode = "dismiss"
)

// SyncModes lists what sync can be asked for besides running.
func SyncModes() []SyncMode { return []SyncMode{SyncDryRun, SyncConfirm, SyncDismiss} }

func syncModes() []string { return wordsOf(SyncModes()) }

func verbWords() []string { return wordsOf(Verbs()) }

func topicWords() []string { return wordsOf(connector.Topics()) }

func wordsOf[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, w := range list {
		out[i] = string(w)
	}
	return out
}

// find returns the word of list that equals word, case aside.
func find(word string, list []string) (string, bool) {
	for _, w := range list {
		if strings.EqualFold(w, word) {
			return w, true
		}
	}
	return "", false
}

// nearest returns the word of list that is at most two edits away, the
// nearest and first of them, or "".
func nearest(word string, list []string) string {
	best, at := "", 3
	for _, w := range list {
		if d := distance(strings.ToLower(word), strings.ToLower(w), at); d < at {
			best, at = w, d
		}
	}
	return best
}

// distance counts the edits between two words (insert, drop, replace one
// character); limit is returned for anything that is certainly not below it.
func distance(a, b string, limit int) int {
	x, y := []rune(a), []rune(b)
	if len(x)-len(y) >= limit || len(y)-len(x) >= limit {
		return limit
	}
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(x); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(y); j++ {
			change := diagonal
			if x[i-1] != y[j-1] {
				change++
			}
			diagonal = row[j]
			row[j] = min(change, row[j]+1, row[j-1]+1)
		}
	}
	return row[len(y)]
}
