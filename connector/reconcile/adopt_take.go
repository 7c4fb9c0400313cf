package reconcile

import (
	"context"
	"errors"
	"fmt"

	"roomkeeper/connector"
)

// adoptTries is how often an adoption is begun again because something it rests on
// was changed meanwhile.
const adoptTries = 8

// Adopt makes a channel the Record's. The same again changes nothing; of two at
// once, for one channel or one Record, one works and the other gets the error of
// one that came later. After a crash at any point it may be repeated. Errors are
// those of Preview; ErrConflict besides: too many did the same at once.
func (a *Adopter) Adopt(ctx context.Context, req connector.AdoptRequest) (connector.Group, error) {
	for range adoptTries {
		n, err := a.look(ctx, req)
		if err != nil {
			return connector.Group{}, err
		}
		g, err := n.take(ctx)
		if own := (*connector.AdoptError)(nil); errors.As(err, &own) || !errors.Is(err, connector.ErrConflict) {
			return g, err
		}
		if err := ctx.Err(); err != nil {
			return g, fmt.Errorf("adopt: %w", err)
		}
	}
	return connector.Group{}, fmt.Errorf("adopt: %w", connector.ErrConflict)
}

// take stores the tie. Who would store the same channel for another Group at the
// same time is kept out by a claim, and who would store another channel for the
// same Group by its revision.
func (n *adoption) take(ctx context.Context) (connector.Group, error) {
	if n.has && !n.gains {
		return n.stored, nil
	}
	if n.has {
		return n.store(ctx)
	}
	if n.view.Out {
		if err := n.platform.Adopter.Enter(n.because(ctx, "adopted"), n.req.Channel); err != nil {
			if errors.Is(err, connector.ErrUnsupported) {
				err = connector.ErrNotInChannel // it cannot by itself
			}
			return n.stored, notAdopted("enter channel", err)
		}
	}
	if err := n.whoMayJoin(ctx); err != nil {
		return n.stored, err
	}
	if err := n.known(ctx); err != nil {
		return n.stored, err
	}
	n.tying.Lock()
	defer n.tying.Unlock()
	mine, err := claimChannel(ctx, n.Engine, &n.g, n.req.Channel, n.seen)
	if err != nil {
		return n.stored, err
	}
	// A name that another Group means to use it finds taken, where names are unique.
	if _, err := n.Engine.Names.Reserve(ctx, n.g.Platform, n.view.Name, n.g.ID); err != nil {
		return n.stored, fmt.Errorf("reserve name: %w", err)
	}
	if n.lost.ID != "" {
		if err := leaveLost(ctx, n.Engine, n.stored, n.view.Name); err != nil {
			return n.stored, err
		}
	}
	g, err := n.store(ctx)
	if err = gaveUp(ctx, n.Engine, n.g.Platform, n.req.Channel, mine, err); err != nil || n.stored.Intent == nil || n.stored.Intent.Name == "" || n.stored.Intent.Name == g.Channel.Name {
		return g, err
	}
	return g, n.release(ctx, n.stored.Intent.Name)
}

// whoMayJoin looks up who is in where people join by command: a run would look up
// only those who asked, and find nobody to become Owned.
func (n *adoption) whoMayJoin(ctx context.Context) error {
	if !n.req.Own {
		return nil
	}
	if err := n.resolve(ctx); err != nil || !n.want.SelfEnrol {
		return err
	}
	return n.people(ctx)
}

// known stores a Group that is new, as one that failed, which nobody runs: a claim
// is taken from a Group by storing that Group again.
func (n *adoption) known(ctx context.Context) error {
	if n.stored.Revision > 0 {
		return nil
	}
	g := n.stored
	g.State, g.RecordName, g.RecordURL = connector.GroupFailed, n.g.RecordName, n.g.RecordURL
	g.Failure = fmt.Sprintf("it was about to be given the channel #%s, which did not come to its end; adopt the channel again", n.view.Name)
	saved, err := n.Engine.Groups.SaveGroup(ctx, g)
	if err != nil {
		return fmt.Errorf("save group: %w", err)
	}
	n.g.Revision = saved.Revision
	return nil
}

// store saves the Group as it is to be, and queues the run that a person waits for.
// It is queued first: a tie that is stored is followed up.
func (n *adoption) store(ctx context.Context) (connector.Group, error) {
	job := connector.Job{
		Key:   connector.JobKey{Lane: connector.LaneGroup, Group: n.g.ID},
		Delay: afterSave, Urgent: true, Tags: connector.QueuedBy(causeAdopt),
	}
	if err := n.Engine.Queue.Add(ctx, job); err != nil {
		return n.stored, fmt.Errorf("queue group: %w", err)
	}
	if err := n.save(ctx); err != nil {
		return n.stored, err
	}
	n.Logger.InfoContext(ctx, "adopted", "group", n.g.ID, "own", n.req.Own)
	return n.g, nil
}
