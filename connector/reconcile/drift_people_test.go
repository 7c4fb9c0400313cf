package reconcile_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/command"
	"roomkeeper/connector/connectortest"
	"roomkeeper/connector/reconcile"
)

// drifting is a world with n Groups of these people, where places in channels stay, and
// its drift check.
func drifting(t *testing.T, groups int, people ...string) *checked {
	t.Helper()
	w := newWorld(t)
	w.chat.SetManners(connectortest.Manners{PlacesStay: true})
	w.person(people...)
	for i := range groups {
		id := fmt.Sprint(i)
		w.record(id, "Acme "+id, people...)
		w.open(id)
	}
	c := &checked{world: w}
	c.drift = &reconcile.Drift{
		Engine: w.engine, Platforms: w.platforms(), MaxAge: 24 * time.Hour, Clock: w.clock.Now,
		Logger: slog.New(slog.NewTextHandler(&c.log, nil)),
	}
	return c
}

// plans plans for so long, as the cron does, and returns how many accounts each plan
// asked for.
func (c *checked) plans(d time.Duration) (asked []int) {
	c.Helper()
	for range d / c.drift.Every() {
		c.clock.Advance(c.drift.Every())
		c.chat.Calls.Reset()
		c.ok(c.drift.Plan(c.Context(), never))
		asked = append(asked, c.chat.Calls.Counts()[asksAccount])
	}
	return asked
}

func sum(all []int) (n int) {
	for _, one := range all {
		n += one
	}
	return n
}

// link is how somebody is linked now.
func (w *world) link(who string) connector.Link {
	w.Helper()
	known, err := w.engine.People.People(w.Context(), []connector.UserID{connector.UserID(who)})
	w.ok(err)
	return known[connector.UserID(who)].Links[slack]
}

// linked links b to their account: by e-mail, by the CRM, or by hand.
func (c *checked) linked(how connector.LinkSource) {
	c.Helper()
	switch how {
	case connector.LinkCRM:
		u := user("b")
		u.Links = map[connector.PlatformID]connector.MemberID{slack: member("b")}
		c.crm.PutUser(u)
		c.settle("0")
	case connector.LinkStored:
		c.ok(c.linker().Set(c.Context(), "b", slack, member("b"), "api:ops"))
	case connector.LinkEmail:
	}
}

// why is how the command answers for b.
func (c *checked) why(id string) string {
	c.Helper()
	handler := command.New(command.Options{
		Command: "/crm", CRM: "crm", Policies: c.policies(), Engine: c.engine, Platforms: c.platforms(), Resolver: c.resolver(), Clock: c.clock.Now,
	})
	return handler.Run(c.Context(), command.Request{
		Platform: slack, Channel: c.group(id).Channel.ID, Actor: member("a"), Text: `why "@Name of b"`,
	}).Text
}

// TestLeftTheWorkspaceUnnoticed: where a place in a channel outlives the account, the
// drift check finds who left within MaxAge, and they are listed as after the event.
func TestLeftTheWorkspaceUnnoticed(t *testing.T) {
	for _, how := range []connector.LinkSource{connector.LinkEmail, connector.LinkCRM, connector.LinkStored} {
		for _, reason := range []connector.PendingReason{connector.ReasonOtherWorkspace, connector.ReasonNoAccount} {
			t.Run(string(how)+" "+string(reason), func(t *testing.T) {
				after := map[bool]string{}
				for _, told := range []bool{true, false} {
					c := drifting(t, 3, "a", "b", "c")
					c.linked(how)
					c.clock.Advance(time.Hour)
					c.chat.SetAccount(email("b"), reason)
					if told {
						c.ok(c.acceptor().AcceptChat(t.Context(), connector.ChatEvent{
							ID: "gone", Type: connector.ChatPersonLeft, Platform: slack, Member: member("b"), At: c.clock.Now(),
						}))
						c.clock.Advance(24 * time.Hour)
					} else {
						c.plans(24 * time.Hour)
					}
					for i := range 3 {
						id := fmt.Sprint(i)
						c.settle(id)
						c.in(id, "a", "c")
						row := c.row(id, "b")
						if row.Status != connector.StatusPending || row.Reason != reason {
							t.Errorf("told %t: row %+v", told, row)
						}
						after[told] += fmt.Sprintln(standings(c.group(id)))
					}
					if link := c.link("b"); !link.Gone || link.Member != member("b") || link.Source != how {
						t.Errorf("link %+v", link)
					}
					if got := c.why("1"); !strings.Contains(got, "should be in the channel") || strings.Contains(got, "is in the channel since") {
						t.Errorf("why: %s", got)
					}
				}
				if after[true] != after[false] {
					t.Errorf("after the event\n%safter the drift check\n%s", after[true], after[false])
				}
			})
		}
	}
}

// standings is how people stand to a channel, without the times and what brought it about.
func standings(g connector.Group) (out []string) {
	for _, m := range g.Memberships {
		out = append(out, fmt.Sprint(m.User, m.Member, m.Status, m.Owned, m.Seen, m.Reason, m.TakenOut, m.Why))
	}
	return append(out, string(g.State))
}

// TestLeftTheWorkspaceElsewhere: where a reading tells who left, nobody is asked for.
func TestLeftTheWorkspaceElsewhere(t *testing.T) {
	c := drifting(t, 2, "a", "b")
	c.chat.SetManners(connectortest.Manners{})
	c.drift.Platforms = c.platforms()
	if n := sum(c.plans(25 * time.Hour)); n != 0 {
		t.Errorf("asked %d times", n)
	}
}

// TestAskedOncePerPerson: somebody in ten channels is asked for once in MaxAge, also
// where two Users are them, and strangers and people who are out are not.
func TestAskedOncePerPerson(t *testing.T) {
	c := drifting(t, 10, "a", "b")
	c.person("x", "y")
	c.crm.PutUser(user("z"))
	c.ok(c.linker().Set(t.Context(), "z", slack, member("b"), "api:ops"))
	c.team("0", "a", "b", "y", "z")
	c.chat.Join(c.group("0").Channel.ID, member("x"))
	c.touch("0", connector.ChatMemberJoined, "x")
	c.settle("0")
	c.team("0", "a", "b", "z")
	c.settle("0")
	if c.row("0", "x").Status != connector.StatusHandAdded || c.row("0", "y").Status != connector.StatusRemoved {
		t.Fatalf("rows %+v", c.group("0").Memberships)
	}
	for day := range 4 {
		if n := sum(c.plans(24 * time.Hour)); n != 2 {
			t.Errorf("day %d: asked %d times", day, n)
		}
	}
	for _, who := range []string{"b", "z"} {
		if link := c.link(who); c.clock.Now().Sub(link.AskedAt) > 24*time.Hour || link.Gone {
			t.Errorf("%s: link %+v", who, link)
		}
	}
	// The platform was not asked who has the address: what adds somebody is as old as before.
	if link := c.link("b"); c.clock.Now().Sub(link.At) < 4*24*time.Hour {
		t.Errorf("b: link %+v", link)
	}
}

// TestAskedByThePlan: a steady world costs one call per person in MaxAge, and no plan asks
// for many, however they came.
func TestAskedByThePlan(t *testing.T) {
	const day = 24 * time.Hour
	for name, n := range map[string]int{"few": 7, "as many as plans": 100, "many": 250} {
		t.Run(name, func(t *testing.T) {
			var people []string
			for i := range n {
				people = append(people, fmt.Sprintf("p%d", i))
			}
			c := drifting(t, 2, people...)
			most := (n + 99) / 100
			for cycle := range 4 {
				asked := c.plans(day)
				if got := sum(asked); got != n {
					t.Errorf("day %d: %d calls for %d people", cycle, got, n)
				}
				if got := slices.Max(asked); got > most {
					t.Errorf("day %d: %d at once", cycle, got)
				}
			}
			for _, who := range people {
				if age := c.clock.Now().Sub(c.link(who).AskedAt); age >= day {
					t.Errorf("%s: asked %s ago", who, age)
				}
			}
		})
	}
}

// TestAskedAfterAFault: a platform that asks to wait, or fails, tells nothing: nobody is
// concluded to be gone, and whoever was not asked for is asked for next.
func TestAskedAfterAFault(t *testing.T) {
	limited := connectortest.MemoryFault{Err: &connector.WaitError{After: time.Minute, What: "members"}}
	for name, f := range map[string]struct {
		fault   connectortest.MemoryFault
		patient bool
		// fails: the plan does; asked: how often in it, in all, and rest in the next one.
		fails       bool
		asked, rest int
	}{
		"waits":         {fault: limited, patient: true, asked: 4},
		"does not wait": {fault: limited, fails: true, asked: 2, rest: 2},
		"fails":         {fault: connectortest.MemoryFault{Err: connector.ErrTemporary}, fails: true, asked: 3, rest: 1},
		"answer lost":   {fault: connectortest.MemoryFault{Err: connector.ErrTemporary, Done: true}, fails: true, asked: 3, rest: 1},
		"refused":       {fault: connectortest.MemoryFault{Err: connector.ErrForbidden}, asked: 3},
	} {
		t.Run(name, func(t *testing.T) {
			c := drifting(t, 2, "a", "b", "c")
			c.clock.Advance(25 * time.Hour)
			c.forget()
			c.chat.Calls.Spoil(asksAccount, 1, f.fault)
			waited := time.Duration(0)
			err := c.drift.Plan(t.Context(), func(d time.Duration) bool { waited += d; return f.patient })
			if (err != nil) != f.fails {
				t.Errorf("error %v", err)
			}
			if n := c.chat.Calls.Counts()[asksAccount]; n != f.asked {
				t.Errorf("asked %d times", n)
			}
			if f.patient && waited != time.Minute {
				t.Errorf("waited %s", waited)
			}
			for _, who := range []string{"a", "b", "c"} {
				if link := c.link(who); link.Gone || link.Member == "" {
					t.Errorf("%s: link %+v", who, link)
				}
				c.status("0", who, connector.StatusMember)
			}
			if g := c.group("0"); !g.TouchedAt.IsZero() {
				t.Errorf("touched at %s", g.TouchedAt)
			}
			c.chat.Calls.Reset()
			c.ok(c.drift.Plan(t.Context(), never))
			if n := c.chat.Calls.Counts()[asksAccount]; n != f.rest {
				t.Errorf("asked %d times afterwards", n)
			}
		})
	}
}

// TestAskedWhileThereIsTime: a platform that fails again and again is left alone, and one
// that is slow until the next plan, which goes on where this one was.
func TestAskedWhileThereIsTime(t *testing.T) {
	people := []string{"a", "b", "c", "d", "e", "f"}
	for name, f := range map[string]struct {
		err  error
		most int
	}{"slow": {nil, 4}, "down": {connector.ErrTemporary, 3}, "token refused": {connector.ErrUnauthorized, 3}} {
		t.Run(name, func(t *testing.T) {
			c := drifting(t, 1, people...)
			c.clock.Advance(25 * time.Hour)
			c.forget()
			ask := true
			c.chat.Calls.Each = func(call string) (connectortest.MemoryFault, bool) {
				if call != asksAccount || !ask {
					return connectortest.MemoryFault{}, false
				}
				c.clock.Advance(c.drift.Every() / 8)
				return connectortest.MemoryFault{Err: f.err}, f.err != nil
			}
			if err := c.drift.Plan(t.Context(), never); (err == nil) != (f.err == nil) {
				t.Errorf("error %v", err)
			}
			if n := c.chat.Calls.Counts()[asksAccount]; n != f.most {
				t.Errorf("asked %d times", n)
			}
			ask = false
			c.ok(c.drift.Plan(t.Context(), never))
			if n, total := c.chat.Calls.Counts()[asksAccount], len(people); f.err == nil && n != total || f.err != nil && n != total+f.most {
				t.Errorf("asked %d times in all", n)
			}
			for _, who := range people {
				if link := c.link(who); link.Gone || c.clock.Now().Sub(link.AskedAt) > time.Hour {
					t.Errorf("%s: link %+v", who, link)
				}
			}
		})
	}
}

// lostIntakes is an inbox that is away.
type lostIntakes struct{ connector.Inbox }

func (lostIntakes) Accept(context.Context, ...connector.Intake) (int, error) {
	return 0, connector.ErrStoreAway
}

// TestLeftAndThenWeEnded: what was found is not lost between the note that somebody is
// gone and the runs that follow from it, and no Group is looked at twice for it.
func TestLeftAndThenWeEnded(t *testing.T) {
	c := drifting(t, 2, "a", "b", "c")
	c.clock.Advance(25 * time.Hour)
	c.chat.SetAccount(email("b"), connector.ReasonOtherWorkspace)
	inbox := c.drift.Engine.Inbox
	c.drift.Engine.Inbox = lostIntakes{inbox}
	if err := c.drift.Plan(t.Context(), never); err == nil || !c.link("b").Gone {
		t.Fatalf("error %v, link %+v", err, c.link("b"))
	}
	c.drift.Engine.Inbox = inbox
	for range 2 {
		c.forget()
		c.ok(c.drift.Plan(t.Context(), never))
		c.clock.Advance(time.Second)
		if n := c.chat.Calls.Counts()[asksAccount]; n != 0 {
			t.Errorf("asked %d times again", n)
		}
	}
	if jobs := c.queue.take(connector.LaneGroup); len(jobs) != 0 {
		t.Errorf("queued again: %v", jobs)
	}
	for _, id := range []string{"0", "1"} {
		if c.group(id).TouchedAt.IsZero() {
			t.Fatalf("%s is not touched", id)
		}
		c.settle(id)
		c.in(id, "a", "c")
		touched := c.group(id).TouchedAt
		c.plans(time.Hour)
		if !c.group(id).TouchedAt.Equal(touched) {
			t.Errorf("%s is touched again", id)
		}
	}
}

// TestStaysListedIsNotLookedAtAgain: whoever is gone and whose place is not ours to take
// away costs no further reading.
func TestStaysListedIsNotLookedAtAgain(t *testing.T) {
	c := drifting(t, 1, "a", "b", "c")
	c.policy.Remove = connector.RemoveNever
	c.chat.SetAccount(email("b"), connector.ReasonOtherWorkspace)
	c.plans(24 * time.Hour)
	c.settle("0")
	waits := func(m connector.Membership) bool {
		return m.User == "b" && m.Status == connector.StatusPending && m.Reason == connector.ReasonOtherWorkspace
	}
	if rows := c.group("0").Memberships; len(rows) != 4 || !slices.ContainsFunc(rows, waits) {
		t.Errorf("rows %+v", rows)
	}
	touched := c.group("0").TouchedAt
	if n := sum(c.plans(24 * time.Hour)); n != 2 || !c.group("0").TouchedAt.Equal(touched) {
		t.Errorf("asked %d times, touched at %s", n, c.group("0").TouchedAt)
	}
}

// TestBackInTheWorkspaceUnnoticed: whoever is back although no event told is found by the
// next Sweep.
func TestBackInTheWorkspaceUnnoticed(t *testing.T) {
	for _, how := range []connector.LinkSource{connector.LinkEmail, connector.LinkCRM, connector.LinkStored} {
		t.Run(string(how), func(t *testing.T) {
			c := drifting(t, 1, "a", "b", "c")
			c.linked(how)
			c.chat.SetAccount(email("b"), connector.ReasonOtherWorkspace)
			c.plans(24 * time.Hour)
			c.settle("0")
			c.in("0", "a", "c")
			c.clock.Advance(time.Hour)
			c.chat.SetAccount(email("b"), "")
			_, queued, err := c.sweep(false)
			c.ok(err)
			if !slices.Contains(queued, groupOf("0")) {
				t.Fatalf("queued %v", queued)
			}
			c.settle("0")
			c.in("0", "a", "b", "c")
			c.status("0", "b", connector.StatusMember)
			if n := sum(c.plans(24 * time.Hour)); n != 3 {
				t.Errorf("asked %d times", n)
			}
			if link := c.link("b"); link.Gone {
				t.Errorf("link %+v", link)
			}
		})
	}
}

// TestAskedIsAnAnswer: that an account which the CRM names is there is what an addition
// asks for; who has an address is another question.
func TestAskedIsAnAnswer(t *testing.T) {
	for how, want := range map[connector.LinkSource]map[string]int{
		connector.LinkEmail: {asksAddress: 2}, connector.LinkCRM: {asksAddress: 1}, connector.LinkStored: {asksAddress: 1},
	} {
		t.Run(string(how), func(t *testing.T) {
			c := drifting(t, 1, "a", "b")
			c.linked(how)
			c.plans(48 * time.Hour)
			c.record("new", "New", "a", "b")
			c.request("new")
			c.forget()
			c.settle("new")
			c.in("new", "a", "b")
			for call, n := range map[string]int{asksAddress: want[asksAddress], asksAccount: 0} {
				if got := c.chat.Calls.Counts()[call]; got != n {
					t.Errorf("%d of %s, want %d", got, call, n)
				}
			}
		})
	}
}
