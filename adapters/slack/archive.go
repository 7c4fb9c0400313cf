package slack

import (
	"context"

	"roomkeeper/adapters/internal/outbound"
	"roomkeeper/connector"
)

// Archive closes a channel; closed already is success.
func (a *Adapter) Archive(ctx context.Context, channel connector.ChannelID) error {
	return outbound.Done(failed("conversations.archive", a.api.ArchiveConversationContext(ctx, string(channel))))
}
