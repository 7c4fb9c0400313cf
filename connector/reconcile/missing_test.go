package reconcile_test

import (
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/reconcile"
)

// While the CRM does not know a principal, anybody may be behind it: nobody whom
// Roomkeeper did not add goes.
func TestNobodyIsAnExtraWhileAPrincipalIsMissing(t *testing.T) {
	policies := map[string]connector.Policy{
		"kick":   {Extras: connector.ExtrasKick, Remove: connector.RemoveOwned},
		"strict": {Remove: connector.RemoveStrict},
	}
	for name, policy := range policies {
		for _, missing := range []bool{false, true} {
			diff := reconcile.Diff(reconcile.Input{
				Want:   reconcile.Desired{Missing: missing, Wanted: []reconcile.Wanted{{User: connector.User{ID: "u1"}, Member: "U1"}}},
				Have:   connector.Observed{Members: []connector.MemberID{"U1", "U2"}},
				Policy: policy, Now: time.Unix(1000, 0),
			})
			removed := len(diff.Plan.Of(connector.ActionRemove)) > 0 || diff.Held != nil
			if removed == missing {
				t.Errorf("%s, missing %t: plan %+v, held %+v", name, missing, diff.Plan, diff.Held)
			}
		}
	}
}

// Whom only a principal had brought that the CRM does not know just now, and who is
// out, is not listed as being in, and is added once the CRM knows it again.
func TestNobodyIsListedInWhoIsOutWhileAPrincipalIsMissing(t *testing.T) {
	for _, status := range []connector.MemberStatus{connector.StatusMember, connector.StatusHandAdded} {
		who := reconcile.Wanted{User: connector.User{ID: "u1"}, Member: "U1", Kept: true}
		in := reconcile.Input{
			Want: reconcile.Desired{Missing: true, Wanted: []reconcile.Wanted{who}},
			Rows: []connector.Membership{{
				User: "u1", Member: "U1", Status: status, Owned: status == connector.StatusMember, TriedAt: time.Unix(900, 0),
			}},
			Policy: connector.Policy{Remove: connector.RemoveOwned}, Now: time.Unix(1000, 0),
		}
		diff := reconcile.Diff(in)
		if row := rowOf(diff, "u1"); row.Status != connector.StatusPending || row.Reason == "" || !diff.Plan.Empty() {
			t.Errorf("%s: listed as %+v, plan %+v", status, row, diff.Plan)
		}
		who.Kept = false
		in.Want, in.Rows = reconcile.Desired{Wanted: []reconcile.Wanted{who}}, diff.Rows
		if added := named(reconcile.Diff(in).Plan.Of(connector.ActionAdd)); added != "U1" {
			t.Errorf("%s: known again, added %q", status, added)
		}
	}
}
