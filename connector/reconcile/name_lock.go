package reconcile

import (
	"context"
	"errors"
	"fmt"

	"roomkeeper/connector"
)

// backTo is the name that is put back after one given by hand; "" where the Record
// is to name the channel: it was renamed too, or somebody asked for it. What the
// kind's template would make of it today is no reason for another name.
func (n *run) backTo() string {
	if n.read.Record.Name != n.g.RecordName || n.g.RenameAsked {
		return ""
	}
	return n.g.NameBack
}

// candidate is the name to try at an attempt.
func (n *run) candidate(alphabet connector.Alphabet, attempt int, back string) string {
	if back == "" {
		return n.nameOf(alphabet, attempt)
	}
	if attempt == 0 {
		return back
	}
	return n.nameOf(alphabet, attempt-1)
}

// contested leaves a name that was put back too often, and says so.
func (n *run) contested(ctx context.Context, name string) {
	n.Logger.WarnContext(ctx, "name contested", "group", n.g.ID)
	if !n.g.NameContested {
		n.g.Tell(connector.Telling{
			What: connector.TellNameContested, About: name, To: connector.AudienceOwner, At: n.Clock(),
		})
	}
	n.g.NameContested = true
}

// givenBack ends the contest when somebody gave the channel the Record's name again.
func (n *run) givenBack(ctx context.Context, name string) error {
	alphabet, err := n.alphabet(ctx)
	if err != nil {
		return err
	}
	for attempt := range maxSuffixes {
		if n.nameOf(alphabet, attempt) != name {
			continue
		}
		holder, err := n.Engine.Names.Reserve(ctx, n.g.Platform, name, n.g.ID)
		if err != nil {
			return fmt.Errorf("reserve name: %w", err)
		}
		if holder == n.g.ID {
			n.g.NameContested, n.g.NamePutBack = false, nil
		}
		return nil
	}
	return nil
}

// tellWhoRenamed tells whoever gave the channel a name that it is put back. Who that
// was is asked once; where we may not look, the channel is told.
func (n *run) tellWhoRenamed(ctx context.Context, name string) error {
	telling := connector.Telling{
		What: connector.TellNamePutBack, About: name, To: connector.AudienceChannel, At: n.Clock(),
	}
	if n.platform.Renames != nil {
		by, err := n.platform.Renames.RenamedBy(ctx, n.g.Channel.ID, name)
		if errors.Is(err, connector.ErrNotFound) {
			// No person did: a rename of our own was overtaken by another.
			return nil
		}
		if hard := n.optional(ctx, err); hard != nil {
			return fmt.Errorf("read who renamed: %w", hard)
		}
		if err == nil {
			telling.To, telling.Member = connector.AudienceMember, by
		}
	}
	n.g.Tell(telling)
	return nil
}
