package slack

// methodNamed finds a Web API method. Tiers, required arguments and JSON are the catalogue's; arguments whose
// absence has a code of its own are left to the method.
func methodNamed(name string) (method, bool) {
	for _, find := range []func(string) (method, bool){conversationMethod, peopleMethod, messageMethod, surfaceMethod} {
		if m, ok := find(name); ok {
			return m, true
		}
	}
	return method{}, false
}

func conversationMethod(name string) (method, bool) {
	channel := []string{"channel"}
	switch name {
	case "conversations.create":
		return method{run: (*call).conversationsCreate, tier: tier2, json: true}, true
	case "conversations.list":
		return method{run: (*call).conversationsList, tier: tier2}, true
	case "conversations.info":
		return method{run: (*call).conversationsInfo, tier: tier3, required: channel}, true
	case "conversations.members":
		return method{run: (*call).conversationsMembers, tier: tier4, required: channel}, true
	case "conversations.invite":
		return method{run: (*call).conversationsInvite, tier: tier3, required: []string{"channel", "users"}, json: true}, true
	case "conversations.kick":
		return method{run: (*call).conversationsKick, tier: tier3, required: channel, json: true}, true
	case "conversations.rename":
		return method{run: (*call).conversationsRename, tier: tier2, required: channel, json: true}, true
	case "conversations.setTopic":
		return method{run: (*call).conversationsSetTopic, tier: tier2, required: []string{"channel", "topic"}, json: true}, true
	case "conversations.setPurpose":
		return method{run: (*call).conversationsSetPurpose, tier: tier2, required: []string{"channel", "purpose"}, json: true}, true
	case "conversations.archive":
		return method{run: (*call).conversationsArchive, tier: tier2, required: channel, json: true}, true
	case "conversations.unarchive":
		return method{run: (*call).conversationsUnarchive, tier: tier2, required: channel, json: true}, true
	case "conversations.history":
		return method{run: (*call).conversationsHistory, tier: tier3, required: channel, json: true}, true
	case "conversations.join":
		return method{run: (*call).conversationsJoin, tier: tier3, required: channel, json: true}, true
	case "conversations.leave":
		return method{run: (*call).conversationsLeave, tier: tier3, required: channel, json: true}, true
	case "conversations.open":
		return method{run: (*call).conversationsOpen, tier: tier3, json: true}, true
	default:
		return method{}, false
	}
}

func peopleMethod(name string) (method, bool) {
	switch name {
	case "api.test":
		return method{run: (*call).apiTest, tier: tier4, json: true, open: true}, true
	case "auth.test":
		return method{run: (*call).authTest, tier: special, json: true}, true
	case "team.info":
		return method{run: (*call).teamInfo, tier: tier3, json: true}, true
	case "users.info":
		return method{run: (*call).usersInfo, tier: tier4, required: []string{"user|users"}}, true
	case "users.list":
		return method{run: (*call).usersList, tier: tier2}, true
	case "users.lookupByEmail":
		return method{run: (*call).usersLookupByEmail, tier: tier3, required: []string{"email"}}, true
	case "users.conversations":
		return method{run: (*call).usersConversations, tier: tier3}, true
	default:
		return method{}, false
	}
}

func messageMethod(name string) (method, bool) {
	message := []string{"channel", "ts"}
	switch name {
	case "chat.postMessage":
		return method{run: (*call).chatPostMessage, tier: perChannel, required: []string{"channel"}, json: true}, true
	case "chat.update":
		return method{run: (*call).chatUpdate, tier: tier3, required: message, json: true}, true
	case "chat.delete":
		return method{run: (*call).chatDelete, tier: tier3, required: message, json: true}, true
	case "chat.postEphemeral":
		return method{run: (*call).chatPostEphemeral, tier: tier4, required: []string{"channel", "user"}, json: true}, true
	case "chat.getPermalink":
		return method{run: (*call).chatGetPermalink, tier: special, required: []string{"channel", "message_ts"}}, true
	case "blocks.validate":
		return method{run: (*call).blocksValidate, tier: tier3, json: true, open: true}, true
	default:
		return method{}, false
	}
}

func surfaceMethod(name string) (method, bool) {
	bookmark := []string{"channel_id", "bookmark_id"}
	switch name {
	case "pins.add":
		return method{run: (*call).pinsAdd, tier: tier2, required: []string{"channel"}, json: true}, true
	case "pins.remove":
		return method{run: (*call).pinsRemove, tier: tier2, required: []string{"channel"}, json: true}, true
	case "pins.list":
		return method{run: (*call).pinsList, tier: tier2, required: []string{"channel"}}, true
	case "bookmarks.add":
		return method{run: (*call).bookmarksAdd, tier: tier2, required: []string{"channel_id", "title", "type"}, json: true}, true
	case "bookmarks.edit":
		return method{run: (*call).bookmarksEdit, tier: tier2, required: bookmark, json: true}, true
	case "bookmarks.list":
		return method{run: (*call).bookmarksList, tier: tier3, required: []string{"channel_id"}, json: true}, true
	case "bookmarks.remove":
		return method{run: (*call).bookmarksRemove, tier: tier2, required: bookmark, json: true}, true
	case "views.open":
		return method{run: (*call).viewsOpen, tier: tier4, required: []string{"view"}, json: true}, true
	case "views.push":
		return method{run: (*call).viewsPush, tier: tier4, required: []string{"view"}, json: true}, true
	case "views.update":
		return method{run: (*call).viewsUpdate, tier: tier4, required: []string{"view"}, json: true}, true
	default:
		return method{}, false
	}
}
