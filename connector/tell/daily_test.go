package tell_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/tell"
)

func (w *world) daily() *tell.Daily {
	return &tell.Daily{Engine: w.engine, Platforms: w.platforms(), Admins: w.adminChannels(), Clock: w.clock.Now}
}

// miss makes somebody missing from a Group.
func (w *world) miss(id connector.GroupID, user string, reason connector.PendingReason) {
	w.Helper()
	w.save(id, func(g *connector.Group) {
		g.Memberships = append(g.Memberships, connector.Membership{
			User: connector.UserID(user), Name: user, Status: connector.StatusPending, Reason: reason, Since: w.clock.Now(),
		})
	})
}

// day makes and sends the messages of a day.
func (w *world) day(day string) {
	w.Helper()
	w.ok(w.daily().Prepare(w.Context(), day))
	w.send()
}

// send runs what is queued.
func (w *world) send() {
	w.Helper()
	for {
		depth, err := w.engine.Queue.Depth(w.Context())
		w.ok(err)
		if depth.Waiting == 0 {
			return
		}
		lease, err := w.engine.Queue.Take(w.Context())
		w.ok(err)
		if lease.Key.Lane != connector.LaneTellings {
			w.Fatalf("queued %+v", lease.Key)
		}
		end := w.teller().Run(w.Context(), lease)
		w.ok(w.engine.Queue.Finish(w.Context(), lease, end))
		w.clock.Advance(end.After)
	}
}

func TestDailyOnlyWhenTheListChanged(t *testing.T) {
	w := newWorld(t)
	second := w.add("2", w.owner)
	w.miss(w.group, "ann", connector.ReasonNoAccount)
	w.miss(second, "bob", connector.ReasonGuest)
	w.day("2026-03-01")
	w.told(1, 0)
	card := w.chat.Told(w.owner)[0].Card
	for _, want := range []string{"2 people of 2 channels", "• Acme 1: ann (no account here", "• Acme 2: bob (the account is a guest's)"} {
		if !strings.Contains(card.Text, want) {
			t.Errorf("no %q in %q", want, card.Text)
		}
	}
	if len(card.Fields) != 2 {
		t.Errorf("fields %+v", card.Fields)
	}
	w.day("2026-03-02")
	w.told(1, 0)
	if mark, err := w.engine.Marks.Mark(t.Context(), "daily/slack/member/"+string(w.owner)); err != nil || strings.Contains(mark, "ann") || mark == "" {
		t.Errorf("names are kept: %s %v", mark, err)
	}
	w.miss(second, "carl", connector.ReasonNoAccount)
	w.day("2026-03-03")
	w.told(2, 0)
	w.day("2026-03-03")
	w.told(2, 0)
	// When nobody is missing there is nothing to tell; the same list is news again afterwards.
	before := w.load(second)
	w.save(second, func(g *connector.Group) { g.Memberships = g.Memberships[:1] })
	w.save(w.group, func(g *connector.Group) { g.Memberships = g.Memberships[:1] })
	w.day("2026-03-04")
	w.told(2, 0)
	w.save(second, func(g *connector.Group) { g.Memberships = before.Memberships })
	w.day("2026-03-05")
	w.told(3, 0)
}

func TestDailyLeavesOut(t *testing.T) {
	for name, arrange := range map[string]func(*world){
		"a first load": func(w *world) {
			w.save(w.group, func(g *connector.Group) { g.CreatedAt = w.clock.Now().Add(-11 * time.Hour) })
		},
		"a channel in the making": func(w *world) { w.save(w.group, func(g *connector.Group) { g.State = connector.GroupCreating }) },
		"an archived channel":     func(w *world) { w.save(w.group, func(g *connector.Group) { g.State = connector.GroupArchived }) },
		"who is on the way": func(w *world) {
			w.save(w.group, func(g *connector.Group) {
				g.Memberships[1].Reason = connector.ReasonRateWait
				g.Memberships = append(g.Memberships, connector.Membership{User: "eve", Status: connector.StatusPending})
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.miss(w.group, "ann", connector.ReasonNoAccount)
			arrange(w)
			w.day("2026-03-01")
			w.told(0, 0)
		})
	}
}

func TestDailyToTheAdmins(t *testing.T) {
	w := newWorld(t)
	w.add("2", "")
	w.add("3", "")
	w.day("2026-03-01")
	w.told(0, 1)
	if text := w.chat.Channel(w.admins).Messages[0].Card.Text; !strings.Contains(text, "2 people of 2 channels") {
		t.Errorf("text %q", text)
	}
	w.chat.Mute(w.owner)
	w.miss(w.group, "ann", connector.ReasonNoAccount)
	w.day("2026-03-02")
	w.told(0, 2)
	w.day("2026-03-03")
	w.told(0, 2)
}

func TestDailyOfMany(t *testing.T) {
	w := newWorld(t)
	for i := range 50 {
		w.miss(w.group, "p"+string(rune('A'+i)), connector.ReasonNoAccount)
	}
	w.day("2026-03-01")
	w.told(1, 0)
	if text := w.chat.Told(w.owner)[0].Card.Text; !strings.HasSuffix(text, "… and 20 more") || !strings.Contains(text, "50 people of 1 channel ") {
		t.Errorf("text %q", text)
	}
}

// Cut short at any step and done again, by itself or the day after, each list is
// told once.
func TestDailyCutShort(t *testing.T) {
	for _, step := range []string{"set_mark", "queue", "entry", "put_entry"} {
		for skip := range 6 {
			w := newWorld(t)
			w.add("2", "")
			w.miss(w.group, "ann", connector.ReasonNoAccount)
			w.failOnce(step, skip)
			for _, day := range []string{"2026-03-01", "2026-03-01", "2026-03-02"} {
				if err := w.daily().Prepare(t.Context(), day); err != nil && !errors.Is(err, connector.ErrStoreAway) {
					t.Fatal(err)
				}
				w.send()
			}
			private := len(w.chat.Told(w.owner))
			admins := len(w.chat.Channel(w.admins).Messages)
			if !slices.Contains([]int{1, 2}, private) || step != "put_entry" && private != 1 || admins != 1 {
				t.Errorf("%s after %d: the owner got %d, the admins %d", step, skip, private, admins)
			}
			last, err := w.daily().LastDay(t.Context())
			if err != nil || last != "2026-03-02" {
				t.Errorf("last day %q %v", last, err)
			}
		}
	}
}
