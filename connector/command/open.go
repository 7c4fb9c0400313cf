package command

import (
	"context"
	"errors"
	"fmt"

	"roomkeeper/connector"
	"roomkeeper/connector/reconcile"
)

func (h *Handler) open(ctx context.Context, a asker, ref RecordRef) (Answer, error) {
	t, err := h.target(ctx, a, VerbOpen, ref)
	if err != nil {
		return Answer{}, err
	}
	read, err := h.authorise(ctx, a, VerbOpen, t)
	if err != nil {
		return Answer{}, err
	}
	group, _, err := h.o.Opener.Open(ctx, t.key, a.platform, a.id)
	if held, ok := errors.AsType[*connector.RecoverError](err); ok {
		return Answer{Text: h.texts.openHeld(held)}, nil
	}
	if errors.Is(err, connector.ErrConflict) {
		return Answer{Text: h.texts.openDeleted(t.key)}, nil
	}
	if err != nil {
		return Answer{}, fromCRM("opening", err)
	}
	if t.policy.SelfEnrol || group.SelfEnrol || read.desired.SelfEnrol {
		if err := h.enrolAsker(ctx, a, group); err != nil {
			return Answer{}, err
		}
	}
	t.group, t.exists = group, true
	return Answer{Text: h.texts.opened(t, missing(read)), Link: urlOf(group)}, nil
}

// missing lists the people of a Record when none of them has an account;
// empty when somebody has one, or when the CRM was not read.
func missing(read reading) []reconcile.Wanted {
	if !read.whole || read.desired.SelfEnrol {
		return nil
	}
	for _, w := range read.desired.Wanted {
		if w.Member != "" {
			return nil
		}
	}
	return read.desired.Wanted
}

func (h *Handler) details(ctx context.Context, a asker, ref RecordRef) (Answer, error) {
	t, err := h.target(ctx, a, VerbDetails, ref)
	if err != nil {
		return Answer{}, err
	}
	read, err := h.authorise(ctx, a, VerbDetails, t)
	if err != nil {
		return Answer{}, err
	}
	record, fresh := read.record, read.whole
	if !fresh {
		record, _, err = h.desired(ctx, a.platform, t.key, reconcile.Asker{})
		if errors.Is(err, connector.ErrStoreAway) {
			return Answer{}, fmt.Errorf("reading the record: %w", err)
		}
		fresh = err == nil
	}
	if !fresh {
		record = connector.Record{Key: t.key, Name: t.group.RecordName, URL: t.group.RecordURL}
	}
	at, err := h.crmReadAt(ctx, t.group.ID)
	if err != nil {
		return Answer{}, err
	}
	return h.detailsAnswer(t, record, fresh, h.texts.detailsNote(fresh, at)), nil
}

// detailsAnswer shows a Record as its pinned card does: the fields of the
// allow-list, in its order, and nothing else of the CRM.
func (h *Handler) detailsAnswer(t target, record connector.Record, fresh bool, note string) Answer {
	title := oneLine(record.Name, 3*nameLimit)
	card := connector.Card{
		Label: h.texts.detailsLabel(), Title: title, URL: record.URL, Footnote: note,
		Fields: h.texts.detailsFacts(t, record, fresh),
	}
	for _, key := range t.policy.DetailFields {
		for _, f := range record.Fields {
			if f.Key == key {
				card.Fields = append(card.Fields, f)
			}
		}
	}
	return Answer{Text: h.texts.record(title, t.key), Card: &card, Link: urlOf(t.group)}
}
