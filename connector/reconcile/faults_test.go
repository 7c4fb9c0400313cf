package reconcile_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
)

// sentinels are the ways in which a call can fail.
func sentinels() map[string]error {
	return map[string]error{
		"temporary": connector.ErrTemporary, "unknown": connector.ErrUnknownOutcome, "unauthorized": connector.ErrUnauthorized,
		"forbidden": connector.ErrForbidden, "unsupported": connector.ErrUnsupported, "invalid": connector.ErrInvalid,
		"not found": connector.ErrNotFound, "other": errors.New("something else"),
		"wait": &connector.WaitError{After: time.Minute, What: "call"},
	}
}

// A failed reading of the CRM removes nobody, whatever failed and however.
func TestCRMFailures(t *testing.T) {
	for _, call := range []string{connectortest.CRMRecord, connectortest.CRMTeam, connectortest.CRMUsers} {
		for name, err := range sentinels() {
			t.Run(call+" "+name, func(t *testing.T) {
				w := newWorld(t)
				w.person("a", "b", "c")
				w.record("1", "Acme", "a", "b", "c")
				w.open("1")
				w.team("1", "a", "b")
				w.crm.Calls.Spoil(call, 0, connectortest.MemoryFault{Err: fmt.Errorf("spoilt: %w", err)})
				end := w.run("1")
				w.in("1", "a", "b", "c")
				w.calls(map[string]int{})
				g := w.group("1")
				if name == "wait" {
					if g.Held != nil || g.State != connector.GroupActive || end.Outcome != connector.RunWait {
						t.Errorf("%s, held %+v, end %+v", g.State, g.Held, end)
					}
				} else if g.Held == nil || g.Held.Reason != connector.HoldTeamUnreadable || g.State != connector.GroupHeld {
					t.Errorf("%s, held %+v", g.State, g.Held)
				}
				w.settle("1")
				w.in("1", "a", "b")
				if g := w.group("1"); g.Held != nil || g.State != connector.GroupActive {
					t.Errorf("after a good reading %s, held %+v", g.State, g.Held)
				}
			})
		}
	}
}

// story is a change that takes several calls; want are who is in at its end.
type story struct {
	name  string
	begin func(w *world)
	want  []string
	title string
}

func stories() []story {
	return []story{
		{"open", func(w *world) {
			w.person("a", "b", "c")
			w.record("1", "Acme", "a", "b", "c")
			w.request("1")
		}, []string{"a", "b", "c"}, "acme"},
		{"follow", func(w *world) {
			w.person("a", "b", "c", "d")
			w.record("1", "Acme", "a", "b", "c")
			w.open("1")
			w.clock.Advance(time.Minute)
			w.record("1", "Beta", "a", "b", "d")
		}, []string{"a", "b", "d"}, "beta"},
		{"department", func(w *world) {
			w.types = map[connector.PrincipalType]bool{connector.PrincipalDepartment: true}
			w.person("a", "b", "c", "d")
			w.withUnit("1", unit(connector.PrincipalDepartment), "a")
			w.crm.SetPrincipal(unit(connector.PrincipalDepartment), "b", "c")
			w.open("1")
			w.clock.Advance(time.Minute)
			w.record("1", "Beta", "a")
			w.withUnit("1", unit(connector.PrincipalDepartment), "a")
			w.crm.Put(connector.Record{Key: key("1"), Name: "Beta", Owner: connector.Principal{Type: connector.PrincipalUser, ID: "a"}})
			w.change("b", "d")
		}, []string{"a", "b", "d"}, "beta"},
	}
}

// ended checks that a story came to its end, and only once.
func (s story) ended(w *world) {
	w.Helper()
	w.in("1", s.want...)
	g, ch := w.group("1"), w.channel("1")
	if g.State != connector.GroupActive || g.Held != nil || g.Intent != nil {
		w.Errorf("group %s, held %+v, intent %+v", g.State, g.Held, g.Intent)
	}
	if len(w.chat.Channels()) != 1 || ch.Name != s.title || ch.Purpose != "crm/account/1" || ch.Repeats != 0 {
		w.Errorf("%d channels, %q, purpose %q, %d repeated invitations", len(w.chat.Channels()), ch.Name, ch.Purpose, ch.Repeats)
	}
	if len(ch.Messages) != 1 || !ch.Messages[0].Pinned || ch.Messages[0].ID != g.Details.Message {
		w.Errorf("messages %+v, details %+v", ch.Messages, g.Details)
	}
	for _, u := range s.want {
		if row := w.row("1", u); row.Status != connector.StatusMember || !row.Owned {
			w.Errorf("row %+v", row)
		}
	}
	w.forget()
	w.settle("1")
	w.calls(map[string]int{})
}

// Whatever call fails, before or after it had its effect, the end is the same.
func TestChatFailures(t *testing.T) {
	fault := func(op string, err error, done bool) connectortest.MemoryFault {
		if done && errors.Is(err, connector.ErrTemporary) && (op == "create" || op == "post") {
			err = connector.ErrUnknownOutcome // an adapter never calls these safe to repeat
		}
		return connectortest.MemoryFault{Err: fmt.Errorf("spoilt: %w", err), Done: done}
	}
	for _, s := range stories() {
		w := newWorld(t)
		s.begin(w)
		w.settle("1")
		s.ended(w)
		for _, op := range []string{
			"create", "find", "observe", "add", "remove", "post", "edit", "pin", "rename", "topic", "set_topic", "set_purpose", "lookup", "account",
		} {
			for name, err := range map[string]error{
				"temporary": connector.ErrTemporary, "unauthorized": connector.ErrUnauthorized, "unknown": connector.ErrUnknownOutcome,
				"wait": &connector.WaitError{After: time.Minute, What: op},
			} {
				for _, done := range []bool{false, true} {
					if done && (name == "wait" || name == "unauthorized") {
						continue // these had no effect
					}
					t.Run(fmt.Sprintf("%s/%s %s done=%t", s.name, op, name, done), func(t *testing.T) {
						w := newWorld(t)
						s.begin(w)
						w.chat.Calls.Spoil(op, 0, fault(op, err, done))
						w.settle("1")
						w.chat.Calls.Heal()
						w.settle("1")
						s.ended(w)
					})
				}
			}
		}
	}
}

// What is refused for good is left out and listed; everything else goes on.
func TestChatRefusals(t *testing.T) {
	for _, op := range []string{"set_purpose", "set_topic", "topic", "rename", "edit", "pin", "remove", "add"} {
		t.Run(op, func(t *testing.T) {
			w := newWorld(t)
			s := stories()[1]
			if op == "pin" || op == "set_purpose" {
				s = stories()[0]
			}
			s.begin(w)
			w.chat.Calls.Spoil(op, 0, connectortest.MemoryFault{Err: connector.ErrForbidden})
			if end := w.run("1"); end.Outcome != connector.RunDone {
				t.Fatalf("end %+v", end)
			}
			switch op {
			case "remove":
				if row := w.row("1", "c"); row.Status != connector.StatusToRemove || row.Reason != connector.ReasonRemovalNotAllowed {
					t.Errorf("row %+v", row)
				}
			case "add":
				if row := w.row("1", "d"); row.Status != connector.StatusPending || row.Reason != connector.ReasonInvitationRefused || row.Owned {
					t.Errorf("row %+v", row)
				}
				w.in("1", "a", "b")
			default:
				w.in("1", s.want...)
			}
			w.forget()
			w.settle("1")
			w.calls(map[string]int{})
		})
	}
}

// A crash is a store that takes no more steps. Wherever it happens, the next
// runs end the story once.
func TestCrashes(t *testing.T) {
	for _, s := range stories() {
		for step := 0; ; step++ {
			w := newWorld(t)
			s.begin(w)
			left := step
			w.gate = func(string) error {
				if left--; left < 0 {
					return connector.ErrStoreAway
				}
				return nil
			}
			w.run("1")
			crashed := left < 0
			w.gate = nil
			w.clock.Advance(time.Hour)
			w.settle("1")
			s.ended(w)
			if t.Failed() {
				t.Fatalf("%s: crash at step %d", s.name, step)
			}
			if !crashed {
				break
			}
			if step > 200 {
				t.Fatal("no end")
			}
		}
	}
}

// Before there is a channel a failed reading is tried again; then nothing is held.
func TestCRMFailsBeforeCreation(t *testing.T) {
	w := newWorld(t)
	w.person("a")
	w.record("1", "Acme", "a")
	w.request("1")
	w.crm.Calls.Spoil(connectortest.CRMTeam, 0, connectortest.MemoryFault{Err: connector.ErrTemporary})
	if end := w.run("1"); end.Outcome != connector.RunRetry || len(w.chat.Channels()) != 0 {
		t.Fatalf("end %+v, channels %v", end, w.chat.Channels())
	}
	w.settle("1")
	w.in("1", "a")
	if g := w.group("1"); g.Held != nil || g.State != connector.GroupActive || len(w.dead()) != 0 {
		t.Errorf("%s, held %+v", g.State, g.Held)
	}
}

// A Record that is gone keeps its channel as it is, and is reported once.
func TestRecordGoneKeepsItsChannel(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b")
	w.record("1", "Acme", "a", "b")
	w.open("1")
	w.crm.Drop(key("1"))
	var end connector.RunEnd
	for attempt := 1; attempt <= 12; attempt++ {
		end = w.attempt("1", attempt)
	}
	if end.Outcome != connector.RunDead || end.Dead.Record != key("1") || end.Dead.Platform != slack {
		t.Errorf("end %+v", end)
	}
	w.in("1", "a", "b")
	w.calls(map[string]int{})
}
