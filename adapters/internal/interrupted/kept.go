// Package interrupted keeps what had to stop for a wait or a passing failure, so
// that asking for it again goes on where it stopped. Without that nothing larger
// than a rate's burst would ever be finished.
package interrupted

import (
	"errors"
	"sync"
	"time"

	"roomkeeper/connector"
)

// KeepFor is how long something interrupted can be gone on with, from its begin.
const KeepFor = 10 * time.Minute

// Passing reports that what failed can be asked for again.
func Passing(err error) bool {
	_, wait := errors.AsType[*connector.WaitError](err)
	return wait || errors.Is(err, connector.ErrTemporary)
}

// Kept is interrupted work by key. The zero value is ready; it is safe for
// concurrent use.
type Kept[K comparable, W any] struct {
	mu  sync.Mutex
	all map[K]held[W]
}

type held[W any] struct {
	work  W
	began time.Time
}

func (h held[W]) old(now time.Time) bool { return now.Sub(h.began) > KeepFor }

// Take hands work out, to one taker only; ok is false when there is none.
func (k *Kept[K, W]) Take(key K, now time.Time) (work W, ok bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	h, ok := k.all[key]
	delete(k.all, key)
	if !ok || h.old(now) {
		return work, false
	}
	return h.work, true
}

// Keep keeps work that began then. Of what is too old nothing is left, and of the
// rest at most most; 0 is no limit.
func (k *Kept[K, W]) Keep(key K, work W, began, now time.Time, most int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for other, h := range k.all {
		if h.old(now) || most > 0 && len(k.all) >= most {
			delete(k.all, other)
		}
	}
	if k.all == nil {
		k.all = map[K]held[W]{}
	}
	k.all[key] = held[W]{work, began}
}

// Look calls see with work that is kept, if it is; nobody takes it meanwhile.
func (k *Kept[K, W]) Look(key K, see func(W)) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if h, ok := k.all[key]; ok {
		see(h.work)
	}
}

// Drop forgets work: our own doing has made it wrong.
func (k *Kept[K, W]) Drop(key K) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.all, key)
}
