package reconcile

import (
	"context"
	"errors"
	"fmt"

	"roomkeeper/connector"
)

// creation is a channel that is the Group's now; now: this run made it.
type creation struct {
	connector.Created
	now bool
}

// errElsewhere: the name of the intent is that of a channel which is not ours. Only
// this makes a creation go on to the next name, and nothing that the platform does
// not find: an earlier try may have made the channel.
var errElsewhere = errors.New("the name is taken")

// send makes the channel of the stored intent, or finds the one that an earlier
// try made.
//
// Where names are not unique, a creation whose outcome is unknown is looked up,
// not sooner than it can no longer take effect; only when there is none, it is
// sent again under a new time. The call is bound to the time of its intent: a
// worker that was stopped in between sends nothing any more.
func (n *run) send(ctx context.Context) (creation, error) {
	if n.platform.Limits.UniqueNames {
		made, err := n.platform.Channels.Create(n.because(ctx, "channel requested"), n.spec())
		if errors.Is(err, connector.ErrNameTaken) {
			found, err := n.earlier(ctx)
			if errors.Is(err, connector.ErrNotFound) {
				err = fmt.Errorf("%w: %w", errElsewhere, err)
			}
			return found, err
		}
		return creation{Created: made, now: true}, n.gates.note(ctx, n.g.Platform, n.Clock(), err)
	}
	if n.g.Intent.Sent {
		found, err := n.lookUp(ctx)
		if !errors.Is(err, connector.ErrNotFound) {
			return found, err
		}
	}
	return n.sendOnce(ctx)
}

// earlier is findOwn as a creation.
func (n *run) earlier(ctx context.Context) (creation, error) {
	channel, err := n.findOwn(ctx)
	return creation{Created: connector.Created{Channel: channel}}, err
}

// lookUp looks for what a creation that was sent has made, once it cannot take
// effect any more.
func (n *run) lookUp(ctx context.Context) (creation, error) {
	settled := n.g.Intent.At.Add(n.platform.Limits.CallTimeout + n.platform.Limits.LookupDelay)
	if wait := settled.Sub(n.Clock()); wait > 0 {
		return creation{}, &connector.WaitError{After: wait, What: "outcome of a creation"}
	}
	return n.earlier(ctx)
}

// sendOnce stores that the call is made, with whom it lets in and which topic it
// sets, and makes it: what is found later has a topic that is ours.
func (n *run) sendOnce(ctx context.Context) (creation, error) {
	n.g.Intent.At, n.g.Intent.Sent = n.Clock().Round(0), true
	n.g.TopicMeant = n.wantedTopic()
	if n.platform.Limits.CreateMembers > 0 {
		n.takeOver(Diff(n.input(connector.Observed{}, false)))
	}
	if err := n.save(ctx); err != nil {
		return creation{}, err
	}
	left := n.g.Intent.At.Add(n.platform.Limits.CallTimeout).Sub(n.Clock())
	bound, cancel := context.WithTimeout(ctx, max(left, 0))
	defer cancel()
	made, err := n.platform.Channels.Create(n.because(bound, "channel requested"), n.spec())
	if n.gates.note(ctx, n.g.Platform, n.Clock(), err) == nil {
		return creation{Created: made, now: true}, nil
	}
	if mayHaveMade(err) {
		return creation{}, err
	}
	n.g.Intent.Sent = false
	return creation{}, errors.Join(err, n.save(ctx))
}

// mayHaveMade reports whether a failed creation may have made a channel.
func mayHaveMade(err error) bool {
	switch connector.ReasonOf(err) {
	case connector.ReasonUnknownOutcome, connector.ReasonStopped, connector.ReasonOther:
		return true
	default:
		return errors.Is(err, context.DeadlineExceeded)
	}
}

// spec is the channel that the intent speaks of.
func (n *run) spec() connector.ChannelSpec {
	spec := connector.ChannelSpec{
		Kind: n.policy.Kind, Name: n.g.Intent.Name, Private: n.policy.Private,
		Topic: n.wantedTopic(), Purpose: n.purpose(),
	}
	for _, row := range n.g.Memberships {
		if row.Status == connector.StatusPending && row.Owned && row.Reason == "" && len(spec.Members) < n.platform.Limits.CreateMembers {
			spec.Members = append(spec.Members, row.Member)
		}
	}
	return spec
}
