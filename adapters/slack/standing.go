package slack

import (
	"slices"

	slackapi "github.com/slack-go/slack"

	"roomkeeper/connector"
)

// slackbot looks like a person in users.list.
const slackbot = "USLACKBOT"

// standing says whether a user is an active, full, human member of our
// workspace, by the filter of Slack's own integration tests
// (node-slack-sdk, prod-server-integration-tests/scripts/conversations_invite.js).
// Member is set only for somebody who is.
func standing(me identity, u slackapi.User) connector.Account {
	switch {
	case u.Deleted, u.ID == slackbot, u.IsBot, u.IsWorkflowBot, u.IsConnectorBot, u.IsInvitedUser:
		return connector.Account{Reason: connector.ReasonNoAccount}
	case u.IsStranger, !atHome(me, u):
		return connector.Account{Reason: connector.ReasonOtherWorkspace}
	case u.IsRestricted, u.IsUltraRestricted:
		return connector.Account{Reason: connector.ReasonGuest}
	}
	return connector.Account{Member: connector.MemberID(u.ID)}
}

// atHome: on Enterprise a person has one team_id and may be in more teams.
func atHome(me identity, u slackapi.User) bool {
	return u.TeamID == "" || u.TeamID == me.Workspace || slices.Contains(u.Enterprise.Teams, me.Workspace)
}
