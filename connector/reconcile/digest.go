package reconcile

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"roomkeeper/connector"
)

// digestOf covers what of a reading can change a channel. Versions and times
// are left out: they say when, not what.
func digestOf(read connector.RecordTeam) string {
	record := read.Record
	record.ModifiedAt, record.TeamVersion = time.Time{}, ""
	entries := slices.Clone(read.Team.Entries)
	slices.SortFunc(entries, func(a, b connector.Entry) int {
		return strings.Compare(entryKey(a), entryKey(b))
	})
	h := sha256.New()
	enc := json.NewEncoder(h)
	// Encoding to a hash cannot fail for these plain types.
	_ = enc.Encode(record)
	_ = enc.Encode(entries)
	return hex.EncodeToString(h.Sum(nil)[:16])
}

func entryKey(e connector.Entry) string {
	return string(e.Principal.Type) + "\x00" + e.Principal.ID + "\x00" + e.Role + "\x00" + e.Access
}

// readingOf is what is remembered of a reading that was applied at a time.
func readingOf(read connector.RecordTeam, at time.Time) connector.Reading {
	version := read.Team.Version
	if version == "" {
		version = read.Record.TeamVersion
	}
	return connector.Reading{At: at, Digest: digestOf(read), ModifiedAt: read.Record.ModifiedAt, TeamVersion: version}
}

// outdated reports whether a pulled reading is older than the last one that
// was applied; such a one is not applied.
func outdated(read connector.RecordTeam, last connector.Reading) bool {
	if m := read.Record.ModifiedAt; !m.IsZero() && !last.ModifiedAt.IsZero() && m.Before(last.ModifiedAt) {
		return true
	}
	now := readingOf(read, time.Time{})
	return now.TeamVersion.Older(last.TeamVersion)
}
