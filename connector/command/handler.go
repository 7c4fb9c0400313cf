package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"roomkeeper/connector"
)

// Handler answers commands and presses. It is safe for concurrent use.
type Handler struct {
	o       Options
	grammar grammar
	texts   texts
}

// New makes a Handler; it reads and starts nothing.
func New(o Options) *Handler {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Handler{
		o:       o,
		grammar: grammar{policies: o.Policies, hosts: o.LinkHosts},
		texts:   texts{cmd: o.Command, everyone: o.Everyone},
	}
}

// Run does what a Request asks for and answers it. It never fails: what went
// wrong is in the Answer, in words for a person.
func (h *Handler) Run(ctx context.Context, r Request) Answer {
	ctx = connector.WithUrgent(ctx)
	inv, err := h.grammar.parse(r.Text)
	if err != nil {
		return h.explain(ctx, err)
	}
	if inv.Verb == VerbHelp {
		return Answer{Text: h.texts.help(inv.Word)}
	}
	a := asker{platform: r.Platform, channel: r.Channel, member: r.Actor, name: r.ActorName, id: r.ID}
	return h.once(ctx, requestID("command", r.Platform, r.ID), func() (Answer, error) { return h.dispatch(ctx, a, inv) })
}

func (h *Handler) dispatch(ctx context.Context, a asker, inv Invocation) (Answer, error) {
	switch inv.Verb {
	case VerbOpen:
		return h.open(ctx, a, inv.Record)
	case VerbDetails:
		return h.details(ctx, a, inv.Record)
	case VerbMembers:
		return h.members(ctx, a, inv.Record)
	case VerbWhy:
		return h.why(ctx, a, inv)
	case VerbStatus:
		return h.status(ctx, a, inv.Record)
	case VerbSubscriptions:
		return h.subscriptions(ctx, a, inv)
	case VerbSubscribe, VerbUnsubscribe:
		return h.subscribe(ctx, a, inv)
	case VerbSync:
		return h.sync(ctx, a, inv)
	case VerbJoin:
		return h.join(ctx, a, inv.Record)
	case VerbLeave:
		return h.leave(ctx, a, inv.Record)
	case VerbLink:
		return h.link(ctx, a, inv)
	case VerbUnlink:
		return h.unlink(ctx, a, inv)
	case VerbAdopt:
		return h.adopt(ctx, a, inv)
	case VerbHelp:
	}
	return Answer{Text: h.texts.help("")}, nil
}

func requestID(what string, platform connector.PlatformID, id string) string {
	if id == "" {
		return ""
	}
	return what + "/" + string(platform) + "/" + id
}

// once answers an identity that was answered before like the first time. An
// answer is remembered after what it asked for is stored; a failure or a
// refusal did nothing and is not remembered.
func (h *Handler) once(ctx context.Context, id string, do func() (Answer, error)) Answer {
	if id == "" {
		return h.finish(ctx, do)
	}
	answer, ok, err := h.answered(ctx, id)
	if err != nil {
		return h.explain(ctx, err)
	}
	if ok {
		return answer
	}
	answer, err = do()
	if err != nil {
		return h.explain(ctx, err)
	}
	answer.Text = cut(answer.Text, answerLimit)
	h.remember(ctx, id, answer)
	return answer
}

// answered returns the answer that is remembered under id; ok is false when there
// is none.
func (h *Handler) answered(ctx context.Context, id string) (answer Answer, ok bool, err error) {
	stored, err := h.o.Engine.Answers.Answer(ctx, id)
	if errors.Is(err, connector.ErrNotFound) {
		return Answer{}, false, nil
	}
	if err != nil {
		return Answer{}, false, err
	}
	if err = json.Unmarshal(stored, &answer); err != nil {
		return Answer{}, false, fmt.Errorf("reading a remembered answer: %w", err)
	}
	return answer, true, nil
}

func (h *Handler) finish(ctx context.Context, do func() (Answer, error)) Answer {
	answer, err := do()
	if err != nil {
		return h.explain(ctx, err)
	}
	answer.Text = cut(answer.Text, answerLimit)
	return answer
}

// remember is done after the work: when it fails the work is done all the
// same, and saying so is the truth.
func (h *Handler) remember(ctx context.Context, id string, answer Answer) {
	body, err := json.Marshal(answer)
	if err == nil {
		err = h.o.Engine.Answers.Remember(ctx, id, body, h.o.Clock())
	}
	if err != nil {
		h.o.Logger.WarnContext(ctx, "answer not remembered", slog.Any("error", err))
	}
}
