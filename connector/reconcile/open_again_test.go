package reconcile_test

import (
	"errors"
	"testing"

	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
)

// Archiving takes our bot out of a channel. A private one that is open again then
// looks as if it were gone, and is not.
func TestOpenAgainWithoutTheBot(t *testing.T) {
	w := newWorld(t)
	w.person("a")
	w.record("1", "Acme", "a")
	g := w.open("1")
	hand := func(archived, botless, deleted bool, event connector.ChatEventType) {
		t.Helper()
		w.chat.Change(g.Channel.ID, func(ch *connectortest.MemoryChannel) {
			ch.Archived, ch.Botless, ch.Deleted = archived, botless, deleted
		})
		w.touch("1", event, "")
		w.settle("1")
	}
	hand(true, false, false, connector.ChatChannelArchived)
	w.stands("1", connector.GroupArchived)
	hand(false, true, false, connector.ChatChannelRestored)
	w.stands("1", connector.GroupUnreachable)
	hand(false, false, false, connector.ChatMemberJoined)
	w.stands("1", connector.GroupActive)
	hand(true, false, false, connector.ChatChannelArchived)
	hand(false, false, true, connector.ChatChannelDeleted)
	w.stands("1", connector.GroupLost)
}

// So does one that is open again before anybody looked: nobody is told that it was
// deleted. An old event changes nothing about one that was.
func TestOpenAgainBeforeALook(t *testing.T) {
	for _, events := range [][]connector.ChatEventType{
		{connector.ChatChannelArchived, connector.ChatChannelRestored}, {connector.ChatChannelRestored}, {connector.ChatChannelArchived},
	} {
		w := newWorld(t)
		w.person("a")
		w.record("1", "Acme", "a")
		g := w.open("1")
		w.chat.Change(g.Channel.ID, func(ch *connectortest.MemoryChannel) { ch.Botless = true })
		for _, event := range events {
			w.touch("1", event, "")
		}
		w.settle("1")
		w.stands("1", connector.GroupUnreachable)
		w.tells("1", connector.Telling{What: connector.TellUnreachable, To: connector.AudienceOwnerAndAdmin})

		w.chat.Change(g.Channel.ID, func(ch *connectortest.MemoryChannel) { ch.Deleted = true })
		w.touch("1", connector.ChatChannelDeleted, "")
		w.settle("1")
		w.touch("1", connector.ChatChannelArchived, "")
		w.settle("1")
		w.stands("1", connector.GroupLost)
	}
}

// A dry run says so too: the channel is out of reach and not gone.
func TestPreviewWithoutTheBot(t *testing.T) {
	w := newWorld(t)
	w.person("a")
	w.record("1", "Acme", "a")
	g := w.open("1")
	w.expel("1")
	if _, err := w.planner().Preview(t.Context(), g.ID); !errors.Is(err, connector.ErrNotInChannel) || errors.Is(err, connector.ErrChannelGone) {
		t.Errorf("dry run: %v", err)
	}
}
