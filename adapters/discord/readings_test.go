package discord

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"roomkeeper/connector"
)

// methods are the methods of what was sent from a place on.
func (s *stand) methods(from int) string {
	var list []string
	for _, r := range s.sent[from:] {
		list = append(list, r.Method)
	}
	return strings.Join(list, " ")
}

// newWatched is a channel that was read a moment ago, with the people 7, 8 and 9, and
// an Adapter that knows itself and the guild.
func newWatched(t *testing.T) (*doorkeeper, *stand) {
	t.Helper()
	d := &doorkeeper{in: map[string]bool{"7": true, "8": true, "9": true}}
	s := newStand(t, d.answer)
	if _, err := s.rights(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Observe(t.Context(), testID); err != nil {
		t.Fatal(err)
	}
	return d, s
}

// Changes that follow a reading are made by it: each is one call.
func TestChangesGoByTheReading(t *testing.T) {
	d, s := newWatched(t)
	before := len(s.sent)
	for _, id := range []connector.MemberID{"7", "8"} {
		if err := s.Remove(t.Context(), testID, id); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Add(t.Context(), testID, []connector.MemberID{"5", "6"}); err != nil {
		t.Fatal(err)
	}
	if got := s.methods(before); got != "DELETE DELETE PUT PUT" {
		t.Errorf("calls %s", got)
	}
	seen, err := s.Observe(t.Context(), testID)
	if slices.Sort(seen.Members); err != nil || !slices.Equal(seen.Members, []connector.MemberID{"5", "6", "9"}) {
		t.Errorf("seen %v, %v; in %v", seen.Members, err, d.in)
	}
}

// A reading does not tell of who came or went since, and is good for a while only.
func TestTheChannelIsReadAgain(t *testing.T) {
	remove := func(id connector.MemberID) func(*stand) error {
		return func(s *stand) error { return s.Remove(s.Context(), testID, id) }
	}
	add := func(id connector.MemberID) func(*stand) error {
		return func(s *stand) error { return s.Add(s.Context(), testID, []connector.MemberID{id}) }
	}
	for name, c := range map[string]struct {
		first, do func(*stand) error
		calls     string
	}{
		"to remove who was not in it":        {do: remove("5"), calls: "GET"},
		"to remove somebody a second time":   {first: remove("7"), do: remove("7"), calls: "GET"},
		"to let in who was in it":            {do: add("7"), calls: "GET"},
		"to remove after somebody was added": {first: add("5"), do: remove("5"), calls: "GET DELETE"},
		"when it is old": {
			first: func(s *stand) error { s.pass(keepReading + 1); return nil }, do: remove("7"), calls: "GET DELETE",
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, s := newWatched(t)
			if c.first != nil {
				if err := c.first(s); err != nil {
					t.Fatal(err)
				}
			}
			before := len(s.sent)
			if err := c.do(s); err != nil {
				t.Fatal(err)
			}
			if got := s.methods(before); got != c.calls {
				t.Errorf("calls %s, want %s", got, c.calls)
			}
		})
	}
}

// What may have been done, and what the channel refused, only a new reading tells.
func TestFailedChangesHaveItReadAgain(t *testing.T) {
	for name, status := range map[string]int{"open": http.StatusBadGateway, "refused": http.StatusForbidden} {
		t.Run(name, func(t *testing.T) {
			d := &doorkeeper{in: map[string]bool{"7": true}}
			fails := true
			s := newStand(t, func(r *http.Request) answer {
				if r.Method == http.MethodDelete && fails {
					return answer{status: status, body: `{"code":50013,"message":"no"}`}
				}
				return d.answer(r)
			})
			if _, err := s.Observe(t.Context(), testID); err != nil {
				t.Fatal(err)
			}
			err := s.Remove(t.Context(), testID, "7")
			if !errors.Is(err, connector.ErrTemporary) && !errors.Is(err, connector.ErrForbidden) {
				t.Fatalf("remove: %v", err)
			}
			s.pass(2 * time.Second)
			fails = false
			before := len(s.sent)
			if err := s.Remove(t.Context(), testID, "7"); err != nil {
				t.Fatal(err)
			}
			if got := s.methods(before); got != "GET DELETE" {
				t.Errorf("calls %s", got)
			}
		})
	}
}
