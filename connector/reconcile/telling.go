package reconcile

import (
	"context"
	"errors"
	"fmt"

	"roomkeeper/connector"
)

// queueTellings has what waits with the Group told. It comes last, because a
// Teller that takes out what it told would make this run's next save a conflict.
// What was stored by a run that was cut short is queued by the one that repeats
// it: until a run has ended, the queue hands its job out again.
func (n *run) queueTellings(ctx context.Context, err error) error {
	if len(n.g.Tellings) == 0 || n.g.Revision == 0 || ctx.Err() != nil {
		return err
	}
	job := connector.Job{Key: connector.JobKey{Lane: connector.LaneTellings, Group: n.g.ID}}
	if addErr := n.Engine.Queue.Add(ctx, job); addErr != nil {
		return errors.Join(err, fmt.Errorf("queue tellings: %w", addErr))
	}
	return err
}

// tellStanding has it told that the channel is in another state than before, by
// somebody's hand.
func (n *run) tellStanding(state connector.GroupState) {
	telling := connector.Telling{At: n.Clock(), To: connector.AudienceOwner}
	switch state {
	case connector.GroupUnreachable:
		telling.What, telling.To = connector.TellUnreachable, connector.AudienceOwnerAndAdmin
	case connector.GroupArchived:
		telling.What = connector.TellArchived
	case connector.GroupLost:
		telling.What = connector.TellLost
	default:
		return
	}
	n.g.Tell(telling)
}

// tellHeld asks for a decision on a hold that is new.
func (n *run) tellHeld() {
	n.g.Tell(connector.Telling{
		What: connector.TellHeld, About: string(n.g.Held.Plan.ID), To: connector.AudienceOwnerAndAdmin, At: n.Clock(),
	})
}

// tellRefused has the admins told of a removal that the platform refuses, once a
// person: the removals of the following days tell nothing new.
func (n *run) tellRefused(member connector.MemberID) {
	for _, row := range n.g.Memberships {
		if row.Member == member && row.Status == connector.StatusToRemove && row.Reason == connector.ReasonRemovalNotAllowed {
			return
		}
	}
	n.g.Tell(connector.Telling{
		What: connector.TellRemovalNotAllowed, About: string(member), Member: member, To: connector.AudienceAdmins, At: n.Clock(),
	})
}
