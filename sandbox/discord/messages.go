package discord

import "time"

// message is one entry of a channel.
type message struct {
	ID, Author, Content string
}

type pin struct {
	message string
	at      time.Time
}
