package discord

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"

	"github.com/bwmarrin/discordgo"

	"roomkeeper/adapters/internal/membership"
	"roomkeeper/adapters/internal/outbound"
	"roomkeeper/connector"
)

// observeThread reads who is in a thread. At is when the first page was asked for.
func (a *Adapter) observeThread(ctx context.Context, thread string, bot connector.MemberID) (connector.Observed, error) {
	page := func(ctx context.Context, cursor string) ([]connector.MemberID, string, error) {
		query := url.Values{"with_member": {"true"}, "limit": {strconv.Itoa(archivedPage)}}
		if cursor != "" {
			query.Set("after", cursor)
		}
		var list []*discordgo.ThreadMember
		if err := a.get(ctx, "channels/"+thread+"/thread-members", query, &list); err != nil {
			return nil, "", unlisted(err)
		}
		ids, last := make([]connector.MemberID, 0, len(list)), ""
		for _, m := range list {
			if m == nil || !isID(m.UserID) {
				return nil, "", unreadable(ctx, getThreadMembers)
			}
			ids = append(ids, connector.MemberID(m.UserID))
			if older(last, m.UserID) {
				last = m.UserID
			}
		}
		if len(list) < archivedPage {
			last = ""
		}
		return ids, last, nil
	}
	list, err := a.members.Whole(ctx, thread, a.now(), page)
	if err != nil {
		return connector.Observed{}, err
	}
	return connector.Observed{Members: membership.Others(list.Items, bot), At: list.Began}, nil
}

// unlisted says what is missing where a thread that we do see does not tell its
// members: their list needs a privileged intent (docs, resources/channel: list
// thread members).
func unlisted(err error) error {
	if hasCode(err, codeMissingAccess) || errors.Is(err, connector.ErrForbidden) {
		return fmt.Errorf("the members of threads are not listed: switch on the Server Members Intent of the app's bot, in Discord's developer portal: %w",
			connector.ErrUnsupported)
	}
	return err
}

// joinThread puts somebody into a thread (PUT) or takes them out (DELETE).
func (a *Adapter) joinThread(ctx context.Context, thread, user, method string) error {
	return outbound.Done(a.awake(ctx, thread, func() error {
		return a.send(ctx, request{method: method, path: "channels/" + thread + "/thread-members/" + user}, nil)
	}))
}
