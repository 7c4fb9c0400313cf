package world

import (
	"bytes"
	"strings"

	"roomkeeper/sandbox/slack"
)

// OwnChannels are the channels that our bot made.
func OwnChannels(s slack.State) []slack.StateChannel {
	var own []slack.StateChannel
	for _, ch := range s.Channels {
		if ch.Creator == s.BotUserID && !ch.Direct {
			own = append(own, ch)
		}
	}
	return own
}

// Posts counts the bot's messages that hold a text.
func Posts(s slack.State, text string) int {
	n := 0
	for _, ch := range OwnChannels(s) {
		for _, m := range ch.Messages {
			if m.User == s.BotUserID && (strings.Contains(m.Text, text) || bytes.Contains(m.Blocks, []byte(text))) {
				n++
			}
		}
	}
	return n
}
