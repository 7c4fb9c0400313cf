package connectortest

import (
	"fmt"
	"log/slog"
	"slices"
	"sync"

	"roomkeeper/connector"
	"roomkeeper/connector/reconcile"
)

// engineJudgeRules check that an engine keeps what a Sweep's judgement rests on: one
// verdict, and those whom it counted.
func engineJudgeRules() map[string]func(*engineTest) {
	return map[string]func(*engineTest){
		"one verdict of many": func(t *engineTest) {
			verdicts := make(chan connector.Verdict, 40)
			for i := range 40 {
				go func() {
					mine := []connector.Verdict{connector.VerdictPassed, connector.VerdictHeld}[i%2]
					s, err := t.Engine.Sweeps.UpdateSweep(t.ctx(), "s1", func(s *connector.Sweep) {
						if s.Verdict == "" {
							s.Verdict, s.Removals = mine, i
						}
					})
					if err != nil {
						t.Errorf("update: %v", err)
					}
					verdicts <- s.Verdict
				}()
			}
			first := <-verdicts
			for range 39 {
				t.same(<-verdicts, first)
			}
		},
		"judged once by replicas": func(t *engineTest) {
			j := beginJudged(t, 0)
			j.judge(8)
			t.same(j.passed(), 4)
			t.same(j.sweep().Passing, 4)
		},
		"judged once, wherever it is cut off": func(t *engineTest) {
			for step := 0; ; step++ {
				j := beginJudged(t, step)
				left := step
				cut := j.sweeper(GuardEngine(t.Engine, func(string) error {
					if left--; left < 0 {
						return connector.ErrStoreAway
					}
					return nil
				})).Judge(t.ctx()) != nil
				if cut {
					j.grow()
				}
				j.judge(2)
				if passed := j.passed(); passed > j.sweep().Removals || passed > 4 || !cut && passed != 4 {
					t.Fatalf("cut off at step %d: %d let go, sweep %+v", step, passed, j.sweep())
				}
				j.end()
				if !cut {
					return
				}
			}
		},
		"judged once over a restart": func(t *engineTest) {
			if t.Reopen == nil {
				t.Skip("its state cannot be taken over")
			}
			j := beginJudged(t, 0)
			letGo := 0
			_ = j.sweeper(GuardEngine(t.Engine, func(step string) error {
				// Marks are the first four, what is let go follows them.
				if step == "save_group" {
					letGo++
				}
				if letGo > 6 {
					return connector.ErrStoreAway
				}
				return nil
			})).Judge(t.ctx())
			var err error
			t.Engine, err = t.Reopen(true)
			t.ok(err)
			t.same(j.passed(), 2)
			j.grow()
			j.judge(2)
			t.same(j.passed(), 2)
			t.same(j.sweep().Verdict, connector.VerdictPassed)
		},
	}
}

// judged is a Sweep of four Groups, each of which waits to remove one person; four is
// as many as it may let go.
type judged struct {
	*engineTest
	id     string
	groups []connector.GroupID
}

func beginJudged(t *engineTest, number int) judged {
	j := judged{engineTest: t, id: fmt.Sprint("judged", number)}
	for i := range 4 {
		g, err := t.Engine.Groups.SaveGroup(t.ctx(), connector.Group{
			ID: connector.GroupID(fmt.Sprint("waits", number, "-", i)), Platform: "slack", State: connector.GroupHeld, Awaits: j.id,
			Held: waiting("a"),
		})
		t.ok(err)
		j.groups = append(j.groups, g.ID)
	}
	_, err := t.Engine.Sweeps.UpdateSweep(t.ctx(), j.id, func(s *connector.Sweep) {
		s.State, s.StartedAt, s.Queued, s.Done, s.Waits = connector.SweepRunning, t.Clock.Now(), 4, 4, true
	})
	t.ok(err)
	return j
}

func waiting(people ...connector.MemberID) *connector.Hold {
	return &connector.Hold{Reason: connector.HoldGlobalRemoval, People: people}
}

func (j judged) sweeper(engine connector.Engine) *reconcile.Sweeper {
	return &reconcile.Sweeper{
		Engine: engine, Limit: reconcile.Limit{People: 4}, Clock: j.Clock.Now, Logger: slog.New(slog.DiscardHandler),
	}
}

// judge has so many replicas judge at once.
func (j judged) judge(replicas int) {
	j.Helper()
	var all sync.WaitGroup
	for range replicas {
		all.Go(func() {
			if err := j.sweeper(j.Engine).Judge(j.ctx()); err != nil {
				j.Errorf("judge: %v", err)
			}
		})
	}
	all.Wait()
}

// grow has two more people go in each Group that still waits, as its run would find.
func (j judged) grow() {
	j.Helper()
	j.each(func(g *connector.Group) bool {
		if g.Held != nil {
			g.Held = waiting("a", "b", "c")
		}
		return g.Held != nil
	})
}

// end has none of the Groups wait.
func (j judged) end() {
	j.Helper()
	j.each(func(g *connector.Group) bool {
		g.Held, g.State = nil, connector.GroupActive
		return true
	})
}

// passed counts the people who were let go.
func (j judged) passed() (n int) {
	j.Helper()
	j.each(func(g *connector.Group) bool {
		n += len(g.Passed)
		return false
	})
	return n
}

func (j judged) each(change func(*connector.Group) bool) {
	j.Helper()
	for _, id := range slices.Sorted(slices.Values(j.groups)) {
		g, err := j.Engine.Groups.Group(j.ctx(), id)
		j.ok(err)
		if change(&g) {
			_, err = j.Engine.Groups.SaveGroup(j.ctx(), g)
			j.ok(err)
		}
	}
}

func (j judged) sweep() connector.Sweep {
	j.Helper()
	s, err := j.Engine.Sweeps.Sweep(j.ctx(), j.id)
	j.ok(err)
	return s
}
