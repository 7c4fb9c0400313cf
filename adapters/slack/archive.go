package slack

import (
	"context"

	"roomkeeper/connector"
)

// Archive closes a channel; closed already is success.
func (a *Adapter) Archive(ctx context.Context, channel connector.ChannelID) error {
	return done(failed("conversations.archive", a.api.ArchiveConversationContext(ctx, string(channel))))
}
