package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// AdminChannel is a channel of a platform that hears what admins need to know.
type AdminChannel struct {
	Platform Platform
	Channel  string
}

// adminChannel parses an item of ADMIN_CHANNEL: the id of a channel of the default platform, or <platform>:<id>.
func adminChannel(platforms []Platform) func(string) (AdminChannel, error) {
	return func(text string) (AdminChannel, error) {
		c := AdminChannel{Channel: text}
		if name, id, named := strings.Cut(text, ":"); named {
			c = AdminChannel{Platform: Platform(name), Channel: id}
			if !slices.Contains(platforms, c.Platform) && len(platforms) > 0 {
				return c, fmt.Errorf("%q is not one of the platforms in use", name)
			}
		} else if len(platforms) > 0 {
			c.Platform = platforms[0]
		}
		if !isWord(c.Channel) {
			return c, errors.New("has white space or control characters in it; take them out")
		}
		_, notDiscord := snowflake(c.Channel)
		onSlack := slackChannel(c.Channel)
		switch {
		case c.Platform == PlatformDiscord && c.Channel != "":
			return c, notDiscord
		case c.Platform == PlatformSlack && !onSlack:
			return c, errors.New("not the id of a channel of Slack's, such as C012AB3CD; copy it from the bottom of the channel's details, not the name")
		case !onSlack && notDiscord != nil:
			return c, errors.New("not the id of a channel; copy the id, such as C012AB3CD or 80351110224678912, not the name")
		}
		return c, nil
	}
}

// slackChannel reports whether a text may be the id of a channel of Slack's, as its name never may: a name has no
// capitals (docs.slack.dev/reference/methods/conversations.create), an id begins with one.
func slackChannel(text string) bool {
	return len(text) > 1 && text[0] >= 'A' && text[0] <= 'Z' && strings.ToUpper(text) == text && !strings.ContainsAny(text, "#@/")
}

// adminChannels parses ADMIN_CHANNEL, at most one channel for a platform.
func adminChannels(platforms []Platform) func(string) ([]AdminChannel, error) {
	return func(text string) ([]AdminChannel, error) {
		list, err := listOf(adminChannel(platforms))(text)
		if err != nil {
			return nil, err
		}
		seen := map[Platform]bool{}
		for _, c := range list {
			if seen[c.Platform] {
				return nil, fmt.Errorf("two channels for %s; write one", c.Platform)
			}
			seen[c.Platform] = true
		}
		return list, nil
	}
}
