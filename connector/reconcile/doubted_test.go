package reconcile_test

import (
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/reconcile"
)

// Whom a hold doubts to have vanished, and nobody wants any more, is listed as in: not
// as somebody who is expected and whom no path leads to.
func TestDoubtedAndUnwanted(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	row := func(user, member string, status connector.MemberStatus, reason connector.PendingReason) connector.Membership {
		return connector.Membership{
			User: connector.UserID(user), Member: connector.MemberID(member), Owned: true, Seen: true,
			Status: status, Reason: reason, Since: at.Add(-time.Hour),
		}
	}
	diff := reconcile.Diff(reconcile.Input{
		Want: reconcile.Desired{Wanted: []reconcile.Wanted{{User: connector.User{ID: "e"}, Member: "E", Why: []connector.Path{{Via: connector.ViaTeam}}}}},
		Rows: []connector.Membership{
			row("a", "A", connector.StatusPending, connector.ReasonUnknownUser), row("b", "A", connector.StatusMember, ""),
			row("c", "C", connector.StatusMember, ""), row("e", "E", connector.StatusMember, ""),
		},
		Have: connector.Observed{At: at, Members: []connector.MemberID{"E"}}, Now: at,
	})
	if diff.Held == nil || diff.Held.Reason != connector.HoldMassVanish || len(diff.Rows) != 4 {
		t.Fatalf("held %+v, %d rows", diff.Held, len(diff.Rows))
	}
	for _, r := range diff.Rows {
		if r.Status != connector.StatusMember || r.Reason != "" {
			t.Errorf("%s is %s (%s)", r.User, r.Status, r.Reason)
		}
	}
}
