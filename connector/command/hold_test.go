package command

import (
	"context"
	"testing"

	"roomkeeper/connector"
)

// overtaken is a planner that lets something happen before a plan is confirmed.
type overtaken struct {
	planner
	by func()
}

func (o *overtaken) Confirm(ctx context.Context, id connector.GroupID, plan connector.PlanID) error {
	if by := o.by; by != nil {
		o.by = nil
		by()
	}
	return o.planner.Confirm(ctx, id, plan)
}

// Of two who press at once the second one is answered like the first.
func TestPressedAtOnce(t *testing.T) {
	w := newWorld()
	h := w.handler()
	g := w.holdNorthwind()
	press := func(id string, by connector.MemberID) Answer {
		return h.Press(context.Background(), Press{
			ID: id, Platform: slack, Channel: "D1", Actor: by, Action: connector.ActionHoldConfirm, Value: HoldValue(g.ID, "p1"),
		})
	}
	var first Answer
	h.o.Planner = &overtaken{planner{w}, func() { first = press("x1", admin) }}
	if second := press("x2", olga); second != first || !second.Replace {
		t.Errorf("first %+v, second %+v", first, second)
	}
	wants(t, first.Text, "Confirmed plan p1")
	if len(w.writes) != 1 {
		t.Errorf("did %v", w.writes)
	}
}

// Removals that a Sweep has not judged yet wait, and are not said to be many.
func TestHoldThatWaitsForASweep(t *testing.T) {
	for sweep, says := range map[string]string{
		"":   "looks at all channels before anybody is removed",
		"s1": "one sweep would remove unusually many people over all channels",
	} {
		w := newWorld()
		g := w.holdNorthwind()
		g.Held.Reason, g.Held.Sweep, w.plan.Held = connector.HoldGlobalRemoval, sweep, connector.HoldGlobalRemoval
		w.put(g)
		wants(t, ask(w, olga, "C1", "status").Text, says, "It concerns 2 people (plan p1)")
		wants(t, ask(w, olga, "C1", "sync --dry-run").Text, "Plan p1 is held", says)
		wants(t, ask(w, olga, "C1", "sync confirm").Text, "Confirmed plan p1")
	}
}
