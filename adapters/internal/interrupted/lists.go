package interrupted

import (
	"context"
	"time"

	"roomkeeper/adapters/internal/outbound"
	"roomkeeper/connector"
)

const (
	// MaxPages ends a list that never ends.
	MaxPages = 10_000
	// maxLists bounds how many half-read lists are kept.
	maxLists = 256
)

// List is a list read so far: its Items, the Cursor of the page that comes next
// ("" at the first one and after the last), and how many Pages they came on.
type List[T any] struct {
	Items  []T
	Cursor string
	Pages  int
	Began  time.Time
	seen   map[string]struct{}
}

// Add takes a page in. A cursor that comes back would go round for ever.
func (l *List[T]) Add(items []T, next string) error {
	l.Items = append(l.Items, items...)
	l.Pages++
	if l.seen == nil {
		l.seen = map[string]struct{}{}
	}
	if _, again := l.seen[next]; next != "" && (again || l.Pages >= MaxPages) {
		return outbound.Unanswered("a listing that does not end", connector.ErrTemporary)
	}
	l.seen[next] = struct{}{}
	l.Cursor = next
	return nil
}

// Page reads the page at a cursor; next is "" after the last one.
type Page[T any] func(ctx context.Context, cursor string) (items []T, next string, err error)

// Lists reads lists page by page. One that was interrupted goes on at the page
// where it stopped. The zero value is ready.
type Lists[T any] struct{ kept Kept[string, *List[T]] }

// Whole reads the list named key to its end.
func (l *Lists[T]) Whole(ctx context.Context, key string, now time.Time, page Page[T]) (*List[T], error) {
	return l.read(ctx, key, now, page, func([]T) bool { return false })
}

// First reads the list named key until a page has something. An error that wraps
// connector.ErrNotFound: it ended without.
func (l *Lists[T]) First(ctx context.Context, key string, now time.Time, page Page[T]) (first T, err error) {
	list, err := l.read(ctx, key, now, page, func(items []T) bool { return len(items) > 0 })
	if err != nil {
		return first, err
	}
	if len(list.Items) == 0 {
		return first, connector.ErrNotFound
	}
	return list.Items[0], nil
}

func (l *Lists[T]) read(ctx context.Context, key string, now time.Time, page Page[T], enough func([]T) bool) (*List[T], error) {
	list, ok := l.kept.Take(key, now)
	if !ok {
		list = &List[T]{Began: now}
	}
	for {
		items, next, err := page(ctx, list.Cursor)
		if err != nil {
			if Passing(err) {
				l.kept.Keep(key, list, list.Began, now, maxLists)
			}
			return nil, err
		}
		if err := list.Add(items, next); err != nil {
			return nil, err
		}
		if next == "" || enough(items) {
			return list, nil
		}
	}
}

// Drop forgets what was read of the list named key: we change it ourselves.
func (l *Lists[T]) Drop(key string) { l.kept.Drop(key) }
