package app

import (
	"strings"
	"time"

	"roomkeeper/adapters/discord"
	"roomkeeper/adapters/slack"
	"roomkeeper/config"
)

// EstimateCalls is how long the platforms' rate tiers make the calls of a Plan
// last, by method; only this deployment's calls count. Platforms do not wait for
// each other, so the slower one counts. Discord's methods are method and route.
func EstimateCalls(c config.Config, calls map[string]int) time.Duration {
	ofSlack, ofDiscord := map[string]int{}, map[string]int{}
	for method, n := range calls {
		if strings.Contains(method, " /") {
			ofDiscord[method] = n
		} else {
			ofSlack[method] = n
		}
	}
	return max(slack.Estimate(ofSlack, c.Chat.RateFactor), discord.Estimate(ofDiscord, c.Chat.RateFactor))
}
