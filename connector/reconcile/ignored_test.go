package reconcile_test

import (
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
)

// A user who is to be ignored and was let in by hand, on the team or not, is nobody's
// extra, however others are treated; and no longer than they are to be ignored.
func TestIgnoredInByHandStays(t *testing.T) {
	for name, policy := range map[string]func(*connector.Policy){
		"extras=kick": kicks, "remove=strict": func(p *connector.Policy) { p.Remove = connector.RemoveStrict },
	} {
		for _, listed := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				w := newWorld(t)
				policy(&w.policy)
				w.ignore = map[connector.UserID]bool{"robot": true, "unheard": true}
				w.person("a", "b", "robot", "x")
				team := []string{"a", "b"}
				if listed {
					team = append(team, "robot")
				}
				w.record("1", "Acme", team...)
				w.open("1")
				w.handIn("robot")
				w.in("1", "a", "b", "robot")
				w.clock.Advance(25 * time.Hour)
				w.handIn("x")
				w.in("1", "a", "b", "robot")
				w.forget()
				w.caused("1", "sweep")
				w.calls(map[string]int{})

				w.ignore = nil
				w.team("1", "a", "b")
				w.clock.Advance(25 * time.Hour)
				w.settle("1")
				w.in("1", "a", "b")
			})
		}
	}
}

// As long as nobody can tell whose account it is, it stays, and the run comes back.
func TestIgnoredNotLookedUp(t *testing.T) {
	w := newWorld(t)
	kicks(&w.policy)
	w.ignore = map[connector.UserID]bool{"robot": true}
	w.person("a", "robot", "x")
	w.record("1", "Acme", "a")
	w.open("1")
	id := w.group("1").Channel.ID
	w.chat.Join(id, member("robot"), member("x"))
	w.touchChannel()
	w.chat.Calls.Spoil(string(connectortest.ChatLookup), 0, connectortest.MemoryFault{Err: &connector.WaitError{After: time.Minute, What: "look-ups"}})
	if end := w.attempt("1", 1); end.Outcome != connector.RunWait {
		t.Fatalf("%+v", end)
	}
	w.in("1", "a", "robot", "x")
	w.clock.Advance(time.Minute)
	w.settle("1")
	w.in("1", "a", "robot")
}

// Whom Roomkeeper let in before they were to be ignored it takes out.
func TestIgnoredWhomWeAdded(t *testing.T) {
	w := newWorld(t)
	kicks(&w.policy)
	w.person("a", "b", "robot")
	w.record("1", "Acme", "a", "b", "robot")
	w.open("1")
	w.ignore = map[connector.UserID]bool{"robot": true}
	w.settle("1")
	w.in("1", "a", "b")
	w.handIn("robot")
	w.clock.Advance(25 * time.Hour)
	w.settle("1")
	w.in("1", "a", "b", "robot")
}
