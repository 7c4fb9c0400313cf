package reconcile

import (
	"context"
	"fmt"
	"time"

	"roomkeeper/connector"
)

// Limit is passed by more than People removals that are more than Share of the
// Owned members in all channels.
type Limit struct {
	Share  float64
	People int
}

// quietAfter is how long nothing may be heard of a Sweep's Groups until it is
// judged by those that were looked at: a process was killed between counting a
// Group and ending its run, or somebody asked to wait for very long. What comes
// later waits for the next Sweep.
const quietAfter = time.Hour

// due reports whether a Sweep is to be judged now: all its Groups were looked at.
func (s *Sweeper) due(sw connector.Sweep) bool {
	return sw.State == connector.SweepRunning && (sw.Waits && sw.Done+sw.Failed >= sw.Queued || s.quiet(sw))
}

func (s *Sweeper) quiet(sw connector.Sweep) bool {
	heard := sw.StartedAt
	if sw.SeenAt.After(heard) {
		heard = sw.SeenAt
	}
	return s.Clock().Sub(heard) > quietAfter
}

// Judge judges the Sweeps that are due: the removals that their Groups found go on,
// or all of them are held and the admins are told. It may be called by several
// replicas at once and repeated after an error: there is one verdict, and each
// Group follows it once.
func (s *Sweeper) Judge(ctx context.Context) error {
	open, err := s.Engine.Sweeps.OpenSweeps(ctx)
	if err != nil {
		return fmt.Errorf("list sweeps: %w", err)
	}
	for _, sweep := range open {
		if !s.due(sweep) {
			continue
		}
		if err := s.judge(ctx, sweep); err != nil {
			return fmt.Errorf("judge sweep %s: %w", sweep.ID, err)
		}
	}
	return nil
}

func (s *Sweeper) judge(ctx context.Context, sweep connector.Sweep) error {
	var passed int
	var err error
	if sweep.Waits && sweep.Verdict == "" {
		if sweep, err = s.decide(ctx, sweep.ID); err != nil || sweep.Verdict == "" {
			return err
		}
	}
	if sweep.Waits {
		if passed, err = s.apply(ctx, sweep); err != nil {
			return err
		}
	}
	_, err = s.Engine.Sweeps.UpdateSweep(ctx, sweep.ID, func(sw *connector.Sweep) {
		if sw.Waits = false; s.quiet(*sw) {
			sw.Failed, sw.Passing = max(sw.Failed, sw.Queued-sw.Done), 0
		}
		sw.Passing += passed
		endIfDone(sw, s.Clock())
	})
	return err
}

// decide finds the verdict and stores it, unless another replica did. Without a
// verdict another one began to count later, and decides.
func (s *Sweeper) decide(ctx context.Context, id string) (connector.Sweep, error) {
	sweep, err := s.Engine.Sweeps.UpdateSweep(ctx, id, func(sw *connector.Sweep) {
		if sw.Verdict == "" {
			sw.Counts++
		}
	})
	if err != nil || sweep.Verdict != "" {
		return sweep, err
	}
	removals, err := s.count(ctx, sweep)
	if err != nil {
		return sweep, err
	}
	verdict, owned, err := s.Verdict(ctx, removals)
	if err != nil {
		return sweep, err
	}
	count := sweep.Count()
	return s.Engine.Sweeps.UpdateSweep(ctx, id, func(sw *connector.Sweep) {
		if sw.Verdict == "" && sw.Count() == count {
			sw.Verdict, sw.Removals, sw.Owned = verdict, removals, owned
		}
	})
}

// Verdict says what would become of so many removals over all Groups. owned are the
// Owned members in all channels, 0 where the removals are too few to ask for them.
func (s *Sweeper) Verdict(ctx context.Context, removals int) (verdict connector.Verdict, owned int, err error) {
	if removals <= s.Limit.People {
		return connector.VerdictPassed, 0, nil
	}
	if owned, err = s.owned(ctx); err != nil {
		return "", 0, err
	}
	if float64(removals) > s.Limit.Share*float64(owned) {
		return connector.VerdictHeld, owned, nil
	}
	return connector.VerdictPassed, owned, nil
}

// count counts the removals that wait, and marks those that the Sweep may let go
// in the step that counts them: whoever waits later was not counted.
func (s *Sweeper) count(ctx context.Context, sweep connector.Sweep) (removals int, err error) {
	err = s.eachGroupPage(ctx, connector.GroupQuery{State: connector.GroupHeld}, func(groups []connector.Group) error {
		for _, g := range groups {
			n := globally(g)
			if n > 0 && g.Awaits == sweep.ID {
				if n, err = s.mark(ctx, g.ID, sweep); err != nil {
					return err
				}
			}
			removals += n
		}
		return nil
	})
	return removals, err
}

// mark has a Group's hold bear the count of a Sweep that it waits for, and returns
// how many removals wait in it. A count that was begun later has marked it for good.
func (s *Sweeper) mark(ctx context.Context, id connector.GroupID, sweep connector.Sweep) (n int, err error) {
	count := sweep.Count()
	err = changeGroup(ctx, s.Engine, id, func(g *connector.Group) ([]connector.Job, bool) {
		if n = globally(*g); n == 0 || g.Awaits != sweep.ID {
			return nil, false
		}
		if before := g.Held.Counted; before.Sweep == count.Sweep && before.Number >= count.Number {
			return nil, false
		}
		g.Held.Counted = count
		return nil, true
	})
	return n, err
}

// globally counts the removals of a Group that a Sweep's judgement keeps, or that
// wait for one. Those of every Sweep count: what an earlier one found is part of
// the same mistake.
func globally(g connector.Group) int { return countedIn(g.Held) }

// countedIn counts the removals of a hold, nil for none, that a Sweep's judgement counts.
func countedIn(hold *connector.Hold) int {
	if hold == nil || hold.Reason != connector.HoldGlobalRemoval {
		return 0
	}
	return len(hold.People)
}

// owned counts the Owned members in all channels that are in use: a Sweep takes
// nobody out of another, and what is long over makes no mistake smaller.
func (s *Sweeper) owned(ctx context.Context) (n int, err error) {
	err = s.eachGroupPage(ctx, connector.GroupQuery{}, func(groups []connector.Group) error {
		for _, g := range groups {
			if !g.State.Posting() {
				continue
			}
			in := map[connector.MemberID]bool{}
			for _, row := range g.Memberships {
				if row.Owned && isIn(row.Status) {
					in[row.Member] = true
				}
			}
			n += len(in)
		}
		return nil
	})
	return n, err
}

// apply has every Group that waits for a Sweep follow its verdict, and counts those
// that go on: whom the verdict did not count waits for the next Sweep. Applied again
// it finds the rest.
func (s *Sweeper) apply(ctx context.Context, sweep connector.Sweep) (passing int, err error) {
	passed, follow := sweep.Verdict == connector.VerdictPassed, s.hold
	if passed {
		follow = s.letGo
	}
	concerned := func(g connector.Group) bool {
		return globally(g) > 0 && g.Awaits == sweep.ID && (!passed || g.Held.Counted == sweep.Count())
	}
	err = s.eachGroupPage(ctx, connector.GroupQuery{State: connector.GroupHeld}, func(groups []connector.Group) error {
		for _, g := range groups {
			if !concerned(g) {
				continue
			}
			follows := false
			err := changeGroup(ctx, s.Engine, g.ID, func(now *connector.Group) ([]connector.Job, bool) {
				if follows = concerned(*now); !follows {
					return nil, false
				}
				return follow(now, sweep.ID), true
			})
			if err != nil {
				return err
			}
			if follows && passed {
				passing++
			}
		}
		return nil
	})
	return passing, err
}

// passedTag is what the tag of a run ends with that carries out what a Sweep's
// judgement let go. The Sweep ends after it, and counts the Group once.
const passedTag = "/passed"

// letGo ends the wait of a Group whose removals go on.
func (s *Sweeper) letGo(g *connector.Group, sweep string) []connector.Job {
	g.Passed, g.Held, g.Awaits = g.Held.People, nil, ""
	if g.State == connector.GroupHeld {
		g.State = connector.GroupActive
	}
	return []connector.Job{{
		Key: connector.JobKey{Lane: connector.LaneGroup, Group: g.ID}, Delay: afterSave,
		Tags: append(connector.QueuedBy(causeSweep), sweep+passedTag),
	}}
}

// hold ends the wait of a Group whose removals wait for somebody's decision from
// now on. What an earlier Sweep held already is nothing new to tell.
func (s *Sweeper) hold(g *connector.Group, sweep string) []connector.Job {
	g.Awaits = ""
	if g.Held.Sweep != "" {
		return nil
	}
	g.Held.Sweep = sweep
	g.Tell(connector.Telling{
		What: connector.TellHeld, About: string(g.Held.Plan.ID), To: connector.AudienceAdmins, Shared: sweep, At: s.Clock(),
	})
	return []connector.Job{{Key: connector.JobKey{Lane: connector.LaneTellings, Group: g.ID}, Delay: afterSave}}
}
