package neutral

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"roomkeeper/connector"
	"roomkeeper/crm"
)

// maxExpansionPages bounds how long a list of one principal's users is followed:
// a million users at the sandbox's page of 500.
const maxExpansionPages = 2000

// Expand implements connector.Principals. A cursor that the CRM lost starts the
// list again, once.
func (p *puller) Expand(ctx context.Context, principal connector.Principal) ([]connector.UserID, error) {
	path, err := principalPath(principal)
	if err != nil {
		return nil, err
	}
	users, err := p.expand(ctx, path, principal.IncludeSub)
	if errors.Is(err, connector.ErrCursorLost) {
		users, err = p.expand(ctx, path, principal.IncludeSub)
	}
	if errors.Is(err, connector.ErrCursorLost) {
		return nil, fmt.Errorf("%w: %w", connector.ErrTemporary, err)
	}
	return users, err
}

// principalPath is where a principal's users are, or ErrNotFound for one that the
// CRM cannot be asked for.
func principalPath(principal connector.Principal) (string, error) {
	for _, part := range []string{string(principal.Type), principal.ID} {
		if detail := connector.BadID(part); detail != "" {
			return "", fmt.Errorf("%w: principal: %s", connector.ErrNotFound, detail)
		}
	}
	return "/principals/" + url.PathEscape(string(principal.Type)) + "/" + url.PathEscape(principal.ID) + "/users", nil
}

// expand reads every page. A principal that is gone after the first one makes the
// list no shorter: that is a failure.
func (p *puller) expand(ctx context.Context, path string, sub bool) ([]connector.UserID, error) {
	seen := map[connector.UserID]bool{}
	users := []connector.UserID{}
	cursor := ""
	for range maxExpansionPages {
		page, next, err := p.expandPage(ctx, path, sub, cursor)
		if cursor != "" && errors.Is(err, connector.ErrNotFound) {
			return nil, fmt.Errorf("%w: the principal went while it was read", connector.ErrTemporary)
		}
		if err != nil {
			return nil, err
		}
		for _, id := range page {
			if !seen[id] {
				seen[id] = true
				users = append(users, id)
			}
		}
		if cursor = next; cursor == "" {
			return users, nil
		}
	}
	return nil, fmt.Errorf("crm %s: %w: more than %d pages", callExpand, connector.ErrTemporary, maxExpansionPages)
}

// expandPage reads one page. Without `users` or `next_cursor` it may be cut short.
func (p *puller) expandPage(ctx context.Context, path string, sub bool, cursor string) (users []connector.UserID, next string, err error) {
	query := url.Values{}
	if sub {
		query.Set("include_sub", "true")
	}
	if cursor != "" {
		query.Set("cursor", cursor)
	}
	err = p.get(ctx, callExpand, path, query, func(o crm.Object) {
		o.Need("users")
		if !o.Named("next_cursor") {
			o.Fail("next_cursor", "missing")
		}
		for _, id := range o.IDs("users") {
			users = append(users, connector.UserID(id))
		}
		if next = o.Text("next_cursor", maxCursor); cursor != "" && next == cursor {
			o.Fail("next_cursor", "leads to the same page again")
		}
	})
	return users, next, err
}
