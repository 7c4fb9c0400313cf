package command

import (
	"strings"
	"testing"
	"time"

	"roomkeeper/connector"
)

func TestCausesAreWorded(t *testing.T) {
	for stored, want := range map[string]string{
		"team.changed evt_1": "the team was changed in the CRM, event evt_1",
		"chat member_joined": "somebody came into the channel",
		"sync":               "found by a sync that somebody asked for",
		"leave":              "they asked to be out",
		"record.updated e1, team.changed e2, …": "the record was changed in the CRM, event e1; the team was changed in the CRM, event e2; …",
		"chat something_new":                    "chat something_new",
		"odd":                                   "odd",
	} {
		if got := causeWords(stored); got != want {
			t.Errorf("%q: %q, want %q", stored, got, want)
		}
	}
}

// What somebody is told of a removal that was dismissed, of one by EXTRAS, and of the way
// back where they left, is what can be done.
func TestWhyTellsTheWayBack(t *testing.T) {
	x := texts{cmd: "/crm"}
	target := target{key: account("4"), policy: connector.Policy{}}
	say := func(m connector.Membership) string {
		m.Name, m.Since = "Tim", testNow
		return strings.Join(x.why(target, explained{m: m, read: true}), "\n")
	}
	got := say(connector.Membership{Status: connector.StatusHandAdded, Kept: true, By: "dismissed"})
	wants(t, got, "their removal was to be, and was dismissed 22 Nov 2026 12:00 UTC", "remove them from the channel by hand", "/crm adopt account 4 own")
	onTeam := say(connector.Membership{Status: connector.StatusHandAdded, Kept: true, By: "dismissed", Why: teamPath("2")})
	wants(t, onTeam, "/crm adopt account 4 own in the channel has them go with the team again")
	for _, got := range []string{got, onTeam} {
		if strings.Contains(got, "did not add itself") || strings.Contains(got, "(dismissed)") {
			t.Error(got)
		}
	}
	kick := connector.Membership{Status: connector.StatusRemoved, TakenOut: true, KickedAt: testNow, TriedAt: testNow}
	wants(t, say(kick), "nobody whom nobody wants there (EXTRAS=kick)")
	kick.TriedAt = testNow.Add(time.Hour)
	if got := say(kick); strings.Contains(got, "EXTRAS") {
		t.Error(got)
	}
	wants(t, say(connector.Membership{Status: connector.StatusLeft, By: "leave"}), "left 22 Nov 2026 12:00 UTC (they asked to be out)", "/crm join account 4")
	target.group.SelfEnrol, target.policy.Leavers = true, connector.LeaversReadd
	wants(t, say(connector.Membership{Status: connector.StatusLeft}), "which is respected", "/crm join account 4")
}

// A channel that was deleted is nowhere, and nobody is in it.
func TestLostChannels(t *testing.T) {
	w := newWorld()
	g := northwind()
	g.State = connector.GroupLost
	w.put(g)
	for question, want := range map[string]string{
		"members account 4":  "0 in the channel, 3 were in it, 1 pending, 1 left.\nWere in the channel, which was deleted (3)\n• Olga Owner\n",
		"status account 4":   "Channel: #northwind, made by Roomkeeper",
		"open account 4":     "lost: the channel was deleted",
		"why @tim account 4": "Tim Team was in the channel until it was deleted:",
	} {
		got := ask(w, admin, "C77", question)
		wants(t, got.Text, want)
		if strings.Contains(got.Text, "https://") || got.Link != "" || strings.Contains(got.Text, "They are removed") {
			t.Errorf("%s: %+v", question, got)
		}
	}
}
