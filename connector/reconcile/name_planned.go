package reconcile

import (
	"cmp"
	"context"
	"fmt"

	"roomkeeper/connector"
)

// createPlanned is the channel that a run would make, under the name that it would use
// as far as that is known without trying: what is stored of the creation counts, and
// the names of other Groups.
func (n *run) createPlanned(ctx context.Context) (connector.Action, error) {
	create := connector.Action{Type: connector.ActionCreate, Why: n.unsureName()}
	attempt := 0
	if n.g.Intent != nil {
		create.Value, attempt = n.g.Intent.Name, n.g.Intent.Attempt
	}
	if create.Value != "" {
		return create, nil
	}
	name, err := n.nameAhead(ctx, attempt)
	create.Value = name
	return create, err
}

// namePlanned is the name that a run would give the channel, if any, by a fresh
// reading where the present one is doubted.
func (n *run) namePlanned(ctx context.Context) ([]connector.Action, error) {
	if n.g.Channel.ID == "" || n.g.Origin != connector.CreatedByUs || n.platform.Renamer == nil {
		return nil, nil
	}
	called, name := n.g.Channel.Name, n.backTo()
	switch {
	case n.read.Record.Name != n.g.RecordName || n.g.RenameAsked:
		next, err := n.nameAhead(ctx, 0)
		if err != nil {
			return nil, err
		}
		name = next
	case n.g.NameDoubted && !n.g.NameContested:
		now, err := n.nameNow(ctx)
		if hard := n.optional(ctx, err); hard != nil {
			return nil, fmt.Errorf("read name: %w", hard)
		}
		if err == nil && now != called && now != n.g.NameMeant && n.mayPutBack() {
			called, name = now, cmp.Or(name, called)
		}
	}
	if name == "" || name == called {
		return nil, nil
	}
	return []connector.Action{{Type: connector.ActionRename, Value: name, Why: n.unsureName()}}, nil
}

// nameAhead is the first of the Record's names, from an attempt on, that no other Group
// has now.
func (n *run) nameAhead(ctx context.Context, attempt int) (string, error) {
	alphabet, err := n.alphabet(ctx)
	if err != nil {
		return "", err
	}
	for ; ; attempt++ {
		name := n.nameOf(alphabet, attempt)
		holder, err := n.Engine.Names.Holder(ctx, n.g.Platform, name)
		if err != nil {
			return "", fmt.Errorf("read name: %w", err)
		}
		if holder == "" || holder == n.g.ID || attempt >= maxSuffixes {
			return name, nil
		}
	}
}

// unsureName says why a channel may come to be called otherwise than planned; "" where
// it cannot. A channel that is not ours, perhaps one that our bot cannot see, may have
// the name where names are unique, and only trying tells.
func (n *run) unsureName() string {
	if !n.platform.Limits.UniqueNames {
		return ""
	}
	return "with a suffix when it is taken"
}
