package discord

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"roomkeeper/sandbox/internal/stage"
)

// rate is what a bucket lets through in a window. Discord publishes no figures and asks to read the headers (docs,
// topics/rate-limits); those below are what libraries' users have observed where a comment says so, else assumed.
type rate struct {
	limit  int
	window time.Duration
}

func rates(bucket string) rate {
	switch bucket {
	case "create message", "edit message", "delete message":
		return rate{5, 5 * time.Second} // observed: discord-api-docs issues 981 and 1442
	case "channel":
		return rate{10, 15 * time.Second} // observed for other changes than name and topic: discord-api-docs issue 2190
	case "permissions":
		return rate{10, 15 * time.Second} // assumed to be that of "channel"
	case "create channel":
		return rate{10, 10 * time.Second} // assumed
	case "threads", "thread members":
		return rate{10, 10 * time.Second} // assumed
	case "pins":
		return rate{5, 4 * time.Second} // assumed
	case "members":
		return rate{10, 10 * time.Second} // assumed
	case "commands":
		return rate{5, 20 * time.Second} // assumed
	default:
		return rate{30, 10 * time.Second} // assumed
	}
}

// Limits of the whole API (docs, topics/rate-limits).
const (
	globalLimit   = 50     // requests a second of a bot
	invalidLimit  = 10_000 // answers of 401, 403 and 429 in invalidWindow
	invalidWindow = 10 * time.Minute
	banTime       = time.Hour // docs: "temporarily"; this figure is the sandbox's choice
	renameLimit   = 2         // changes of name or topic in renameWindow, undocumented: discord-api-docs issue 2190, JDA issue 1306
	renameWindow  = 10 * time.Minute
)

// Invalid counts the answers that Discord counts against an address: 401, 403 and 429 without shared limits.
type Invalid struct {
	Total    int         `json:"total"`  // since the start
	Recent   int         `json:"recent"` // in the last 10 minutes
	ByStatus map[int]int `json:"by_status"`
	Banned   bool        `json:"banned"` // every request is answered by Cloudflare's error 1015
}

// rateLimits counts calls in windows that begin with their first call. The owner's lock guards it.
type rateLimits struct {
	salt     string             // of the hashes of buckets, which no client may know beforehand
	buckets  map[string]*window // bucket and major parameter → window
	global   window
	invalid  []time.Time // within invalidWindow
	total    int
	byStatus map[int]int
	banUntil time.Time
}

type window struct {
	ends time.Time
	used int
}

func newRateLimits() *rateLimits {
	return &rateLimits{salt: unguessable(), buckets: map[string]*window{}, byStatus: map[int]int{}}
}

// take counts one call; when the limit is reached it counts nothing and says so.
func (w *window) take(r rate, now time.Time) bool {
	if !now.Before(w.ends) {
		w.ends, w.used = now.Add(r.window), 0
	}
	if w.used >= r.limit {
		return false
	}
	w.used++
	return true
}

// take counts a call at its limits: the headers of the answer, or the answer when a limit is reached.
func (c *call) take() (http.Header, *reply) {
	name := c.route.bucket
	if name == "" {
		name = c.route.name()
	}
	r, now := rates(name), c.now()
	switch {
	case !c.settings.Limits && c.settings.NoRates:
		return http.Header{}, nil
	case !c.settings.Limits:
		return c.limits.headers(name, r, r.limit-1, now.Add(r.window), now), nil
	}
	if c.route.access != openAccess && !c.limits.global.take(rate{globalLimit, time.Second}, now) {
		out := limited(c.limits.global.ends.Sub(now), "global")
		return nil, &out
	}
	key := name
	for _, major := range []string{"guild", "channel", "webhook", "token"} {
		key += ":" + c.vars[major]
	}
	w := c.limits.buckets[key]
	if w == nil {
		w = &window{}
		c.limits.buckets[key] = w
	}
	if !w.take(r, now) {
		out := limited(w.ends.Sub(now), "user")
		for key, values := range c.limits.headers(name, r, 0, w.ends, now) {
			out.header[key] = values
		}
		return nil, &out
	}
	return c.limits.headers(name, r, r.limit-w.used, w.ends, now), nil
}

func (l *rateLimits) headers(bucket string, r rate, left int, ends, now time.Time) http.Header {
	hash := sha256.Sum256([]byte(l.salt + bucket))
	header := http.Header{}
	header.Set("X-RateLimit-Limit", strconv.Itoa(r.limit))
	header.Set("X-RateLimit-Remaining", strconv.Itoa(left))
	header.Set("X-RateLimit-Reset", fmt.Sprintf("%.3f", float64(ends.UnixMilli())/1000))
	header.Set("X-RateLimit-Reset-After", fmt.Sprintf("%.3f", ends.Sub(now).Seconds()))
	header.Set("X-RateLimit-Bucket", hex.EncodeToString(hash[:16]))
	return header
}

// limited is the answer of a rate limit.
func limited(wait time.Duration, scope string) reply {
	header := http.Header{}
	header.Set("X-RateLimit-Scope", scope)
	if scope == "global" {
		header.Set("X-RateLimit-Global", "true")
	}
	return reply{status: http.StatusTooManyRequests, header: header, retryAfter: wholeSeconds(wait), free: scope == "shared",
		body: stage.Encode(answer{"message": "You are being rate limited.", "retry_after": wait.Seconds(), "global": scope == "global"})}
}

// hidden is the refusal of one more change of a channel's name or topic, or nil. The ordinary headers say nothing
// about this limit. The caller has made sure that something changes, and calls renamed after it did.
func (c *call) hidden(ch *channel) *refusal {
	now := c.now()
	for len(ch.renames) > 0 && now.Sub(ch.renames[0]) >= renameWindow {
		ch.renames = ch.renames[1:]
	}
	if !c.settings.Limits || len(ch.renames) < renameLimit {
		return nil
	}
	return &refusal{status: http.StatusTooManyRequests, message: "You are being rate limited.",
		wait: ch.renames[len(ch.renames)-renameLimit].Add(renameWindow).Sub(now)}
}

// countInvalid counts an answer against the budget of invalid requests.
func (g *Guild) countInvalid(out reply) {
	if out.free || out.status != http.StatusUnauthorized && out.status != http.StatusForbidden && out.status != http.StatusTooManyRequests {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	l, now := g.limits, g.now()
	l.forget(now)
	l.invalid = append(l.invalid, now)
	l.total++
	l.byStatus[out.status]++
	if g.settings.Limits && len(l.invalid) >= invalidLimit {
		l.banUntil, l.invalid = now.Add(banTime), nil
	}
}

func (l *rateLimits) forget(now time.Time) {
	for len(l.invalid) > 0 && now.Sub(l.invalid[0]) >= invalidWindow {
		l.invalid = l.invalid[1:]
	}
}

// banned is Cloudflare's answer to an address that used up its budget.
func (l *rateLimits) banned(now time.Time) (reply, bool) {
	if !now.Before(l.banUntil) {
		return reply{}, false
	}
	return reply{status: http.StatusTooManyRequests, free: true, retryAfter: wholeSeconds(l.banUntil.Sub(now)),
		body: []byte("<!DOCTYPE html><html><head><title>Access denied | discord.com used Cloudflare to restrict access</title></head>" +
			"<body>Error 1015: you are being rate limited</body></html>")}, true
}

func (g *Guild) invalidState() Invalid {
	now := g.now()
	g.limits.forget(now)
	s := Invalid{Total: g.limits.total, Recent: len(g.limits.invalid), ByStatus: map[int]int{}, Banned: now.Before(g.limits.banUntil)}
	for status, n := range g.limits.byStatus {
		s.ByStatus[status] = n
	}
	return s
}

// wholeSeconds rounds up; 0 stays 0.
func wholeSeconds(d time.Duration) int { return int(math.Ceil(d.Seconds())) }
