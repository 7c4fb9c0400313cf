package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"roomkeeper/internal/app"
)

// previewOne prints the Plan of one Group.
func (s syncer) previewOne(ctx context.Context, g group) error {
	p, err := s.client.preview(ctx, g.ID)
	if err != nil {
		return fmt.Errorf("%s: %w", g.label(), err)
	}
	s.show(g, p)
	s.estimate(p.Calls)
	s.say("Nothing was changed.")
	return nil
}

// show prints a Plan line by line.
func (s syncer) show(g group, p plan) {
	if len(p.Actions) == 0 {
		s.say("%s: nothing to do", g.label())
		return
	}
	s.say("%s:", g.label())
	for _, a := range p.Actions {
		s.say("  %s", lineOf(a))
	}
	if p.Held != nil && *p.Held != "" {
		s.say("  held: %s; the removals wait for a confirmation", *p.Held)
	}
}

// lineOf is one Action for a person: what, whom or what to, why.
func lineOf(a action) string {
	line := a.Action
	if a.UserID != "" || a.MemberID != "" {
		line += " " + who(a.UserID, a.MemberID)
	}
	if a.Value != "" {
		line += " " + a.Value
	}
	if a.Why != "" {
		line += ": " + a.Why
	}
	return line
}

// estimate prints the calls that Plans cost and how long the tiers make them last.
func (s syncer) estimate(calls map[string]int) {
	if len(calls) == 0 {
		return
	}
	var list []string
	for _, method := range slices.Sorted(maps.Keys(calls)) {
		list = append(list, fmt.Sprintf("%d %s", calls[method], method))
	}
	s.say("Calls: %s; about %s by the platform's rate tiers.", strings.Join(list, ", "), app.EstimateCalls(s.config, calls).Round(time.Second))
}

// previewAll prints the Plans of all Groups that have something to do, and a sum.
func (s syncer) previewAll(ctx context.Context) error {
	sum := map[string]int{}
	calls := map[string]int{}
	groups, changed, failed := 0, 0, 0
	err := s.client.eachGroup(ctx, nil, func(g group) error {
		groups++
		if why, idle := s.notSynced(g); idle {
			s.say("%s: %s", g.label(), why)
			return nil
		}
		p, err := s.client.preview(ctx, g.ID)
		if refused, ok := errors.AsType[*problem](err); ok {
			failed++
			s.say("%s: cannot be planned: %v", g.label(), refused)
			return nil
		}
		if err != nil {
			return err
		}
		if len(p.Actions) == 0 {
			return nil
		}
		changed++
		s.show(g, p)
		for _, a := range p.Actions {
			sum[a.Action]++
		}
		for method, n := range p.Calls {
			calls[method] += n
		}
		return nil
	})
	if err != nil {
		return err
	}
	s.say("%d Groups: %d to change, %d without change or left alone, %d that cannot be planned.", groups, changed, groups-changed-failed, failed)
	for _, what := range slices.Sorted(maps.Keys(sum)) {
		s.say("  %s: %d", what, sum[what])
	}
	s.estimate(calls)
	s.say("Nothing was changed.")
	if failed > 0 {
		return fmt.Errorf("%d Groups cannot be planned", failed)
	}
	return nil
}
