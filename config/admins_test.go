package config

import (
	"slices"
	"strings"
	"testing"
)

func TestAdminChannels(t *testing.T) {
	both := []Platform{PlatformSlack, PlatformDiscord}
	for text, want := range map[string][]AdminChannel{
		"C1":                            {{PlatformSlack, "C1"}},
		"C0000000002":                   {{PlatformSlack, "C0000000002"}},
		"G012AB3CD":                     {{PlatformSlack, "G012AB3CD"}},
		"slack:C1":                      {{PlatformSlack, "C1"}},
		"discord:80351110224678912":     {{PlatformDiscord, "80351110224678912"}},
		"C1, discord:80351110224678912": {{PlatformSlack, "C1"}, {PlatformDiscord, "80351110224678912"}},
	} {
		if got, err := adminChannels(both)(text); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: %v %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"C 1", "#admins", "teams:C1", "slack:", "discord:C1", "C1,C2", "general", "General", "C", "c012ab3cd", "80351110224678912", "discord:general",
		"discord:", "C1,slack:C2", "C1,C1"} {
		if got, err := adminChannels(both)(text); err == nil {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// A name is not the id of a channel, and the message says what an id looks like.
func TestAdminChannelByName(t *testing.T) {
	for platform, c := range map[Platform]struct{ text, says string }{
		PlatformSlack:   {"general", "such as C012AB3CD"},
		PlatformDiscord: {"general", "such as 80351110224678912"},
		"":              {"general", "such as C012AB3CD or 80351110224678912"},
	} {
		var use []Platform
		if platform != "" {
			use = []Platform{platform}
		}
		if _, err := adminChannels(use)(c.text); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", platform, err)
		}
	}
}
