package world

import (
	"errors"
	"fmt"
	"testing"

	"roomkeeper/sandbox/crm"
)

// Group is the Group of a record on the world's platform; nil: there is none.
func (w *World) Group(t testing.TB, ref crm.Ref) *Group {
	t.Helper()
	for _, g := range w.Groups(t, ref) {
		if g.Platform == w.Chat.Name {
			return &g
		}
	}
	return nil
}

// WaitState waits until a record's Group is in a state.
func (w *World) WaitState(t testing.TB, ref crm.Ref, state string) Group {
	t.Helper()
	var g *Group
	Eventually(t, Patience, fmt.Sprintf("%s/%s %s on %s", ref.Kind, ref.ID, state, w.Chat.Name), func() error {
		if g = w.Group(t, ref); g == nil {
			return errors.New("no group")
		}
		if g.State != state {
			return fmt.Errorf("%s %s", g.State, g.Failure)
		}
		return nil
	})
	return *g
}
