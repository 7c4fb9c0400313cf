package reconcile_test

import (
	"testing"
	"time"

	"roomkeeper/connector"
)

// Whoever is out and not wanted was removed by Roomkeeper only where a call of ours
// did it: all others went by themselves, or by somebody else's hand.
func TestOnlyACallTakesOut(t *testing.T) {
	for name, c := range map[string]struct {
		policy  func(*connector.Policy)
		happen  func(w *world)
		who     string
		ours    bool
		by      string
		outThen bool // out since something before the last thing that happened
	}{
		"taken off the team": {happen: func(w *world) { w.takenOff("1", "a") }, who: "b", ours: true, by: "team.changed off"},
		"added by hand, and leaves": {happen: func(w *world) {
			w.handIn("x")
			w.handOut("x")
		}, who: "x", by: "chat left"},
		"leaves, and is taken off": {happen: func(w *world) {
			w.handOut("b")
			w.status("1", "b", connector.StatusLeft)
			w.takenOff("1", "a")
		}, who: "b", by: "chat left", outThen: true},
		"leaves within the grace period": {policy: func(p *connector.Policy) { p.Grace = 7 * 24 * time.Hour }, happen: func(w *world) {
			w.takenOff("1", "a")
			w.status("1", "b", connector.StatusToRemove)
			w.clock.Advance(time.Hour)
			w.handOut("b")
		}, who: "b", by: "chat left"},
		"leaves after a refused removal": {happen: func(w *world) {
			w.chat.ForbidRemovals(true)
			w.takenOff("1", "a")
			w.status("1", "b", connector.StatusToRemove)
			w.handOut("b")
		}, who: "b", by: "chat left"},
		"taken out, back by hand, and leaves": {happen: func(w *world) {
			w.takenOff("1", "a")
			w.handIn("b")
			w.handOut("b")
		}, who: "b", by: "chat left"},
		"taken out as an extra": {policy: func(p *connector.Policy) { p.Extras = connector.ExtrasKick }, happen: func(w *world) { w.handIn("x") },
			who: "x", ours: true, by: "chat joined"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			if c.policy != nil {
				c.policy(&w.policy)
			}
			w.person("a", "b", "x")
			w.record("1", "Acme", "a", "b")
			w.open("1")
			w.clock.Advance(time.Hour)
			c.happen(w)
			row := w.row("1", c.who)
			if row.Status != connector.StatusRemoved || row.TakenOut != c.ours || row.By != c.by {
				t.Errorf("row %+v", row)
			}
			if earlier := w.clock.Now().Sub(row.Since) >= time.Hour; earlier != c.outThen {
				t.Errorf("since %v, now %v", row.Since, w.clock.Now())
			}
		})
	}
}

// caused runs a Group's job as something queued it.
func (w *world) caused(id, cause string) {
	w.Helper()
	end := w.reconciler().Run(w.Context(), connector.Lease{
		Key: connector.JobKey{Lane: connector.LaneGroup, Group: groupOf(id)}, Attempt: 1, Tags: connector.QueuedBy(cause),
	})
	if end.Outcome == connector.RunDead {
		w.Fatalf("ended %+v", end.Dead)
	}
}

// takenOff leaves only these on the team.
func (w *world) takenOff(id string, stay ...string) {
	w.Helper()
	w.clock.Advance(2 * time.Hour)
	w.team(id, stay...)
	w.caused(id, "team.changed off")
}

func (w *world) handIn(who string) {
	w.Helper()
	w.chat.Join(w.group("1").Channel.ID, member(who))
	w.touchChannel()
	w.caused("1", "chat joined")
}

func (w *world) handOut(who string) {
	w.Helper()
	w.chat.Leave(w.group("1").Channel.ID, member(who))
	w.touchChannel()
	w.caused("1", "chat left")
}
