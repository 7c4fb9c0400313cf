package slack

import (
	"math"
	"time"
)

// tier is a class of rate limit (docs.slack.dev/apis/web-api/rate-limits).
type tier int

const (
	tier2      tier = iota + 1 // 20 calls a minute
	tier3                      // 50 calls a minute
	tier4                      // 100 calls a minute
	special                    // 600 a minute: the budget of Slack's Java SDK for auth.test and chat.getPermalink
	perChannel                 // 1 a second in each channel, after a small burst
)

// postBurst is how many messages a channel takes at once before the rate of one a second applies. Slack allows
// bursts and publishes no figure.
const postBurst = 5

func (t tier) perMinute() int {
	switch t {
	case tier2:
		return 20
	case tier3:
		return 50
	case tier4:
		return 100
	case special:
		return 600
	case perChannel:
		return 60
	default:
		return 0
	}
}

// rateTiers counts calls in sliding windows of a minute, and messages in a bucket per channel. The owner's lock
// guards it.
type rateTiers struct {
	windows map[string][]time.Time
	buckets map[string]bucket
}

type bucket struct {
	level float64
	at    time.Time
}

func newRateTiers() *rateTiers {
	return &rateTiers{windows: map[string][]time.Time{}, buckets: map[string]bucket{}}
}

// take counts a call of a token. When the limit is reached it counts nothing and returns the whole seconds to
// wait, 1 at least.
func (l *rateTiers) take(name string, t tier, req request, now time.Time, factor float64) int {
	if t == perChannel {
		return l.takePost(req.token+" "+req.args["channel"], now, factor)
	}
	limit := max(1, int(float64(t.perMinute())*factor))
	key := req.token + " " + name
	window := l.windows[key]
	for len(window) > 0 && now.Sub(window[0]) >= time.Minute {
		window = window[1:]
	}
	if len(window) >= limit {
		l.windows[key] = window
		return wholeSeconds(time.Minute - now.Sub(window[len(window)-limit]))
	}
	l.windows[key] = append(window, now)
	return 0
}

func (l *rateTiers) takePost(key string, now time.Time, factor float64) int {
	b, known := l.buckets[key]
	if !known {
		b = bucket{level: postBurst}
	} else {
		b.level = math.Min(postBurst, b.level+now.Sub(b.at).Seconds()*factor)
	}
	b.at = now
	wait := 0
	if b.level < 1 {
		wait = wholeSeconds(time.Duration((1 - b.level) / factor * float64(time.Second)))
	} else {
		b.level--
	}
	l.buckets[key] = b
	return wait
}

func wholeSeconds(d time.Duration) int {
	return max(1, int(math.Ceil(d.Seconds())))
}
