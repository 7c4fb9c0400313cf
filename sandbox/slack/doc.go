// Package slack is a Slack workspace in memory that speaks Slack's Web API over real HTTP: the demo's chat
// side and an independent witness for tests. It keeps people, channels, messages and modals, enforces the
// vendor's documented limits, error codes and rate tiers, signs and delivers events, slash commands and
// interactions to one app, and has a control API for what people do and for faults.
//
// A Workspace serves three families of paths, all below the place where its Handler is mounted:
//
//	/api/{method}     the Web API
//	/response/{id}    response_url targets
//	/control/…        state, people's actions, faults, gates, logs (see control.go)
//
// Facts about the vendor come from Slack's method catalogue (docs.slack.dev/reference/methods) unless a
// comment names another source.
package slack
