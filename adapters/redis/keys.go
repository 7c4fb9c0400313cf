package redis

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
	"time"

	"roomkeeper/connector"
)

// place is where keys lie together: all keys of a place have one hash tag, so
// that one script may use them. Its values are written in one format.
type place struct {
	base   string
	format byte
}

func (p place) key(name string) string { return p.base + name }

// Keys of every place. The first seven are the queue's, in the order of
// scripts/queue.lua; the deployment's place uses the sequence only.
const (
	keySeq     = "seq"     // number: the place's sequence
	keyReady   = "ready"   // stream: due jobs
	keyUrgent  = "urgent"  // stream: due jobs that a person waits for
	keyDelayed = "delayed" // sorted set: job by due time
	keyDue     = "due"     // sorted set: due job by due time
	keyRunning = "running" // hash: job → token
	keyJobs    = "jobs"    // hash: job → record
)

// Keys of a shard.
const (
	keyGroup      = "group:"     // + group; hash of the Group's fields below
	keyOutbox     = "outbox:"    // + group; sorted set: number:notice by number
	keyLedger     = "ledger:"    // + group; hash: card → entry
	keyIndex      = "index"      // sorted set of one rank: what is looked up, then the group
	keySeen       = "seen"       // sorted set: identity by time of acceptance
	keyLedgerAges = "ledgerages" // sorted set: group, card by age
	keyBucket     = "bucket:"    // + name; hash: a rate bucket (scripts/limit.lua)
	keyFacts      = "facts"      // hash: record → Facts without Users
	keyDead       = "dead"       // hash: letter → its time and the letter
	keyDeadIndex  = "deadindex"  // sorted set of one rank: time, letter
)

// Fields of a Group's hash.
const (
	fieldGroup        = "group"
	fieldRevision     = "revision" // there is a Group if there is this field
	fieldTouched      = "touched"  // time of the last touch
	fieldReading      = "reading"
	fieldSubscription = "subscription"
)

// Keys of the deployment.
const (
	keyMeta        = "meta"        // hash: schema, shards, deployment
	keyPing        = "ping"        // text: the last Ping
	keyPeople      = "people"      // hash: user → Person
	keyPeopleIndex = "peopleindex" // sorted set of one rank: users; members, then the user
	keyFactUsers   = "factusers"   // hash: user → HeldFactUser
	keyNames       = "names"       // hash: platform, name → group
	keyAnswers     = "answers"     // hash: request → answer
	keyAnswerAges  = "answerages"  // sorted set: request by time
	keyMarks       = "marks"       // hash: name → value
	keySweeps      = "sweeps"      // hash: sweep → Sweep
	keyListing     = "listing"     // sorted set: sweeps that are open
	keySweepAges   = "sweepages"   // sorted set: ended sweep by time
	keyClaims      = "claims"      // sorted set: claim by the time when it is forgotten
)

// tagDeployment is the hash tag of what belongs to the deployment.
const tagDeployment = "all"

// layout is where the data of a checked server lies.
type layout struct {
	deployment place
	shards     []place
}

func newLayout(prefix string, shards int) *layout {
	l := &layout{deployment: placeOf(prefix, tagDeployment)}
	for i := range shards {
		// Single hexadecimal digits spread sixteen shards evenly over three nodes.
		l.shards = append(l.shards, placeOf(prefix, strconv.FormatInt(int64(i), 16)))
	}
	return l
}

func placeOf(prefix, tag string) place {
	return place{base: prefix + ":{" + tag + "}:", format: formatVersion}
}

// shard is where what a text names lies; the choice is for ever.
func (l *layout) shard(of string) place {
	h := fnv.New32a()
	_, _ = h.Write([]byte(of)) // never fails
	return l.shards[h.Sum32()%uint32(len(l.shards))]
}

func (l *layout) group(id connector.GroupID) place { return l.shard(string(id)) }

func (l *layout) record(key connector.RecordKey) place { return l.shard(recordName(key)) }

// keyOf joins the parts of a key so that no two lists of parts give the same
// key, and the parts before any one of them are a prefix.
func keyOf(parts ...string) string {
	var key strings.Builder
	for _, part := range parts {
		key.WriteString(strings.ReplaceAll(part, "\x00", "\x00\xff"))
		key.WriteString("\x00\x01")
	}
	return key.String()
}

// partsOf splits what keyOf joined.
func partsOf(key string) []string {
	parts := strings.Split(strings.TrimSuffix(key, "\x00\x01"), "\x00\x01")
	for i := range parts {
		parts[i] = strings.ReplaceAll(parts[i], "\x00\xff", "\x00")
	}
	return parts
}

func recordName(key connector.RecordKey) string { return keyOf(key.CRM, string(key.Kind), key.ID) }

// jobName names a job within its shard.
func jobName(key connector.JobKey) string { return string(key.Lane) + "/" + string(key.Group) }

func parseJob(name string) (connector.JobKey, error) {
	lane, group, ok := strings.Cut(name, "/")
	if !ok {
		return connector.JobKey{}, fmt.Errorf("%w: job %q", errFormat, name)
	}
	return connector.JobKey{Lane: connector.Lane(lane), Group: connector.GroupID(group)}, nil
}

// timeWidth is the length of a timeKey.
const timeWidth = 30

// timeKey is t as text that sorts by time.
func timeKey(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000000Z") }

func parseTimeKey(text string) (time.Time, error) {
	return time.Parse("2006-01-02T15:04:05.000000000Z", text)
}

// micros is t in µs, the unit of the scripts.
func micros(t time.Time) string { return strconv.FormatInt(t.UnixMicro(), 10) }

func parseMicros(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	// Sorted sets give scores as floating-point numbers: exact, but perhaps written with an exponent.
	score, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("%w: time %q", errFormat, text)
	}
	return time.UnixMicro(int64(score)).UTC(), nil
}
