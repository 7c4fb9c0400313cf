package config

import (
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"time"
)

// The time that one call to a chat platform may be given: shorter than a second no platform answers,
// longer than a minute a worker is stuck.
const (
	minChatTimeout = time.Second
	maxChatTimeout = time.Minute
)

// The lease of a replica: one shorter than a second runs out between two renewals of a busy replica, one longer
// than ten minutes keeps the work of a dead one from people who wait.
const (
	minLease = time.Second
	maxLease = 10 * time.Minute
)

// deployment converts everything but the kinds.
func deployment(v variables, bad mistakes) Config {
	zone := takeZone(bad, "TIME_ZONE", v.TimeZone, time.UTC)
	chat := chat(v, bad)
	return Config{
		HTTP: HTTP{
			Addr:        take(bad, "HTTP_ADDR", v.HTTPAddr, address),
			PublicURL:   take(bad, "PUBLIC_URL", v.PublicURL, baseURL),
			MetricsAddr: take(bad, "METRICS_ADDR", v.MetricsAddr, address),
			APITokens:   take(bad, "API_TOKENS", v.APITokens.Reveal(), apiTokens),
		},
		LogLevel: take(bad, "LOG_LEVEL", v.LogLevel, logLevel),
		Store:    store(v, bad),
		Chat:     chat,
		Slack:    slack(v.Slack, bad),
		Discord:  discord(v.Discord, bad),
		CRM:      crm(v.CRM, bad),
		Sweep:    sweep(v, zone, bad),
		Limits:   brakes(v, bad),
		People: People{
			Resolve:     take(bad, "RESOLVE", v.Resolve, listOf(resolved)),
			IgnoreUsers: take(bad, "IGNORE_USERS", v.IgnoreUsers, listOf(word)),
			Links:       take(bad, "LINKS_FILE", v.LinksFile, linksFile(chat.Platforms)),
			LinkHosts:   take(bad, "LINK_HOSTS", v.LinkHosts, listOf(host)),
		},
		TimeZone: zone,
		Client: Client{
			URL:   take(bad, "API", v.API, baseURL),
			Token: takeSecret(bad, "API_TOKEN", v.APIToken),
		},
	}
}

func store(v variables, bad mistakes) Store {
	s := Store{
		DataDir:        v.DataDir,
		Redis:          take(bad, "REDIS_URL", v.Redis.URL.Reveal(), redisURL),
		RedisPrefix:    take(bad, "REDIS_PREFIX", v.Redis.Prefix, redisPrefix),
		AllowVolatile:  take(bad, "ALLOW_VOLATILE", v.AllowVolatile, boolean),
		Lease:          take(bad, "LEASE", v.Lease, durationIn(minLease, maxLease)),
		EncryptionKeys: take(bad, "ENCRYPTION_KEY", v.EncryptionKey.Reveal(), keys(EncryptionKey)),
	}
	if s.Redis != nil {
		s.Redis.Prefix = s.RedisPrefix
	}
	return s
}

func chat(v variables, bad mistakes) Chat {
	var platforms []Platform
	if v.Slack.BotToken.IsSet() {
		platforms = append(platforms, PlatformSlack)
	}
	if v.Discord.BotToken.IsSet() {
		platforms = append(platforms, PlatformDiscord)
	}
	withToken := func(text string) (Platform, error) {
		p := Platform(text)
		switch {
		case !slices.Contains(served(), p):
			return "", fmt.Errorf("not a platform of this version; write one of %s", joinWords(served()))
		case !slices.Contains(platforms, p):
			return "", errors.New("a platform without a token; set its token or take it out")
		}
		return p, nil
	}
	if chosen := take(bad, "PLATFORMS", v.Platforms, listOf(withToken)); chosen != nil {
		platforms = chosen
	}
	return Chat{
		Platforms:   platforms,
		Command:     take(bad, "COMMAND", v.Command, command),
		Admins:      take(bad, "ADMIN_CHANNEL", v.AdminChannel, adminChannels(platforms)),
		Subscribers: take(bad, "SUBSCRIBERS", v.Subscribers, oneOf(SubscribersOwner, SubscribersEveryone)),
		Timeout:     take(bad, "CHAT_TIMEOUT", v.ChatTimeout, durationIn(minChatTimeout, maxChatTimeout)),
		RateFactor:  take(bad, "RATE_FACTOR", v.RateFactor, factor),
	}
}

func slack(v slackVariables, bad mistakes) Slack {
	s := Slack{
		BotToken:      takeSecret(bad, "SLACK_BOT_TOKEN", v.BotToken),
		UserToken:     takeSecret(bad, "SLACK_USER_TOKEN", v.UserToken),
		SigningSecret: takeSecret(bad, "SLACK_SIGNING_SECRET", v.SigningSecret),
		ClientID:      take(bad, "SLACK_CLIENT_ID", v.ClientID, word),
		ClientSecret:  takeSecret(bad, "SLACK_CLIENT_SECRET", v.ClientSecret),
		APIURL:        take(bad, "SLACK_API_URL", v.API.URL, slashURL),
		URL:           take(bad, "SLACK_URL", v.URL, baseURL),
	}
	if v.BotToken.IsSet() && !v.SigningSecret.IsSet() {
		bad.add("SLACK_SIGNING_SECRET", missing("SLACK_SIGNING_SECRET")+"; copy the signing secret from the Slack app's page Basic Information")
	}
	if v.ClientID != "" && !v.ClientSecret.IsSet() {
		bad.add("SLACK_CLIENT_SECRET", missing("SLACK_CLIENT_SECRET")+" beside the client id; set both or neither")
	}
	if v.ClientID == "" && v.ClientSecret.IsSet() {
		bad.add("SLACK_CLIENT_ID", missing("SLACK_CLIENT_ID")+" beside the client secret; set both or neither")
	}
	return s
}

// requirePlatform wants what at least one chat platform needs.
func requirePlatform(cfg Config, bad mistakes) {
	switch {
	case len(cfg.Chat.Platforms) != 0:
	case cfg.Discord.ApplicationID != "" || cfg.Discord.GuildID != "" || cfg.Discord.PublicKey != nil:
		bad.add("DISCORD_BOT_TOKEN", missing("DISCORD_BOT_TOKEN")+", so there is no chat platform; copy the token from the application's page Bot")
	default:
		bad.add("SLACK_BOT_TOKEN", missing("SLACK_BOT_TOKEN")+", so there is no chat platform; copy the bot token from the Slack app's page OAuth & Permissions"+
			" (for Discord set "+full("DISCORD_BOT_TOKEN")+" from the application's page Bot)")
		if !cfg.Slack.SigningSecret.IsSet() {
			bad.add("SLACK_SIGNING_SECRET", missing("SLACK_SIGNING_SECRET")+"; copy the signing secret from the Slack app's page Basic Information")
		}
	}
}

// missing says how a required variable is missing.
func missing(name string) string {
	if _, set := os.LookupEnv(full(name)); set {
		return "set but empty"
	}
	return "not set"
}

func crm(v crmVariables, bad mistakes) CRM {
	return CRM{
		Driver:         v.Driver,
		Name:           take(bad, "CRM_NAME", v.Name, crmName),
		WebhookSecrets: take(bad, "CRM_WEBHOOK_SECRET", v.WebhookSecret.Reveal(), keys(WebhookKey)),
		URL:            take(bad, "CRM_URL", v.URL, baseURL),
		Token:          takeSecret(bad, "CRM_TOKEN", v.Token),
		Concurrency:    take(bad, "CRM_CONCURRENCY", v.Concurrency, atLeast(1)),
	}
}

func sweep(v variables, zone *time.Location, bad mistakes) Sweep {
	return Sweep{
		Incremental:     take(bad, "SWEEP_SCHEDULE", v.SweepSchedule, scheduleIn(zone)),
		Full:            take(bad, "FULL_SWEEP_SCHEDULE", v.FullSweepSchedule, scheduleIn(zone)),
		DriftMaxAge:     take(bad, "DRIFT_MAX_AGE", v.DriftMaxAge, duration),
		DeleteConfirm:   take(bad, "DELETE_CONFIRM", v.DeleteConfirm, duration),
		FreezeGrace:     take(bad, "FREEZE_GRACE", v.FreezeGrace, duration),
		LedgerRetention: take(bad, "LEDGER_RETENTION", v.LedgerRetention, durationIn(1, math.MaxInt64)),
	}
}

func brakes(v variables, bad mistakes) Limits {
	return Limits{
		Removal:       take(bad, "REMOVAL_LIMIT", v.RemovalLimit, removalLimit),
		GlobalRemoval: take(bad, "GLOBAL_REMOVAL_LIMIT", v.GlobalRemovalLimit, removalLimit),
		Enrol:         take(bad, "ENROL_LIMIT", v.EnrolLimit, atLeast(1)),
	}
}
