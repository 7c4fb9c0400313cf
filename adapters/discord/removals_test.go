package discord

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"roomkeeper/connector"
)

// gatekeeper is one channel of a guild that lets nobody out while its rate is over.
type gatekeeper struct {
	doorkeeper
	over bool
}

func (g *gatekeeper) answer(r *http.Request) answer {
	if r.Method == http.MethodDelete && g.over {
		return says(http.StatusTooManyRequests, `{"retry_after":1}`, rated("1", "0", "1800000001", "1")...)(r)
	}
	return g.doorkeeper.answer(r)
}

func newGatekeeper(t *testing.T) (*gatekeeper, *stand) {
	t.Helper()
	g := &gatekeeper{doorkeeper: doorkeeper{in: map[string]bool{"7": true, "8": true}}, over: true}
	s := newStand(t, g.answer)
	if _, err := s.Observe(goesOn(t.Context()), testID); err != nil {
		t.Fatal(err)
	}
	var wait *connector.WaitError
	if err := s.Remove(t.Context(), testID, "7"); !errors.As(err, &wait) {
		t.Fatalf("remove: %v, want a wait", err)
	}
	s.pass(2 * time.Second)
	g.over = false
	return g, s
}

// goesOn is the context of who goes on with a change of the people.
func goesOn(ctx context.Context) context.Context { return connector.WithReadSince(ctx, time.Time{}) }

// A Remove that had to wait is sent by the next try alone: neither the channel nor
// who is in is read again.
func TestRemoveGoesOn(t *testing.T) {
	g, s := newGatekeeper(t)
	before := len(s.sent)
	seen, err := s.Observe(goesOn(t.Context()), testID)
	if slices.Sort(seen.Members); err != nil || !slices.Equal(seen.Members, []connector.MemberID{"7", "8"}) {
		t.Errorf("seen %v, %v", seen.Members, err)
	}
	if err := s.Remove(t.Context(), testID, "7"); err != nil {
		t.Fatal(err)
	}
	if g.in["7"] || len(s.sent) != before+1 {
		t.Errorf("in %v, by %d calls more", g.in, len(s.sent)-before)
	}
	if seen, err := s.Observe(goesOn(t.Context()), testID); err != nil || !slices.Equal(seen.Members, []connector.MemberID{"8"}) {
		t.Errorf("then seen %v, %v", seen.Members, err)
	}
}

// What was read before a Remove that had to wait is told once, not when it is old,
// and not after somebody was let in.
func TestReadingOfARemoveThatWaits(t *testing.T) {
	for name, then := range map[string]func(*stand) error{
		"told": func(s *stand) error {
			_, err := s.Observe(goesOn(s.Context()), testID)
			return err
		},
		"read anew by who does not go on": func(s *stand) error {
			seen, err := s.Observe(s.Context(), testID)
			if at := seen.At; !at.Equal(s.now) {
				return fmt.Errorf("told of %s, want a new reading", at)
			}
			return err
		},
		"read since by another": func(s *stand) error {
			seen, err := s.Observe(connector.WithReadSince(s.Context(), s.now), testID)
			if at := seen.At; !at.Equal(s.now) {
				return fmt.Errorf("told of %s, want a reading since now", at)
			}
			return err
		},
		"old":    func(s *stand) error { s.pass(keepReading); return nil },
		"let in": func(s *stand) error { return s.Add(s.Context(), testID, []connector.MemberID{"9"}) },
	} {
		t.Run(name, func(t *testing.T) {
			_, s := newGatekeeper(t)
			if err := then(s); err != nil {
				t.Fatal(err)
			}
			before := len(s.sent)
			if _, err := s.Observe(goesOn(t.Context()), testID); err != nil {
				t.Fatal(err)
			}
			if len(s.sent) == before || !strings.HasSuffix(s.sent[before].URL.Path, testID) {
				t.Error("an earlier reading was told")
			}
		})
	}
}

// A Remove that goes on trusts what was read of those who were in, and not that
// somebody else is out.
func TestRemoveWhoCameMeanwhile(t *testing.T) {
	g, s := newGatekeeper(t)
	g.in["9"] = true
	if err := s.Remove(t.Context(), testID, "9"); err != nil {
		t.Fatal(err)
	}
	if g.in["9"] {
		t.Error("nobody was removed")
	}
}
