package assistant

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"roomkeeper/connector"
)

// Details keeps the pinned details card of a Group.
type Details struct {
	*Poster
	Platforms map[connector.PlatformID]connector.ChatPlatform
	Policies  connector.Policies
}

// Refresh posts the card, pins it, or edits it when what it shows changed. It
// returns the card's standing as far as it got, also beside an error. Before a
// message is edited the standing loses its digest: the caller stores it and
// calls again, so that an edit whose answer gets lost is not taken for one
// that never happened.
func (d *Details) Refresh(ctx context.Context, g connector.Group, record connector.Record) (connector.DetailsCard, error) {
	standing := g.Details
	policy, _ := d.Policies.Kind(string(g.Record.Kind))
	known, err := d.Engine.People.People(ctx, []connector.UserID{connector.UserID(record.Owner.ID)})
	if err != nil {
		return standing, fmt.Errorf("read people: %w", err)
	}
	card := detailsCard(g, record, policy, namesOf(known))
	platform := d.Platforms[g.Platform]
	standing, err = d.show(ctx, platform, g, standing, card)
	if err != nil || standing.Message == "" || standing.Digest == "" && platform.Editor != nil {
		return standing, err
	}
	if !standing.Pinned && platform.Pinner != nil {
		err := platform.Pinner.Pin(ctx, g.Channel.ID, standing.Message)
		if err != nil && !refused(err) && !errors.Is(err, connector.ErrMessageGone) {
			return standing, fmt.Errorf("pin: %w", err)
		}
		// A pin that is refused for good is not asked for again.
		standing.Pinned = true
	}
	return standing, nil
}

// show posts the card or edits it until it shows what it should, or until the
// standing has to be stored first. Where that is
// refused for good, the content counts as shown: it is not tried again.
func (d *Details) show(ctx context.Context, platform connector.ChatPlatform, g connector.Group, standing connector.DetailsCard, card connector.Card) (connector.DetailsCard, error) {
	digest := digestOf(card)
	for standing.Digest != digest {
		if standing.Message == "" {
			entry, posted, err := d.post(ctx, platform, g, standing.Generation, card)
			if refused(err) {
				standing.Digest = digest
			}
			if err != nil {
				return standing, err
			}
			standing.Message = entry.Message
			if posted {
				standing.Digest = digest
			}
			continue
		}
		if platform.Editor == nil {
			return standing, nil
		}
		if standing.Digest != "" {
			standing.Digest = ""
			return standing, nil
		}
		err := platform.Editor.Edit(ctx, g.Channel.ID, standing.Message, detailsID(g.ID, standing.Generation), card)
		switch {
		case err == nil:
			standing.Digest = digest
		case errors.Is(err, connector.ErrMessageGone):
			standing = connector.DetailsCard{Generation: standing.Generation + 1}
		default:
			if refused(err) {
				standing.Digest = digest
			}
			return standing, fmt.Errorf("edit: %w", err)
		}
	}
	return standing, nil
}

// refused reports whether a call failed for good because of what it asked for.
func refused(err error) bool {
	return errors.Is(err, connector.ErrForbidden) || errors.Is(err, connector.ErrUnsupported) || errors.Is(err, connector.ErrInvalid)
}

func (d *Details) post(ctx context.Context, platform connector.ChatPlatform, g connector.Group, generation int, card connector.Card) (connector.LedgerEntry, bool, error) {
	id := detailsID(g.ID, generation)
	entry, posted, err := d.Post(ctx, platform, g, id, card)
	if err == nil && !posted || err != nil && !errors.Is(err, ErrLost) {
		return entry, posted, err
	}
	if _, storeErr := d.Engine.Ledger.PutEntry(ctx, g.ID, entry); storeErr != nil {
		return entry, posted, fmt.Errorf("store card: %w", storeErr)
	}
	return entry, posted, err
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

// Recall notes that the details card may stand in a Group's channel, posted
// since then by a service whose store was lost: it is looked up before one is
// posted.
func (d *Details) Recall(ctx context.Context, group connector.GroupID, since time.Time) error {
	id := detailsID(group, 0)
	_, err := d.Engine.Ledger.Entry(ctx, group, id)
	if errors.Is(err, connector.ErrNotFound) {
		_, err = d.Engine.Ledger.PutEntry(ctx, group, connector.LedgerEntry{Card: id, Trying: since})
	}
	if err != nil {
		return fmt.Errorf("recall details card: %w", err)
	}
	return nil
}

func detailsID(group connector.GroupID, generation int) connector.CardID {
	return CardIDOf(group, "details/"+strconv.Itoa(generation))
}
