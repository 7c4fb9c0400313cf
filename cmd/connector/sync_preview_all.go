package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// outlook sums up the Plans of all Groups.
type outlook struct {
	groups, changed, failed int
	// actions and calls are how many of each; later are removals whose time has not
	// come, counted those that the limit over all Groups would count.
	actions, calls map[string]int
	later, counted int
}

func (o *outlook) add(p plan) {
	if !p.quiet() {
		o.changed++
	}
	for _, a := range p.Actions {
		o.actions[a.Action]++
	}
	for method, n := range p.Calls {
		o.calls[method] += n
	}
	o.later += len(p.Later)
	o.counted += p.Counted
}

// previewAll prints the Plans of all Groups that have something to do, and a sum; where
// it is cut short, that of those that were looked at.
func (s syncer) previewAll(ctx context.Context) error {
	sum := outlook{actions: map[string]int{}, calls: map[string]int{}}
	err := s.client.eachGroup(ctx, nil, func(g group) error {
		if why, idle := s.notSynced(g); idle {
			sum.groups++
			s.say("%s: %s", g.label(), why)
			return nil
		}
		p, err := s.client.preview(ctx, g.ID)
		if refused, ok := errors.AsType[*problem](err); ok {
			sum.groups++
			sum.failed++
			s.say("%s: cannot be planned: %v", g.label(), refused)
			return nil
		}
		if err != nil {
			return err
		}
		sum.groups++
		sum.add(p)
		if !p.quiet() {
			s.show(g, p)
		}
		return nil
	})
	if err != nil && sum.groups == 0 {
		return err
	}
	if err != nil {
		s.say("Cut short; of those that were looked at:")
	}
	s.sumUp(ctx, sum, err != nil)
	if err == nil && sum.failed > 0 {
		err = fmt.Errorf("%d Groups cannot be planned", sum.failed)
	}
	return err
}

func (s syncer) sumUp(ctx context.Context, sum outlook, cut bool) {
	s.say("%d Groups: %d to change, %d without change or left alone, %d that cannot be planned.",
		sum.groups, sum.changed, sum.groups-sum.changed-sum.failed, sum.failed)
	for _, what := range slices.Sorted(maps.Keys(sum.actions)) {
		s.say("  %s: %d", what, sum.actions[what])
	}
	if sum.later > 0 {
		s.say("  remove later: %d", sum.later)
	}
	s.foresee(ctx, sum.counted, cut || sum.failed > 0)
	s.estimate(sum.calls)
	s.say("Nothing was changed.")
}

// verdictWithin is how long a verdict is waited for, also by somebody who no longer waits
// for the rest.
const verdictWithin = 10 * time.Second

// foresee says whether the removals together are more than the limit over all Groups lets
// through; atLeast: some Groups' are not among them.
func (s syncer) foresee(ctx context.Context, removals int, atLeast bool) {
	if removals > 0 {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), verdictWithin)
		defer cancel()
		v, err := s.client.judge(ctx, removals)
		if err != nil {
			s.say("Whether the removals together exceed ROOMKEEPER_GLOBAL_REMOVAL_LIMIT cannot be said: %v", err)
			return
		}
		if v.Verdict == verdictHeld {
			number := fmt.Sprint(removals)
			if atLeast {
				number = "at least " + number
			}
			s.say("The removals that no channel holds by itself exceed ROOMKEEPER_GLOBAL_REMOVAL_LIMIT together: %s of %d memberships that Roomkeeper made. A Sweep, and so `connector sync --all`, holds all of these (global_removal) until somebody confirms or dismisses them.",
				number, v.Owned)
			return
		}
	}
	if atLeast {
		s.say("At least %d removals count for ROOMKEEPER_GLOBAL_REMOVAL_LIMIT; whether it is exceeded with those of the other Groups is not known.", removals)
	}
}

const verdictHeld = "held"
