package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestSecretRevealsOnlyWhenAsked(t *testing.T) {
	s := NewSecret("hunter2")
	if s.Reveal() != "hunter2" || !s.IsSet() {
		t.Errorf("Reveal() = %q, IsSet() = %v", s.Reveal(), s.IsSet())
	}
	var none Secret
	if none.Reveal() != "" || none.IsSet() || none.String() != "" || NewSecret("").IsSet() {
		t.Error("the zero value and the empty text are not set")
	}
}

func TestSecretNeverPrints(t *testing.T) {
	const text = "hunter2"
	holder := struct {
		Open   Secret
		hidden Secret
		List   []Secret
		Map    map[string]*Secret
	}{NewSecret(text), NewSecret(text), []Secret{NewSecret(text)}, map[string]*Secret{"a": new(NewSecret(text))}}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%10s", "%T%v"} {
		for _, value := range []any{holder.Open, &holder.Open, holder, &holder, holder.List, holder.Map, holder.hidden} {
			got := fmt.Sprintf(verb, value)
			if leaks(got, text) {
				t.Errorf("%s of %T printed the secret: %s", verb, value, got)
			}
		}
	}
	if got := fmt.Sprintf("%v %d %#v", holder.Open, holder.List[0], holder.Open); got != "[redacted] [redacted] [redacted]" {
		t.Errorf("printed %q", got)
	}
	body, err := json.Marshal(holder)
	if err != nil || leaks(string(body), text) || !strings.Contains(string(body), redacted) {
		t.Errorf("json: %s, %v", body, err)
	}
	var log bytes.Buffer
	for _, handler := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
		slog.New(handler).Info("start", slog.Any("one", holder.Open), slog.Any("all", holder))
	}
	if leaks(log.String(), text) || !strings.Contains(log.String(), redacted) {
		t.Errorf("slog: %s", log.String())
	}
}

// leaks looks for the text itself and for its bytes in hexadecimal.
func leaks(printed, text string) bool {
	printed = strings.ToLower(printed)
	return strings.Contains(printed, text) || strings.Contains(printed, fmt.Sprintf("%x", text))
}

func TestLoadedConfigPrintsNoSecret(t *testing.T) {
	const marker = "hunter2"
	cfg := with(env{
		"SLACK_BOT_TOKEN": marker, "SLACK_SIGNING_SECRET": marker, "SLACK_CLIENT_ID": "7", "SLACK_CLIENT_SECRET": marker,
		"API_TOKENS": "ops=" + marker, "CRM_TOKEN": marker, "API_TOKEN": marker,
		"REDIS_URL":          "redis+sentinel://u:" + marker + "@h/m?sentinel_password=" + marker,
		"CRM_WEBHOOK_SECRET": webhookSecret(24), "ENCRYPTION_KEY": encryptionSecret(7),
	}).load(t)
	body, err := json.Marshal(cfg)
	if err != nil {
		t.Fatal(err)
	}
	// fmt prints only the address of a pointer inside.
	printed := fmt.Sprintf("%v %+v %#v %s %v %+v %#v", cfg, cfg, cfg, body, cfg.Store.Redis, *cfg.Store.Redis, *cfg.Store.Redis)
	for _, secret := range []string{marker, webhookSecret(24), encryptionSecret(7)} {
		if strings.Contains(printed, secret) {
			t.Errorf("a printed Config has %q in it", secret)
		}
	}
}
