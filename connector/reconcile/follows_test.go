package reconcile_test

import (
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/reconcile"
)

// Who is found in later is in by what asked for the invitation, also who joined by
// command.
func TestWhatAskedForTheInvitationStands(t *testing.T) {
	for _, self := range []bool{false, true} {
		diff := reconcile.Diff(reconcile.Input{
			Want: reconcile.Desired{SelfEnrol: self, Listed: 1, Wanted: []reconcile.Wanted{{User: connector.User{ID: "u1"}, Member: "U1"}}},
			Have: connector.Observed{Members: []connector.MemberID{"U1"}},
			Rows: []connector.Membership{{
				User: "u1", Member: "U1", Status: connector.StatusPending, Owned: true, Enrolled: self, Since: time.Unix(900, 0), By: "open",
			}},
			By: "time", Now: time.Unix(1000, 0),
		})
		if len(diff.Rows) != 1 || diff.Rows[0].By != "open" {
			t.Errorf("enrolment %t: %+v", self, diff.Rows)
		}
	}
}
