package slack

import "time"

// Estimate is how long the published tiers, times factor, make calls last:
// methods are limited independently of each other, so the slowest one counts.
// Bursts are left aside.
func Estimate(calls map[string]int, factor float64) time.Duration {
	longest := time.Duration(0)
	for method, n := range calls {
		r := rateOf(method)
		longest = max(longest, time.Duration(float64(n)*float64(r.Period)/(float64(r.Count)*factor)))
	}
	return longest
}
