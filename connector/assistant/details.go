package assistant

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"roomkeeper/connector"
)

// Details keeps the pinned details card of a Group.
type Details struct {
	*Poster
	Platforms map[connector.PlatformID]connector.ChatPlatform
	Policies  connector.Policies
}

// Refresh posts the card, pins it, or edits it when what it shows changed. It
// returns the card's standing as far as it got, also beside an error.
func (d *Details) Refresh(ctx context.Context, g connector.Group, record connector.Record) (connector.DetailsCard, error) {
	standing := g.Details
	policy, _ := d.Policies.Kind(string(g.Record.Kind))
	known, err := d.Engine.People.People(ctx, []connector.UserID{connector.UserID(record.Owner.ID)})
	if err != nil {
		return standing, fmt.Errorf("read people: %w", err)
	}
	card := detailsCard(g, record, policy, namesOf(known))
	digest := digestOf(card)
	platform := d.Platforms[g.Platform]
	if standing.Message != "" && standing.Digest != digest && platform.Editor != nil {
		err := platform.Editor.Edit(ctx, g.Channel.ID, standing.Message, card)
		switch {
		case err == nil:
			standing.Digest = digest
		case errors.Is(err, connector.ErrMessageGone):
			standing = connector.DetailsCard{Generation: standing.Generation + 1}
		default:
			return standing, fmt.Errorf("edit: %w", err)
		}
	}
	if standing.Message == "" {
		entry, err := d.post(ctx, platform, g, standing.Generation, card)
		if err != nil {
			return standing, err
		}
		standing.Message, standing.Digest = entry.Message, digest
	}
	if !standing.Pinned && platform.Pinner != nil {
		if err := platform.Pinner.Pin(ctx, g.Channel.ID, standing.Message); err != nil && connector.ReasonOf(err).Passing() {
			return standing, fmt.Errorf("pin: %w", err)
		}
		// A pin that is refused for good is not asked for again.
		standing.Pinned = true
	}
	return standing, nil
}

func (d *Details) post(ctx context.Context, platform connector.ChatPlatform, g connector.Group, generation int, card connector.Card) (connector.LedgerEntry, error) {
	id := CardIDOf(g.ID, "details/"+strconv.Itoa(generation))
	entry, posted, err := d.Post(ctx, platform, g, id, card)
	if err != nil || !posted {
		return entry, err
	}
	if err := d.Engine.Ledger.PutEntry(ctx, g.ID, entry); err != nil {
		return entry, fmt.Errorf("store posted card: %w", err)
	}
	return entry, nil
}

func digestOf(card connector.Card) string {
	// A Card is plain data and always encodes.
	text, _ := json.Marshal(card)
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:12])
}

func namesOf(people map[connector.UserID]connector.Person) names {
	n := names{}
	for id, p := range people {
		n[id] = p.User.Name
	}
	return n
}
