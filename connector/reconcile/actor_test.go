package reconcile_test

import (
	"testing"

	"roomkeeper/connector"
)

// TestWhoAsksForAChannelHasJoinedIt, by whatever makes people join by themselves.
func TestWhoAsksForAChannelHasJoinedIt(t *testing.T) {
	for name, self := range map[string]bool{"enrol=self": true, "enrol limit": false} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.policy.SelfEnrol, w.policy.EnrolLimit = self, 2
			w.person("a", "b", "c")
			w.record("1", "Acme", "a", "b", "c")
			w.ok(w.acceptor().Accept(t.Context(), []connector.Event{{
				ID: "o", Type: connector.EventChannelRequested, Record: key("1"), Actor: connector.Principal{Type: connector.PrincipalUser, ID: "b"}, At: w.clock.Now(),
			}}))
			w.settle("1")
			w.in("1", "b")
		})
	}
}
