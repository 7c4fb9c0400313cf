package app

import (
	"time"

	"roomkeeper/adapters/slack"
	"roomkeeper/config"
)

// EstimateCalls is how long the platform's rate tiers make the calls of a Plan
// last, by method; only this deployment's calls count.
func EstimateCalls(c config.Config, calls map[string]int) time.Duration {
	return slack.Estimate(calls, c.Chat.RateFactor)
}
