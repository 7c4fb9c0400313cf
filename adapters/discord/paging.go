package discord

import (
	"context"
	"errors"
	"sync"
	"time"

	"roomkeeper/connector"
)

const (
	// maxPages ends a listing that never ends.
	maxPages = 10_000
	// keepHalfRead is how long a listing that had to wait can be gone on with.
	keepHalfRead = 10 * time.Minute
	// maxHalfRead bounds how many are kept.
	maxHalfRead = 256
)

// listing is a list read so far.
type listing[T any] struct {
	items  []T
	cursor string
	pages  int
	seen   map[string]struct{}
	began  time.Time
}

// add takes a page in. A cursor that comes back would go round for ever.
func (l *listing[T]) add(items []T, next string) error {
	l.items = append(l.items, items...)
	l.pages++
	if l.seen == nil {
		l.seen = map[string]struct{}{}
	}
	if _, again := l.seen[next]; next != "" && (again || l.pages >= maxPages) {
		return &callError{text: "a listing that does not end", kinds: []error{connector.ErrTemporary}}
	}
	l.seen[next] = struct{}{}
	l.cursor = next
	return nil
}

// halfRead keeps listings that were interrupted by a wait, so that a list
// longer than the rate's burst is read in the end. The zero value is ready.
type halfRead[T any] struct {
	mu   sync.Mutex
	kept map[string]*listing[T]
}

// read reads the list named key, page by page, whole or until enough says so.
// After a wait or a passing failure the next read goes on at the same page.
func (h *halfRead[T]) read(ctx context.Context, key string, now time.Time,
	page func(ctx context.Context, cursor string) (items []T, next string, err error), enough func([]T) bool,
) (*listing[T], error) {
	l := h.take(key, now)
	for {
		items, next, err := page(ctx, l.cursor)
		if err != nil {
			if passing(err) {
				h.keep(key, l, now)
			}
			return nil, err
		}
		if err := l.add(items, next); err != nil {
			return nil, err
		}
		if next == "" || enough != nil && enough(items) {
			return l, nil
		}
	}
}

// take hands out what is kept, to one reader only.
func (h *halfRead[T]) take(key string, now time.Time) *listing[T] {
	h.mu.Lock()
	defer h.mu.Unlock()
	l := h.kept[key]
	delete(h.kept, key)
	if l == nil || now.Sub(l.began) > keepHalfRead {
		return &listing[T]{began: now}
	}
	return l
}

// drop forgets what is kept: the list changed by our own doing.
func (h *halfRead[T]) drop(key string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.kept, key)
}

func (h *halfRead[T]) keep(key string, l *listing[T], now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for k, old := range h.kept {
		if now.Sub(old.began) > keepHalfRead || len(h.kept) >= maxHalfRead {
			delete(h.kept, k)
		}
	}
	if h.kept == nil {
		h.kept = map[string]*listing[T]{}
	}
	h.kept[key] = l
}

// passing reports that the same page can be asked for again.
func passing(err error) bool {
	_, wait := errors.AsType[*connector.WaitError](err)
	return wait || errors.Is(err, connector.ErrTemporary)
}

// remembered keeps what does not change, by id. The zero value is ready.
type remembered[T any] struct {
	mu   sync.Mutex
	kept map[string]T
}

// maxRemembered bounds how much of it is kept.
const maxRemembered = 8192

func (r *remembered[T]) get(id string) (T, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	v, ok := r.kept[id]
	return v, ok
}

func (r *remembered[T]) forget(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.kept, id)
}

func (r *remembered[T]) put(id string, v T) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.kept == nil || len(r.kept) >= maxRemembered {
		r.kept = map[string]T{}
	}
	r.kept[id] = v
}
