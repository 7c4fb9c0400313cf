// Package discord is a Discord guild in memory that speaks Discord's REST API over real HTTP: the demo's second
// chat side and an independent witness for tests. It keeps people, roles, channels, threads and messages, really
// computes permissions, enforces the vendor's documented limits, error codes and rate limits, and has a control
// API for what people do and for faults. What people do with the app's commands, buttons and modals it sends to
// {Connector}/discord/interactions, signed with a real key.
//
// A Guild serves these paths, all below the place where its Handler is mounted:
//
//	/api/v10/…, /api/v9/…, /api/…   the REST API; all three answer alike
//	/gateway                        the gateway's web socket, uncompressed JSON
//	/oauth2/authorize               the page on which a person allows the app something
//	/control/…                      state, people's actions, faults, gates, logs (see control.go and control_app.go)
//
// Facts about the vendor come from Discord's developer documentation (docs.discord.com/developers) and its
// OpenAPI (github.com/discord/discord-api-spec) unless a comment names another source.
package discord
