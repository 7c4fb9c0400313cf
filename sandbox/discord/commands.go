package discord

import (
	"context"
	"fmt"

	"roomkeeper/sandbox/internal/stage"
)

// Command enters a command as a person. user and channel are ids or names; text may begin with the command itself.
// It returns when the final answer is there or the time is over, see run. An error means that the person cannot do
// it: Discord's client refuses unknown subcommands and missing options.
func (g *Guild) Command(ctx context.Context, user, channel, text string) (Outcome, error) {
	it, body, err := g.commandRequest(commandKind, user, channel, text)
	if err != nil {
		return Outcome{}, err
	}
	return g.run(ctx, it, body), nil
}

// Autocomplete asks for suggestions while a person types; the last option of the text is the one that is typed.
func (g *Guild) Autocomplete(ctx context.Context, user, channel, text string) (Outcome, error) {
	it, body, err := g.commandRequest(completeKind, user, channel, text)
	if err != nil {
		return Outcome{}, err
	}
	return g.run(ctx, it, body), nil
}

// Forgery is a command that comes with a Seal of its own, as from somebody who is not Discord.
type Forgery struct {
	User    string `json:"user"`
	Channel string `json:"channel"`
	Text    string `json:"text"`
	Seal
}

// Forge sends a fresh command, sealed as told. What the app answers has no effect and its token is dead.
func (g *Guild) Forge(ctx context.Context, f Forgery) (Sent, error) {
	it, body, err := g.commandRequest(commandKind, f.User, f.Channel, f.Text)
	if err != nil {
		return Sent{}, err
	}
	g.mu.Lock()
	it.dead = true
	close(it.first)
	g.mu.Unlock()
	return g.sentOnce(ctx, it.id, it.kind, body, f.Seal, false), nil
}

// commandRequest makes the interaction of a typed command and its body.
func (g *Guild) commandRequest(kind int, user, channel, text string) (*interaction, []byte, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	u, ch, err := g.place(user, channel)
	if err != nil {
		return nil, nil, err
	}
	t, err := g.readCommand(u, ch, text, kind == completeKind)
	if err != nil {
		return nil, nil, err
	}
	it := g.newInteraction(kind, u.ID, ch.ID)
	it.name = t.words()
	if kind == completeKind {
		it.completes = t.given[len(t.given)-1].option.kind
	}
	return it, stage.Encode(g.payload(it, t.data(g))), nil
}

// Click is a person's act on a button or menu of a message.
type Click struct {
	User     string   `json:"user"`
	Channel  string   `json:"channel"`
	Message  string   `json:"message"`   // id
	CustomID string   `json:"custom_id"` // or the beginning of the only one that begins so
	Values   []string `json:"values"`    // of a menu; ids or names of people and channels
	Wait     bool     `json:"wait"`      // after a deferred update wait for the edit or follow-up
}

// Click presses a button or chooses from a menu, and returns as Command does.
func (g *Guild) Click(ctx context.Context, click Click) (Outcome, error) {
	it, body, err := g.clickRequest(click)
	if err != nil {
		return Outcome{}, err
	}
	return g.run(ctx, it, body), nil
}

func (g *Guild) clickRequest(click Click) (*interaction, []byte, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	u, ch, err := g.place(click.User, click.Channel)
	if err != nil {
		return nil, nil, err
	}
	m := g.visibleMessage(ch, click.Message, u.ID)
	if m == nil || m.Author != g.cfg.ApplicationID {
		return nil, nil, fmt.Errorf("%w: %s sees no message %s of the app", errNotPossible, u.Name, click.Message)
	}
	numbered(m.Components)
	component, err := componentNamed(m.Components, click.CustomID)
	if err != nil {
		return nil, nil, err
	}
	data, err := g.chosen(component, click.Values)
	if err != nil {
		return nil, nil, err
	}
	it := g.newInteraction(componentKind, u.ID, ch.ID)
	it.source, it.waits = m, click.Wait
	payload := g.payload(it, data)
	payload["message"] = g.messageObject(ch, m)
	return it, stage.Encode(payload), nil
}

// visibleMessage is one that a person sees: of the history, or private to them. The caller holds mu.
func (g *Guild) visibleMessage(ch *channel, id, user string) *message {
	for _, m := range ch.messages {
		if m.ID == id && (m.EphemeralTo == "" || m.EphemeralTo == user) {
			return m
		}
	}
	return nil
}
