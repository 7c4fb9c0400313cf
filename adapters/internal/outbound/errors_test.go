package outbound_test

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"

	"roomkeeper/adapters/internal/outbound"
	"roomkeeper/connector"
)

// refusal is an adapter's own error.
type refusal struct{ error }

func TestFailed(t *testing.T) {
	wait := &connector.WaitError{What: "bucket"}
	for name, c := range map[string]struct{ err, want error }{
		"a wait":      {wait, wait},
		"a refusal":   {refusal{connector.ErrForbidden}, refusal{connector.ErrForbidden}},
		"no answer":   {outbound.Unanswered("x", connector.ErrTemporary), connector.ErrTemporary},
		"an SDK's":    {errors.New("invalid character '<'"), connector.ErrUnknownOutcome},
		"with an URL": {&url.Error{Op: "Post", URL: "https://secret", Err: wait}, wait},
	} {
		err := outbound.Failed[refusal]("chat post", c.err, connector.ErrUnknownOutcome)
		if !errors.Is(err, c.want) || !strings.HasPrefix(err.Error(), "chat post: ") || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := outbound.Failed[refusal]("chat post", nil, connector.ErrTemporary); err != nil {
		t.Errorf("a success: %v", err)
	}
}

func TestFailure(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for name, c := range map[string]struct {
		ctx    context.Context
		broken error
		never  bool
		want   []error
		not    error
	}{
		"may be sent":            {t.Context(), connector.ErrUnknownOutcome, false, []error{connector.ErrUnknownOutcome}, connector.ErrTemporary},
		"never sent":             {t.Context(), connector.ErrUnknownOutcome, true, []error{connector.ErrTemporary}, connector.ErrUnknownOutcome},
		"given up":               {ended, connector.ErrTemporary, false, []error{context.Canceled}, connector.ErrTemporary},
		"given up when it began": {ended, connector.ErrUnknownOutcome, false, []error{connector.ErrUnknownOutcome, context.Canceled}, nil},
	} {
		err := outbound.Failure(c.ctx, errors.New("hello token, bye"), []string{"token"}, c.broken, c.never)
		for _, want := range c.want {
			if !errors.Is(err, want) {
				t.Errorf("%s: %v is not %v", name, err, want)
			}
		}
		if c.not != nil && errors.Is(err, c.not) || strings.Contains(err.Error(), "hello token,") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
