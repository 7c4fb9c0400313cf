package app

import (
	"roomkeeper/adapters/slack"
	"roomkeeper/config"
)

// SlackManifest is the app manifest of this deployment, as JSON.
func SlackManifest(c config.Config) ([]byte, error) {
	return slack.Manifest(c.HTTP.PublicURL, c.Chat.Command)
}
