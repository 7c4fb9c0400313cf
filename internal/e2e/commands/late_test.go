package commands_test

import (
	"testing"

	"roomkeeper/internal/world"
	"roomkeeper/sandbox/crm"
)

// TestAnswerComesLater: where the CRM takes longer than the platform waits, the person
// is answered all the same.
func TestAnswerComesLater(t *testing.T) {
	world.OnEach(t, func(t *testing.T, p world.Platform) {
		w := world.Start(t, p, 5, 1)
		w.OpenTwo(t)
		channel := w.WaitState(t, world.Account(1), "active").ChannelID
		w.CRM.Act(t, "fault", world.Order{"fault": crm.Fault{Match: "/records/account/1*", Kind: crm.FaultSlow, DelayMS: 3000, Times: 1}})
		w.Say(t, "u1", channel, "sync --dry-run", "nothing to do")
		w.Say(t, "u1", channel, "why @u2", "Related Team")
		w.Chat.Lawful(t)
	})
}
