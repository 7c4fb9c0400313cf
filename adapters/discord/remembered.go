package discord

import "sync"

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
