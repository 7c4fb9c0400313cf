package reconcile

import (
	"context"
	"slices"

	"roomkeeper/connector"
)

// compare is Diff, after everybody who would be added by an old answer was asked for
// again: an address may be somebody else's by now. Who is in is not asked for.
func (n *run) compare(ctx context.Context, have connector.Observed, asBelieved bool) (Difference, error) {
	for {
		diff := Diff(n.input(have, asBelieved))
		asked, err := n.askAgain(ctx, diff.Plan.Of(connector.ActionAdd))
		if err != nil || !asked {
			return diff, err
		}
	}
}

// askAgain asks for those among the additions whose answer is due, all at once, and
// reports whether there were any. None of them is due afterwards.
func (n *run) askAgain(ctx context.Context, additions []connector.Action) (bool, error) {
	var due []Wanted
	var at []int
	for i, w := range n.want.Wanted {
		added := func(a connector.Action) bool { return a.Member == w.Member }
		if w.trust == trustDue && slices.ContainsFunc(additions, added) {
			due, at = append(due, w), append(at, i)
		}
	}
	if len(due) == 0 {
		return false, nil
	}
	err := n.Resolver.linkDue(ctx, n.g.Platform, due)
	switch {
	case isPartial(err):
		n.partial = err
	case err != nil:
		return false, err
	}
	n.want.Wanted = slices.Clone(n.want.Wanted)
	for i, w := range due {
		n.want.Wanted[at[i]] = w
	}
	if n.partial == nil {
		n.g.Owners = n.want.Owners()
	}
	return true, nil
}
