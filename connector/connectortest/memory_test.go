package connectortest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
)

func TestMemoryChat(t *testing.T) {
	for name, manners := range map[string]connectortest.Manners{
		"names are unique": {}, "names are shared": {SharedNames: true},
		"places stay": {PlacesStay: true},
		"all at once": {SharedNames: true, AllAtOnce: true, NoDirectory: true},
	} {
		t.Run(name, func(t *testing.T) { suiteInMemory(t, manners) })
	}
}

func suiteInMemory(t *testing.T, manners connectortest.Manners) {
	connectortest.ChatSuite(t, func(*testing.T) connectortest.ChatWorld {
		now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
		chat := connectortest.NewMemoryChat("memory", func() time.Time { return now })
		chat.SetManners(manners)
		account := func(reason connector.PendingReason) func(string) connector.MemberID {
			return func(email string) connector.MemberID { return chat.SetAccount(email, reason) }
		}
		return connectortest.ChatWorld{
			Platform: chat.Platform(), Now: func() time.Time { return now },
			Person: chat.Person, Guest: account(connector.ReasonGuest), Gone: account(connector.ReasonNoAccount),
			Stranger: account(connector.ReasonOtherWorkspace), Admin: chat.SetAdmin, Delete: chat.Delete,
			Depart: func(id connector.MemberID) {
				chat.SetAccount(strings.TrimPrefix(string(id), "U:"), connector.ReasonNoAccount)
			},
			Archive: func(id connector.ChannelID) {
				chat.Change(id, func(ch *connectortest.MemoryChannel) { ch.Archived = true })
			},
			Found: func(name string, private bool, in ...connector.MemberID) connector.ChannelID {
				id := chat.Occupy(name)
				chat.Change(id, func(ch *connectortest.MemoryChannel) { ch.Private, ch.Hosts = private, private })
				chat.Join(id, in...)
				return id
			},
			Expel: func(id connector.ChannelID) {
				chat.Change(id, func(ch *connectortest.MemoryChannel) { ch.Botless = true })
			},
			Rename: func(id connector.ChannelID, name string) connector.MemberID {
				by := chat.Person("hand@example.com")
				chat.Change(id, func(ch *connectortest.MemoryChannel) {
					ch.Name, ch.RenamedBy = name, map[string]connector.MemberID{name: by}
				})
				return by
			},
			Spoil: func(op connectortest.ChatOp, fault connectortest.ChatFault, skip int) {
				chat.Calls.Heal()
				chat.Calls.Spoil(string(op), skip, faultOf(op, fault))
			},
			Told: func(id connector.MemberID) int { return len(chat.Told(id)) }, Mute: chat.Mute,
			NoChannel: "C-none", NoMember: "U-none", NoMessage: "M-none",
		}
	})
}

// faultOf translates a fault as an adapter does: what may not be repeated
// blindly has an unknown outcome.
func faultOf(op connectortest.ChatOp, fault connectortest.ChatFault) connectortest.MemoryFault {
	if fault == connectortest.ChatLimited {
		return connectortest.MemoryFault{Err: &connector.WaitError{After: time.Second, What: string(op)}}
	}
	err := connector.ErrTemporary
	if op == connectortest.ChatCreate || op == connectortest.ChatPost || op == connectortest.ChatTell {
		err = connector.ErrUnknownOutcome
	}
	return connectortest.MemoryFault{Err: fmt.Errorf("%s: %w", op, err), Done: fault == connectortest.ChatLost}
}
