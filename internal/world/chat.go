package world

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"testing"
)

// Chat is the sandbox of a platform, by its control API.
type Chat struct {
	Client
	Platform
}

// State is what people see on a platform.
type State struct {
	Bot      string // id of our bot's account
	People   []Person
	Channels []Channel // other than direct messages
	Directs  []Direct  // our bot's, with one person each
}

// Person is somebody's account. Name is that of the CRM's user in a generated
// world; an account without Email is known to the CRM by its id only.
type Person struct {
	ID, Name, Email string
	// Shown is what others are told that they are called.
	Shown string
	Bot   bool
}

// Channel is a channel, or whatever the platform gives a record.
type Channel struct {
	ID, Name, Topic string
	// Record is what it is marked with, "crm/account/1"; "": not marked.
	Record string
	// Ours: our bot made it. Usable: our bot is in it.
	Ours, Usable bool
	// Members are ids of those who are in it, without our bot.
	Members []string
	// Cards are the messages of our bot that everybody sees, oldest first.
	Cards []Card
	// Pinned are ids of all messages that are pinned.
	Pinned []string
}

// Card is a message of the connector's.
type Card struct {
	// Message is the platform's id, ID the connector's own; "": it has none.
	Message, ID string
	// Title is empty where there is none; Text is all of it, as it was sent.
	Title, Text string
	// Details: it is the details card.
	Details bool
}

// Answer is what a person saw who typed a command or pressed a button.
type Answer struct {
	// Status is the connector's HTTP status; Error is what the platform says of
	// an answer that was none.
	Status int
	Error  string
	// Message is the id of a message; "": there is none. Private: nobody else
	// sees it. Plain is what it says without layout and ids, Text is all of it, as
	// it was sent. Actions are the names of its buttons.
	Message, Plain, Text string
	Private              bool
	Actions              []string
}

// Look is State for any goroutine.
func (c Chat) Look(ctx context.Context) (State, error) {
	var raw string
	if _, err := c.Do(ctx, "GET", "/state", nil, &raw); err != nil {
		return State{}, err
	}
	return c.ReadState([]byte(raw))
}

// State is a copy of everything that people see.
func (c Chat) State(t testing.TB) State {
	t.Helper()
	s, err := c.Look(t.Context())
	if err != nil {
		t.Fatalf("state of %s: %v", c.Name, err)
	}
	return s
}

// Own are the channels that our bot made.
func (s State) Own() (own []Channel) {
	for _, ch := range s.Channels {
		if ch.Ours {
			own = append(own, ch)
		}
	}
	return own
}

// Posts counts the cards that hold a text.
func (s State) Posts(text string) (n int) {
	for _, ch := range s.Own() {
		for _, c := range ch.Cards {
			if c.holds(text) {
				n++
			}
		}
	}
	return n
}

// ask makes one request of the control API.
func (c Chat) ask(ctx context.Context, r Request, out any) error {
	_, err := c.Do(ctx, "POST", r.Path, r.Body, out)
	return err
}

// Set makes a request that changes the sandbox: Events, RefuseToken.
func (c Chat) Set(t testing.TB, r Request) {
	t.Helper()
	if err := c.ask(t.Context(), r, nil); err != nil {
		t.Fatalf("%s: %v", r.Path, err)
	}
}

// ByHand does what a person can do; the error is why it cannot be done.
func (c Chat) ByHand(ctx context.Context, act Act) error { return c.ask(ctx, c.Hand(act), nil) }

// TryCommand is Command for any goroutine.
func (c Chat) TryCommand(ctx context.Context, user, channel, text string) (Answer, error) {
	return c.answer(ctx, c.Type(user, channel, text))
}

// Command types a command and returns what the person saw.
func (c Chat) Command(t testing.TB, user, channel, text string) Answer {
	t.Helper()
	a, err := c.TryCommand(t.Context(), user, channel, text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return a
}

// Click presses a button of a message and returns what the person saw.
func (c Chat) Click(t testing.TB, user, channel, message, action string) Answer {
	t.Helper()
	a, err := c.answer(t.Context(), c.Press(user, channel, message, action))
	if err != nil {
		t.Fatalf("%s: %v", action, err)
	}
	return a
}

func (c Chat) answer(ctx context.Context, r Request) (Answer, error) {
	var raw json.RawMessage
	if err := c.ask(ctx, r, &raw); err != nil {
		return Answer{}, err
	}
	a, err := c.ReadAnswer(raw)
	if err != nil {
		return a, fmt.Errorf("%s: %w", r.Path, err)
	}
	return a, nil
}

// log is the sandbox's whole log of calls, of one method or ("") of all.
func (c Chat) log(t testing.TB, method string) (list []json.RawMessage) {
	t.Helper()
	c.Must(t, "GET", "/calls?"+url.Values{"since": {strconv.Itoa(0)}, "method": {method}}.Encode(), nil, &list)
	return list
}

// Lawful checks every request that reached the platform so far against what
// its vendor publishes, and fails when there was none.
func (c Chat) Lawful(t testing.TB) {
	t.Helper()
	c.Platform.Lawful(t, func(name string) (list []json.RawMessage) {
		c.Must(t, "GET", "/"+name+"?since=0", nil, &list)
		if len(list) == 0 && name == "calls" {
			t.Errorf("no request reached %s", c.Name)
		}
		return list
	})
}
