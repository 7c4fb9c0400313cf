package reconcile

import (
	"context"
	"slices"

	"roomkeeper/connector"
)

// lookAgain looks up who is wanted and was not found lately, before somebody is
// removed who may be them, and reports whether that told anything new.
func (n *run) lookAgain(ctx context.Context) bool {
	waiting := Desired{}
	for _, w := range n.want.Wanted {
		if w.Member == "" && w.Reason != connector.ReasonRateWait {
			waiting.Wanted = append(waiting.Wanted, Wanted{User: w.User, Why: w.Why, place: w.place, stays: w.stays})
		}
	}
	if len(waiting.Wanted) == 0 {
		return false
	}
	if err := n.Resolver.linkAnew(ctx, n.g.Platform, &waiting); err != nil {
		n.partial = err
	}
	news := false
	for _, found := range waiting.Wanted {
		at := slices.IndexFunc(n.want.Wanted, func(w Wanted) bool { return w.User.ID == found.User.ID })
		if found.Member != "" || found.Reason == connector.ReasonRateWait {
			n.want.Wanted[at], news = found, true
		}
	}
	return news
}

// recheckRefused asks for the accounts of those whom the platform turned down
// without saying more: one that is gone is looked up anew, it may have a successor.
// Who cannot be asked for just now stays turned down.
func (n *run) recheckRefused(ctx context.Context, failed *connector.MembersError) {
	if failed == nil {
		return
	}
	for i := range failed.Failed {
		f := &failed.Failed[i]
		at := slices.IndexFunc(n.want.Wanted, func(w Wanted) bool { return w.Member == f.Member })
		if at < 0 || f.Reason != connector.ReasonInvitationRefused && f.Reason != connector.ReasonUnknownUser {
			continue
		}
		account, err := accountOf(ctx, n.platform.Accounts, f.Member)
		if err != nil || account.Reason == "" {
			continue
		}
		if err := n.Resolver.forget(ctx, n.g.Platform, n.want.Wanted[at], account.Reason); err == nil {
			f.Reason = account.Reason
		}
	}
}
