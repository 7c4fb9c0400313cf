package hands_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"roomkeeper/internal/world"
)

// byHand lets somebody act in the channel of account 1.
func byHand(t *testing.T, w *world.World, act world.Act) {
	t.Helper()
	act.Channel = w.Group(t, world.Account(1)).ChannelID
	if err := w.Chat.ByHand(t.Context(), act); err != nil {
		t.Fatal(err)
	}
}

// memberID is somebody's account.
func memberID(t *testing.T, w *world.World, name string) string {
	t.Helper()
	for _, p := range w.Chat.State(t).People {
		if p.Name == name {
			return p.ID
		}
	}
	t.Fatalf("no %s", name)
	return ""
}

// stands waits until somebody has a status in the Group of account 1.
func stands(t *testing.T, w *world.World, member, status, by string) {
	t.Helper()
	world.Eventually(t, world.Patience, member+" "+status, func() error {
		for _, m := range w.Group(t, world.Account(1)).Members {
			if m.MemberID == member && m.Status == status && strings.HasPrefix(m.By, by) {
				return nil
			} else if m.MemberID == member {
				return fmt.Errorf("%s by %q", m.Status, m.By)
			}
		}
		return errors.New("not listed")
	})
}

// TestExtraIsKicked: whom nobody wants in the channel is out at once, and reported
// when somebody lets them in again the same day.
func TestExtraIsKicked(t *testing.T) {
	world.OnEach(t, func(t *testing.T, p world.Platform) {
		w := world.Start(t, p, 5, 1, "ROOMKEEPER_KIND_ACCOUNT_EXTRAS=kick")
		w.OpenTwo(t)
		u4 := memberID(t, w, "u4")
		byHand(t, w, world.Act{What: world.ByHandInvite, User: u4, By: memberID(t, w, "u1")})
		stands(t, w, u4, "removed", "chat ")
		w.In(t, 1, "u1", "u2")
		byHand(t, w, world.Act{What: world.ByHandInvite, User: u4, By: memberID(t, w, "u1")})
		stands(t, w, u4, "hand_added", "chat ")
		w.In(t, 1, "u1", "u2", "u4")
		if n := len(w.Chat.Calls(t, world.Remove)); n != 1 {
			t.Errorf("%d removals", n)
		}
	})
}

// TestBotIsTakenOut: our bot lets itself into a public channel once, where the
// platform has that; else, and the second time, it waits until somebody invites it.
func TestBotIsTakenOut(t *testing.T) {
	world.OnEach(t, func(t *testing.T, p world.Platform) {
		w := world.Start(t, p, 5, 1, "ROOMKEEPER_KIND_ACCOUNT_VISIBILITY=public", "ROOMKEEPER_SWEEP_SCHEDULE=@every 2s")
		w.OpenTwo(t)
		bot := w.Chat.State(t).Bot
		if p.Has(world.Rejoin) {
			byHand(t, w, world.Act{What: world.ByHandShut, User: bot, By: memberID(t, w, "u1")})
			world.Eventually(t, world.Patience, "rejoined", func() error {
				if n := len(w.Chat.Calls(t, world.Rejoin)); n != 1 {
					return fmt.Errorf("%d times", n)
				}
				return nil
			})
			w.WaitState(t, world.Account(1), "active")
		}
		byHand(t, w, world.Act{What: world.ByHandShut, User: bot, By: memberID(t, w, "u1")})
		w.WaitState(t, world.Account(1), "unreachable")
		w.Swap(t, "u3")
		byHand(t, w, world.Act{What: world.ByHandInvite, User: bot, By: memberID(t, w, "u1")})
		w.WaitState(t, world.Account(1), "active")
		w.In(t, 1, "u1", "u3")
		if n := len(w.Chat.Calls(t, world.Rejoin)); p.Has(world.Rejoin) && n != 1 {
			t.Errorf("rejoined %d times", n)
		}
	})
}

// TestNameIsPutBack: a name that was given by hand is put back, and it is asked who
// gave it.
func TestNameIsPutBack(t *testing.T) {
	world.OnEach(t, func(t *testing.T, p world.Platform) {
		w := world.Start(t, p, 5, 1)
		w.OpenTwo(t)
		name := w.Group(t, world.Account(1)).ChannelName
		asked := len(w.Chat.Calls(t, world.Blame))
		byHand(t, w, world.Act{What: world.ByHandRename, Name: "ours-now", By: memberID(t, w, "u1")})
		world.Eventually(t, world.Patience, "put back", func() error {
			g := w.Group(t, world.Account(1))
			if len(w.Chat.Calls(t, world.Rename)) == 0 || g.ChannelName != name {
				return fmt.Errorf("%d renames, %q", len(w.Chat.Calls(t, world.Rename)), g.ChannelName)
			}
			for _, ch := range w.Chat.State(t).Channels {
				if ch.ID == g.ChannelID && ch.Name != name {
					return errors.New(ch.Name)
				}
			}
			return nil
		})
		if n := len(w.Chat.Calls(t, world.Blame)) - asked; n != 1 {
			t.Errorf("asked %d times who it was", n)
		}
	})
}
