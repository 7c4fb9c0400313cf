package config

import (
	"encoding/base64"
	"errors"
	"os"
	"strings"
	"testing"
)

// env is variables without the prefix.
type env map[string]string

// minimal is the smallest environment of a service.
func minimal() env {
	return env{"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "sign-1"}
}

// with returns minimal and more.
func with(more env) env {
	e := minimal()
	for name, value := range more {
		e[name] = value
	}
	return e
}

// set makes e the only variables with the prefix until the test ends.
func (e env) set(t *testing.T) {
	t.Helper()
	for _, entry := range os.Environ() {
		if key, _, _ := strings.Cut(entry, "="); strings.HasPrefix(key, prefix+"_") {
			t.Setenv(key, "") // so that it comes back
			if err := os.Unsetenv(key); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, value := range e {
		t.Setenv(full(name), value)
	}
}

func (e env) load(t *testing.T) Config {
	t.Helper()
	e.set(t)
	cfg, err := Load()
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	return cfg
}

// fail returns the mistakes by name without the prefix.
func (e env) fail(t *testing.T) map[string]string {
	t.Helper()
	e.set(t)
	_, err := Load()
	return problems(t, err)
}

func problems(t *testing.T, err error) map[string]string {
	t.Helper()
	found, ok := errors.AsType[*Error](err)
	if !ok {
		t.Fatalf("Load: got %v, want an *Error", err)
	}
	list := map[string]string{}
	for _, m := range found.Mistakes {
		list[strings.TrimPrefix(m.Variable, prefix+"_")] = m.Problem
	}
	return list
}

func webhookSecret(bytes int) string {
	return webhookSecretPrefix + base64.StdEncoding.EncodeToString(make([]byte, bytes))
}

func encryptionSecret(fill byte) string {
	key := make([]byte, encryptionKey)
	for i := range key {
		key[i] = fill
	}
	return base64.StdEncoding.EncodeToString(key)
}

// writeFile returns the path of a new file.
func writeFile(t *testing.T, text string) string {
	t.Helper()
	path := t.TempDir() + "/file"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
