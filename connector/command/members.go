package command

import (
	"context"
	"strings"
	"time"

	"roomkeeper/connector"
)

// people are the Memberships of a Group by what a reader wants to know.
type people struct {
	in, byHand, pending, toRemove, left []connector.Membership
	// were: who was in a channel that was deleted.
	were []connector.Membership
}

func peopleOf(g connector.Group) people {
	var p people
	for _, m := range g.Memberships {
		if g.State == connector.GroupLost && present(m.Status) {
			p.were = append(p.were, m)
			continue
		}
		switch m.Status {
		case connector.StatusMember, connector.StatusJoined, connector.StatusService:
			p.in = append(p.in, m)
		case connector.StatusHandAdded:
			p.byHand = append(p.byHand, m)
		case connector.StatusPending:
			p.pending = append(p.pending, m)
		case connector.StatusToRemove:
			p.toRemove = append(p.toRemove, m)
		case connector.StatusLeft:
			p.left = append(p.left, m)
		case connector.StatusRemoved:
		}
	}
	return p
}

// present counts who is in the channel.
func (p people) present() int { return len(p.in) + len(p.byHand) + len(p.toRemove) }

// existing finds the target and refuses who may not; none is the answer when
// there is no Group, and then the target has none.
func (h *Handler) existing(ctx context.Context, a asker, v Verb, ref RecordRef) (t target, none *Answer, err error) {
	t, err = h.target(ctx, a, v, ref)
	if err != nil {
		return target{}, nil, err
	}
	if _, err = h.authorise(ctx, a, v, t); err != nil {
		return target{}, nil, err
	}
	if !t.exists {
		return t, &Answer{Text: h.texts.noChannel(t)}, nil
	}
	return t, nil, nil
}

// show answers with what is stored of the Group that ref names; read is when
// its Record was last read.
func (h *Handler) show(ctx context.Context, a asker, v Verb, ref RecordRef, text func(t target, read time.Time) string) (Answer, error) {
	t, none, err := h.existing(ctx, a, v, ref)
	if err != nil {
		return Answer{}, err
	}
	if none != nil {
		return *none, nil
	}
	read, err := h.crmReadAt(ctx, t.group.ID)
	if err != nil {
		return Answer{}, err
	}
	answer := Answer{Text: text(t, read)}
	if link := urlOf(t.group); strings.Contains(answer.Text, link) {
		answer.Link = link
	}
	return answer, nil
}

func (h *Handler) members(ctx context.Context, a asker, ref RecordRef) (Answer, error) {
	return h.show(ctx, a, VerbMembers, ref, func(t target, read time.Time) string {
		t.group = h.named(ctx, t.group)
		return h.membersText(t, read)
	})
}

func (h *Handler) membersText(t target, read time.Time) string {
	g, who := t.group, peopleOf(t.group)
	p := page{head: []string{h.texts.membersHead(g, who)}}
	h.section(&p, h.texts.inChannel, who.in, h.texts.memberLine)
	h.section(&p, h.texts.wereIn, who.were, h.texts.wasLine)
	h.section(&p, h.texts.addedByHand, who.byHand, h.texts.handLine)
	h.section(&p, h.texts.pending, who.pending, h.texts.pendingLine)
	h.section(&p, h.texts.toRemove, who.toRemove, h.texts.goingLine(t))
	h.section(&p, h.texts.leftChannel, who.left, h.texts.leftLine)
	if g.Unresolved > 0 {
		p.foot = append(p.foot, h.texts.unresolved(g.Unresolved))
	}
	if g.SelfEnrol {
		p.foot = append(p.foot, h.texts.mayJoin(t, g.Listed))
	}
	if g.Held != nil {
		p.foot = append(p.foot, h.texts.held(t))
	}
	if h.o.Platforms[g.Platform].Limits.SeenByRole {
		p.foot = append(p.foot, h.texts.seenByRole())
	}
	p.foot = append(p.foot, h.texts.readAt(read, g.ChatReadAt))
	return p.text(answerLimit, h.texts.moreMembers(g.ID))
}

func (h *Handler) section(p *page, title func(n int) string, who []connector.Membership, show func(connector.Membership) string) {
	if len(who) == 0 {
		return
	}
	p.heading(title(len(who)))
	for _, m := range who {
		p.item(show(m))
	}
}
