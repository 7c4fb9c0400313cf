package reconcile

import (
	"context"
	"crypto/rand"
	"fmt"
)

// Marks of a request for a full Sweep: the last one, and the last one that a
// Sweep answered. Each is only ever replaced: a request that comes while the one
// before is being answered is not lost, whatever the clocks of two replicas say.
const (
	markWanted   = "sweep/wanted"
	markAnswered = "sweep/answered"
)

// Request asks durably for a full Sweep; Requested tells whoever runs it.
func (s *Sweeper) Request(ctx context.Context) error {
	if err := s.want(ctx); err != nil {
		return err
	}
	s.Nudge()
	return nil
}

// want stores that a full Sweep is wanted, some time. No two requests are the
// same.
func (s *Sweeper) want(ctx context.Context) error {
	request := s.Clock().UTC().Format(markTime) + "-" + rand.Text()
	if err := s.Engine.Marks.SetMark(ctx, markWanted, request); err != nil {
		return fmt.Errorf("request sweep: %w", err)
	}
	return nil
}

// request is the one that no Sweep answered yet, as one does that began
// afterwards and listed all; "": none.
func (s *Sweeper) request(ctx context.Context) (string, error) {
	wanted, err := s.Engine.Marks.Mark(ctx, markWanted)
	if err != nil || wanted == "" {
		return "", err
	}
	answered, err := s.Engine.Marks.Mark(ctx, markAnswered)
	if err != nil || answered == wanted {
		return "", err
	}
	return wanted, nil
}

// Requested returns the request for a full Sweep that is to be carried out now.
// "": none stands, or a full Sweep is under way, after whose end one may.
func (s *Sweeper) Requested(ctx context.Context) (string, error) {
	request, err := s.request(ctx)
	if err != nil || request == "" {
		return "", err
	}
	busy, err := s.UnderWay(ctx, true)
	if err != nil || busy {
		return "", err
	}
	return request, nil
}
