package slack

import (
	"context"
	"net/url"

	"roomkeeper/connector"
)

// identity is who we are; botID marks our messages beside the bot's user id.
// service is the account of the user token, "" without one.
type identity struct {
	connector.Self
	botID   string
	service connector.MemberID
}

// Whoami asks Slack which workspace and bot the token belongs to.
func (a *Adapter) Whoami(ctx context.Context) (connector.Self, error) {
	const method = "auth.test"
	answer, err := a.api.AuthTestContext(ctx)
	if err != nil {
		return connector.Self{}, failed(method, err)
	}
	if answer == nil || answer.TeamID == "" || answer.UserID == "" {
		return connector.Self{}, unreadable(method)
	}
	me := identity{
		Self:  connector.Self{Workspace: answer.TeamID, Bot: connector.MemberID(answer.UserID)},
		botID: answer.BotID,
	}
	if me.service, err = a.serviceAccount(ctx, answer.TeamID); err != nil {
		return connector.Self{}, err
	}
	a.selfMu.Lock()
	defer a.selfMu.Unlock()
	a.known = &me
	return me.Self, nil
}

// self is the identity, asked for once.
func (a *Adapter) self(ctx context.Context) (identity, error) {
	if me, ok := a.remembered(); ok {
		return me, nil
	}
	if _, err := a.Whoami(ctx); err != nil {
		return identity{}, err
	}
	me, _ := a.remembered()
	return me, nil
}

func (a *Adapter) remembered() (identity, bool) {
	a.selfMu.Lock()
	defer a.selfMu.Unlock()
	if a.known == nil {
		return identity{}, false
	}
	return *a.known, true
}

// channelURL is the deep link that works in a browser and the apps
// (docs.slack.dev/interactivity/deep-linking).
func (a *Adapter) channelURL(workspace, channel string) string {
	return a.url + "/app_redirect?" + url.Values{"channel": {channel}, "team": {workspace}}.Encode()
}
