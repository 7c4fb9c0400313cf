package discord

import (
	"context"
	"net/http"

	"roomkeeper/connector"
)

// Join lets somebody into the guild with an access token of theirs, which has
// the scope guilds.join; in already is success.
func (a *Adapter) Join(ctx context.Context, member connector.MemberID, token string) error {
	return a.send(ctx, request{
		method: http.MethodPut, path: "guilds/" + a.guildID + "/members/" + string(member),
		body: map[string]string{"access_token": token},
	}, nil)
}
