package crash_test

import (
	"fmt"
	"testing"

	"roomkeeper/internal/world"
	"roomkeeper/sandbox/crm"
)

// tellingPoint is a moment at which the connector is killed that tells of a hold.
type tellingPoint struct {
	world.Platform
	// private: the owner is being told, else the admins.
	private bool
	when    string
	late    bool
}

func (p tellingPoint) String() string {
	return fmt.Sprintf("private %t, %s, late %t", p.private, p.when, p.late)
}

// Verbs of this test: what is posted to one channel, and what is not.
const (
	tellAdmins world.Verb = "tell the admins"
	tellAnyone world.Verb = "tell anyone"
)

// TestCrashWhileTelling: whoever is told of a hold is told once, whenever the
// connector is killed. In private nothing can be looked up: a message that was
// on its way then may come twice.
func TestCrashWhileTelling(t *testing.T) {
	var points []tellingPoint
	for _, private := range []bool{false, true} {
		points = append(points, tellingPoint{private: private, when: world.Before},
			tellingPoint{private: private, when: world.Before, late: true}, tellingPoint{private: private, when: world.After})
	}
	world.OnEach(t, func(t *testing.T, on world.Platform) {
		for i := range points {
			points[i].Platform = on
		}
		world.Together(t, points, tellingPoint.String, crashWhileTelling)
	})
}

func crashWhileTelling(t *testing.T, p tellingPoint) {
	w := world.Start(t, p.Platform, 8, 1)
	admins := w.Chat.AdminChannel(t, "u5", "admins")
	if err := w.Stop(t); err != nil {
		t.Fatal(err)
	}
	w.Env = append(w.Env, "ROOMKEEPER_ADMIN_CHANNEL="+admins)
	w.Restart(t)
	w.CRM.Act(t, "webhooks", world.Order{"mode": "off"})
	team(t, w, "u1", "u2", "u3", "u4", "u5")
	w.Open(t, world.Account(1))
	w.In(t, 1, "u1", "u2", "u3", "u4", "u5")
	w.WaitState(t, world.Account(1), "active")
	team(t, w, "u1", "u2")

	post := w.Chat.Verbs[world.Post]
	verb := tellAnyone // the owner comes first
	w.Chat.Verbs = map[world.Verb]world.Pattern{
		tellAnyone: post, tellAdmins: {Method: post.Method, Match: map[string]string{"channel": admins}},
	}
	if !p.private {
		verb = tellAdmins
	}
	gate := w.Chat.Hold(t, world.Gate{Verb: verb, When: p.when, Late: p.late})
	w.Taken(t, world.TeamChanged)
	w.Chat.Held(t, gate, 1)
	w.Kill(t)
	w.Chat.Release(t, gate)
	w.Restart(t)
	world.Eventually(t, world.Patience, "both are told", func() error {
		if len(w.Chat.State(t).In(admins).Cards) == 0 || len(w.Chat.Told(t, "u1").Cards) == 0 {
			return fmt.Errorf("not yet")
		}
		return nil
	})
	w.Quiet(t, world.Patience)
	if cards := w.Chat.State(t).In(admins).Cards; len(cards) != 1 {
		t.Errorf("the admins are told %d times", len(cards))
	}
	if told := len(w.Chat.Told(t, "u1").Cards); told != 1 && (!p.private || told != 2) {
		t.Errorf("the owner is told %d times", told)
	}
}

// team puts exactly these people on the team of account 1.
func team(t *testing.T, w *world.World, users ...string) {
	t.Helper()
	var entries []crm.Entry
	for _, u := range users {
		entries = append(entries, world.Employee(u))
	}
	w.CRM.Act(t, "team-set", world.About(world.Account(1)).With("record", world.Order{"team": entries}))
}
