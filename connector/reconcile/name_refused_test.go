package reconcile_test

import (
	"fmt"
	"testing"

	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
)

// TestNameRefused: a name that the platform does not take is followed by one of ASCII,
// where letters may be why, and then by the Record's kind and id; then the creation is
// refused.
func TestNameRefused(t *testing.T) {
	for _, c := range []struct {
		record   string
		refusals int
		want     string
		alphabet connector.Alphabet
	}{
		{"Łódź", 1, "lodz", connector.AlphabetASCII},
		{"Łódź", 2, "account-1", connector.AlphabetASCII},
		{"Łódź", 3, "", connector.AlphabetASCII},
		{"Rude", 1, "account-1", ""},
		{"Rude", 2, "", ""},
	} {
		t.Run(fmt.Sprint(c.record, c.refusals), func(t *testing.T) {
			w := newWorld(t)
			w.person("a")
			w.record("1", c.record, "a")
			for range c.refusals {
				w.chat.Calls.Spoil(string(connectortest.ChatCreate), 0, connectortest.MemoryFault{Err: connector.ErrInvalidName})
			}
			w.request("1")
			w.settle("1")
			g := w.group("1")
			if c.want == "" && (g.State != connector.GroupFailed || len(w.dead()) != 1) {
				t.Errorf("%s, %d dead letters", g.State, len(w.dead()))
			}
			if c.want != "" {
				w.called("1", c.want)
			}
			mark, err := w.engine.Marks.Mark(t.Context(), "alphabet/slack")
			w.ok(err)
			if connector.Alphabet(mark) != c.alphabet {
				t.Errorf("the alphabet is %q", mark)
			}
			for _, name := range []string{"łódź", "lodz", "rude"} {
				if holder, err := w.engine.Names.Holder(t.Context(), slack, name); err != nil || holder != "" && name != c.want {
					t.Errorf("%s is reserved by %q, %v", name, holder, err)
				}
			}
		})
	}
}

// TestRenameRefused: a rename that is refused for no letters is tried once, and the
// channel keeps its name.
func TestRenameRefused(t *testing.T) {
	w := newWorld(t)
	w.person("a")
	w.record("1", "Acme", "a")
	w.open("1")
	w.record("1", "Rude", "a")
	w.chat.Calls.Spoil(string(connectortest.ChatRename), 0, connectortest.MemoryFault{Err: connector.ErrInvalidName})
	w.settle("1")
	w.settle("1")
	w.called("1", "acme")
	if n := w.chat.Calls.Counts()[string(connectortest.ChatRename)]; n != 1 {
		t.Errorf("%d renames", n)
	}
	if holder, err := w.engine.Names.Holder(t.Context(), slack, "rude"); err != nil || holder != "" {
		t.Errorf("the refused name is reserved by %q, %v", holder, err)
	}
}
