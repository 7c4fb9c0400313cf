package reconcile

import (
	"sync"

	"roomkeeper/connector"
)

// Bots knows our own member on each platform once the platform said so.
type Bots struct {
	mu  sync.RWMutex
	ids map[connector.PlatformID]connector.MemberID
}

// Get returns "" before the platform was reached.
func (b *Bots) Get(p connector.PlatformID) connector.MemberID {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.ids[p]
}

// Set remembers our own member.
func (b *Bots) Set(p connector.PlatformID, m connector.MemberID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ids == nil {
		b.ids = map[connector.PlatformID]connector.MemberID{}
	}
	b.ids[p] = m
}
