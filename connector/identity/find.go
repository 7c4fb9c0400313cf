package identity

import (
	"context"
	"fmt"

	"roomkeeper/connector"
)

// Finds reports whether Users can be found by their address.
func (l *Linker) Finds() bool { return l.CRM.Finder != nil }

// Find returns the one User who is active, not external and has this e-mail
// address, which somebody proved to be theirs. ErrNobody, ErrSeveral.
// ErrUnsupported: the CRM cannot be asked this.
func (l *Linker) Find(ctx context.Context, email string) (connector.User, error) {
	if !l.Finds() {
		return connector.User{}, fmt.Errorf("find user: %w", connector.ErrUnsupported)
	}
	wanted := connector.Address(email)
	if wanted == "" {
		return connector.User{}, ErrNobody
	}
	users, err := l.CRM.Finder.UsersByEmail(ctx, wanted)
	if err != nil {
		return connector.User{}, fmt.Errorf("find user: %w", err)
	}
	fit := map[connector.UserID]connector.User{}
	for _, user := range users {
		if user.Active && !user.External && connector.Address(user.Email) == wanted {
			fit[user.ID] = user
		}
	}
	if len(fit) > 1 {
		return connector.User{}, ErrSeveral
	}
	for _, user := range fit {
		return user, nil
	}
	return connector.User{}, ErrNobody
}
