package brakes_test

import (
	"fmt"
	"testing"

	"roomkeeper/internal/world"
	"roomkeeper/sandbox/crm"
)

// TestGlobalBrakeWithoutAdmins: where the admins have no channel, or none that our bot
// may write in, the owners are told what a sweep holds of theirs, with buttons that work.
func TestGlobalBrakeWithoutAdmins(t *testing.T) { world.OnEach(t, withoutAdmins) }

func withoutAdmins(t *testing.T, p world.Platform) {
	// An id of the form that the platform has, of no channel.
	nowhere := map[string]string{"slack": "C0NOWHERE", "discord": "1"}[p.Name]
	for name, channel := range map[string]string{"none": "", "one that is not there": nowhere} {
		t.Run(name, func(t *testing.T) {
			w := world.Start(t, p, 4, 3)
			if err := w.Stop(t); err != nil {
				t.Fatal(err)
			}
			w.Env = append(w.Env, "ROOMKEEPER_ADMIN_CHANNEL="+channel, "ROOMKEEPER_GLOBAL_REMOVAL_LIMIT=0,1")
			w.Restart(t)
			if channel == "" {
				w.Away(t)
			} else {
				w.Away(t, "admin_channel")
			}
			w.CRM.Act(t, "webhooks", world.Order{"mode": "off"})
			teams(t, w, 3, "u1", "u2", "u3")
			for n := range 3 {
				owner := world.Order{"owner": crm.Principal{Type: "user", ID: "u1"}}
				w.CRM.Act(t, "edit", world.About(world.Account(n+1)).With("edit", owner))
				w.Open(t, world.Account(n+1))
			}
			for n := range 3 {
				w.WaitState(t, world.Account(n+1), "active")
			}
			before := w.Chat.State(t)
			teams(t, w, 2, "u1", "u2")
			if s := sweep(t, w); s.Verdict != "held" || s.Held != 2 {
				t.Fatalf("the sweep %+v", s)
			}
			world.Eventually(t, world.Patience, "the owner is told", func() error {
				if n := len(w.Chat.Told(t, "u1").Cards); n != 2 {
					return fmt.Errorf("%d messages", n)
				}
				return nil
			})
			removed(t, w, before, 0)
			told := w.Chat.Told(t, "u1")
			if pressed := w.Chat.Click(t, "u1", told.ID, told.Cards[0].Message, "hold.confirm"); pressed.Status != 200 || pressed.Error != "" {
				t.Errorf("%+v", pressed)
			}
			removed(t, w, before, 1)
			if s := sweep(t, w); s.Held != 0 {
				t.Errorf("again: %+v", s)
			}
			w.Restart(t)
			w.Quiet(t, world.Patience)
			if n := len(w.Chat.Told(t, "u1").Cards); n != 2 {
				t.Errorf("the owner got %d messages", n)
			}
		})
	}
}
