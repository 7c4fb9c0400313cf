package reconcile_test

import (
	"slices"
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
)

// policyCase is one row of what becomes of people: b is on the team with a, the
// owner, and what happens is played on a channel that stands.
type policyCase struct {
	name   string
	policy func(p *connector.Policy)
	before func(w *world)
	happen func(w *world)
	// in are who is in the channel afterwards; status and reason are of who.
	in     []string
	who    string
	status connector.MemberStatus
	reason connector.PendingReason
}

// off takes people off the team; touched tells of hands in the channel.
func off(team ...string) func(w *world) { return func(w *world) { w.team("1", team...) } }

func joins(who string) func(w *world) {
	return func(w *world) {
		w.chat.Join(w.group("1").Channel.ID, member(who))
		w.touch("1", connector.ChatMemberJoined, who)
	}
}

func leaves(who string) func(w *world) {
	return func(w *world) {
		w.chat.Leave(w.group("1").Channel.ID, member(who))
		w.touch("1", connector.ChatMemberLeft, who)
	}
}

func steps(all ...func(w *world)) func(w *world) {
	return func(w *world) {
		for i, step := range all {
			if i > 0 {
				w.settle("1")
			}
			step(w)
		}
	}
}

func passes(d time.Duration) func(w *world) { return func(w *world) { w.clock.Advance(d) } }

func kicks(p *connector.Policy)    { p.Extras = connector.ExtrasKick }
func strictly(p *connector.Policy) { p.Remove = connector.RemoveStrict }
func keepsAll(p *connector.Policy) { p.Remove = connector.RemoveNever }
func readds(p *connector.Policy)   { p.Leavers = connector.LeaversReadd }
func graceful(p *connector.Policy) { p.Grace = time.Hour }

func both(all ...func(p *connector.Policy)) func(p *connector.Policy) {
	return func(p *connector.Policy) {
		for _, one := range all {
			one(p)
		}
	}
}

// policyCases are the rows of the membership table, with each of its switches.
func policyCases() []policyCase {
	const day = 24 * time.Hour
	forbid := func(w *world) { w.chat.ForbidRemovals(true) }
	allow := func(w *world) { w.chat.ForbidRemovals(false) }
	inactive := func(who string) func(w *world) {
		return func(w *world) {
			u := user(who)
			u.Active = false
			w.crm.PutUser(u)
		}
	}
	account := func(who string, reason connector.PendingReason) func(w *world) {
		return func(w *world) {
			w.chat.SetAccount(email(who), reason)
			w.clock.Advance(25 * time.Hour) // without an event the next reading finds it
		}
	}
	owner := func(who string) func(w *world) {
		return func(w *world) {
			w.crm.Put(connector.Record{Key: key("1"), Name: "Acme", Owner: connector.Principal{Type: connector.PrincipalUser, ID: who}})
		}
	}
	owns := func(w *world) { w.policy.Remove = connector.RemoveOwned }
	return []policyCase{
		{name: "added to the team", happen: off("a", "b", "c"), in: []string{"a", "b", "c"}, who: "c", status: connector.StatusMember},
		{name: "taken off the team", happen: off("a"), in: []string{"a"}, who: "b", status: connector.StatusRemoved},
		{name: "taken off, grace runs", policy: graceful, happen: steps(off("a"), passes(30*time.Minute)), in: []string{"a", "b"}, who: "b", status: connector.StatusToRemove},
		{name: "taken off, grace is over", policy: graceful, happen: steps(off("a"), passes(time.Hour)), in: []string{"a"}, who: "b", status: connector.StatusRemoved},
		{name: "taken off and put back within the grace", policy: graceful, happen: steps(off("a"), off("a", "b"), passes(2*time.Hour)), in: []string{"a", "b"}, who: "b", status: connector.StatusMember},
		{name: "taken off, never", policy: keepsAll, happen: off("a"), in: []string{"a", "b"}, who: "b", status: connector.StatusMember, reason: connector.ReasonRemovalNotAllowed},
		{name: "taken off, never, then allowed", policy: keepsAll, happen: steps(off("a"), owns), in: []string{"a"}, who: "b", status: connector.StatusRemoved},
		{name: "taken off, never, and put back", policy: keepsAll, happen: steps(off("a"), off("a", "b")), in: []string{"a", "b"}, who: "b", status: connector.StatusMember},
		{name: "taken off, strict", policy: strictly, happen: off("a"), in: []string{"a"}, who: "b", status: connector.StatusRemoved},

		{name: "added by hand", happen: joins("h"), in: []string{"a", "b", "h"}, who: "h", status: connector.StatusHandAdded},
		{name: "added by hand, later on the team", happen: steps(joins("h"), off("a", "b", "h")), in: []string{"a", "b", "h"}, who: "h", status: connector.StatusHandAdded},
		{name: "added by hand, later taken off the team", happen: steps(joins("h"), off("a", "b", "h"), off("a", "b")), in: []string{"a", "b", "h"}, who: "h", status: connector.StatusHandAdded},
		{name: "added by hand, strict", policy: strictly, happen: steps(joins("h"), off("a", "b", "h"), off("a", "b")), in: []string{"a", "b"}, who: "h", status: connector.StatusRemoved},

		{name: "extra, kick", policy: kicks, happen: joins("h"), in: []string{"a", "b"}, who: "h", status: connector.StatusRemoved},
		{name: "extra, kick, without an event", policy: kicks, happen: func(w *world) {
			w.chat.Join(w.group("1").Channel.ID, member("h"))
			w.clock.Advance(25 * time.Hour)
		}, in: []string{"a", "b"}, who: "h", status: connector.StatusRemoved},
		{name: "extra, kick, grace is for the team", policy: both(kicks, graceful), happen: joins("h"), in: []string{"a", "b"}, who: "h", status: connector.StatusRemoved},
		{name: "extra, kick, back the same day", policy: kicks, happen: steps(joins("h"), joins("h")), in: []string{"a", "b", "h"}, who: "h", status: connector.StatusHandAdded},
		{name: "extra, kick, back all day", policy: kicks, happen: steps(joins("h"), joins("h"), passes(day)), in: []string{"a", "b"}, who: "h", status: connector.StatusRemoved},
		{name: "extra, kick, back the next day", policy: kicks, happen: steps(joins("h"), passes(day), joins("h")), in: []string{"a", "b"}, who: "h", status: connector.StatusRemoved},
		{name: "extra, kick, on the team", policy: kicks, happen: steps(joins("c"), off("a", "b", "c")), before: off("a", "b", "c"), in: []string{"a", "b", "c"}, who: "c", status: connector.StatusMember},
		{name: "extra, kick, by hand and then taken off", policy: kicks, before: steps(off("a", "b", "c"), func(w *world) { w.settle("1") }, leaves("c"), joins("c")), happen: off("a", "b"), in: []string{"a", "b"}, who: "c", status: connector.StatusRemoved},
		{name: "extra, kick, never", policy: both(kicks, keepsAll), happen: joins("h"), in: []string{"a", "b", "h"}, who: "h", status: connector.StatusHandAdded},
		{name: "extra, kick, not allowed", policy: kicks, before: forbid, happen: joins("h"), in: []string{"a", "b", "h"}, who: "h", status: connector.StatusToRemove, reason: connector.ReasonRemovalNotAllowed},
		{name: "extra, kick, while somebody is unknown", policy: kicks, happen: steps(off("a", "b", "?"), joins("h")), in: []string{"a", "b", "h"}, who: "h", status: connector.StatusHandAdded},

		{name: "left", happen: leaves("b"), in: []string{"a"}, who: "b", status: connector.StatusLeft},
		{name: "left without an event", happen: func(w *world) {
			w.chat.Leave(w.group("1").Channel.ID, member("b"))
			w.clock.Advance(25 * time.Hour)
		}, in: []string{"a"}, who: "b", status: connector.StatusLeft},
		{name: "left, readd", policy: readds, happen: leaves("b"), in: []string{"a", "b"}, who: "b", status: connector.StatusMember},
		{name: "left twice, readd", policy: readds, happen: steps(leaves("b"), leaves("b")), in: []string{"a", "b"}, who: "b", status: connector.StatusMember},
		{name: "left, back by hand", happen: steps(leaves("b"), joins("b")), in: []string{"a", "b"}, who: "b", status: connector.StatusHandAdded},
		{name: "left, taken off and put back", happen: steps(leaves("b"), off("a"), off("a", "b")), in: []string{"a", "b"}, who: "b", status: connector.StatusMember},
		{name: "owner left", happen: leaves("a"), in: []string{"a", "b"}, who: "a", status: connector.StatusMember},
		{name: "owner left twice", happen: steps(leaves("a"), leaves("a")), in: []string{"b"}, who: "a", status: connector.StatusLeft},
		{name: "owner left twice, owner again", happen: steps(leaves("a"), leaves("a"), steps(owner("b")), steps(owner("a"))), in: []string{"a", "b"}, who: "a", status: connector.StatusMember},

		{name: "account deactivated", happen: account("b", connector.ReasonNoAccount), in: []string{"a"}, who: "b", status: connector.StatusPending, reason: connector.ReasonNoAccount},
		{name: "account comes back", happen: steps(account("b", connector.ReasonNoAccount), account("b", "")), in: []string{"a", "b"}, who: "b", status: connector.StatusMember},
		{name: "inactive in the CRM", happen: inactive("b"), in: []string{"a"}, who: "b", status: connector.StatusRemoved},
		{name: "inactive in the CRM, grace", policy: graceful, happen: inactive("b"), in: []string{"a"}, who: "b", status: connector.StatusRemoved},
		{name: "owner changes, old one on the team", happen: owner("b"), in: []string{"a", "b"}, who: "a", status: connector.StatusMember},
		{name: "owner changes, old one off the team", happen: steps(func(w *world) { owner("b")(w); off("b")(w) }), in: []string{"b"}, who: "a", status: connector.StatusRemoved},
		{name: "new owner is added", happen: owner("c"), in: []string{"a", "b", "c"}, who: "c", status: connector.StatusMember},

		{name: "only admins may remove", before: forbid, happen: off("a"), in: []string{"a", "b"}, who: "b", status: connector.StatusToRemove, reason: connector.ReasonRemovalNotAllowed},
		{name: "only admins may remove, not a day yet", before: forbid, happen: steps(off("a"), func(w *world) { allow(w); w.clock.Advance(23 * time.Hour) }), in: []string{"a", "b"}, who: "b", status: connector.StatusToRemove, reason: connector.ReasonRemovalNotAllowed},
		{name: "only admins may remove, tried daily", before: forbid, happen: steps(off("a"), func(w *world) { allow(w); w.clock.Advance(day) }), in: []string{"a"}, who: "b", status: connector.StatusRemoved},
	}
}

func TestPolicies(t *testing.T) {
	for _, tc := range policyCases() {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld(t)
			if tc.policy != nil {
				tc.policy(&w.policy)
			}
			w.person("a", "b", "c", "h")
			w.record("1", "Acme", "a", "b")
			w.open("1")
			if tc.before != nil {
				tc.before(w)
				w.settle("1")
			}
			tc.happen(w)
			w.settle("1")
			w.in("1", tc.in...)
			row := w.row("1", tc.who)
			if row.Status != tc.status || row.Reason != tc.reason {
				t.Errorf("%s is %s (%s), want %s (%s)", tc.who, row.Status, row.Reason, tc.status, tc.reason)
			}
			w.forget()
			w.settle("1")
			if calls := w.chat.Calls.Counts(); calls[string(connectortest.ChatAdd)]+calls[string(connectortest.ChatRemove)] > 0 {
				t.Errorf("does not settle: %v", calls)
			}
		})
	}
}

// Whoever is in again the same day is reported once, to the owner.
func TestExtraIsReportedOnce(t *testing.T) {
	w := newWorld(t)
	w.policy.Extras = connector.ExtrasKick
	w.person("a", "b", "h")
	w.record("1", "Acme", "a", "b")
	w.open("1")
	steps(joins("h"), joins("h"), joins("h"), passes(time.Hour), joins("h"))(w)
	w.settle("1")
	told := w.group("1").Tellings
	if len(told) != 1 || told[0].What != connector.TellExtra || told[0].Member != member("h") || told[0].To != connector.AudienceOwner {
		t.Errorf("told %+v", told)
	}
}

// Extras count for the brakes, and whom somebody decided to keep stays.
func TestExtrasObeyTheBrakes(t *testing.T) {
	w := newWorld(t)
	w.policy.Extras = connector.ExtrasKick
	w.person("a", "b", "h", "i")
	w.record("1", "Acme", "a", "b")
	g := w.open("1")
	w.chat.Join(g.Channel.ID, member("h"), member("i"))
	w.touch("1", connector.ChatMemberJoined, "h")
	w.settle("1")
	w.in("1", "a", "b", "h", "i")
	held := w.group("1").Held
	if held == nil || held.Reason != connector.HoldLargeRemoval {
		t.Fatalf("held %+v", held)
	}
	w.ok(w.planner().Dismiss(t.Context(), g.ID, held.Plan.ID))
	w.settle("1")
	w.clock.Advance(48 * time.Hour)
	w.settle("1")
	w.in("1", "a", "b", "h", "i")
	if g := w.group("1"); g.Held != nil || g.State != connector.GroupActive {
		t.Errorf("held again: %+v", g.Held)
	}
}

// What brought about a status is said: events by name, else Sweep, time, chat.
func TestByWhatEvent(t *testing.T) {
	w := newWorld(t)
	w.policy.Grace = time.Hour
	w.person("a", "b", "c", "h")
	w.record("1", "Acme", "a", "b")
	w.open("1")
	work := func() {
		t.Helper()
		w.clock.Advance(time.Second)
		lease, err := w.engine.Queue.Take(t.Context())
		w.ok(err)
		for lease.Key.Lane != connector.LaneGroup {
			w.ok(w.engine.Queue.Finish(t.Context(), lease, connector.RunEnd{Outcome: connector.RunDone}))
			lease, err = w.engine.Queue.Take(t.Context())
			w.ok(err)
		}
		w.ok(w.engine.Queue.Finish(t.Context(), lease, w.reconciler().Run(t.Context(), lease)))
	}
	by := func(who, want string) {
		t.Helper()
		if got := w.row("1", who).By; got != want {
			t.Errorf("%s by %q, want %q", who, got, want)
		}
	}
	work() // what opening left behind
	w.team("1", "a", "b", "c")
	w.ok(w.acceptor().Accept(t.Context(), []connector.Event{{ID: "evt_1", Type: connector.EventTeamChanged, Record: key("1")}}))
	work()
	by("c", "team.changed evt_1")
	joins("h")(w)
	work()
	by("h", "chat member_joined")
	by("c", "team.changed evt_1")
	w.team("1", "a", "b")
	w.ok(w.acceptor().Accept(t.Context(), []connector.Event{{ID: "evt_2", Type: connector.EventTeamChanged, Record: key("1")}}))
	work()
	w.clock.Advance(time.Hour)
	work()
	if row := w.row("1", "c"); row.Status != connector.StatusRemoved {
		t.Errorf("c is %s", row.Status)
	}
	by("c", "team.changed evt_2")
}

// Another app in the channel is no extra, and is asked for once.
func TestMachinesStay(t *testing.T) {
	for name, policy := range map[string]func(*connector.Policy){"extras": kicks, "strict": strictly, "both": both(kicks, strictly)} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			policy(&w.policy)
			w.person("a", "b", "h")
			w.record("1", "Acme", "a", "b")
			g := w.open("1")
			w.chat.Join(g.Channel.ID, "UAPP", member("h"))
			w.touch("1", connector.ChatMemberJoined, "h")
			w.settle("1")
			asked := w.chat.Calls.Counts()[string(connectortest.ChatAccount)]
			w.clock.Advance(25 * time.Hour)
			w.touch("1", connector.ChatMemberJoined, "h")
			w.settle("1")
			if n := w.chat.Calls.Counts()[string(connectortest.ChatAccount)]; n != asked {
				t.Errorf("asked %d times, then %d", asked, n)
			}
			if in := w.channel("1").Members; len(in) != 3 || !slices.Contains(in, "UAPP") || slices.Contains(in, member("h")) {
				t.Errorf("in are %v", in)
			}
		})
	}
}
