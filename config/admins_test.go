package config

import (
	"slices"
	"testing"
)

func TestAdminChannels(t *testing.T) {
	both := []Platform{PlatformSlack, PlatformDiscord}
	for text, want := range map[string][]AdminChannel{
		"C1":                            {{PlatformSlack, "C1"}},
		"slack:C1":                      {{PlatformSlack, "C1"}},
		"discord:80351110224678912":     {{PlatformDiscord, "80351110224678912"}},
		"C1, discord:80351110224678912": {{PlatformSlack, "C1"}, {PlatformDiscord, "80351110224678912"}},
	} {
		if got, err := adminChannels(both)(text); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: %v %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"C 1", "#admins", "teams:C1", "slack:", "discord:C1", "C1,C2", "C1,slack:C2", "C1,C1"} {
		if got, err := adminChannels(both)(text); err == nil {
			t.Errorf("%q: %v", text, got)
		}
	}
}
