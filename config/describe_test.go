package config

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

func TestDescribe(t *testing.T) {
	var out bytes.Buffer
	if err := Describe(&out); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimRight(out.String(), "\n"), "\n")
	column := strings.Index(lines[0], "MEANING")
	seen := map[string]string{}
	for _, line := range lines[1:] {
		name, rest, _ := strings.Cut(line, " ")
		if seen[name] != "" {
			t.Errorf("%s is listed twice", name)
		}
		seen[name] = strings.Join(strings.Fields(rest), " ")
		if cut := []rune(line); len(cut) <= column || cut[column-1] != ' ' || cut[column] == ' ' {
			t.Errorf("not aligned, or without a meaning: %q", line)
		}
	}
	for name, want := range map[string]string{
		"HTTP_ADDR":                 ":8080 host:port",
		"SWEEP_SCHEDULE":            "*/15 * * * * when",
		"SLACK_API_URL":             "https://slack.com/api/ base",
		"SLACK_BOT_TOKEN":           "- the app's bot token, xoxb-… (or its file in ROOMKEEPER_SLACK_BOT_TOKEN_FILE)",
		"CHAT_TIMEOUT":              "10s deadline of one call to a chat platform",
		"KIND_<KIND>_ENROL":         "everybody everybody or self (people join by command) [default of department: self]",
		"KIND_<KIND>_NAME_TEMPLATE": "- template of the channel's name, with {name} or {id} for the record's in it, and {kind} if you like; unset: {name}",
		"KIND_<KIND>_STAGE_FIELD":   "- key of the field behind stage_changed [default of opportunity: stage]",
		"KIND_<KIND>_DELETE_POLICY": "archive:24h deleted",
		"REDIS_URL":                 "- Redis that replicas share: redis://[user:password@]host",
		"REDIS_PREFIX":              "roomkeeper first part",
		"ALLOW_VOLATILE":            "false true accepts",
		"LEASE":                     "10s how long",
		"DISCORD_APPLICATION_ID":    "- the application's id",
	} {
		if !strings.HasPrefix(seen[full(name)], want) {
			t.Errorf("%s: %q, want %q…", name, seen[full(name)], want)
		}
	}
	for _, name := range []string{"REDIS_URL", "REDIS_PREFIX", "ALLOW_VOLATILE", "LEASE"} {
		if strings.Contains(seen[full(name)], "this version") {
			t.Errorf("%s is in use, and described as %q", name, seen[full(name)])
		}
	}
}

// The variables of the public contract and the two of the client, each exactly once.
func TestEveryVariableOfTheContract(t *testing.T) {
	contract := `HTTP_ADDR PUBLIC_URL METRICS_ADDR LOG_LEVEL API_TOKENS REDIS_URL REDIS_PREFIX DATA_DIR ALLOW_VOLATILE LEASE ENCRYPTION_KEY
		PLATFORMS COMMAND ADMIN_CHANNEL SUBSCRIBERS TIME_ZONE CHAT_TIMEOUT
		SLACK_BOT_TOKEN SLACK_SIGNING_SECRET SLACK_APP_TOKEN SLACK_USER_TOKEN SLACK_CLIENT_ID SLACK_CLIENT_SECRET SLACK_API_URL SLACK_URL
		DISCORD_BOT_TOKEN DISCORD_PUBLIC_KEY DISCORD_APPLICATION_ID DISCORD_GUILD_ID DISCORD_CLIENT_SECRET DISCORD_API_URL DISCORD_URL
		DISCORD_GUILDS_JOIN DISCORD_CATEGORY DISCORD_GATEWAY KIND_<KIND>_THREADS_IN
		CRM_DRIVER CRM_NAME CRM_WEBHOOK_SECRET CRM_URL CRM_TOKEN CRM_CONCURRENCY
		SWEEP_SCHEDULE FULL_SWEEP_SCHEDULE DRIFT_MAX_AGE DELETE_CONFIRM FREEZE_GRACE LEDGER_RETENTION RESOLVE
		RATE_FACTOR REMOVAL_LIMIT GLOBAL_REMOVAL_LIMIT ENROL_LIMIT IGNORE_USERS LINKS_FILE LINK_HOSTS KINDS API API_TOKEN
		KIND_<KIND>_OBJECTS KIND_<KIND>_NAME_TEMPLATE KIND_<KIND>_VISIBILITY KIND_<KIND>_ENROL KIND_<KIND>_MEMBERS KIND_<KIND>_LEAVERS
		KIND_<KIND>_EXTRAS KIND_<KIND>_REMOVE KIND_<KIND>_GRACE KIND_<KIND>_DETAIL_FIELDS KIND_<KIND>_STAGE_FIELD KIND_<KIND>_TOPICS
		KIND_<KIND>_CLOSE_POLICY KIND_<KIND>_DELETE_POLICY KIND_<KIND>_AUTO KIND_<KIND>_TIME_ZONE`
	var out bytes.Buffer
	if err := Describe(&out); err != nil {
		t.Fatal(err)
	}
	described := map[string]bool{}
	for line := range strings.Lines(out.String()) {
		described[strings.Fields(line)[0]] = true
	}
	names := strings.Fields(contract)
	for _, name := range names {
		if !described[full(name)] {
			t.Errorf("%s is not described", name)
		}
	}
	if len(described)-1 != len(names) {
		t.Errorf("%d variables described, want %d", len(described)-1, len(names))
	}
}

func TestDescribeReportsAFailedWrite(t *testing.T) {
	if err := Describe(failingWriter{}); !errors.Is(err, errWrite) {
		t.Errorf("got %v, want %v", err, errWrite)
	}
}

var errWrite = errors.New("disk full")

type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, errWrite }
