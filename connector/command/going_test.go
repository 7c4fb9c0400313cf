package command

import (
	"testing"
	"time"

	"roomkeeper/connector"
)

// What somebody who is to be removed still waits for is told: never that nothing
// needs to be done when somebody has to decide.
func TestWhySaysWhatARemovalWaitsFor(t *testing.T) {
	since := testNow.Add(-time.Hour)
	held := func(reason connector.HoldReason) func(*connector.Group) {
		return func(g *connector.Group) {
			g.Held = &connector.Hold{Reason: reason, Since: since, People: []connector.MemberID{tim}, Plan: connector.Plan{ID: "p1", Held: reason}}
		}
	}
	going := "in the channel and should not be since 22 Nov 2026 11:00 UTC (the team was changed in the CRM, event e1): "
	for name, c := range map[string]struct {
		grace  time.Duration
		change func(*connector.Group)
		row    func(*connector.Membership)
		why    string
		listed string
	}{
		"at once": {
			why:    going + "the removal is on the way. Nothing needs to be done.",
			listed: "since 22 Nov 2026 11:00 UTC, the removal is on the way.",
		},
		"held": {
			change: held(connector.HoldLargeRemoval),
			why: going + "the removal is held, because more than half of the people would be removed at once. " +
				"Confirm removes them: /crm sync confirm. Dismiss keeps them as added by hand: /crm sync dismiss.",
			listed: "since 22 Nov 2026 11:00 UTC, the removal is held.",
		},
		"held, of a grace period": {
			grace: 2 * time.Hour, change: held(connector.HoldGlobalRemoval),
			why: "the removal is held, because a sweep is to look", listed: "the removal is held.",
		},
		"vanished": {change: held(connector.HoldMassVanish), why: "Confirm takes them as gone: /crm sync confirm.", listed: "the removal is held."},
		"held, of others": {
			change: func(g *connector.Group) {
				held(connector.HoldLargeRemoval)(g)
				g.Held.People = []connector.MemberID{lena}
			},
			why: "the removal is on the way.", listed: "the removal is on the way.",
		},
		"team not read": {
			change: func(g *connector.Group) {
				g.Held = &connector.Hold{Reason: connector.HoldTeamUnreadable, Since: since}
			},
			why: "the removal is held, because the team could not be read whole. It ends with the next whole reading.", listed: "could not be read whole",
		},
		"grace": {
			grace: 2 * time.Hour,
			why:   going + "they may stay until 22 Nov 2026 13:00 UTC, and longer when a path", listed: "they may stay until 22 Nov 2026 13:00 UTC",
		},
		"grace is over": {grace: time.Hour, why: "the removal is on the way.", listed: "the removal is on the way."},
		"grace that does not count": {
			grace: 2 * time.Hour, row: func(m *connector.Membership) { m.TriedAt = since },
			why: "the removal is on the way.", listed: "the removal is on the way.",
		},
		"asked to leave": {
			grace: 2 * time.Hour, row: func(m *connector.Membership) { m.Leaving = true },
			why: "they asked to leave, and the removal is on the way.", listed: "they asked to leave",
		},
		"not allowed": {
			grace: 2 * time.Hour, change: held(connector.HoldLargeRemoval),
			row: func(m *connector.Membership) { m.Reason = connector.ReasonRemovalNotAllowed },
			why: "Roomkeeper may not remove people here. Ask an admin", listed: "Roomkeeper may not remove people here. Ask an admin",
		},
		"out of reach": {
			change: func(g *connector.Group) { g.State = connector.GroupArchived },
			why:    "the channel is archived. Nobody is removed meanwhile.", listed: "the channel is archived.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld()
			g := northwind()
			if c.change != nil {
				c.change(&g)
			}
			m := &g.Memberships[1]
			m.Status, m.Why, m.Since, m.By = connector.StatusToRemove, nil, since, "team.changed e1"
			if c.row != nil {
				c.row(m)
			}
			w.put(g)
			grace := func(o *Options) { o.Policies[0].Grace = c.grace }
			got := ask(w, hana, "C1", "why @Tim", grace).Text
			wants(t, got, "Tim Team is in the channel and should not be", c.why)
			wants(t, ask(w, hana, "C1", "members", grace).Text, "to be removed (1)\n• Tim Team: ", c.listed)
		})
	}
	w := newWorld()
	g := w.holdNorthwind()
	g.Memberships[1].Status = connector.StatusToRemove
	w.put(g)
	wants(t, ask(w, hana, "C77", "why @Tim account 4").Text, "/crm sync confirm account 4.", "/crm sync dismiss account 4.")
}
