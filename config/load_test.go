package config

import (
	"bytes"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestDefaults(t *testing.T) {
	cfg := minimal().load(t)
	want := Config{
		HTTP:     HTTP{Addr: ":8080"},
		LogLevel: slog.LevelInfo,
		Store:    Store{DataDir: "./data", RedisPrefix: "roomkeeper", Lease: 10 * time.Second},
		Chat: Chat{
			Platforms: []Platform{PlatformSlack}, Command: "/crm", Subscribers: SubscribersOwner,
			Timeout: 10 * time.Second, RateFactor: 1,
		},
		Slack: Slack{
			BotToken: NewSecret("xoxb-1"), SigningSecret: NewSecret("sign-1"),
			APIURL: "https://slack.com/api/", URL: "https://slack.com",
		},
		Discord: Discord{Category: "CRM", APIURL: "https://discord.com/api/", URL: "https://discord.com"},
		CRM:     CRM{Driver: "neutral", Name: "crm", Concurrency: 4},
		Sweep: Sweep{
			Incremental: cfg.Sweep.Incremental, Full: cfg.Sweep.Full, // compared below
			DriftMaxAge: 24 * time.Hour, DeleteConfirm: time.Hour, FreezeGrace: 168 * time.Hour, LedgerRetention: 720 * time.Hour,
		},
		Limits:   Limits{Removal: RemovalLimit{0.5, 1}, GlobalRemoval: RemovalLimit{0.05, 20}, Enrol: 1000},
		Kinds:    cfg.Kinds, // compared in TestKindDefaults
		TimeZone: time.UTC,
	}
	if !reflect.DeepEqual(cfg, want) {
		t.Errorf("got  %+v\nwant %+v", cfg, want)
	}
	if cfg.Sweep.Incremental.String() != "*/15 * * * *" || cfg.Sweep.Full.String() != "0 3 * * *" {
		t.Errorf("schedules %v, %v", cfg.Sweep.Incremental, cfg.Sweep.Full)
	}
}

func TestEmptyMeansDefault(t *testing.T) {
	want := minimal().load(t)
	empty := minimal()
	fields, err := fieldsOf("", &variables{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range fields {
		if _, set := empty[f.name]; !set {
			empty[f.name] = ""
		}
		if f.secret() != nil {
			empty[f.name+fileSuffix] = ""
		}
	}
	empty["KIND_DEPARTMENT_ENROL"] = " "
	got := empty.load(t)
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestValues(t *testing.T) {
	links := writeFile(t, "1,slack,U1\n")
	cfg := with(env{
		"HTTP_ADDR": "127.0.0.1:0", "PUBLIC_URL": "https://rooms.example.com/", "METRICS_ADDR": "[::1]:9090", "LOG_LEVEL": "warn",
		"API_TOKENS": "ops=a=bb, ci=cccc", "DATA_DIR": " /data ", "ALLOW_VOLATILE": "true", "LEASE": "1m30s",
		"REDIS_URL": "rediss+sentinel://app:p%2Fw@s1,s2:5000/main/3?sentinel_user=watch&sentinel_password=sp", "REDIS_PREFIX": "rk-1",
		"ENCRYPTION_KEY": encryptionSecret(1) + "," + encryptionSecret(2),
		"PLATFORMS":      "slack", "COMMAND": "/kunde", "ADMIN_CHANNEL": "C1", "SUBSCRIBERS": "everyone", "TIME_ZONE": "Asia/Shanghai", "CHAT_TIMEOUT": "1s",
		"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "cs", "SLACK_API_URL": "http://127.0.0.1:1/slack/api", "SLACK_URL": "http://127.0.0.1:1/slack/",
		"DISCORD_BOT_TOKEN": "dt", "DISCORD_PUBLIC_KEY": strings.Repeat("0a", 32), "DISCORD_APPLICATION_ID": "12", "DISCORD_GUILD_ID": "34",
		"DISCORD_CLIENT_SECRET": "ds", "DISCORD_GUILDS_JOIN": "true", "DISCORD_CATEGORY": "Kunden & Co", "DISCORD_GATEWAY": "true",
		"DISCORD_API_URL": "http://127.0.0.1:2/api", "DISCORD_URL": "http://127.0.0.1:2/",
		"CRM_DRIVER": "neutral", "CRM_NAME": "acme", "CRM_URL": "http://crm/api/", "CRM_TOKEN": "ct", "CRM_CONCURRENCY": "9",
		"CRM_WEBHOOK_SECRET": webhookSecret(24) + " " + webhookSecret(64) + "," + webhookSecret(32),
		"SWEEP_SCHEDULE":     "@every 2s", "FULL_SWEEP_SCHEDULE": "30 4 * * 1-5", "DRIFT_MAX_AGE": "0s", "DELETE_CONFIRM": "90s", "FREEZE_GRACE": "1h", "LEDGER_RETENTION": "2h",
		"RATE_FACTOR": "2.5", "REMOVAL_LIMIT": " 1 , 0 ", "GLOBAL_REMOVAL_LIMIT": "0,3", "ENROL_LIMIT": "1",
		"IGNORE_USERS": "7, 8,", "LINKS_FILE": links, "LINK_HOSTS": "CRM.example.com,127.0.0.1:81", "API": "http://127.0.0.1:8080", "API_TOKEN": "at",
	}).load(t)
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	kinds, sweep := cfg.Kinds, cfg.Sweep
	cfg.Kinds, cfg.Sweep = nil, Sweep{}
	want := Config{
		HTTP: HTTP{
			Addr: "127.0.0.1:0", PublicURL: "https://rooms.example.com", MetricsAddr: "[::1]:9090",
			APITokens: []APIToken{{"ops", NewSecret("a=bb")}, {"ci", NewSecret("cccc")}},
		},
		LogLevel: slog.LevelWarn,
		Store: Store{
			DataDir: "/data", RedisPrefix: "rk-1", AllowVolatile: true, Lease: 90 * time.Second,
			Redis: &Redis{
				Topology: RedisSentinel, Addrs: []string{"s1:26379", "s2:5000"}, Master: "main", Username: "app", Password: NewSecret("p/w"),
				SentinelUsername: "watch", SentinelPassword: NewSecret("sp"), DB: 3, TLS: true, Prefix: "rk-1",
			},
			EncryptionKeys: []Secret{NewSecret(encryptionSecret(1)), NewSecret(encryptionSecret(2))},
		},
		Chat: Chat{
			Platforms: []Platform{PlatformSlack}, Command: "/kunde", Admins: []AdminChannel{{PlatformSlack, "C1"}}, Subscribers: SubscribersEveryone,
			Timeout: time.Second, RateFactor: 2.5,
		},
		Slack: Slack{
			BotToken: NewSecret("xoxb-1"), SigningSecret: NewSecret("sign-1"), ClientID: "1.2", ClientSecret: NewSecret("cs"),
			APIURL: "http://127.0.0.1:1/slack/api/", URL: "http://127.0.0.1:1/slack",
		},
		Discord: Discord{
			BotToken: NewSecret("dt"), PublicKey: bytes.Repeat([]byte{10}, 32), ApplicationID: "12", GuildID: "34", ClientSecret: NewSecret("ds"), GuildsJoin: true,
			Category: "Kunden & Co", Gateway: true, APIURL: "http://127.0.0.1:2/api/", URL: "http://127.0.0.1:2",
		},
		CRM: CRM{
			Driver: "neutral", Name: "acme", URL: "http://crm/api", Token: NewSecret("ct"), Concurrency: 9,
			WebhookSecrets: []Secret{NewSecret(webhookSecret(24)), NewSecret(webhookSecret(64)), NewSecret(webhookSecret(32))},
		},
		Limits:   Limits{Removal: RemovalLimit{1, 0}, GlobalRemoval: RemovalLimit{0, 3}, Enrol: 1},
		People:   People{IgnoreUsers: []string{"7", "8"}, Links: []Link{{User: "1", Platform: PlatformSlack, Member: "U1"}}, LinkHosts: []string{"crm.example.com", "127.0.0.1:81"}},
		TimeZone: shanghai,
		Client:   Client{URL: "http://127.0.0.1:8080", Token: NewSecret("at")},
	}
	cfg.idle = nil // Notes has a test of its own
	if !reflect.DeepEqual(cfg, want) {
		t.Errorf("got  %+v\nwant %+v", cfg, want)
	}
	if kinds[0].TimeZone.String() != "Asia/Shanghai" {
		t.Errorf("a kind's zone is %v, want the deployment's", kinds[0].TimeZone)
	}
	at := time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC) // a Friday, 8:00 in Shanghai
	if next := sweep.Incremental.Next(at); next != at.Add(2*time.Second) {
		t.Errorf("@every 2s after %v gives %v", at, next)
	}
	if next := sweep.Full.Next(at); !next.Equal(time.Date(2026, 1, 5, 4, 30, 0, 0, shanghai)) {
		t.Errorf("30 4 * * 1-5 after %v gives %v", at, next)
	}
	if sweep.DriftMaxAge != 0 || sweep.DeleteConfirm != 90*time.Second || sweep.FreezeGrace != time.Hour || sweep.LedgerRetention != 2*time.Hour {
		t.Errorf("durations %+v", sweep)
	}
}

func TestNoPlatform(t *testing.T) {
	tests := []struct {
		name     string
		env      env
		variable string
		want     string
	}{
		{"nothing but the signing secret", env{"SLACK_SIGNING_SECRET": "s"}, "SLACK_BOT_TOKEN", "not set, so there is no chat platform"},
		{"set but empty", env{"SLACK_BOT_TOKEN": "", "SLACK_SIGNING_SECRET": "s"}, "SLACK_BOT_TOKEN", "set but empty, so there is no chat platform"},
		{"signing secret only", env{"SLACK_SIGNING_SECRET": "s"}, "SLACK_BOT_TOKEN", "not set"},
		{"bot token only", env{"SLACK_BOT_TOKEN": "x"}, "SLACK_SIGNING_SECRET", "not set; copy"},
		{"signing secret set but empty", env{"SLACK_BOT_TOKEN": "x", "SLACK_SIGNING_SECRET": ""}, "SLACK_SIGNING_SECRET", "set but empty; copy"},
		{"ids of Discord only", env{"DISCORD_APPLICATION_ID": "12", "DISCORD_GUILD_ID": "34"}, "DISCORD_BOT_TOKEN", "not set, so there is no chat platform; copy the token"},
		{"client id only", with(env{"SLACK_CLIENT_ID": "1"}), "SLACK_CLIENT_SECRET", "set both or neither"},
		{"client secret only", with(env{"SLACK_CLIENT_SECRET": "1"}), "SLACK_CLIENT_ID", "set both or neither"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := test.env.fail(t)
			if len(got) != 1 || !strings.Contains(got[test.variable], test.want) {
				t.Errorf("got %q, want only %s: …%s…", got, test.variable, test.want)
			}
		})
	}
}

func TestToolsNeedNoPlatform(t *testing.T) {
	env{"COMMAND": "/deals"}.set(t)
	cfg, err := LoadTools()
	if err != nil || cfg.Chat.Command != "/deals" || len(cfg.Chat.Platforms) != 0 {
		t.Errorf("got %+v, %v", cfg.Chat, err)
	}
	env{"COMMAND": "deals"}.set(t)
	_, err = LoadTools()
	if got := problems(t, err); len(got) != 1 || got["COMMAND"] == "" {
		t.Errorf("got %q, want COMMAND only", got)
	}
}

func TestAllMistakesTogether(t *testing.T) {
	env{"HTTP_ADDR": "8080", "LOG_LEVEL": "loud", "REDIS_URL": "redis://u:hunter2", "COMAND": "/x", "KIND_ACCOUNT_GRACE": "-1h"}.set(t)
	_, err := Load()
	if err == nil {
		t.Fatal("no error")
	}
	lines := strings.Split(err.Error(), "\n")
	want := []string{
		"ROOMKEEPER_COMAND: unknown; the nearest known name is ROOMKEEPER_COMMAND: rename or unset it",
		"ROOMKEEPER_HTTP_ADDR: not host:port; write an address such as :8080 or 127.0.0.1:8080",
		"ROOMKEEPER_KIND_ACCOUNT_GRACE: a negative duration; write one such as 90s, 15m or 24h",
		"ROOMKEEPER_LOG_LEVEL: not a known value; write one of debug, info, warn, error",
		"ROOMKEEPER_REDIS_URL: host 1 has a port that is not a number from 1 to 65535; write one or take it out",
		"ROOMKEEPER_SLACK_BOT_TOKEN: not set, so there is no chat platform; copy the bot token from the Slack app's page OAuth & Permissions (for Discord set ROOMKEEPER_DISCORD_BOT_TOKEN from the application's page Bot)",
		"ROOMKEEPER_SLACK_SIGNING_SECRET: not set; copy the signing secret from the Slack app's page Basic Information",
	}
	if !slices.Equal(lines, want) {
		t.Errorf("got\n%s\nwant\n%s", err, strings.Join(want, "\n"))
	}
}

// A name without the prefix belongs to another program.
func TestNamesWithoutPrefixAreNotRead(t *testing.T) {
	t.Setenv("LOG_LEVEL", "loud")
	t.Setenv("REDIS_URL", "redis://h")
	t.Setenv("SLACK_BOT_TOKEN", "xoxb-other")
	cfg := minimal().load(t)
	if cfg.LogLevel != slog.LevelInfo || cfg.Slack.BotToken.Reveal() != "xoxb-1" || cfg.Store.Redis != nil {
		t.Errorf("read a variable without the prefix: %+v", cfg)
	}
}

func TestNotes(t *testing.T) {
	full := with(env{"CRM_URL": "http://crm", "PUBLIC_URL": "http://rk"})
	full["REDIS_URL"], full["REDIS_PREFIX"], full["ALLOW_VOLATILE"], full["LEASE"] = "redis://:hunter2@h", "rk", "true", "1m"
	if notes := full.load(t).Notes(); len(notes) != 0 {
		t.Errorf("notes on a whole environment: %q", notes)
	}
	delete(full, "REDIS_URL")
	delete(full, "CRM_URL")
	full["CRM_TOKEN"], full["FREEZE_GRACE"], full["DELETE_CONFIRM"] = "hunter2", "1h", "2h"
	notes := strings.Join(full.load(t).Notes(), "\n")
	for _, want := range []string{"no record can arrive", "CRM_TOKEN has no use", "DELETE_CONFIRM has no effect", "FREEZE_GRACE has no effect",
		"REDIS_PREFIX has no effect on the embedded store", "ALLOW_VOLATILE has no effect on", "LEASE has no effect on"} {
		if !strings.Contains(notes, want) {
			t.Errorf("notes %q lack %q", notes, want)
		}
	}
	full["SLACK_BOT_TOKEN"], full["API_TOKENS"] = "hunter2", "crm=hunter2,ops=0123456789abcdef"
	notes += strings.Join(full.load(t).Notes(), "\n")
	if !strings.Contains(notes, "SLACK_BOT_TOKEN does not begin with xoxb-") || strings.Count(notes, "short enough to be guessed") != 1 || !strings.Contains(notes, "the token of crm is short") {
		t.Errorf("notes on tokens: %q", notes)
	}
	full["REDIS_PREFIX"], full["ALLOW_VOLATILE"], full["LEASE"] = "roomkeeper", "false", "10s"
	if left := strings.Join(full.load(t).Notes(), "\n"); strings.Contains(left, "embedded store") {
		t.Errorf("notes on defaults: %q", left)
	}
	if strings.Contains(notes, "hunter2") {
		t.Errorf("notes have a secret in them: %q", notes)
	}
}
