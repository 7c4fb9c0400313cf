package stage

import "sync"

// Signal tells everybody who waits that something changed. The zero value works.
type Signal struct {
	mu   sync.Mutex
	next chan struct{}
}

// Changed returns a channel that is closed at the next change; call it again for the one after.
func (s *Signal) Changed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.next == nil {
		s.next = make(chan struct{})
	}
	return s.next
}

// Touch says that something changed.
func (s *Signal) Touch() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.next != nil {
		close(s.next)
		s.next = nil
	}
}
