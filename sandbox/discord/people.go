package discord

import (
	"errors"
	"fmt"
)

var errNotPossible = errors.New("not possible")

// Act is something that a person does by hand. Which fields count depends on the act.
type Act struct {
	User    string `json:"user"`    // who it happens to; id or name
	By      string `json:"by"`      // who does it ("": the owner)
	Channel string `json:"channel"` // id or name
	Name    string `json:"name"`
	Text    string `json:"text"`
	Parent  string `json:"parent"` // category, id or name
	Kind    int    `json:"kind"`   // type of a channel to be made
	Message string `json:"message"`
}

// Do lets a person act.
func (g *Guild) Do(what string, _ Act) (string, error) {
	return "", fmt.Errorf("%w: unknown act %q", errNotPossible, what)
}
