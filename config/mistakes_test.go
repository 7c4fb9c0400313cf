package config

import (
	"path"
	"slices"
	"strings"
	"testing"
)

func TestWrongValues(t *testing.T) {
	tests := []struct {
		variable string
		want     string
		values   []string
	}{
		{"HTTP_ADDR", "not host:port", []string{"8080", ":http", ":65536", ":+80", "a b:80", "host"}},
		{"METRICS_ADDR", "not host:port", []string{"9090"}},
		{"PUBLIC_URL", "not an absolute URL", []string{"rooms.example.com", "ftp://x", "https://", "https://:80", "http://%zz"}},
		{"PUBLIC_URL", "name or password", []string{"https://u:p@x"}},
		{"PUBLIC_URL", "query or fragment", []string{"https://x?a=b", "https://x#a", "https://x?"}},
		{"CRM_URL", "not an absolute URL", []string{"//crm"}},
		{"SLACK_API_URL", "not an absolute URL", []string{"slack.com/api/"}},
		{"SLACK_URL", "not an absolute URL", []string{"slack.com"}},
		{"API", "not an absolute URL", []string{"127.0.0.1:8080"}},
		{"API_TOKEN", "white space", []string{"a b"}},
		{"LOG_LEVEL", "debug, info, warn, error", []string{"INFO", "info+2", "trace"}},
		{"API_TOKENS", "item 2 is not name=token", []string{"a=bbbb,c", "a=bbbb,=cccc", "a=bbbb,c=", "a=bbbb,c=d e"}},
		{"API_TOKENS", "item 2 has a token that anybody guesses; make one with", []string{"a=bbbb,crm=x", "a=bbbb,crm=xyz", "a=bbbb,crm=日本"}},
		{"API_TOKENS", "name of an earlier one", []string{"a=bbbb,a=cccc"}},
		{"API_TOKENS", "token of an earlier one", []string{"a=bbbb,c=bbbb"}},
		{"API_TOKENS", "no token in it", []string{",", " "}},
		{"ENCRYPTION_KEY", "key 1 is not 32 bytes", []string{"c2hvcnQ=", "!", encryptionSecret(1) + "AAAA"}},
		{"ENCRYPTION_KEY", "key 2 is not 32 bytes", []string{encryptionSecret(1) + " x"}},
		{"CRM_WEBHOOK_SECRET", "key 1 does not begin with whsec_", []string{"AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"}},
		{"CRM_WEBHOOK_SECRET", "is not base64", []string{"whsec_%%%"}},
		{"CRM_WEBHOOK_SECRET", "is not 24 to 64 bytes", []string{webhookSecret(23), webhookSecret(65), "whsec_"}},
		{"CRM_WEBHOOK_SECRET", "key 2 ", []string{webhookSecret(24) + ", " + webhookSecret(3)}},
		{"CRM_WEBHOOK_SECRET", "no key in it", []string{" , "}},
		{"REDIS_URL", "not a Redis URL", []string{"hunter2", "http://h"}}, // more in TestWrongRedisURLs
		{"REDIS_PREFIX", "write 1 to 64 letters", []string{"{rk}", "rk:", "r k", "räume", "a/b", "a*", strings.Repeat("a", 65)}},
		{"LEASE", "too short; write 1s or more", []string{"999ms", "0s"}},
		{"LEASE", "too long; write 10m0s or less", []string{"601s"}},
		{"LEASE", "not a duration", []string{"10"}},
		{"LEASE", "a negative duration", []string{"-10s"}},
		{"ALLOW_VOLATILE", "neither true nor false", []string{"yes"}},
		{"PLATFORMS", "not a platform of this version; write one of slack, discord", []string{"teams", "slack,teams"}},
		{"PLATFORMS", "a platform without a token", []string{"discord", "slack,discord"}},
		{"DISCORD_PUBLIC_KEY", "not a public key", []string{"x", strings.Repeat("0a", 31), strings.Repeat("0g", 32)}},
		{"DISCORD_APPLICATION_ID", "not an id of Discord's", []string{"x", "0", "012", "-1", "99999999999999999999"}},
		{"DISCORD_GUILD_ID", "not an id of Discord's", []string{"my server"}},
		{"DISCORD_GATEWAY", "neither true nor false", []string{"yes"}},
		{"DISCORD_GUILDS_JOIN", "neither true nor false", []string{"yes"}},
		{"DISCORD_CATEGORY", "not the name of a category", []string{strings.Repeat("c", 81)}},
		{"DISCORD_API_URL", "not an absolute URL", []string{"discord.com"}},
		{"KIND_ACCOUNT_THREADS_IN", "not an id of Discord's", []string{"#accounts"}},
		{"PLATFORMS", "there twice", []string{"slack,slack"}},
		{"COMMAND", "not a command", []string{"crm", "/", "/CRM", "/c m", "//crm", "/" + strings.Repeat("x", 32)}},
		{"ADMIN_CHANNEL", "white space", []string{"C 1"}},
		{"ADMIN_CHANNEL", "not the id of a channel", []string{"#admins"}},
		{"ADMIN_CHANNEL", "not one of the platforms in use", []string{"discord:1"}},
		{"ADMIN_CHANNEL", "two channels for slack", []string{"C1,slack:C2"}},
		{"SUBSCRIBERS", "owner, everyone", []string{"all"}},
		{"TIME_ZONE", "not a time zone", []string{"Mars/Base", "Local", "../etc"}},
		{"CHAT_TIMEOUT", "too short", []string{"999ms", "0s"}},
		{"CHAT_TIMEOUT", "too long", []string{"61s"}},
		{"SLACK_BOT_TOKEN", "white space", []string{"xoxb-1\n", " xoxb-1", "xoxb 1"}},
		{"SLACK_SIGNING_SECRET", "white space", []string{"a\tb"}},
		{"CRM_TOKEN", "white space", []string{"a b"}},
		{"CRM_NAME", "not a name", []string{"CRM", "a/b", strings.Repeat("a", 33)}},
		{"CRM_CONCURRENCY", "from 1 up", []string{"0", "-1", "four", "1.5"}},
		{"SWEEP_SCHEDULE", "not a schedule", []string{"* * * *", "* * * * * *", "@daily", "@every", "@every 100ms", "@every -5s", "@every x", "61 * * * *", "TZ=UTC", "TZ=UTC 0 3 * * *", "CRON_TZ="}},
		{"FULL_SWEEP_SCHEDULE", "never comes", []string{"0 0 31 2 *"}},
		{"DRIFT_MAX_AGE", "not a duration", []string{"24", "1d"}},
		{"DRIFT_MAX_AGE", "a negative duration", []string{"-1s"}},
		{"DELETE_CONFIRM", "a negative duration", []string{"-1s"}},
		{"FREEZE_GRACE", "a negative duration", []string{"-1s"}},
		{"LEDGER_RETENTION", "too short", []string{"0s"}},
		{"RATE_FACTOR", "not a number above 0", []string{"0", "-1", "NaN", "Inf", "fast"}},
		{"REMOVAL_LIMIT", "not share,people", []string{"0.5", "1.1,1", "-0.1,1", "NaN,1", "0.5,-1", "0.5,1,2", "x,1"}},
		{"GLOBAL_REMOVAL_LIMIT", "not share,people", []string{"5%,20"}},
		{"ENROL_LIMIT", "from 1 up", []string{"0"}},
		{"IGNORE_USERS", "item 2: has white space", []string{"1,2 3"}},
		{"IGNORE_USERS", "item 2 is there twice", []string{"1,1"}},
		{"LINKS_FILE", "cannot be opened (no such file or directory)", []string{"/nowhere/links.csv"}},
		{"LINKS_FILE", "a folder", []string{"/"}},
		{"LINK_HOSTS", "item 1: not a host", []string{"https://x", "x/y", "x:y", "u@x", ":80"}},
		{"KINDS", "item 1: not a kind", []string{"Account", "1a", "a-b", "_a", strings.Repeat("a", 33)}},
		{"KINDS", "item 2 is there twice", []string{"account,account"}},
		{"KINDS", "no kind in it", []string{","}},
		{"KIND_ACCOUNT_NAME_TEMPLATE", "a brace that is of no placeholder; write a text with {name} or {id} in it, and {kind}",
			[]string{"{{.Name}} visit", "{Name}", "{name}-{owner}", "{name", "name}", "{{name}}", "{na{id}me}"}},
		{"KIND_ACCOUNT_NAME_TEMPLATE", "would call all channels alike; write a text with {name} or {id} in it, and {kind}", []string{"crm", "{kind}", "name"}},
		{"KIND_ACCOUNT_VISIBILITY", "private, public", []string{"secret"}},
		{"KIND_ACCOUNT_LEAVERS", "respect, readd", []string{"x"}},
		{"KIND_ACCOUNT_REMOVE", "owned, strict, never", []string{"x"}},
		{"KIND_ACCOUNT_GRACE", "not a duration", []string{"x"}},
		{"KIND_ACCOUNT_DETAIL_FIELDS", "there twice", []string{"a,a"}},
		{"KIND_ACCOUNT_STAGE_FIELD", "white space", []string{"a b"}},
		{"KIND_ACCOUNT_TOPICS", "item 2 is not a Topic", []string{"closed open", "closed,open", "closed custom:", "closed record_updated:", "closed record_updated:a,,b"}},
		{"KIND_ACCOUNT_TOPICS", "item 3 is not a Topic", []string{"closed,record_updated:a,b"}},
		{"KIND_ACCOUNT_DELETE_POLICY", "write off, or archive:", []string{"archive", "archive:", "archive:-1h", "delete:1h", "24h"}},
		{"KIND_ACCOUNT_AUTO", "item 1 is not field=value", []string{"some", "=x", "x="}},
		{"KIND_ACCOUNT_AUTO", "item 2 has the field of an earlier one", []string{"a=b,a=c"}},
		{"KIND_ACCOUNT_AUTO", "no condition", []string{","}},
		{"KIND_ACCOUNT_TIME_ZONE", "not a time zone", []string{"x"}},
		{"KIND_ACCOUNT_OBJECTS", "item 1 already means a kind", []string{"account", "department"}},
	}
	for _, test := range tests {
		for _, value := range test.values {
			t.Run(test.variable+"="+value, func(t *testing.T) {
				got := with(env{test.variable: value}).fail(t)
				if len(got) != 1 || !strings.Contains(got[test.variable], test.want) {
					t.Errorf("got %q, want only %s: …%s…", got, test.variable, test.want)
				}
			})
		}
	}
}

// Whatever variable a secret was put into, no message repeats it; and every variable but those that
// may be any text checks what it is given.
func TestNoMessageRepeatsAValue(t *testing.T) {
	const marker = "hunter2 \x01 hunter2"
	anyText := map[string]bool{"DATA_DIR": true}
	fields, err := fieldsOf("", &variables{})
	if err != nil {
		t.Fatal(err)
	}
	perKind, err := fieldsOf("KIND_ACCOUNT", &kindVariables{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range append(fields, perKind...) {
		t.Run(f.name, func(t *testing.T) {
			e := with(env{f.name: marker})
			// As \x01 cannot stand in a file name either, the same goes for a path.
			if f.secret() != nil {
				delete(e, f.name)
				e[f.name+fileSuffix] = marker
				checkSilent(t, e, f.name)
				delete(e, f.name+fileSuffix)
				e[f.name] = marker
			}
			if anyText[f.name] {
				e.load(t)
				return
			}
			checkSilent(t, e, f.name)
		})
	}
	t.Run("unknown", func(t *testing.T) { checkSilent(t, with(env{"SLACK_BOT_TOKN": marker}), "SLACK_BOT_TOKN") })
}

func checkSilent(t *testing.T, e env, name string) {
	t.Helper()
	got := e.fail(t)
	if got[name] == "" {
		t.Errorf("%s is not among the mistakes %q", name, got)
	}
	for variable, problem := range got {
		if strings.Contains(problem, "hunter2") {
			t.Errorf("%s repeats the value: %s", variable, problem)
		}
	}
}

// A token alone is not enough: what else is needed is named together.
func TestDiscordNeedsMore(t *testing.T) {
	got := with(env{"DISCORD_BOT_TOKEN": "x"}).fail(t)
	for _, name := range []string{"DISCORD_PUBLIC_KEY", "DISCORD_APPLICATION_ID", "DISCORD_GUILD_ID"} {
		if !strings.HasPrefix(got[name], "not set; ") {
			t.Errorf("%s: %q", name, got[name])
		}
	}
	if len(got) != 3 {
		t.Errorf("got %q", got)
	}
}

func TestDiscordSignInNeedsMore(t *testing.T) {
	bot := env{"DISCORD_BOT_TOKEN": "x", "DISCORD_PUBLIC_KEY": strings.Repeat("0a", 32), "DISCORD_APPLICATION_ID": "1", "DISCORD_GUILD_ID": "2"}
	for name, test := range map[string]struct {
		more     env
		variable string
		want     string
	}{
		"no URL":           {env{"DISCORD_CLIENT_SECRET": "s"}, "PUBLIC_URL", "not set, which"},
		"plain HTTP":       {env{"DISCORD_CLIENT_SECRET": "s", "PUBLIC_URL": "http://rooms.example"}, "PUBLIC_URL", "not https"},
		"join alone":       {env{"DISCORD_GUILDS_JOIN": "true"}, "DISCORD_GUILDS_JOIN", "needs ROOMKEEPER_DISCORD_CLIENT_SECRET"},
		"https":            {env{"DISCORD_CLIENT_SECRET": "s", "PUBLIC_URL": "https://rooms.example", "DISCORD_GUILDS_JOIN": "true"}, "", ""},
		"loopback":         {env{"DISCORD_CLIENT_SECRET": "s", "PUBLIC_URL": "http://127.0.0.1:8080"}, "", ""},
		"loopback by name": {env{"DISCORD_CLIENT_SECRET": "s", "PUBLIC_URL": "http://localhost:8080"}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			e := with(bot)
			for name, value := range test.more {
				e[name] = value
			}
			if test.variable == "" {
				if cfg := e.load(t); cfg.Discord.GuildsJoin != (e["DISCORD_GUILDS_JOIN"] == "true") {
					t.Errorf("join %t", cfg.Discord.GuildsJoin)
				}
				return
			}
			if got := e.fail(t); len(got) != 1 || !strings.Contains(got[test.variable], test.want) {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestUnsupported(t *testing.T) {
	tests := map[string]string{
		"SLACK_APP_TOKEN": "xapp-1", "CRM_DRIVER": "salesforce",
		"KIND_OPPORTUNITY_CLOSE_POLICY": "archive:48h",
	}
	for name, value := range tests {
		t.Run(name, func(t *testing.T) {
			got := with(env{name: value}).fail(t)
			base := strings.TrimSuffix(name, fileSuffix)
			if len(got) != 1 || !strings.HasPrefix(got[base], "this version ") || !strings.Contains(got[base], "unset it") {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestUnsupportedAtItsDefaultIsFine(t *testing.T) {
	with(env{
		"CRM_DRIVER": "neutral", "DISCORD_URL": "https://discord.com", "DISCORD_API_URL": "https://discord.com/api/", "RESOLVE": "",
		"KIND_ACCOUNT_CLOSE_POLICY": "off", "KIND_ACCOUNT_ENROL": "everybody",
		"KIND_DEPARTMENT_ENROL": "self", "KIND_DEPARTMENT_MEMBERS": "principal:department", "KIND_ACCOUNT_MEMBERS": "team",
	}).load(t)
}

func TestResolve(t *testing.T) {
	got := with(env{
		"RESOLVE": "departments, roles,user_groups,queues,territories", "CRM_URL": "https://crm.example",
		"KIND_ACCOUNT_ENROL": "self", "KIND_DEPARTMENT_ENROL": "everybody", "KIND_ACCOUNT_MEMBERS": "principal:role", "ENROL_LIMIT": "50",
	}).load(t)
	if !slices.Equal(got.People.Resolve, []string{"department", "role", "user_group", "queue", "territory"}) {
		t.Errorf("resolves %v", got.People.Resolve)
	}
	if k := got.Kinds[0]; k.Enrol != EnrolSelf || k.Members != "role" || got.Limits.Enrol != 50 || len(got.Notes()) != 0 {
		t.Errorf("kind %+v, limits %+v, notes %q", k, got.Limits, got.Notes())
	}
	for text, want := range map[string]string{"department": "departments", "user-groups": "user_groups", "roles,roles": "twice"} {
		bad := with(env{"RESOLVE": text}).fail(t)
		if len(bad) != 1 || !strings.Contains(bad["RESOLVE"], want) {
			t.Errorf("%q: %q", text, bad)
		}
	}
	alone := with(env{"RESOLVE": "roles", "KIND_ACCOUNT_MEMBERS": "principal:role"}).load(t).Notes()
	if text := strings.Join(alone, "\n"); !strings.Contains(text, "RESOLVE has no use without") || !strings.Contains(text, "KIND_ACCOUNT_MEMBERS has no use") {
		t.Errorf("notes %q", alone)
	}
}

// Every row of the table is about a variable that exists.
func TestLimitsNameKnownVariables(t *testing.T) {
	fields, err := fieldsOf("", &variables{})
	if err != nil {
		t.Fatal(err)
	}
	perKind, err := fieldsOf("KIND_ACCOUNT", &kindVariables{})
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, f := range append(fields, perKind...) {
		used[unsupported(f.name)] = true
	}
	for _, l := range limits() {
		if !used[l.why] {
			t.Errorf("no variable is named %s", l.variables)
		}
	}
	for _, pattern := range append(idle(), onlyWithRedis()...) {
		if !slices.ContainsFunc(append(fields, perKind...), func(f field) bool {
			match, err := path.Match(pattern, f.name)
			return err == nil && match
		}) {
			t.Errorf("no variable is named %s", pattern)
		}
	}
}
