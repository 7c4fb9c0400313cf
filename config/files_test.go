package config

import (
	"strings"
	"testing"
)

func TestSecretFiles(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"no newline", "xoxb-2", "xoxb-2"},
		{"one newline", "xoxb-2\n", "xoxb-2"},
		{"one Windows newline", "xoxb-2\r\n", "xoxb-2"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			cfg := env{
				"SLACK_BOT_TOKEN_FILE": writeFile(t, test.text), "SLACK_BOT_TOKEN": "",
				"SLACK_SIGNING_SECRET_FILE": writeFile(t, "sign"),
			}.load(t)
			if got := cfg.Slack.BotToken.Reveal(); got != test.want {
				t.Errorf("token %q, want %q", got, test.want)
			}
		})
	}
}

func TestEverySecretCanBeAFile(t *testing.T) {
	cfg := env{
		"SLACK_BOT_TOKEN_FILE": writeFile(t, "bot"), "SLACK_SIGNING_SECRET_FILE": writeFile(t, "sign"),
		"SLACK_CLIENT_ID": "1", "SLACK_CLIENT_SECRET_FILE": writeFile(t, "client"),
		"API_TOKENS_FILE": writeFile(t, "a=bbbb,\nc=dddd\n"), "ENCRYPTION_KEY_FILE": writeFile(t, encryptionSecret(1)+"\n"+encryptionSecret(2)+"\n"),
		"CRM_WEBHOOK_SECRET_FILE": writeFile(t, webhookSecret(24)), "CRM_TOKEN_FILE": writeFile(t, "crm"), "API_TOKEN_FILE": writeFile(t, "api"),
		"REDIS_URL_FILE": writeFile(t, "redis://:pass@h\n"),
	}.load(t)
	got := []string{
		cfg.Slack.BotToken.Reveal(), cfg.Slack.SigningSecret.Reveal(), cfg.Slack.ClientSecret.Reveal(), cfg.CRM.Token.Reveal(),
		cfg.Client.Token.Reveal(), cfg.CRM.WebhookSecrets[0].Reveal(), cfg.HTTP.APITokens[1].Token.Reveal(), cfg.Store.EncryptionKeys[1].Reveal(),
		cfg.Store.Redis.Password.Reveal(),
	}
	if want := "bot sign client crm api " + webhookSecret(24) + " dddd " + encryptionSecret(2) + " pass"; strings.Join(got, " ") != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestWrongSecretFiles(t *testing.T) {
	tests := []struct {
		name, path, want string
	}{
		{"missing", "/nowhere/hunter2", "cannot be opened (no such file or directory)"},
		{"a folder", t.TempDir(), "cannot be read (is a directory)"},
		{"empty", writeFile(t, "\n"), "is empty"},
		{"large", writeFile(t, strings.Repeat("x", maxFileSize+1)), "is larger than"},
		{"two newlines", writeFile(t, "hunter2\n\n"), "white space"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := env{"SLACK_BOT_TOKEN_FILE": test.path, "SLACK_SIGNING_SECRET": "s"}.fail(t)
			problem := got["SLACK_BOT_TOKEN"]
			if len(got) != 1 || !strings.Contains(problem, test.want) || strings.Contains(problem, test.path) || strings.Contains(problem, "hunter2") {
				t.Errorf("got %q", got)
			}
		})
	}
	both := with(env{"SLACK_BOT_TOKEN_FILE": writeFile(t, "x")}).fail(t)
	if len(both) != 1 || !strings.Contains(both["SLACK_BOT_TOKEN"], "unset one of the two") {
		t.Errorf("got %q", both)
	}
	plain := with(env{"COMMAND_FILE": writeFile(t, "/x")}).fail(t)
	if !strings.HasPrefix(plain["COMMAND_FILE"], "unknown") {
		t.Errorf("a variable that is no secret takes no file: %q", plain)
	}
}
