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
