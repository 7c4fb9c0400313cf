package slack

import (
	"math"
	"strings"
	"time"

	"roomkeeper/connector"
)

// postMessage is the one method that has a bucket per channel.
const postMessage = "chat.postMessage"

// rate is a connector.Rate before RATE_FACTOR.
type rate connector.Rate

// The published tiers (docs.slack.dev/apis/web-api/rate-limits). Bursts are
// not published; a fifth of a minute's calls lets a batch of calls through
// and keeps well below the limit.
func tier1() rate { return rate{Count: 1, Period: time.Minute, Burst: 1} }
func tier2() rate { return rate{Count: 20, Period: time.Minute, Burst: 4} }
func tier3() rate { return rate{Count: 50, Period: time.Minute, Burst: 10} }
func tier4() rate { return rate{Count: 100, Period: time.Minute, Burst: 20} }

// special is the budget of Slack's Java SDK for auth.test.
func special() rate { return rate{Count: 600, Period: time.Minute, Burst: 20} }

// perChannel: "1 message per second per channel, short bursts allowed"
// (docs.slack.dev/reference/methods/chat.postMessage).
func perChannel() rate { return rate{Count: 1, Period: time.Second, Burst: 3} }

// perWorkspace stands for "several hundred messages a minute" (same page).
func perWorkspace() rate { return rate{Count: 300, Period: time.Minute, Burst: 30} }

// rateOf is a method's tier by Slack's method catalogue; a method that is not
// listed gets a cautious one.
func rateOf(method string) rate {
	switch method {
	case "auth.test", "chat.getPermalink":
		return special()
	case "conversations.invite", "conversations.kick", "conversations.info", "conversations.history",
		"conversations.join", "conversations.leave", "conversations.open", "users.conversations",
		"users.lookupByEmail", "chat.update", "chat.delete", "team.info", "bookmarks.list":
		return tier3()
	case "conversations.members", "users.info", "chat.postEphemeral",
		"views.open", "views.push", "views.update", "views.publish":
		return tier4()
	case postMessage:
		return perWorkspace()
	case "apps.connections.open":
		return tier1()
	}
	return tier2()
}

// classOf is how much a method's calls matter among those that nobody waits for.
func classOf(method string) connector.Priority {
	switch {
	case method == "conversations.kick":
		return connector.PriorityRemoval
	case method == "conversations.invite":
		return connector.PriorityAddition
	case strings.HasPrefix(method, "chat."):
		return connector.PriorityCard
	}
	return connector.PriorityOther
}

// times scales a rate. Burst follows a larger rate, and is never below 1.
func (r rate) times(factor float64) connector.Rate {
	count := float64(r.Count) * factor
	if count < 1 {
		return connector.Rate{Count: 1, Period: time.Duration(float64(r.Period) / count), Burst: 1}
	}
	return connector.Rate{
		Count:  int(math.Min(count, math.MaxInt32)),
		Period: r.Period,
		Burst:  int(math.Min(math.Max(1, float64(r.Burst)*factor), math.MaxInt32)),
	}
}

// bucket is what a call is taken out of.
type bucket struct {
	name string
	rate rate
}

// methodBucket is the bucket that a rate limit closes: Slack closes one method
// in one workspace.
func methodBucket(method string) string { return string(Platform) + "/" + method }

// driftBucket holds the half of a method's rate that readings made for their age
// alone have.
func driftBucket(method string) string { return methodBucket(method) + "/drift" }

// buckets lists a call's buckets, the one most likely to be empty first.
func buckets(method, channel string) []bucket {
	whole := bucket{methodBucket(method), rateOf(method)}
	if channel == "" {
		return []bucket{whole}
	}
	return []bucket{{methodBucket(method) + "/" + channel, perChannel()}, whole}
}
