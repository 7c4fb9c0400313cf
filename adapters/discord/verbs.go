package discord

import "roomkeeper/connector"

// verbs is how Discord does what people may expect.
func verbs() []connector.Support {
	return []connector.Support{
		{Verb: connector.VerbCreate, How: connector.Native, Note: "a private text channel in a category, or a thread; at most 500 channels a guild"},
		{Verb: connector.VerbInvite, How: connector.Native, Note: "people of the guild whose account is linked"},
		{Verb: connector.VerbRemove, How: connector.Native, Note: "who sees the channel by a role or owns the guild goes on seeing it"},
		{Verb: connector.VerbLeave, How: connector.Missing, Note: "nobody leaves a private channel by themselves; who was taken out by hand counts as having left"},
		{Verb: connector.VerbPost, How: connector.Native, Note: "by a nonce, for some minutes; later the card is looked up"},
		{Verb: connector.VerbLookup, How: connector.Missing, Note: "a bot sees no e-mail address; people link their account themselves or an admin does"},
		{Verb: connector.VerbRename, How: connector.Native, Note: "two changes of name and topic, and then one in ten minutes"},
		{Verb: connector.VerbDescribe, How: connector.Native, Note: "the purpose is the topic's last line; a thread has no topic, a message in it carries the purpose"},
		{Verb: connector.VerbEdit, How: connector.Native, Note: "an old card that was edited too often is posted anew"},
		{Verb: connector.VerbFind, How: connector.Substitute, Note: "by the ref at the end of the card's footer"},
		{Verb: connector.VerbPin, How: connector.Native},
		{Verb: connector.VerbArchive, How: connector.Substitute, Note: "the channel goes into an archive category and nobody writes there; a thread is archived and locked"},
		{Verb: connector.VerbUnarchive, How: connector.Substitute, Note: "the channel goes back into its category; a thread is opened"},
		{Verb: connector.VerbTell, How: connector.Native, Note: "by a direct message; who takes none from the guild is told of in the admins' channel"},
		{Verb: connector.VerbRejoin, How: connector.Missing, Note: "what the bot does not see it cannot change; somebody lets it in again"},
		{Verb: connector.VerbRenames, How: connector.Substitute, Note: "by the audit log, where the bot may read it"},
		{Verb: connector.VerbAdopt, How: connector.Native, Note: "a text channel that the bot sees; only who has a permission of their own there is in it"},
	}
}
