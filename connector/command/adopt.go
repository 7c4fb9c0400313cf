package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"roomkeeper/connector"
)

// adopt answers with what giving the channel to a Record would do, and with the
// button that does it.
func (h *Handler) adopt(ctx context.Context, a asker, inv Invocation) (Answer, error) {
	t, err := h.target(ctx, a, VerbAdopt, inv.Record)
	if err != nil {
		return Answer{}, err
	}
	if _, err := h.authorise(ctx, a, VerbAdopt, t); err != nil {
		return Answer{}, err
	}
	if a.channel == "" {
		return Answer{Text: h.texts.adoptOutside()}, nil
	}
	shown, refusal, err := h.previewAdoption(ctx, connector.AdoptRequest{
		Record: t.key, Platform: a.platform, Channel: a.channel, Own: inv.Own,
	})
	if err != nil || refusal != nil {
		return orNone(refusal), err
	}
	return h.offerAdoption(ctx, t, shown, "")
}

// previewAdoption reads what adopting would do; refusal is the answer when it cannot
// be.
func (h *Handler) previewAdoption(ctx context.Context, req connector.AdoptRequest) (shown connector.Adoption, refusal *Answer, err error) {
	shown, err = h.o.Adopter.Preview(ctx, req)
	refusal, err = h.notAdopted("looking at the channel", err)
	return shown, refusal, err
}

// notAdopted is the answer to an adoption that cannot be; other errors come back.
func (h *Handler) notAdopted(what string, err error) (*Answer, error) {
	if refused, ok := errors.AsType[*connector.AdoptError](err); ok {
		return &Answer{Text: h.texts.notAdopted(refused)}, nil
	}
	if held, ok := errors.AsType[*connector.RecoverError](err); ok {
		return &Answer{Text: h.texts.adoptHeld(held)}, nil
	}
	switch {
	case err == nil:
		return nil, nil
	case errors.Is(err, connector.ErrStoreAway), errors.Is(err, connector.ErrConflict):
		return nil, fmt.Errorf("%s: %w", what, err)
	case errors.Is(err, connector.ErrNotFound):
		return nil, fmt.Errorf("%s: %w", what, errRefused)
	}
	return nil, fmt.Errorf("%s: %w: %w", what, errEither, err)
}

func orNone(answer *Answer) Answer {
	if answer == nil {
		return Answer{}
	}
	return *answer
}

// offerAdoption shows an adoption with its button. What the button stands for is kept
// here: a button carries less than the id of a Record may have. first is a line above.
func (h *Handler) offerAdoption(ctx context.Context, t target, shown connector.Adoption, first string) (Answer, error) {
	if shown.Done {
		return Answer{Text: h.texts.adoptedBefore(t, shown), Link: shown.Found.URL}, nil
	}
	body, err := json.Marshal(shown.AdoptRequest)
	if err != nil {
		return Answer{}, fmt.Errorf("keeping what a button stands for: %w", err)
	}
	if err := h.o.Engine.Answers.Remember(ctx, adoptionID(shown.Digest), body, h.o.Clock()); err != nil {
		return Answer{}, fmt.Errorf("keeping what a button stands for: %w", err)
	}
	card := h.texts.adoptCard(t, shown)
	card.Buttons = []connector.Button{{ID: connector.ActionAdoptConfirm, Label: h.texts.adoptButton(), Value: shown.Digest, Primary: true}}
	return Answer{Text: h.adoptionText(t, shown, first), Card: &card}, nil
}

// adoptionID is the identity of a preview among what was answered.
func adoptionID(digest string) string { return "adopt/" + digest }

// pressAdopt does what a preview showed, if that is still what it would do.
func (h *Handler) pressAdopt(ctx context.Context, p Press) (Answer, error) {
	body, err := h.o.Engine.Answers.Answer(ctx, adoptionID(p.Value))
	if errors.Is(err, connector.ErrNotFound) {
		return Answer{Text: h.texts.adoptForgotten()}, nil
	}
	if err != nil {
		return Answer{}, fmt.Errorf("reading what a button stands for: %w", err)
	}
	var req connector.AdoptRequest
	if err := json.Unmarshal(body, &req); err != nil {
		return Answer{}, fmt.Errorf("reading what a button stands for: %w", err)
	}
	if req.Platform != p.Platform || req.Channel != p.Channel {
		return Answer{}, errRefused
	}
	a := asker{platform: p.Platform, channel: p.Channel, member: p.Actor, id: p.ID}
	t, err := h.target(ctx, a, VerbAdopt, RecordRef{Kind: req.Record.Kind, ID: req.Record.ID})
	if err != nil {
		return Answer{}, err
	}
	if _, err := h.authorise(ctx, a, VerbAdopt, t); err != nil {
		return Answer{}, err
	}
	return h.adoptAsShown(ctx, t, req, p.Value)
}

// adoptAsShown looks again, and adopts when nothing is other than it was shown.
func (h *Handler) adoptAsShown(ctx context.Context, t target, req connector.AdoptRequest, digest string) (Answer, error) {
	shown, refusal, err := h.previewAdoption(ctx, req)
	if err != nil || refusal != nil {
		return orNone(refusal), err
	}
	if shown.Done || shown.Digest != digest {
		answer, err := h.offerAdoption(ctx, t, shown, h.texts.adoptStale())
		answer.Replace = err == nil
		return answer, err
	}
	g, err := h.o.Adopter.Adopt(ctx, req)
	if refusal, err = h.notAdopted("adopting the channel", err); err != nil || refusal != nil {
		return orNone(refusal), err
	}
	t.group, t.exists, t.here = g, true, true
	return Answer{Text: h.texts.adopted(t, shown), Replace: true, Link: urlOf(g)}, nil
}

// adoptees are the people of an adoption by what becomes of them.
type adoptees struct {
	added, owned, kept, strangers, removed, missing []connector.Membership
}

func adopteesOf(shown connector.Adoption) (who adoptees) {
	for _, row := range shown.Rows {
		switch {
		case row.Status == connector.StatusPending && row.Owned && row.Reason == "":
			who.added = append(who.added, row)
		case row.Status == connector.StatusPending:
			who.missing = append(who.missing, row)
		case row.Status == connector.StatusToRemove:
			who.removed = append(who.removed, row)
		case row.Owned && present(row.Status):
			who.owned = append(who.owned, row)
		case row.Status == connector.StatusHandAdded && len(row.Why) > 0:
			who.kept = append(who.kept, row)
		case row.Status == connector.StatusHandAdded:
			who.strangers = append(who.strangers, row)
		}
	}
	return who
}

func (h *Handler) adoptionText(t target, shown connector.Adoption, first string) string {
	who := adopteesOf(shown)
	p := page{head: h.texts.adoptHead(t, shown, first), foot: h.texts.adoptFoot(t, shown, who)}
	for _, s := range []struct {
		title string
		rows  []connector.Membership
	}{
		{h.texts.adoptAdded(), who.added},
		{h.texts.adoptOwned(), who.owned},
		{h.texts.adoptKept(), who.kept},
		{h.texts.adoptStrangers(), who.strangers},
		{h.texts.adoptRemoved(), who.removed},
		{h.texts.adoptMissing(), who.missing},
	} {
		if len(s.rows) == 0 {
			continue
		}
		p.heading(fmt.Sprintf("%s (%d):", s.title, len(s.rows)))
		for _, row := range s.rows {
			p.item(h.texts.adoptee(row))
		}
	}
	return p.text(answerLimit, h.texts.morePeople)
}
