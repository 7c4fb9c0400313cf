package reconcile

import (
	"context"
	"slices"

	"roomkeeper/connector"
)

// compare is Diff, after everybody who would be added by an old answer was asked for
// again: an address may be somebody else's by now. Who is in is not asked for. Nobody's
// account of before goes for another one that was not asked for in this run.
func (n *run) compare(ctx context.Context, have connector.Observed, asBelieved bool) (Difference, error) {
	for {
		diff := Diff(n.input(have, asBelieved))
		asked, err := n.askAgain(ctx, have, diff)
		if err != nil || !asked {
			return diff, err
		}
	}
}

// askAgain asks for those whom a difference adds by an answer that is due, and for those
// whom it takes their place by any, all at once. It reports whether there were any: none
// of them is due afterwards.
func (n *run) askAgain(ctx context.Context, have connector.Observed, diff Difference) (bool, error) {
	additions := diff.Plan.Of(connector.ActionAdd)
	var due []Wanted
	var at []int
	for i, w := range n.want.Wanted {
		added := func(a connector.Action) bool { return a.Member == w.Member }
		if w.losesPlace(have, diff) {
			w.trust = trustAfresh
		} else if w.trust != trustDue || !slices.ContainsFunc(additions, added) {
			continue
		}
		due, at = append(due, w), append(at, i)
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

// losesPlace reports whether somebody's account of before is to go because they have
// another one now, which is not in and was not asked for.
func (w Wanted) losesPlace(have connector.Observed, diff Difference) bool {
	if w.asked || w.place == "" || w.Member == "" || w.Member == w.place ||
		slices.Contains(have.Members, w.Member) || slices.Contains(have.Service, w.Member) {
		return false
	}
	return slices.ContainsFunc(diff.Rows, func(row connector.Membership) bool {
		return row.Member == w.place && row.User == "" && row.Status == connector.StatusToRemove
	})
}
