package commands_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"roomkeeper/internal/world"
)

// TestHoldIsTold: a held removal is told to the owner in private and to the admins
// in their channel, once, with buttons that work there, and to nobody else.
func TestHoldIsTold(t *testing.T) { world.OnEach(t, holdIsTold) }

func holdIsTold(t *testing.T, p world.Platform) {
	all := []string{"u1", "u2", "u3", "u4", "u5"}
	for name, c := range map[string]struct {
		// where it is pressed, by whom.
		direct bool
		user   string
		action string
		left   []string
	}{
		"confirmed in private by the owner":      {true, "u1", "hold.confirm", []string{"u1", "u2"}},
		"dismissed in the channel by an admin":   {false, "u5", "hold.dismiss", all},
		"nothing is done for whoever may not so": {false, "u3", "hold.confirm", nil},
	} {
		t.Run(name, func(t *testing.T) {
			w := world.Start(t, p, 8, 1)
			admins := w.Chat.AdminChannel(t, "u5", "admins")
			if err := w.Stop(t); err != nil {
				t.Fatal(err)
			}
			w.Env = append(w.Env, "ROOMKEEPER_ADMIN_CHANNEL="+p.Name+":"+admins)
			w.Restart(t)
			w.Chat.Administers(t, "u5")
			hold(t, w, all, all[:2])
			world.Eventually(t, world.Patience, "both are told", func() error { return toldOnce(t, w, admins) })
			there, message := admins, w.Chat.State(t).In(admins).Cards[0].Message
			if c.direct {
				d := w.Chat.Told(t, "u1")
				there, message = d.ID, d.Cards[0].Message
			} else if err := w.Chat.ByHand(t.Context(), world.Act{What: world.ByHandInvite, User: c.user, By: "u5", Channel: admins}); err != nil && c.user != "u5" {
				t.Fatal(err)
			}
			pressed := w.Chat.Click(t, c.user, there, message, c.action)
			if pressed.Status != 200 || pressed.Error != "" {
				t.Errorf("%s: %+v", c.action, pressed)
			}
			if c.left == nil {
				w.Quiet(t, world.Patience)
				if err := w.InNow(t, 1, all...); err != nil {
					t.Errorf("%v after %+v", err, pressed)
				}
			} else {
				w.In(t, 1, c.left...)
				w.WaitState(t, world.Account(1), "active")
			}
			if err := toldOnce(t, w, admins); err != nil && c.left == nil {
				t.Error(err)
			}
			w.Chat.Lawful(t)
		})
	}
}

// toldOnce wants one card with the hold in the admins' channel and one in the
// owner's direct message, and none in anybody else's.
func toldOnce(t *testing.T, w *world.World, admins string) error {
	s := w.Chat.State(t)
	for where, cards := range map[string][]world.Card{"the admins": s.In(admins).Cards, "the owner": w.Chat.Told(t, "u1").Cards} {
		if len(cards) != 1 {
			return fmt.Errorf("%s have %d cards", where, len(cards))
		}
		for _, want := range []string{"Removals held", "Clara Arnold 3"} {
			if !strings.Contains(cards[0].Text, want) {
				return fmt.Errorf("%s: no %q in %s", where, want, cards[0].Text)
			}
		}
	}
	if len(s.Directs) != 1 {
		return errors.New("somebody else was told")
	}
	return nil
}
