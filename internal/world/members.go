package world

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"roomkeeper/sandbox/crm"
)

// In waits until exactly these people of the CRM are in an account's channel,
// beside our bot.
func (w *World) In(t testing.TB, n int, users ...string) {
	t.Helper()
	Eventually(t, Patience, fmt.Sprintf("in account %d: %v", n, users), func() error { return w.InNow(t, n, users...) })
}

// InNow is In at once: the error says who is in.
func (w *World) InNow(t testing.TB, n int, users ...string) error {
	t.Helper()
	return w.inNow(t, Account(n), users...)
}

// InRecord waits until exactly these people are in a record's channel.
func (w *World) InRecord(t testing.TB, ref crm.Ref, users ...string) {
	t.Helper()
	Eventually(t, Patience, fmt.Sprintf("in %s %s: %v", ref.Kind, ref.ID, users), func() error { return w.inNow(t, ref, users...) })
}

func (w *World) inNow(t testing.TB, ref crm.Ref, users ...string) error {
	t.Helper()
	g := w.Group(t, ref)
	if g == nil {
		return errors.New("no group")
	}
	s := w.Chat.State(t)
	var names []string
	for _, ch := range s.Channels {
		if ch.ID != g.ChannelID {
			continue
		}
		for _, u := range s.People {
			if slices.Contains(ch.Members, u.ID) && !u.Bot {
				names = append(names, u.Name)
			}
		}
	}
	slices.Sort(names)
	if !slices.Equal(names, users) {
		return fmt.Errorf("%v", names)
	}
	return nil
}

// Swap changes the team of account 1 from u1, u2 to u1, u3, without a word to
// anybody.
func (w *World) Swap(t testing.TB, second string) {
	t.Helper()
	w.CRM.Act(t, "webhooks", Order{"mode": "off"})
	w.CRM.Act(t, "team-set", About(Account(1)).With("record", Order{"team": []crm.Entry{Employee("u1"), Employee(second)}}))
}

// OpenTwo opens the channel of account 1 for u1 and u2.
func (w *World) OpenTwo(t testing.TB) {
	t.Helper()
	w.Swap(t, "u2")
	w.Open(t, Account(1))
	w.WaitState(t, Account(1), "active")
	w.In(t, 1, "u1", "u2")
}

// MembersOf counts the people of a Group who are in its channel.
func MembersOf(g Group) int {
	n := 0
	for _, m := range g.Members {
		if m.Status == "member" {
			n++
		}
	}
	return n
}
