package slack

import "roomkeeper/connector"

// verbs is how Slack does what people may expect. A bot's token unarchives
// nothing (docs.slack.dev/reference/methods/conversations.unarchive).
func verbs() []connector.Support {
	return []connector.Support{
		{Verb: connector.VerbCreate, How: connector.Native},
		{Verb: connector.VerbInvite, How: connector.Native},
		{Verb: connector.VerbRemove, How: connector.Native, Note: "where the workspace lets only admins do it, by SLACK_USER_TOKEN's account where that is a member"},
		{Verb: connector.VerbLeave, How: connector.Native},
		{Verb: connector.VerbPost, How: connector.Native},
		{Verb: connector.VerbLookup, How: connector.Native},
		{Verb: connector.VerbRename, How: connector.Native},
		{Verb: connector.VerbDescribe, How: connector.Native},
		{Verb: connector.VerbEdit, How: connector.Native},
		{Verb: connector.VerbFind, How: connector.Native, Note: "by the card's metadata"},
		{Verb: connector.VerbPin, How: connector.Native},
		{Verb: connector.VerbArchive, How: connector.Native},
		{Verb: connector.VerbRejoin, How: connector.Native},
		{Verb: connector.VerbRenames, How: connector.Native, Note: "by the channel's notice"},
		{Verb: connector.VerbAdopt, How: connector.Native, Note: "a public channel is joined, into a private one the bot is invited first; its name stays, which a bot may not change there"},
		{Verb: connector.VerbUnarchive, How: connector.Missing, Note: "a bot may not; a member does it in the channel's settings"},
		{Verb: connector.VerbTell, How: connector.Native, Note: "by the app's direct message; one whose outcome is unknown is repeated once"},
	}
}
