package discord

import (
	"context"
	"errors"
	"fmt"
	"time"

	"roomkeeper/sandbox/internal/stage"
)

// Types of interactions (docs, interactions/receiving-and-responding: interaction type).
const (
	pingKind      = 1
	commandKind   = 2
	componentKind = 3
	completeKind  = 4
	modalKind     = 5
)

// tokenLife is how long the token of an interaction works (same page).
const tokenLife = 15 * time.Minute

// attachmentLimit is the attachment_size_limit of a guild without boosts, in bytes (docs, reference: file uploads).
const attachmentLimit = 10 << 20

// interaction is one request to the app with what became of it.
type interaction struct {
	id, token string
	kind      int
	user      string
	channel   string
	name      string   // of the command, in words: "crm open"
	source    *message // the message of the component, or of the component that opened the modal
	at        time.Time
	answered  bool       // the first answer was taken
	thinking  bool       // deferred, and not edited yet
	dead      bool       // no answer in time
	private   bool       // the first answer is for the user only
	original  *message   // what @original means; nil: nothing yet
	follow    []*message // follow-ups
	last      *message   // the newest answer
	choices   []commandChoice
	completes int           // type of the option that an autocomplete is about
	waits     bool          // a deferred update is not final yet
	refused   *refusal      // the answer was none that Discord takes
	first     chan struct{} // closed when the first answer was taken, or is overdue
	settled   chan struct{} // closed when the final answer is there
}

// newInteraction makes an interaction with a fresh token. The caller holds mu.
func (g *Guild) newInteraction(kind int, user, channel string) *interaction {
	for id, it := range g.interactions {
		if g.now().Sub(it.at) > 2*tokenLife {
			delete(g.interactions, id)
			delete(g.tokens, it.token)
		}
	}
	it := &interaction{id: g.nextID(), token: unguessable() + unguessable(), kind: kind, user: user, channel: channel, at: g.now(),
		first: make(chan struct{}), settled: make(chan struct{})}
	g.interactions[it.id], g.tokens[it.token] = it, it
	return it
}

// settle notes that no more is awaited from the app before its next words. The caller holds mu.
func (it *interaction) settle() {
	select {
	case <-it.settled:
	default:
		close(it.settled)
	}
}

// expired says whether the token works no more. The caller holds mu.
func (g *Guild) expired(it *interaction) bool {
	return it == nil || it.dead || g.now().Sub(it.at) >= tokenLife
}

// place checks that somebody can act in a channel. The caller holds mu.
func (g *Guild) place(user, in string) (*User, *channel, error) {
	g.settle()
	u, ch := g.userNamed(user), g.channelNamed(in)
	switch {
	case u == nil || u.Bot || u.Outside || u.Pending:
		return nil, nil, fmt.Errorf("%w: no active member %q", errNotPossible, user)
	case ch == nil || ch.Kind == category || ch.Kind == forumChannel || !g.permissionsIn(ch, u.ID).Has(ViewChannel):
		return nil, nil, fmt.Errorf("%w: %s sees no channel %q", errNotPossible, u.Name, in)
	default:
		return u, ch, nil
	}
}

// payload has what all interactions have (docs, interactions/receiving-and-responding: interaction
// structure). The caller holds mu.
func (g *Guild) payload(it *interaction, data answer) answer {
	ch := g.channels[it.channel]
	member := g.memberObject(g.users[it.user])
	member["permissions"] = g.permissionsIn(ch, it.user).String()
	payload := answer{
		"id": it.id, "application_id": g.cfg.ApplicationID, "type": it.kind, "token": it.token, "version": 1, "data": data,
		"guild_id": g.cfg.GuildID, "guild": answer{"id": g.cfg.GuildID, "locale": "en-US", "features": []string{}},
		"channel_id": ch.ID, "channel": g.partialChannel(ch, it.user), "member": member,
		"app_permissions": g.permissionsIn(ch, g.cfg.ApplicationID).String(), "locale": "en-US", "guild_locale": "en-US",
		"entitlements": []any{}, "entitlement_sku_ids": []any{}, "authorizing_integration_owners": answer{"0": g.cfg.GuildID},
		"context": 0, "attachment_size_limit": attachmentLimit,
	}
	if ch.direct() {
		return g.directPayload(it, payload)
	}
	return payload
}

// partialChannel is a channel as interactions name it. The caller holds mu.
func (g *Guild) partialChannel(ch *channel, user string) answer {
	object := g.channelObject(ch)
	partial := answer{"permissions": g.permissionsIn(ch, user).String()}
	for _, name := range []string{"id", "type", "guild_id", "name", "parent_id", "topic", "nsfw", "position", "last_message_id", "flags",
		"rate_limit_per_user", "thread_metadata", "owner_id", "member_count", "message_count"} {
		if value, ok := object[name]; ok {
			partial[name] = value
		}
	}
	return partial
}

// Outcome is what a person sees after a command, a click or a modal.
type Outcome struct {
	Interaction string        `json:"interaction"`        // id
	Status      int           `json:"status"`             // HTTP status of the app's first answer; 0: none
	Error       string        `json:"error,omitempty"`    // as Discord's client shows it
	Refused     any           `json:"refused,omitempty"`  // what was wrong with the app's answer: the body of an API error
	Message     *StateMessage `json:"message,omitempty"`  // the answer
	Thinking    bool          `json:"thinking,omitempty"` // the answer was deferred and has not come
	Modal       *StateView    `json:"modal,omitempty"`    // the person's open modal
	Choices     []Choice      `json:"choices,omitempty"`
	Seconds     float64       `json:"seconds"`       // until the first answer
	TotalSecs   float64       `json:"total_seconds"` // until the final one
}

// Choice is a suggestion of an autocomplete.
type Choice = commandChoice

// What Discord's client shows when an app does not answer well.
const (
	notResponding = "The application did not respond"
	failed        = "This interaction failed"
	modalFailed   = "Something went wrong. Try again."
)

// run sends an interaction, does what the app answers, and waits for the final answer when that is deferred, until
// it is there, ctx ends or Config.AnswerTimeout is over.
func (g *Guild) run(ctx context.Context, it *interaction, body []byte) Outcome {
	start := time.Now()
	status, said, err := g.deliver(ctx, it.id, it.kind, body, Seal{}, false)
	first := time.Since(start)
	g.mu.Lock()
	g.firstAnswer(it, status, said, err)
	g.mu.Unlock()
	timer := time.NewTimer(g.cfg.AnswerTimeout)
	defer timer.Stop()
	select {
	case <-it.settled:
	case <-timer.C:
	case <-ctx.Done():
	case <-g.ctx.Done():
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	out := g.outcome(it, status)
	out.Seconds, out.TotalSecs = first.Seconds(), time.Since(start).Seconds()
	return out
}

// outcome is what the person sees now. The caller holds mu.
func (g *Guild) outcome(it *interaction, status int) Outcome {
	out := Outcome{Interaction: it.id, Status: status, Thinking: it.thinking && it.kind != componentKind, Choices: it.choices}
	if it.dead {
		out.Error = map[int]string{commandKind: notResponding, completeKind: "Loading options failed", componentKind: failed, modalKind: modalFailed}[it.kind]
	}
	if it.refused != nil {
		out.Refused = it.refused.body()
	}
	if g.there(it, it.last) {
		last := g.channels[it.channel].stateMessage(it.last)
		out.Message = &last
	}
	if v := g.views[it.user]; v != nil {
		shown := v.state()
		out.Modal = &shown
	}
	return out
}

// firstAnswer takes the app's answer to the request itself. The caller holds mu.
func (g *Guild) firstAnswer(it *interaction, status int, said stage.Received, err error) {
	defer g.Touch()
	defer close(it.first)
	if it.answered { // by the callback route, which makes this answer one to ignore
		return
	}
	if err != nil || status < 200 || status > 299 {
		if err != nil && errors.Is(err, context.Canceled) && g.ctx.Err() != nil {
			return
		}
		it.dead = true
		it.settle()
		return
	}
	c := &call{Guild: g, body: said.Content, actor: g.users[g.cfg.ApplicationID]}
	if no := c.callback(it); no != nil {
		it.dead, it.refused = true, no
		it.settle()
	}
}
