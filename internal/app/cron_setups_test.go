package app

import (
	"strings"
	"testing"
	"time"
)

// runs starts a replica that runs by a configuration.
func (c crew) runs(name, setup string) *member {
	c.Helper()
	m := c.replica(name)
	m.sweeper.Setup = setup
	m.endInterrupted()
	m.start()
	c.pass(time.Second)
	return m
}

// An update with another configuration sweeps at its start, and once more when the last
// of those before is gone, however late that is and however it ends; then never again.
func TestUpdateWithAnotherConfiguration(t *testing.T) {
	for name, c := range map[string]struct {
		end   func(*member)
		lived time.Duration
	}{
		"stopped at once":   {(*member).stop, 20 * time.Second},
		"killed at once":    {(*member).kill, 20 * time.Second},
		"killed soon":       {(*member).kill, 5 * time.Minute},
		"stopped very late": {(*member).stop, time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			replicate(t, func(w crew) {
				a, b := w.runs("a", "old"), w.runs("b", "old")
				w.pass(5 * time.Minute)
				w.whole("with one configuration", 0, a, b)
				x := w.runs("x", "new")
				w.pass(2 * time.Second)
				b.stop()
				y := w.runs("y", "new")
				w.whole("at the start", 1, a, b, x, y)
				w.pass(c.lived)
				w.whole("while one of those before lives", 0, a, b, x, y)
				c.end(a)
				w.pass(5 * time.Minute)
				w.whole("when it is gone", 1, x, y)
				w.pass(time.Hour)
				w.whole("afterwards", 0, x, y)
			})
		})
	}
}

// An update that is taken back ends as it began, and sweeps when the new ones are gone.
func TestUpdateTakenBack(t *testing.T) {
	replicate(t, func(w crew) {
		a := w.runs("a", "old")
		x := w.runs("x", "new")
		w.pass(10 * time.Minute)
		w.whole("at the start", 1, a, x)
		x.kill()
		w.pass(5 * time.Minute)
		w.whole("when it is gone", 1, a)
		w.pass(time.Hour)
		w.whole("afterwards", 0, a)
		b := w.runs("b", "old")
		w.pass(10 * time.Minute)
		w.whole("another one with the same", 0, a, b)
	})
}

// Two configurations that both stay cost no Sweeps, and it is said once.
func TestTwoConfigurationsThatStay(t *testing.T) {
	replicate(t, func(w crew) {
		a := w.runs("a", "one")
		x := w.runs("x", "two")
		w.pass(10 * time.Minute)
		if err := a.setups.Status(); err != nil {
			w.Errorf("an update takes as long: %v", err)
		}
		w.pass(2 * time.Hour)
		w.whole("all the time", 1, a, x)
		for _, m := range []*member{a, x} {
			if n := strings.Count(m.log.String(), "different configurations"); n != 1 || m.setups.Status() == nil {
				w.Errorf("said %d times: %s, %v", n, m.log.String(), m.setups.Status())
			}
		}
		a.stop()
		w.pass(5 * time.Minute)
		w.whole("when one is gone", 1, x)
		if err := x.setups.Status(); err != nil {
			w.Error(err)
		}
	})
}

// whole is how often replicas listed everything since the last time.
func (c crew) whole(what string, want int32, members ...*member) {
	c.Helper()
	var n int32
	for _, m := range members {
		n += m.lists.full.Swap(0)
	}
	if n != want {
		c.Errorf("%s: %d whole lists, want %d", what, n, want)
	}
}
