package discord

import (
	"strconv"
	"strings"
)

func (c *call) getGuild() (any, *refusal) {
	if no := c.inGuild(); no != nil {
		return nil, no
	}
	object := c.guildObject()
	if c.query.Get("with_counts") == "true" {
		n := 0
		for _, u := range c.users {
			if !u.Outside {
				n++
			}
		}
		object["approximate_member_count"], object["approximate_presence_count"] = n, n
	}
	return object, nil
}

// guildObject is the guild as the API shows it. The caller holds mu.
func (g *Guild) guildObject() answer {
	object := answer{"id": g.cfg.GuildID, "name": g.cfg.Name, "owner_id": g.ownerID, "roles": g.roleObjects(), "features": []string{},
		"emojis": []answer{}, "stickers": []answer{}, "region": "us-west", "afk_timeout": 300, "system_channel_flags": 0,
		"widget_enabled": false, "verification_level": 0, "default_message_notifications": 0, "mfa_level": 0, "explicit_content_filter": 0,
		"max_presences": nil, "max_members": 500_000, "max_stage_video_channel_users": 50, "max_video_channel_users": 25, "premium_tier": 0,
		"premium_subscription_count": 0, "preferred_locale": "en-US", "premium_progress_bar_enabled": false, "nsfw": false, "nsfw_level": 0}
	for _, absent := range []string{"icon", "description", "home_header", "splash", "discovery_splash", "banner", "application_id",
		"afk_channel_id", "system_channel_id", "widget_channel_id", "vanity_url_code", "rules_channel_id", "safety_alerts_channel_id",
		"public_updates_channel_id", "incidents_data"} {
		object[absent] = nil
	}
	return object
}

// Flags of an application: the GUILD_MEMBERS intent without review.
const membersIntentFlag = 1 << 15

func (c *call) ownApplication() (any, *refusal) {
	flags := 0
	if c.settings.Members {
		flags = membersIntentFlag
	}
	return answer{"id": c.cfg.ApplicationID, "name": c.cfg.BotName, "icon": nil, "description": "", "type": nil, "verify_key": c.PublicKey(),
		"flags": flags, "flags_new": strconv.Itoa(flags), "eligible_oauth2_scopes": []string{}, "bot_public": false, "bot_require_code_grant": false, "redirect_uris": append([]string{}, c.cfg.Redirects...), "team": nil,
		"interactions_endpoint_url": orNull(c.interactionsURL()), "role_connections_verification_url": nil,
		"owner": c.userObject(c.users[c.ownerID]), "bot": c.userObject(c.users[c.cfg.ApplicationID]),
		"approximate_guild_count": 1, "approximate_user_install_count": 0, "approximate_user_authorization_count": 0,
		"explicit_content_filter": 0, "guild_id": c.cfg.GuildID}, nil
}

// interactionsURL is where the app takes interactions; "" without a connector.
func (g *Guild) interactionsURL() string {
	if g.settings.Connector == "" {
		return ""
	}
	return strings.TrimRight(g.settings.Connector, "/") + "/discord/interactions"
}

// gatewayURL is the gateway's address: that of the Handler, with a scheme of web sockets.
func (g *Guild) gatewayURL() string {
	return "ws" + strings.TrimPrefix(g.settings.BaseURL, "http") + "/gateway"
}

func (c *call) gateway() (any, *refusal) { return answer{"url": c.gatewayURL()}, nil }

func (c *call) botGateway() (any, *refusal) {
	return answer{"url": c.gatewayURL(), "shards": 1,
		"session_start_limit": answer{"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}}, nil
}

// ownGuilds lists the guilds that the bot is in.
func (c *call) ownGuilds() (any, *refusal) {
	if c.actor.Outside {
		return []answer{}, nil
	}
	return []answer{{"id": c.cfg.GuildID, "name": c.cfg.Name, "icon": nil, "banner": nil, "owner": c.actor.ID == c.ownerID,
		"permissions": c.basePermissions(c.actor.ID).String(), "features": []string{}}}, nil
}

func teamRoutes() []route {
	return []route{
		{method: "GET", path: "/guilds/{guild}", run: (*call).getGuild},
		{method: "GET", path: "/users/@me/guilds", run: (*call).ownGuilds},
		{method: "GET", path: "/applications/@me", run: (*call).ownApplication},
		{method: "GET", path: "/oauth2/applications/@me", run: (*call).ownApplication},
		{method: "GET", path: "/gateway", run: (*call).gateway, access: openAccess},
		{method: "GET", path: "/gateway/bot", run: (*call).botGateway},
	}
}
