package discord

import (
	"net/http"
	"time"
)

type rateLimits struct{}

func newRateLimits() *rateLimits { return &rateLimits{} }

func (l *rateLimits) banned(time.Time) (reply, bool) { return reply{}, false }

func (l *rateLimits) count(reply, time.Time) {}

// take counts a call at its limits: the headers of the answer, or the answer when a limit is reached.
func (c *call) take() (http.Header, *reply) { return http.Header{}, nil }

// countInvalid counts an answer that a fault gave.
func (g *Guild) countInvalid(out reply) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.limits.count(out, g.now())
}
