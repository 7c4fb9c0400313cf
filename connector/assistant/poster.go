package assistant

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"strings"
	"time"

	"roomkeeper/connector"
)

// errLate: nothing was posted, because storing that it would be took as long as
// a post may take. That is nothing against the card, so it is never laid aside
// for it.
var errLate = fmt.Errorf("%w: the intent of a post took too long to store", connector.ErrStoreAway)

// ErrLost is returned when a card was posted twice without an answer, and what became of it
// cannot be looked up.
var ErrLost = fmt.Errorf("%w: the outcome of a post cannot be looked up", connector.ErrUnsupported)

// Poster posts a card once, also across crashes, lost answers and workers that
// lost their lease: what is about to be posted is stored first, and a post
// whose outcome is unknown is looked up in the channel before it is tried
// again. Where nothing can be looked up it is tried again once.
//
// The look-up trusts the stored intent in two ways. Of two workers that read
// the same entry only one stores its intent; and a post that was not begun
// within CallTimeout of its intent is never begun.
type Poster struct {
	Engine connector.Engine
	Clock  func() time.Time
}

// CardIDOf derives the opaque id under which a card is posted and found.
func CardIDOf(group connector.GroupID, identity string) connector.CardID {
	sum := sha256.Sum256([]byte(string(group) + "\x00" + identity))
	return connector.CardID("c" + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:15])))
}

// Post posts the card in the Group's channel, as PostTo does.
func (p *Poster) Post(ctx context.Context, platform connector.ChatPlatform, g connector.Group, id connector.CardID, card connector.Card) (entry connector.LedgerEntry, posted bool, err error) {
	return p.PostTo(ctx, InChannel(platform, g.ID, g.Channel.ID), id, card)
}

// PostTo posts the card unless it is posted, and returns its message. The
// caller stores the entry with the message: until then a repeated PostTo looks
// it up. posted tells a card just posted from one that stood already, perhaps
// with an older content. With ErrLost the card is given up: the caller stores
// the entry, so that whoever asks for the card anew gets it.
func (p *Poster) PostTo(ctx context.Context, to Place, id connector.CardID, card connector.Card) (entry connector.LedgerEntry, posted bool, err error) {
	entry, err = p.Engine.Ledger.Entry(ctx, to.ledger, id)
	if err != nil && !errors.Is(err, connector.ErrNotFound) {
		return entry, false, fmt.Errorf("read ledger: %w", err)
	}
	if entry.Message != "" {
		return entry, false, nil
	}
	if !entry.Trying.IsZero() {
		message, err := p.find(ctx, to, id, entry.Trying)
		if err == nil {
			return p.stands(entry, message), false, nil
		}
		unknown := errors.Is(err, connector.ErrUnsupported)
		if !unknown && !errors.Is(err, connector.ErrNotFound) {
			return entry, false, err
		}
		if unknown && entry.Repeated {
			return connector.LedgerEntry{Card: id, Seq: entry.Seq, At: p.Clock(), Revision: entry.Revision}, false, ErrLost
		}
		entry.Repeated = unknown
	}
	// By the wall clock, as whoever looks it up: the other one stands still
	// while a machine sleeps.
	entry.Card, entry.Trying = id, p.Clock().Round(0)
	if entry, err = p.Engine.Ledger.PutEntry(ctx, to.ledger, entry); err != nil {
		return entry, false, fmt.Errorf("store intent: %w", err)
	}
	message, err := p.send(ctx, to, entry, card)
	if err != nil {
		return entry, false, p.failed(ctx, to, entry, err)
	}
	return p.stands(entry, message), true, nil
}

// send posts within the time that the stored intent gives, or not at all.
func (p *Poster) send(ctx context.Context, to Place, entry connector.LedgerEntry, card connector.Card) (connector.MessageID, error) {
	left := entry.Trying.Add(to.limits.CallTimeout).Sub(p.Clock())
	if left <= 0 {
		return "", errLate
	}
	ctx, cancel := context.WithTimeout(ctx, left)
	defer cancel()
	return to.post(ctx, entry.Card, card)
}

// stands is the entry of a card whose message is known.
func (p *Poster) stands(entry connector.LedgerEntry, message connector.MessageID) connector.LedgerEntry {
	return connector.LedgerEntry{Card: entry.Card, Message: message, Seq: entry.Seq, At: p.Clock(), Revision: entry.Revision}
}

// find looks for a post that was begun earlier, not sooner than it can no
// longer take effect.
func (p *Poster) find(ctx context.Context, to Place, id connector.CardID, begun time.Time) (connector.MessageID, error) {
	settled := begun.Add(to.limits.CallTimeout + to.limits.LookupDelay)
	if wait := settled.Sub(p.Clock()); wait > 0 {
		return "", &connector.WaitError{After: wait, What: "outcome of a post"}
	}
	if to.find == nil {
		return "", connector.ErrUnsupported
	}
	message, err := to.find(ctx, id, begun)
	if err != nil {
		return "", fmt.Errorf("find card: %w", err)
	}
	return message, nil
}

// failed takes the intent back when the post certainly did not happen. Where
// that is not certain, or when another worker has taken over meanwhile, what is
// stored stays, and the next run finds out.
func (p *Poster) failed(ctx context.Context, to Place, entry connector.LedgerEntry, cause error) error {
	cause = fmt.Errorf("post card: %w", cause)
	reason := connector.ReasonOf(cause)
	if reason == connector.ReasonUnknownOutcome || reason == connector.ReasonStopped || reason == connector.ReasonOther ||
		errors.Is(cause, context.DeadlineExceeded) {
		return cause
	}
	entry.Trying, entry.At = time.Time{}, p.Clock()
	_, err := p.Engine.Ledger.PutEntry(ctx, to.ledger, entry)
	return errors.Join(cause, err)
}
