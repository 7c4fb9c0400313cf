package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"roomkeeper/internal/spectest"
)

// program is the connector as it is built.
type program string

func build(t *testing.T) program {
	t.Helper()
	file := filepath.Join(t.TempDir(), "connector")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", file, ".") //nolint:gosec // our own source
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return program(file)
}

// run runs the program with these variables and no other of ours.
func (p program) run(t *testing.T, env []string, args ...string) (code int, out, log string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), string(p), args...) //nolint:gosec // our own program
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "ROOMKEEPER_") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	cmd.Env = append(cmd.Env, env...)
	var stdout, stderr bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = t.TempDir(), &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()
}

func TestProgram(t *testing.T) {
	connector := build(t)
	cases := []struct {
		name     string
		env      []string
		args     []string
		code     int
		out, log []string
	}{
		{name: "nothing", code: 2, log: []string{"connector serve", "connector demo"}},
		{name: "unknown command", args: []string{"swep"}, code: 2, log: []string{`no command "swep"`, "connector serve"}},
		{name: "command of a later version", args: []string{"doctor"}, code: 2, log: []string{"connector doctor is not part of this version"}},
		{name: "help", args: []string{"help"}, out: []string{"connector demo", "connector serve", "connector sync", "connector recover", "connector migrate", "connector manifest", "connector config", "connector version"}},
		{name: "-h", args: []string{"-h"}, out: []string{"connector serve"}},
		{name: "help of a command", args: []string{"sync", "-h"}, log: []string{"-dry-run", "-no-wait"}},
		{name: "help of recover", args: []string{"recover", "-h"}, log: []string{"-dry-run"}},
		{name: "help of serve", args: []string{"serve", "-h"}, log: []string{"-fresh"}},
		{name: "recover of something", args: []string{"recover", "account"}, code: 2, log: []string{`unexpected "account"`}},
		{name: "recover without service", args: []string{"recover"}, code: 1, log: []string{"control.sock", "connector serve"}},
		{name: "help of migrate", args: []string{"migrate", "-h"}, log: []string{"-dry-run", "-to"}},
		{name: "migrate to nowhere", args: []string{"migrate"}, code: 2, log: []string{"--to redis://", "ROOMKEEPER_REDIS_URL"}},
		{name: "migrate without --to", args: []string{"migrate", "redis://h"}, code: 2, log: []string{`unexpected "redis://h"`}},
		{name: "migrate to no URL", args: []string{"migrate", "--to", "h:6379"}, code: 2, log: []string{"connector migrate: --to: the Redis URL"}},
		{name: "migrate of nothing", args: []string{"migrate", "--to", "redis://127.0.0.1:1"}, code: 2,
			log: []string{"there is no embedded state", "ROOMKEEPER_DATA_DIR"}},
		{name: "version", args: []string{"version"}, out: []string{"roomkeeper "}},
		{name: "unknown flag", args: []string{"serve", "--frsh"}, code: 2, log: []string{"frsh"}},
		{name: "left over", args: []string{"serve", "now"}, code: 2, log: []string{`unexpected "now"`}},
		{name: "demo on another platform", args: []string{"demo", "--platform", "teams"}, code: 2, log: []string{`no platform "teams"`, "discord or slack"}},
		{name: "manifest of nothing", args: []string{"manifest"}, code: 2, log: []string{"this version knows no other platform"}},
		{name: "manifest of another platform", args: []string{"manifest", "teams"}, code: 2, log: []string{"manifest slack", "manifest discord"}},
		{name: "manifest without URL", args: []string{"manifest", "slack"}, code: 2, log: []string{"ROOMKEEPER_PUBLIC_URL"}},
		{name: "Discord's manifest without URL", args: []string{"manifest", "discord"}, code: 2, log: []string{"set ROOMKEEPER_PUBLIC_URL to the https URL"}},
		{name: "Discord's manifest without application", env: []string{"ROOMKEEPER_PUBLIC_URL=https://rooms.example"}, args: []string{"manifest", "discord"},
			code: 2, log: []string{"ROOMKEEPER_DISCORD_APPLICATION_ID", "General Information"}},
		{name: "sync of nothing", args: []string{"sync"}, code: 2, log: []string{"--kind K --id ID", "--all"}},
		{name: "sync of both", args: []string{"sync", "--all", "--kind", "account"}, code: 2, log: []string{"not both"}},
		{name: "sync without service", args: []string{"sync", "--all"}, code: 1,
			log: []string{"control.sock", "connector serve", "ROOMKEEPER_DATA_DIR", "ROOMKEEPER_API"}},
		{name: "sync with nobody at the URL", env: []string{"ROOMKEEPER_API=http://127.0.0.1:1"}, args: []string{"sync", "--all"}, code: 1,
			log: []string{"no service answers at ROOMKEEPER_API"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			code, out, log := connector.run(t, c.env, c.args...)
			if code != c.code {
				t.Errorf("exit %d, want %d\n%s%s", code, c.code, out, log)
			}
			wants(t, "output", out, c.out)
			wants(t, "log", log, c.log)
		})
	}
	t.Run("config", func(t *testing.T) { lists(t, connector) })
	t.Run("manifest", func(t *testing.T) { printsManifest(t, connector) })
	t.Run("Discord's manifest", func(t *testing.T) { printsGuildManifest(t, connector) })
	t.Run("mistakes", func(t *testing.T) { reportsMistakes(t, connector) })
}

func wants(t *testing.T, where, text string, parts []string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("the %s has no %q:\n%s", where, part, text)
		}
	}
}

// lists: `connector config` names every variable of the public contract.
func lists(t *testing.T, connector program) {
	names := strings.Fields(`HTTP_ADDR PUBLIC_URL METRICS_ADDR LOG_LEVEL API_TOKENS REDIS_URL REDIS_PREFIX DATA_DIR ALLOW_VOLATILE
		ENCRYPTION_KEY PLATFORMS COMMAND ADMIN_CHANNEL SUBSCRIBERS TIME_ZONE SLACK_BOT_TOKEN SLACK_SIGNING_SECRET SLACK_APP_TOKEN
		SLACK_USER_TOKEN SLACK_CLIENT_ID SLACK_CLIENT_SECRET SLACK_API_URL SLACK_URL DISCORD_BOT_TOKEN DISCORD_PUBLIC_KEY
		DISCORD_APPLICATION_ID DISCORD_GUILD_ID DISCORD_CLIENT_SECRET DISCORD_API_URL DISCORD_URL CRM_DRIVER CRM_NAME
		CRM_WEBHOOK_SECRET CRM_URL CRM_TOKEN CRM_CONCURRENCY SWEEP_SCHEDULE FULL_SWEEP_SCHEDULE DRIFT_MAX_AGE DELETE_CONFIRM
		FREEZE_GRACE LEDGER_RETENTION RESOLVE RATE_FACTOR REMOVAL_LIMIT GLOBAL_REMOVAL_LIMIT ENROL_LIMIT IGNORE_USERS LINKS_FILE
		LINK_HOSTS KINDS API API_TOKEN`)
	for _, name := range strings.Fields(`OBJECTS NAME_TEMPLATE VISIBILITY ENROL MEMBERS LEAVERS EXTRAS REMOVE GRACE DETAIL_FIELDS
		STAGE_FIELD TOPICS CLOSE_POLICY DELETE_POLICY AUTO TIME_ZONE`) {
		names = append(names, "KIND_<KIND>_"+name)
	}
	code, out, log := connector.run(t, nil, "config")
	if code != 0 || log != "" {
		t.Errorf("exit %d, log %q", code, log)
	}
	listed := map[string]bool{}
	for line := range strings.Lines(out) {
		if fields := strings.Fields(line); len(fields) > 2 { // name, default or "-", meaning
			listed[fields[0]] = true
		}
	}
	for _, name := range names {
		if !listed["ROOMKEEPER_"+name] {
			t.Errorf("%s is not listed with default and meaning", name)
		}
	}
}

func printsManifest(t *testing.T, connector program) {
	env := []string{"ROOMKEEPER_PUBLIC_URL=https://rooms.example/base/", "ROOMKEEPER_COMMAND=/rooms"}
	code, out, log := connector.run(t, env, "manifest", "slack")
	if code != 0 || log != "" {
		t.Fatalf("exit %d, log %q", code, log)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	wants(t, "manifest", out, []string{`"command": "/rooms"`, `"url": "https://rooms.example/base/slack/commands"`})
	if schema := spectest.Schema(t, "manifest.schema.2.0.0.json"); schema != nil {
		if err := schema.Validate(doc); err != nil {
			t.Error(err)
		}
	}
}

// printsGuildManifest: what Discord has no file for is data too, and the commands
// are such as it takes.
func printsGuildManifest(t *testing.T, connector program) {
	env := []string{
		"ROOMKEEPER_PUBLIC_URL=https://rooms.example/base/", "ROOMKEEPER_COMMAND=/rooms", "ROOMKEEPER_DISCORD_APPLICATION_ID=1100000000000000001",
		"ROOMKEEPER_DISCORD_GUILD_ID=1100000000000000000",
	}
	type manifest struct {
		Interactions string `json:"interactions_endpoint_url"`
		Redirect     string `json:"oauth2_redirect_url"`
		Invite       string `json:"invite_url"`
		Permissions  string
		Privileged   []string `json:"privileged_intents"`
		Commands     json.RawMessage
	}
	printed := func(more ...string) (m manifest) {
		code, out, log := connector.run(t, append(slices.Clone(env), more...), "manifest", "discord")
		if code != 0 || log != "" {
			t.Fatalf("exit %d, log %q", code, log)
		}
		if err := json.Unmarshal([]byte(out), &m); err != nil {
			t.Fatal(err)
		}
		return m
	}
	m := printed()
	invite := "https://discord.com/oauth2/authorize?client_id=1100000000000000001&disable_guild_select=true&guild_id=1100000000000000000&permissions=" +
		m.Permissions + "&scope=bot+applications.commands"
	if m.Interactions != "https://rooms.example/base/discord/interactions" || m.Redirect != "https://rooms.example/base/auth/discord/callback" ||
		m.Invite != invite || m.Permissions == "" || len(m.Privileged) != 0 {
		t.Errorf("%+v", m)
	}
	if err := spectest.Discord(t).CheckCommands(m.Commands); err != nil {
		t.Error(err)
	}
	var commands []struct{ Name string }
	if err := json.Unmarshal(m.Commands, &commands); err != nil || len(commands) != 1 || commands[0].Name != "rooms" {
		t.Errorf("%v: %s", err, m.Commands)
	}
	for _, needs := range []string{"ROOMKEEPER_DISCORD_GATEWAY=true", "ROOMKEEPER_KIND_ACCOUNT_THREADS_IN=1100000000000000009"} {
		if got := printed(needs).Privileged; !slices.Equal(got, []string{"GUILD_MEMBERS"}) {
			t.Errorf("%s: privileged intents %v", needs, got)
		}
	}
}

// reportsMistakes: all of them at once, with the nearest known name, and no secret.
func reportsMistakes(t *testing.T, connector program) {
	const secret = "xoxb-do-not-print-this"
	env := []string{
		"ROOMKEEPER_SLACK_BOT_TOKEN= " + secret,
		"ROOMKEEPER_SLACK_SIGNNG_SECRET=" + secret,
		"ROOMKEEPER_CRM_WEBHOOK_SECRET=" + secret,
		"ROOMKEEPER_HTTP_ADDR=8080",
		"ROOMKEEPER_RATE_FACTOR=fast",
		"ROOMKEEPER_TIME_ZONE=",
		"ROOMKEEPER_KIND_ACCOUNT_REMOVE=everybody",
		"ROOMKEEPER_SERVICE_HOST=10.0.0.1",
	}
	code, out, log := connector.run(t, env, "serve")
	if code != 2 || out != "" {
		t.Errorf("exit %d, output %q", code, out)
	}
	var named []string
	for line := range strings.Lines(log) {
		name, _, _ := strings.Cut(line, ":")
		named = append(named, strings.TrimPrefix(name, "ROOMKEEPER_"))
	}
	want := []string{"CRM_WEBHOOK_SECRET", "HTTP_ADDR", "KIND_ACCOUNT_REMOVE", "RATE_FACTOR", "SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_SIGNNG_SECRET"}
	if !reflect.DeepEqual(named, want) {
		t.Errorf("named %v, want %v:\n%s", named, want, log)
	}
	wants(t, "log", log, []string{"nearest known name is ROOMKEEPER_SLACK_SIGNING_SECRET"})
	if strings.Contains(out+log, "do-not-print") {
		t.Errorf("a secret was printed:\n%s", log)
	}
}
