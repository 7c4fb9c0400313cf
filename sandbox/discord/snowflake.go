package discord

import (
	"cmp"
	"strconv"
	"time"
)

// discordEpoch is the first millisecond of 2015, from which snowflakes count (docs, reference: snowflakes).
const discordEpoch = 1_420_070_400_000

// nextID makes a snowflake of the present time, greater than every one before. The caller holds mu.
func (g *Guild) nextID() string {
	g.lastID = max(g.lastID+1, snowflakeAt(g.now()))
	return strconv.FormatUint(g.lastID, 10)
}

// snowflakeAt is the smallest snowflake of a moment.
func snowflakeAt(t time.Time) uint64 {
	return uint64(max(0, t.UnixMilli()-discordEpoch)) << 22
}

// snowflakeTime is the moment at which a snowflake was made; the zero time for what is none.
func snowflakeTime(id string) time.Time {
	n, ok := snowflake(id)
	if !ok {
		return time.Time{}
	}
	return time.UnixMilli(int64(n>>22) + discordEpoch).UTC()
}

// snowflake reads an id. False: it is none.
func snowflake(id string) (uint64, bool) {
	n, err := strconv.ParseUint(id, 10, 63)
	return n, err == nil && n > 0
}

// stamp is a moment as the API writes it.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000-07:00") }

// compareIDs orders snowflakes by time.
func compareIDs(a, b string) int {
	x, _ := snowflake(a)
	y, _ := snowflake(b)
	return cmp.Compare(x, y)
}
