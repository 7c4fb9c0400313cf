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

// What a Sweep holds is decided by admins alone, and only where they are admins.
func TestPressOfASweep(t *testing.T) {
	w := newWorld()
	h := w.handler()
	g := w.holdNorthwind()
	g.Held.Reason, g.Held.Sweep = connector.HoldGlobalRemoval, "s1"
	w.put(g)
	press := func(id string, by connector.MemberID, on connector.PlatformID, action connector.ActionID, sweep string) Answer {
		return h.Press(context.Background(), Press{
			ID: id, Platform: on, Channel: "D1", Actor: by, Action: action, Value: SweepValue(sweep),
		})
	}
	refused := press("x1", olga, slack, connector.ActionHoldConfirm, "s1")
	if refused.Text != h.texts.refused() || refused.Replace {
		t.Errorf("the owner is told %+v", refused)
	}
	w.fail["admin"] = connector.ErrTemporary
	if away := press("x2", admin, slack, connector.ActionHoldConfirm, "s1"); away.Replace {
		t.Errorf("%+v", away)
	}
	delete(w.fail, "admin")
	wants(t, press("x3", admin, slack, connector.ActionHoldConfirm, "s2").Text, "Nothing on slack is held by that sweep any more")
	if len(w.writes) != 0 {
		t.Fatalf("did %v", w.writes)
	}
	first := press("x4", admin, slack, connector.ActionHoldDismiss, "s1")
	wants(t, first.Text, "Dismissed the held removals of 1 channel on slack", "added by hand")
	if again := press("x5", admin, slack, connector.ActionHoldDismiss, "s1"); again != first || !again.Replace {
		t.Errorf("first %+v, again %+v", first, again)
	}
	wants(t, press("x6", admin, slack, connector.ActionHoldConfirm, "s1").Text, "any more")
	if len(w.writes) != 1 {
		t.Errorf("did %v", w.writes)
	}
}

// Removals that a Sweep has not judged yet wait, and are not said to be many.
func TestHoldThatWaitsForASweep(t *testing.T) {
	for sweep, says := range map[string]string{
		"":   "a sweep is to look at all channels before anybody is removed",
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
