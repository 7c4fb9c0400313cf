package discord

import (
	"strconv"
	"time"
)

// epoch is the first moment of 2015 in Unix milliseconds: an id counts from it in
// its upper 42 bits (docs, reference: snowflakes).
const epoch = 1420070400000

// isID reports whether a text can be an id of Discord's, and nothing else in a path.
func isID(id string) bool {
	if id == "" || len(id) > 20 {
		return false
	}
	_, err := strconv.ParseUint(id, 10, 64)
	return err == nil && id[0] != '+'
}

// snowflake is the least id of a moment.
func snowflake(at time.Time) string {
	return strconv.FormatUint(uint64(max(at.UnixMilli()-epoch, 0))<<22, 10)
}

// timeOf is when an id was given; the zero time for what is none.
func timeOf(id string) time.Time {
	n, err := strconv.ParseUint(id, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(int64(n>>22) + epoch)
}

// older reports whether an id was given before another one.
func older(id, than string) bool {
	if len(id) != len(than) {
		return len(id) < len(than)
	}
	return id < than
}

// before is the id just below.
func before(id string) string {
	n, _ := strconv.ParseUint(id, 10, 64)
	return strconv.FormatUint(max(n, 1)-1, 10)
}
