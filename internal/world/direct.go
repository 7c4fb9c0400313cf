package world

import (
	"testing"
)

// Direct is our bot's direct message with somebody.
type Direct struct {
	// ID is the channel's, User the other person's.
	ID, User string
	Cards    []Card
}

// Told are the cards that somebody of the CRM was told in private, and where.
func (c Chat) Told(t testing.TB, user string) Direct {
	t.Helper()
	s := c.State(t)
	id := s.account(user)
	for _, d := range s.Directs {
		if d.User == id {
			return d
		}
	}
	return Direct{User: id}
}

// account is the id of a person's account; "": there is none.
func (s State) account(user string) string {
	for _, p := range s.People {
		if p.Name == user {
			return p.ID
		}
	}
	return ""
}

// ByHandCreate makes a channel of the Act's Name, which By is in.
const ByHandCreate = "create"

// AdminChannel makes a channel that our bot is in, by somebody's hand, and returns
// its id.
func (c Chat) AdminChannel(t testing.TB, by, name string) string {
	t.Helper()
	var made struct{ ID string }
	if err := c.ask(t.Context(), c.Hand(Act{What: ByHandCreate, By: by, Name: name}), &made); err != nil {
		t.Fatalf("make a channel: %v", err)
	}
	s := c.State(t)
	for _, ch := range s.Channels {
		if ch.ID == made.ID && !ch.Usable && c.Invited {
			if err := c.ByHand(t.Context(), Act{What: ByHandInvite, User: s.Bot, By: by, Channel: made.ID}); err != nil {
				t.Fatalf("invite our bot: %v", err)
			}
		}
	}
	return made.ID
}

// Administers makes somebody of the CRM an administrator.
func (c Chat) Administers(t testing.TB, user string) {
	t.Helper()
	c.Must(t, "POST", "/users", Order{"id": c.State(t).account(user), "admin": true}, nil)
}

// In is a channel by its id.
func (s State) In(channel string) Channel {
	for _, ch := range s.Channels {
		if ch.ID == channel {
			return ch
		}
	}
	return Channel{}
}
