package discord

import (
	"math"
	"time"

	"roomkeeper/connector"
)

// Buckets of the Limiter that are not told by an answer's headers.
const (
	globalBucket  = string(Platform) + "/global"
	invalidBucket = string(Platform) + "/invalid"
	directsBucket = string(Platform) + "/directs"
	// driftBucket holds the half of the global rate that readings made for their age
	// alone have.
	driftBucket = string(Platform) + "/drift"
)

// globalRate keeps below 50 requests a second (docs, topics/rate-limits): in no
// second are there more than Burst and Count together.
func globalRate(factor float64) connector.Rate {
	count := 40 * factor
	if count < 1 {
		return connector.Rate{Count: 1, Period: time.Duration(float64(time.Second) / count), Burst: 1}
	}
	return connector.Rate{
		Count: int(math.Min(count, math.MaxInt32)), Period: time.Second, Burst: int(math.Min(max(1, 10*factor), math.MaxInt32)),
	}
}

// directsRate is how fast direct messages are opened. Discord stops a bot that
// opens many too quickly and publishes no figure (docs, resources/user: create DM);
// this one is ours: a hundred owners are told within five minutes.
func directsRate(factor float64) connector.Rate {
	count := max(1, 20*factor)
	return connector.Rate{Count: int(math.Min(count, math.MaxInt32)), Period: time.Minute, Burst: int(math.Min(max(1, 5*factor), math.MaxInt32))}
}

// agedReads is how many channels half of the global rate reads: a thread takes two
// calls, the channel and its members.
func agedReads(factor float64) connector.Rate {
	half := globalRate(factor).Half()
	half.Period *= 2
	return half
}

// titleRate keeps within 2 changes of name and topic in 10 minutes of a channel.
// The limit stands in no header and is not documented
// (github.com/discord/discord-api-docs, issue 2190, pull request 2760). Of a
// burst of 2 and one more each 10 minutes there are never 3 in less than that. A
// factor above 1 raises it, for servers without that limit; below 1 it stays.
func titleRate(factor float64) connector.Rate {
	times := int(min(max(1, factor), math.MaxInt32/2))
	return connector.Rate{Count: times, Period: 10*time.Minute + 5*time.Second, Burst: 2 * times}
}

func titleBucket(channel string) string { return string(Platform) + "/title/" + channel }

// invalidRate is a tenth of the 10,000 answers of 401, 403 and 429 in 10 minutes
// after which an address is banned for a while (docs, topics/rate-limits: invalid
// request limit): replicas and other programs may share the address.
func invalidRate() connector.Rate {
	return connector.Rate{Count: 1000, Period: 10 * time.Minute, Burst: 1000}
}

// sharedBucket is the Limiter's bucket of a rate limit that Discord named.
func sharedBucket(hash, major string) string { return string(Platform) + "/" + hash + "/" + major }
