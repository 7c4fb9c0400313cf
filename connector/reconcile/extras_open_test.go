package reconcile_test

import (
	"testing"

	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
)

// TestNobodyIsAnExtraWhileSomebodyIsNotFound: somebody in the channel may be the one of
// the team whose account is not known.
func TestNobodyIsAnExtraWhileSomebodyIsNotFound(t *testing.T) {
	for name, set := range map[string]func(*connector.Policy){
		"extras=kick":   func(p *connector.Policy) { p.Extras = connector.ExtrasKick },
		"remove=strict": func(p *connector.Policy) { p.Remove = connector.RemoveStrict },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			set(&w.policy)
			w.chat.SetManners(connectortest.Manners{NoDirectory: true})
			w.person("a", "b", "c")
			w.ok(w.linker().Set(t.Context(), "a", slack, member("a"), "api:ops"))
			w.ok(w.linker().Set(t.Context(), "c", slack, member("c"), "api:ops"))
			w.record("1", "Acme", "a", "b", "c")
			g := w.open("1")
			w.chat.Join(g.Channel.ID, member("b"))
			w.touch("1", connector.ChatMemberJoined, "b")
			w.settle("1")
			w.in("1", "a", "b", "c")
		})
	}
}

// TestAGuestOfTheTeamIsNoExtra: who is on the team is not invited as a guest, and not
// removed either.
func TestAGuestOfTheTeamIsNoExtra(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b", "g")
	w.chat.SetAccount(email("g"), connector.ReasonGuest)
	w.record("1", "Acme", "a", "b", "g")
	g := w.open("1")
	w.chat.Join(g.Channel.ID, member("g"))
	w.touch("1", connector.ChatMemberJoined, "g")
	w.settle("1")
	w.policy.Extras = connector.ExtrasKick
	w.settle("1")
	w.touch("1", connector.ChatMemberJoined, "g")
	w.settle("1")
	w.in("1", "a", "b", "g")
}
