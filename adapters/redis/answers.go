package redis

import (
	"context"
	"fmt"
	"time"

	"roomkeeper/connector"
)

type answers struct{ *Engine }

type answer struct {
	Answer []byte    `json:"answer"`
	At     time.Time `json:"at"`
}

// Answer reads how a request was answered.
func (s answers) Answer(ctx context.Context, id string) ([]byte, error) {
	l, err := s.reach(ctx)
	if err != nil {
		return nil, err
	}
	a, raw, err := get[answer](ctx, s.Engine, l.deployment, keyAnswers, id)
	if err == nil && raw == "" {
		err = fmt.Errorf("answer %q: %w", id, connector.ErrNotFound)
	}
	return a.Answer, err
}

// Remember keeps the first answer to a request; a second one changes nothing.
func (s answers) Remember(ctx context.Context, id string, text []byte, at time.Time) error {
	l, err := s.reach(ctx)
	if err != nil {
		return err
	}
	step := newStep(l.deployment)
	step.is(keyAnswers, id, "")
	if err := step.put(keyAnswers, id, answer{Answer: text, At: at}); err != nil {
		return err
	}
	step.rankAt(keyAnswerAges, at, id)
	return s.blind(ctx, "remember answer", step)
}
