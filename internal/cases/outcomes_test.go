package cases_test

import (
	"slices"
	"strings"
)

// What comes of what happens most, on each platform.

func silent() outcome { return outcome{calls: "none"} }

// slackAdds is somebody invited who is not known yet.
func slackAdds() outcome {
	return outcome{
		calls:  "1× conversations.invite, 1× conversations.members, 1× users.lookupByEmail",
		fewest: "1× conversations.invite, 1× users.lookupByEmail", why: []surplus{added},
	}
}

func discordAdds() outcome {
	return outcome{
		calls:  "1× GET /channels/{channel}, 1× GET /guilds/{guild}, 2× GET /guilds/{guild}/members/{user}, 1× PUT /channels/{channel}/permissions/{id}",
		fewest: "1× GET /guilds/{guild}/members/{user}, 1× PUT /channels/{channel}/permissions/{id}", why: []surplus{own, fresh, guild},
	}
}

// slackAddsKnown is somebody invited whose account is known.
func slackAddsKnown() outcome {
	return outcome{calls: "1× conversations.invite, 1× conversations.members", fewest: "1× conversations.invite", why: []surplus{added}}
}

func discordAddsKnown() outcome {
	return outcome{
		calls:  "1× GET /channels/{channel}, 1× GET /guilds/{guild}, 1× GET /guilds/{guild}/members/{user}, 1× PUT /channels/{channel}/permissions/{id}",
		fewest: "1× PUT /channels/{channel}/permissions/{id}", why: []surplus{own, fresh, guild},
	}
}

// slackRemoves is one person taken out.
func slackRemoves() outcome {
	return outcome{calls: "1× conversations.kick, 1× conversations.members"}
}

func discordRemoves() outcome {
	return outcome{calls: "1× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}"}
}

// slackSwaps is one person taken out, and one invited who is not known yet.
func slackSwaps() outcome {
	return outcome{
		calls:  "1× conversations.invite, 1× conversations.kick, 2× conversations.members, 1× users.lookupByEmail",
		fewest: "1× conversations.invite, 1× conversations.kick, 1× conversations.members, 1× users.lookupByEmail", why: []surplus{added},
	}
}

func discordSwaps() outcome {
	return outcome{
		calls:  "1× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}, 1× GET /guilds/{guild}, 2× GET /guilds/{guild}/members/{user}, 1× PUT /channels/{channel}/permissions/{id}",
		fewest: "1× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}, 1× GET /guilds/{guild}/members/{user}, 1× PUT /channels/{channel}/permissions/{id}", why: []surplus{own, guild},
	}
}

// slackReads is the channel read once.
func slackReads() outcome { return outcome{calls: "1× conversations.members"} }

func discordReads() outcome {
	return outcome{calls: "1× GET /channels/{channel}"}
}

// slackTells, discordTells are the details card edited.
func slackTells() outcome { return outcome{calls: "1× chat.update"} }

func discordTells() outcome {
	return outcome{calls: "1× PATCH /channels/{channel}/messages/{message}"}
}

// and is an outcome with another call besides, which it takes too.
func and(o outcome, call string) outcome {
	o.calls = sorted(o.calls, call)
	if o.fewest != "" {
		o.fewest = sorted(o.fewest, call)
	}
	return o
}

// but is an outcome with other people, or another plan or reason.
func but(o outcome, state string) outcome {
	o.state = state
	return o
}

// sorted puts calls in the order of the methods' names.
func sorted(calls, more string) string {
	all := append(strings.Split(calls, ", "), more)
	slices.SortFunc(all, func(a, b string) int {
		_, a, _ = strings.Cut(a, " ")
		_, b, _ = strings.Cut(b, " ")
		return strings.Compare(a, b)
	})
	return strings.Join(all, ", ")
}

// slackLooks is a look-up alone that finds nobody to invite, which the details card
// says; discordLooks likewise.
func slackLooks() outcome { return and(slackTells(), "1× users.lookupByEmail") }

func discordLooks() outcome { return and(discordTells(), "1× GET /guilds/{guild}/members/{user}") }

// slackJudged, discordJudged are one person taken out whom a Sweep found.
func slackJudged() outcome {
	return outcome{
		calls:  "1× conversations.kick, 2× conversations.members",
		fewest: "1× conversations.kick, 1× conversations.members", why: []surplus{judge},
	}
}

func discordJudged() outcome {
	return outcome{
		calls:  "1× DELETE /channels/{channel}/permissions/{id}, 2× GET /channels/{channel}",
		fewest: "1× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}", why: []surplus{judge},
	}
}

// slackAddsTwo, discordAddsTwo are two people invited who are not known yet.
func slackAddsTwo() outcome {
	return outcome{
		calls:  "1× conversations.invite, 1× conversations.members, 1× users.list",
		fewest: "1× conversations.invite, 1× users.list", why: []surplus{added},
	}
}

func discordAddsTwo() outcome {
	return outcome{
		calls:  "1× GET /channels/{channel}, 1× GET /guilds/{guild}, 3× GET /guilds/{guild}/members/{user}, 2× PUT /channels/{channel}/permissions/{id}",
		fewest: "2× GET /guilds/{guild}/members/{user}, 2× PUT /channels/{channel}/permissions/{id}", why: []surplus{own, fresh, guild},
	}
}
