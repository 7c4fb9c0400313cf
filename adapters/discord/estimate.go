package discord

import "time"

// Estimate is how long the global rate, times factor, makes calls last: Discord
// tells the limits of its routes only as one meets them.
func Estimate(calls map[string]int, factor float64) time.Duration {
	total := 0
	for _, n := range calls {
		total += n
	}
	rate := globalRate(factor)
	return time.Duration(float64(total) * float64(rate.Period) / float64(rate.Count))
}
