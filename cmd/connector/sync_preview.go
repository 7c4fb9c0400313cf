package main

import (
	"context"
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
	if p.quiet() {
		s.say("%s: nothing to do", g.label())
		return
	}
	s.say("%s:", g.label())
	for _, a := range p.Actions {
		s.say("  %s", lineOf(a))
	}
	if p.Held != nil && *p.Held != "" {
		s.say("  held: %s; the removals wait until somebody confirms or dismisses them", *p.Held)
	}
	for _, l := range p.Later {
		s.say("  later, on %s: %s", l.At.UTC().Format(timeForm), lineOf(l.action))
	}
}

// timeForm is how a time is written for a person.
const timeForm = "2 Jan 2006 15:04 UTC"

// quiet reports whether there is nothing to do, now or later.
func (p plan) quiet() bool {
	return len(p.Actions) == 0 && len(p.Later) == 0 && (p.Held == nil || *p.Held == "")
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
