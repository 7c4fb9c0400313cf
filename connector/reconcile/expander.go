package reconcile

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"roomkeeper/connector"
)

// How old an expansion may be that no event made stale: the next full Sweep reads
// all of them again. Where a person waits they may have changed the CRM just now,
// perhaps without an event.
// That the CRM does not know a principal may be a moment's mistake.
const (
	expansionAge       = 15 * time.Minute
	unknownAge         = time.Minute
	urgentExpansionAge = 10 * time.Second
)

// Bounds on what is remembered: principals, and users over all of them.
const (
	maxExpansions    = 2000
	maxExpandedUsers = 500_000
)

// Expander expands principals and shares the answers between Records. What it
// remembers is its process's own; that a principal changed is a mark in the
// engine, so that every replica sees it. It is safe for concurrent use.
type Expander struct {
	// CRM is nil when the CRM cannot be asked: then nobody is behind any principal
	// as far as is known.
	CRM   connector.Principals
	Marks connector.Marks
	Clock func() time.Time

	mu      sync.Mutex
	known   map[connector.PrincipalKey]expansion
	users   int
	reading map[connector.PrincipalKey]*asking
}

// expansion is who is behind a principal, by one reading.
type expansion struct {
	users []connector.UserID
	// unknown: the CRM does not know the principal just now.
	unknown    bool
	generation string
	at         time.Time
}

// digest tells two expansions apart.
func (x expansion) digest() string {
	h := sha256.New()
	if x.unknown {
		h.Write([]byte("unknown"))
	}
	for _, id := range x.users {
		h.Write([]byte(id))
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// asking is one call under way, shared by all who want its answer.
type asking struct {
	generation string
	done       chan struct{}
	answer     expansion
	err        error
}

// expand answers from memory if nothing made that stale, else with the answer of
// one call, whoever made it.
func (e *Expander) expand(ctx context.Context, key connector.PrincipalKey) (expansion, error) {
	if e == nil || e.CRM == nil {
		return expansion{unknown: true}, nil
	}
	generation, err := e.generation(ctx, key)
	if err != nil {
		return expansion{}, err
	}
	age := expansionAge
	if connector.Urgent(ctx) {
		age = urgentExpansionAge
	}
	for {
		known, mine, other := e.begin(key, generation, age)
		switch {
		case mine != nil:
			return e.ask(ctx, key, mine)
		case other == nil:
			return known, nil
		}
		select {
		case <-ctx.Done():
			return expansion{}, ctx.Err()
		case <-other.done:
		}
		// Whoever asked may have been stopped, which says nothing of the CRM.
		if !errors.Is(other.err, context.Canceled) || ctx.Err() != nil {
			return other.answer, other.err
		}
	}
}

// begin returns what is remembered, or the call to be made, or the one to wait for.
func (e *Expander) begin(key connector.PrincipalKey, generation string, age time.Duration) (known expansion, mine, other *asking) {
	e.mu.Lock()
	defer e.mu.Unlock()
	known, ok := e.known[key]
	if known.unknown {
		age = min(age, unknownAge)
	}
	if ok && known.generation == generation && e.Clock().Sub(known.at) < age {
		return known, nil, nil
	}
	if other := e.reading[key]; other != nil && other.generation == generation {
		return known, nil, other
	}
	mine = &asking{generation: generation, done: make(chan struct{})}
	if e.reading == nil {
		e.reading = map[connector.PrincipalKey]*asking{}
	}
	e.reading[key] = mine
	return known, mine, nil
}

// ask makes the call that others may wait for.
func (e *Expander) ask(ctx context.Context, key connector.PrincipalKey, mine *asking) (expansion, error) {
	mine.err = context.Canceled // should the call panic
	defer e.end(key, mine)
	begun := e.Clock()
	users, err := e.CRM.Expand(ctx, key.Principal())
	unknown := errors.Is(err, connector.ErrNotFound) || errors.Is(err, connector.ErrUnsupported)
	if unknown {
		users, err = nil, nil
	}
	if mine.err = err; err != nil {
		mine.err = fmt.Errorf("expand %s: %w", key.Type, err)
	}
	users = slices.Clone(users)
	slices.Sort(users)
	mine.answer = expansion{users: slices.Compact(users), unknown: unknown, generation: mine.generation, at: begun}
	e.mu.Lock()
	defer e.mu.Unlock()
	if err == nil && e.known[key].at.Before(begun) {
		e.remember(key, mine.answer)
	}
	return mine.answer, mine.err
}

// end lets those go on who wait for a call, also when it panicked: the next one asks
// anew.
func (e *Expander) end(key connector.PrincipalKey, mine *asking) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.reading[key] == mine {
		delete(e.reading, key)
	}
	close(mine.done)
}

// remember keeps an answer; the oldest go when there are too many.
func (e *Expander) remember(key connector.PrincipalKey, x expansion) {
	if e.known == nil {
		e.known = map[connector.PrincipalKey]expansion{}
	}
	e.users += len(x.users) - len(e.known[key].users)
	e.known[key] = x
	for len(e.known) > 1 && (len(e.known) > maxExpansions || e.users > maxExpandedUsers) {
		var oldest connector.PrincipalKey
		for k, x := range e.known {
			if k != key && (oldest == (connector.PrincipalKey{}) || x.at.Before(e.known[oldest].at)) {
				oldest = k
			}
		}
		e.users -= len(e.known[oldest].users)
		delete(e.known, oldest)
	}
}

// Marks that change with a principal. With what is below it a principal changes
// with any of its type, since only the CRM knows what that is.
func changedMark(key connector.PrincipalKey) string {
	if key.IncludeSub {
		return "principal/" + string(key.Type)
	}
	return "principal/" + string(key.Type) + "/" + key.ID
}

// markSwept changes when a full Sweep reads every principal anew.
const markSwept = "principals/swept"

// generation changes whenever what is remembered of a principal is stale.
func (e *Expander) generation(ctx context.Context, key connector.PrincipalKey) (string, error) {
	var parts []string
	for _, name := range []string{markSwept, changedMark(key)} {
		part, err := e.Marks.Mark(ctx, name)
		if err != nil {
			return "", fmt.Errorf("read whether a principal changed: %w", err)
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "/"), nil
}

// principalChanged makes what any replica remembers of a principal stale, durably.
func principalChanged(ctx context.Context, marks connector.Marks, key connector.PrincipalKey) error {
	for _, sub := range []bool{false, true} {
		key.IncludeSub = sub
		if err := stale(ctx, marks, changedMark(key)); err != nil {
			return err
		}
	}
	return nil
}

func stale(ctx context.Context, marks connector.Marks, mark string) error {
	if err := marks.SetMark(ctx, mark, rand.Text()); err != nil {
		return fmt.Errorf("note that principals are to be read anew: %w", err)
	}
	return nil
}

// expanded is one principal that a reading expanded.
type expanded struct {
	key    connector.PrincipalKey
	digest string
	// generation tells whether it is stale.
	generation string
}

// stale reports whether any of some expansions is stale by now.
func (e *Expander) stale(ctx context.Context, list []expanded) (bool, error) {
	if e == nil || e.CRM == nil {
		return false, nil
	}
	for _, x := range list {
		if now, err := e.generation(ctx, x.key); err != nil || now != x.generation {
			return true, err
		}
	}
	return false, nil
}

// expansionsDigest covers who is behind all of some principals; "" without any.
func expansionsDigest(list []expanded) string {
	if len(list) == 0 {
		return ""
	}
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b expanded) int { return a.key.Compare(b.key) })
	h := sha256.New() // never fails
	for _, x := range list {
		_, _ = fmt.Fprintf(h, "%q %q %t %s\n", x.key.Type, x.key.ID, x.key.IncludeSub, x.digest)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
