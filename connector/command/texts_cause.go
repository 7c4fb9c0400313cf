package command

import (
	"strings"

	"roomkeeper/connector"
)

// by says in brackets what brought about a status, "" when it is not known.
func by(m connector.Membership) string {
	if m.By == "" {
		return ""
	}
	words := causeWords(oneLine(m.By, 3*nameLimit))
	return " (" + words + ")"
}

// causeWords words what is stored of a cause: one or a few, with commas between them.
func causeWords(stored string) string {
	causes := strings.Split(stored, ", ")
	for i, cause := range causes {
		causes[i] = oneCause(cause)
	}
	return strings.Join(causes, "; ")
}

func oneCause(cause string) string {
	if words := ownCause(cause); words != "" {
		return words
	}
	if event, ok := strings.CutPrefix(cause, "chat "); ok {
		if words := chatCause(connector.ChatEventType(event)); words != "" {
			return words
		}
		return cause
	}
	event, id, _ := strings.Cut(cause, " ")
	words := crmCause(connector.EventType(event))
	switch {
	case words == "":
		return cause
	case id == "":
		return words
	}
	return words + ", event " + id
}

// ownCause words what Roomkeeper itself, or somebody by a command, brought about.
func ownCause(cause string) string {
	switch cause {
	case "sweep":
		return "found by a sweep"
	case "time":
		return "found by a reading that was due"
	case "sync":
		return "found by a sync that somebody asked for"
	case "open":
		return "the channel was opened"
	case "drift check":
		return "found when the channel was read again"
	case "join":
		return "they asked to be in"
	case "leave":
		return "they asked to be out"
	case "adopt":
		return "the channel was adopted"
	case "recover":
		return "the channel was found again by recover"
	case "link":
		return "somebody was linked with another account"
	case "card":
		return "found when a card was posted"
	case "dismissed":
		return "their removal was dismissed"
	case connector.CauseReplay:
		return "found when what had failed was tried again"
	}
	return ""
}

func chatCause(event connector.ChatEventType) string {
	switch event {
	case connector.ChatMemberJoined:
		return "somebody came into the channel"
	case connector.ChatMemberLeft:
		return "somebody went out of the channel"
	case connector.ChatChannelRenamed:
		return "the channel was renamed"
	case connector.ChatChannelArchived:
		return "the channel was archived"
	case connector.ChatChannelRestored:
		return "the channel was unarchived"
	case connector.ChatChannelDeleted:
		return "the channel was deleted"
	case connector.ChatChannelChanged:
		return "the channel was changed"
	case connector.ChatChannelMoved:
		return "the channel got another id"
	case connector.ChatBotRemoved:
		return "the bot was taken out of the channel"
	case connector.ChatPersonArrived:
		return "somebody came into the workspace"
	case connector.ChatPersonLeft:
		return "somebody went out of the workspace"
	case connector.ChatPersonChanged:
		return "an account changed"
	case connector.ChatEventsWereMissed:
		return "the chat platform's events had stopped for a while"
	case connector.ChatTokenRevoked:
	}
	return ""
}

func crmCause(event connector.EventType) string {
	switch event {
	case connector.EventRecordCreated:
		return "the record was made in the CRM"
	case connector.EventRecordUpdated:
		return "the record was changed in the CRM"
	case connector.EventRecordDeleted:
		return "the record was deleted in the CRM"
	case connector.EventRecordRestored:
		return "the record was restored in the CRM"
	case connector.EventRecordMerged:
		return "the record was merged in the CRM"
	case connector.EventTeamChanged:
		return "the team was changed in the CRM"
	case connector.EventPrincipalChanged:
		return "people or groups of the team were changed in the CRM"
	case connector.EventChannelRequested:
		return "the CRM asked for the channel"
	case connector.EventActivityCreated, connector.EventActivityUpdated, connector.EventActivityDeleted,
		connector.EventNotification:
		return "the CRM told of something else"
	case connector.EventGap:
		return "the CRM said that its events had stopped for a while"
	case connector.EventPing:
	}
	return ""
}
