package slack

import (
	"encoding/base64"
	"regexp"
	"slices"
	"strings"
)

// conversationsHistory pages back from the newest message. oldest and latest are exclusive unless "inclusive";
// replies in threads and what only one person sees are not part of it.
func (c *call) conversationsHistory() (answer, *refusal) {
	ch, no := c.channel("channel")
	if no != nil {
		return nil, no
	}
	if !ch.has(c.actor.ID) {
		return nil, refuse("not_in_channel")
	}
	span, no := c.span()
	if no != nil {
		return nil, no
	}
	messages := []answer{}
	next, more := "", false
	for _, m := range slices.Backward(ch.messages) {
		if m.EphemeralTo != "" || m.ThreadTS != "" && m.ThreadTS != m.TS && !m.Broadcast || !span.has(m.TS) {
			continue
		}
		if len(messages) == span.limit {
			more = true
			next = base64.StdEncoding.EncodeToString([]byte("next_ts:" + m.TS))
			break
		}
		messages = append(messages, c.messageObject(ch, m, c.args.flag("include_all_metadata")))
	}
	body := answer{"messages": messages, "has_more": more, "pin_count": len(ch.pins), "channel_actions_ts": nil, "channel_actions_count": 0}
	if more {
		body["response_metadata"] = answer{"next_cursor": next}
	}
	return body, nil
}

// span is the part of a history that a call asks for. Timestamps are compared as text: all have ten digits
// before the point until the year 2286.
type span struct {
	oldest, latest string // "": open
	inclusive      bool
	upTo           string // from the cursor, inclusive
	limit          int
}

func (s span) has(ts string) bool {
	if s.upTo != "" && ts > s.upTo {
		return false
	}
	if s.inclusive && (ts == s.oldest || ts == s.latest) {
		return true
	}
	return (s.oldest == "" || ts > s.oldest) && (s.latest == "" || ts < s.latest)
}

func (c *call) span() (span, *refusal) {
	s := span{inclusive: c.args.flag("inclusive")}
	var ok bool
	if s.limit, ok = c.args.number("limit", 100); !ok || s.limit < 0 || s.limit > 999 {
		return s, refuse("invalid_limit")
	}
	if s.limit == 0 {
		s.limit = 100
	}
	if s.oldest, ok = readTS(c.args["oldest"]); !ok {
		return s, refuse("invalid_ts_oldest")
	}
	if s.latest, ok = readTS(c.args["latest"]); !ok {
		return s, refuse("invalid_ts_latest")
	}
	if cursor := c.args["cursor"]; cursor != "" {
		text, err := base64.StdEncoding.DecodeString(cursor)
		if s.upTo, ok = strings.CutPrefix(string(text), "next_ts:"); err != nil || !ok {
			return s, refuse("invalid_cursor")
		}
	}
	return s, nil
}

// readTS brings a timestamp to the form that messages have: ten digits, a point, six digits. Empty stays empty.
func readTS(ts string) (string, bool) {
	if ts == "" {
		return "", true
	}
	if !regexp.MustCompile(`^\d{1,10}(\.\d{0,9})?$`).MatchString(ts) {
		return "", false
	}
	seconds, micros, _ := strings.Cut(ts, ".")
	return strings.Repeat("0", 10-len(seconds)) + seconds + "." + (micros + "000000")[:6], true
}
