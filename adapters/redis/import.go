package redis

import (
	"context"
	"fmt"
	"strconv"

	"roomkeeper/connector"
)

// Import stores a chunk place by place, each place's part in its order.
func (t *Target) Import(ctx context.Context, chunk []connector.Holding) error {
	b, err := t.bundle(chunk)
	if err != nil {
		return err
	}
	for _, p := range b.places {
		var calls []*call
		for _, s := range b.steps[p] {
			calls = append(calls, t.engine.commitCall(s))
		}
		// Without guards a commit does all that it is told.
		if err := t.engine.run(ctx, "import", p, true, calls...); err != nil {
			return err
		}
	}
	return nil
}

// bundle is a chunk as steps. All of them may be carried out again: what they
// store does not depend on what is stored.
type bundle struct {
	layout *layout
	places []place
	steps  map[place][]*step
	// held is how many Holdings the last step of a place has.
	held map[place]int
}

func (t *Target) bundle(chunk []connector.Holding) (*bundle, error) {
	b := &bundle{layout: t.layout, steps: map[place][]*step{}, held: map[place]int{}}
	for _, h := range chunk {
		if err := b.add(h); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// at is the step for one more Holding of a place.
func (b *bundle) at(p place) *step {
	steps := b.steps[p]
	if len(steps) == 0 {
		b.places = append(b.places, p)
	}
	if len(steps) == 0 || b.held[p] >= addedAtOnce {
		steps = append(steps, newStep(p))
		b.steps[p], b.held[p] = steps, 0
	}
	b.held[p]++
	return steps[len(steps)-1]
}

func (b *bundle) add(h connector.Holding) error {
	l := b.layout
	switch {
	case h.Sequence != nil:
		for _, p := range l.shards {
			raise(b.at(p), *h.Sequence)
		}
		return nil
	case h.Mark != nil:
		return b.at(l.deployment).put(keyMarks, h.Mark.Name, h.Mark.Value)
	case h.Group != nil:
		return importGroup(b.at(l.group(h.Group.ID)), *h.Group)
	case h.Reading != nil:
		return b.at(l.group(h.Reading.Group)).put(keyGroup+string(h.Reading.Group), fieldReading, h.Reading.Reading)
	case h.Subscription != nil:
		v := h.Subscription
		return b.at(l.group(v.Group)).put(keyGroup+string(v.Group), fieldSubscription, v.Subscription)
	case h.Notice != nil:
		return importNotice(b.at(l.group(h.Notice.Group)), *h.Notice)
	case h.Entry != nil:
		return importEntry(b.at(l.group(h.Entry.Group)), *h.Entry)
	case h.Name != nil:
		return b.at(l.deployment).put(keyNames, keyOf(string(h.Name.Platform), h.Name.Name), h.Name.Group)
	case h.Person != nil:
		return writePerson(b.at(l.deployment), connector.Person{}, *h.Person)
	case h.Facts != nil:
		return b.at(l.record(h.Facts.Record)).put(keyFacts, recordName(h.Facts.Record), h.Facts.Facts)
	case h.FactUser != nil:
		return b.at(l.deployment).put(keyFactUsers, string(h.FactUser.User.ID), h.FactUser)
	case h.Identity != nil:
		b.addIdentity(*h.Identity)
		return nil
	case h.Answer != nil:
		s := b.at(l.deployment)
		s.rankAt(keyAnswerAges, h.Answer.At, h.Answer.ID)
		return s.put(keyAnswers, h.Answer.ID, answer{Answer: h.Answer.Answer, At: h.Answer.At})
	case h.Sweep != nil:
		s := b.at(l.deployment)
		indexSweep(s, *h.Sweep)
		return s.put(keySweeps, h.Sweep.ID, *h.Sweep)
	case h.Claim != nil:
		b.at(l.deployment).rankAt(keyClaims, h.Claim.Until, h.Claim.Name)
		return nil
	case h.Dead != nil:
		return bury(b.at(l.group(h.Dead.Group)), *h.Dead)
	case h.Job != nil:
		return importJob(b.at(l.group(h.Job.Key.Group)), *h.Job)
	}
	return fmt.Errorf("%w: an empty holding", connector.ErrInvalid)
}

// importGroup stores a Group under the revision that it has, so that whoever
// read it there can save it here.
func importGroup(s *step, g connector.Group) error {
	if g.Revision == 0 {
		return fmt.Errorf("%w: group %s without a revision", connector.ErrInvalid, g.ID)
	}
	key := keyGroup + string(g.ID)
	if err := s.put(key, fieldGroup, g); err != nil {
		return err
	}
	s.set(key, fieldRevision, revisionText(g.Revision))
	if !g.TouchedAt.IsZero() {
		// Beside the Group too: saving it takes no touch back.
		s.set(key, fieldTouched, timeKey(g.TouchedAt))
	}
	for _, member := range indexKeys(g) {
		s.rank(keyIndex, "0", member)
	}
	return nil
}

// importNotice stores a notice under the number that it has: entries of the
// ledger say which one their message shows.
func importNotice(s *step, h connector.HeldNotice) error {
	n := h.Notice
	number := strconv.FormatUint(n.Seq, 10)
	n.Seq = 0
	raw, err := s.place.encode(n)
	if err != nil {
		return err
	}
	s.rank(keyOutbox+string(h.Group), number, number+":"+raw)
	raise(s, h.Notice.Seq)
	return nil
}

func importEntry(s *step, h connector.HeldEntry) error {
	s.rankAt(keyLedgerAges, ageOf(h.Entry), keyOf(string(h.Group), string(h.Entry.Card)))
	raise(s, h.Entry.Seq)
	return s.put(keyLedger+string(h.Group), string(h.Entry.Card), h.Entry)
}

// raise makes sure that later notices get larger numbers.
func raise(s *step, seq uint64) { s.op("raise", strconv.FormatUint(seq, 10)) }

// addIdentity puts an identity wherever Accept would look for it (inbox.go,
// facts.go). Of one that does not say what it was about, that is everywhere, in
// both spellings: it names one event, so that no other one is refused for it.
func (b *bundle) addIdentity(id connector.HeldIdentity) {
	l := b.layout
	see := func(p place, text string) { b.at(p).rankAt(keySeen, id.At, text) }
	if id.Anywhere {
		for _, p := range append([]place{l.deployment}, l.shards...) {
			see(p, id.ID)
			see(p, id.ID+factsOfGroup)
		}
		return
	}
	if id.Group != "" {
		see(l.group(id.Group), id.ID)
	}
	if !id.Facts {
		return
	}
	p, text := l.deployment, id.ID
	if !id.FactsOf.IsZero() {
		p = l.record(id.FactsOf)
	}
	if id.Group != "" {
		text += factsOfGroup
	}
	see(p, text)
}

func importJob(s *step, job connector.HeldJob) error {
	if err := checkJobs([]connector.Job{{Key: job.Key}}); err != nil {
		return err
	}
	args := []any{jobName(job.Key), micros(job.Due), flag(job.Urgent), flag(job.Backoff), job.Runs}
	for _, tag := range job.Tags {
		args = append(args, tag)
	}
	s.op("add", args...)
	return nil
}
