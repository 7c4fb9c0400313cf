package discord

import (
	"errors"
	"slices"
	"testing"
	"time"

	"roomkeeper/connector"
)

// Whom an Add does not refuse counts as in: it may not go by what it knew before
// somebody was taken out again, by another replica or by hand.

func interruptedAt(t *testing.T, s *stand, members ...connector.MemberID) {
	t.Helper()
	var wait *connector.WaitError
	if err := s.Add(t.Context(), testID, members); !errors.As(err, &wait) {
		t.Fatal(err)
	}
}

func TestAddAgainAfterAnotherReplica(t *testing.T) {
	for _, later := range []time.Duration{5 * time.Second, 5 * time.Minute} {
		d := &doorkeeper{in: map[string]bool{}, limited: "8"}
		s := newStand(t, d.answer)
		if _, err := s.Observe(goesOn(t.Context()), testID); err != nil {
			t.Fatal(err)
		}
		interruptedAt(t, s, "7", "8")
		d.limited = ""
		delete(d.in, "7") // the other replica went on with the Add, and took 7 out
		s.pass(later)
		if _, err := s.Observe(goesOn(t.Context()), testID); err != nil {
			t.Fatal(err)
		}
		if err := s.Add(t.Context(), testID, []connector.MemberID{"7"}); err != nil || !d.in["7"] {
			t.Errorf("after %s: %v, in %v", later, err, d.in)
		}
	}
}

func TestAddOfSomebodyTakenOutByHand(t *testing.T) {
	d := &doorkeeper{in: map[string]bool{"9": true}, limited: "8"}
	s := newStand(t, d.answer)
	if _, err := s.Observe(goesOn(t.Context()), testID); err != nil {
		t.Fatal(err)
	}
	interruptedAt(t, s, "8")
	d.limited = ""
	delete(d.in, "9")
	s.pass(2 * time.Second)
	for range 2 { // the first is told of what was kept
		if _, err := s.Observe(goesOn(t.Context()), testID); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Add(t.Context(), testID, []connector.MemberID{"8", "9"}); err != nil || !d.in["8"] || !d.in["9"] {
		t.Errorf("%v, in %v", err, d.in)
	}
}

func TestAReadingForgetsWhomAnAddLetIn(t *testing.T) {
	d := &doorkeeper{in: map[string]bool{}, limited: "8"}
	s := newStand(t, d.answer)
	interruptedAt(t, s, "7", "8")
	delete(d.in, "7")
	s.pass(5 * time.Minute)
	for range 2 {
		seen, err := s.Observe(goesOn(t.Context()), testID)
		if err != nil || slices.Contains(seen.Members, "7") {
			t.Errorf("seen %v, %v", seen.Members, err)
		}
		interruptedAt(t, s, "8")
	}
}
