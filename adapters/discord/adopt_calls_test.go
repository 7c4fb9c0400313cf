package discord

import (
	"testing"
	"time"
)

// Enter goes by what View read a moment ago, once, and writes our own overwrite only.
func TestEnterGoesByTheView(t *testing.T) {
	for name, c := range map[string]struct {
		between time.Duration
		view    bool
		calls   string
	}{
		"at once":        {view: true, calls: "PUT"},
		"later":          {view: true, between: keepView + 1, calls: "GET PUT"},
		"without a view": {calls: "GET PUT"},
	} {
		t.Run(name, func(t *testing.T) {
			d, s := newWatched(t)
			if c.view {
				view, err := s.View(t.Context(), testID)
				if err != nil || !view.Out || view.Whole == nil || len(view.Whole.Members) != 3 {
					t.Fatalf("%+v, %v", view, err)
				}
			}
			s.pass(c.between)
			before := len(s.sent)
			if err := s.Enter(t.Context(), testID); err != nil {
				t.Fatal(err)
			}
			if got := s.methods(before); got != c.calls || len(d.puts) != 1 || d.puts[0] != "42" {
				t.Errorf("calls %s, overwrites of %v", got, d.puts)
			}
			before = len(s.sent)
			if err := s.Enter(t.Context(), testID); err != nil || s.methods(before) != "GET" {
				t.Errorf("again: %v, calls %s", err, s.methods(before))
			}
		})
	}
}
