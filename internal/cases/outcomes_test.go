package cases_test

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
		calls:  "2× GET /channels/{channel}, 1× GET /guilds/{guild}, 1× GET /guilds/{guild}/channels, 2× GET /guilds/{guild}/members/{user}, 1× PUT /channels/{channel}/permissions/{id}",
		fewest: "1× GET /guilds/{guild}/members/{user}, 1× PUT /channels/{channel}/permissions/{id}", why: []surplus{added, own, fresh, guild, list},
	}
}

// slackAddsKnown is somebody invited whose account is known.
func slackAddsKnown() outcome {
	return outcome{calls: "1× conversations.invite, 1× conversations.members", fewest: "1× conversations.invite", why: []surplus{added}}
}

func discordAddsKnown() outcome {
	return outcome{
		calls:  "2× GET /channels/{channel}, 1× GET /guilds/{guild}, 1× GET /guilds/{guild}/channels, 1× GET /guilds/{guild}/members/{user}, 1× PUT /channels/{channel}/permissions/{id}",
		fewest: "1× PUT /channels/{channel}/permissions/{id}", why: []surplus{added, own, fresh, guild, list},
	}
}

// slackRemoves is one person taken out.
func slackRemoves() outcome {
	return outcome{calls: "1× conversations.kick, 1× conversations.members"}
}

func discordRemoves() outcome {
	return outcome{
		calls:  "1× DELETE /channels/{channel}/permissions/{id}, 2× GET /channels/{channel}, 1× GET /guilds/{guild}/channels",
		fewest: "1× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}", why: []surplus{fresh, list},
	}
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
		calls:  "1× DELETE /channels/{channel}/permissions/{id}, 4× GET /channels/{channel}, 1× GET /guilds/{guild}, 1× GET /guilds/{guild}/channels, 2× GET /guilds/{guild}/members/{user}, 1× PUT /channels/{channel}/permissions/{id}",
		fewest: "1× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}, 1× GET /guilds/{guild}/members/{user}, 1× PUT /channels/{channel}/permissions/{id}", why: []surplus{added, own, fresh, guild, list},
	}
}

// slackReads is the channel read once.
func slackReads() outcome { return outcome{calls: "1× conversations.members"} }

func discordReads() outcome {
	return outcome{calls: "1× GET /channels/{channel}, 1× GET /guilds/{guild}/channels", fewest: "1× GET /channels/{channel}", why: []surplus{list}}
}

// slackTells, discordTells are the details card edited.
func slackTells() outcome { return outcome{calls: "1× chat.update"} }

func discordTells() outcome {
	return outcome{calls: "1× PATCH /channels/{channel}/messages/{message}"}
}
