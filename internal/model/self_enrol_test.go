package model_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"roomkeeper/connector"
	"roomkeeper/connector/command"
	"roomkeeper/connector/connectortest"
	"roomkeeper/connector/reconcile"
)

// Where people join by themselves only those are let in who asked and belong, and
// whoever leaves or belongs no more is out.
func TestSelfEnrolment(t *testing.T) {
	for _, p := range []platformManners{slackManners(), discordManners()} {
		t.Run(string(p.id), func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				withBolt(rt, func(engine connector.Engine, clock *connectortest.EngineClock) {
					e := &enrolment{machine: &machine{world: newWorld(rt, p, engine, clock)}, by: map[connector.MemberID]*enrolled{}}
					e.begin(rt)
					rt.Repeat(e.actions())
					e.settle()
					e.settled()
				})
			})
		})
	}
}

// enrolment is a Record whose channel people join by themselves.
type enrolment struct {
	*machine
	key connector.RecordKey
	by  map[connector.MemberID]*enrolled
	// changedAt is when who belongs last changed, arrivedAt when somebody last had an
	// account again.
	changedAt, arrivedAt time.Time
}

// enrolled is what became of one Member.
type enrolled struct {
	// asked to be in, the last time; ever: at any time. left: asked to be out, the last time.
	asked, ever, left bool
	// hand: they came or went by hand. shaken: since they asked they did not belong for a
	// while, or something else happened to them.
	hand, shaken bool
}

func (e *enrolment) of(u connector.UserID) *enrolled {
	return e.member("U:" + connector.MemberID(email(string(u))))
}

func (e *enrolment) member(m connector.MemberID) *enrolled {
	if e.by[m] == nil {
		e.by[m] = &enrolled{}
	}
	return e.by[m]
}

// begin draws by what people join by themselves: a department, a custom kind with
// ENROL=self, or one with more people than ENROL_LIMIT.
func (e *enrolment) begin(rt *rapid.T) {
	e.people()
	kind := rapid.SampledFrom([]connector.Kind{connector.KindDepartment, "project", "campaign"}).Draw(rt, "kind")
	e.key = recordKey(kind, "sales")
	e.use(e.key)
	e.adjust(func(p *connector.Policy) {
		p.Leavers = rapid.SampledFrom([]connector.LeaverPolicy{connector.LeaversRespect, connector.LeaversReadd}).Draw(rt, "leavers")
		p.RemovalShare = 1
		if p.SelfEnrol = kind != "campaign"; !p.SelfEnrol {
			p.EnrolLimit = 1
		}
	})
	e.keys = []connector.RecordKey{e.key}
	e.past.staff["sales"] = people()[:4]
	e.hire()
	e.staff(func(us []connector.UserID) []connector.UserID { return us })
	e.judging = e.judgeEnrolled
	e.join("ann")
	e.pass(time.Minute)
}

// staff changes who belongs.
func (e *enrolment) staff(change func([]connector.UserID) []connector.UserID) {
	e.changedAt = e.clock.Now()
	us := change(slices.Clone(e.past.staff["sales"]))
	e.past.staff["sales"] = us
	e.hire()
	e.put(e.key, func(rt *connector.RecordTeam) {
		rt.Record.Name, rt.Team.Entries = "Sales", nil
		if e.key.Kind != connector.KindDepartment {
			for _, u := range us {
				rt.Team.Entries = append(rt.Team.Entries, entry(connector.PrincipalUser, string(u), "member"))
			}
		}
	})
	for _, u := range people() {
		if !e.belongs(u) {
			e.of(u).shaken = true
		}
	}
}

func (e *enrolment) belongs(u connector.UserID) bool {
	user := e.past.users[u]
	return slices.Contains(e.past.staff["sales"], u) && user.Active && !user.External
}

func (e *enrolment) tell() {
	if e.key.Kind != connector.KindDepartment {
		e.hint(e.key, connector.EventTeamChanged)
		return
	}
	at := e.clock.Now()
	e.send("principal.changed sales", func(id string) error {
		return e.acceptor().Accept(e.ctx(), []connector.Event{{
			ID: id, Type: connector.EventPrincipalChanged, At: at,
			Principal: &connector.Principal{Type: connector.PrincipalDepartment, ID: "sales"},
		}})
	})
}

// lookUpAgain is a little more than how long a look-up that found nobody is good for.
const lookUpAgain = 6 * time.Minute

// patiently is how often somebody says a thing again whose answer failed.
const patiently = 20

// say lets somebody give a command, again while calls fail in it.
func (e *enrolment) say(u connector.UserID, word string) (text string) {
	for range patiently {
		killed := e.unlessKilled(func() { text = e.sayOnce(u, word) })
		mishaps := e.faults.took()
		if killed {
			e.faults.dead = false
			e.restart()
		}
		if !killed && len(mishaps) == 0 {
			e.note("%s says %s: %.60q", u, word, text)
			return text
		}
		e.note("%s says %s: %v", u, word, mishaps)
	}
	e.fail("%s cannot say %s: %q", u, word, text)
	return ""
}

func (e *enrolment) sayOnce(u connector.UserID, word string) string {
	resolver, platforms := e.resolver(), e.platforms()
	chat := platforms[e.id]
	chat.Profiles = profiles{}
	platforms[e.id] = chat
	h := command.New(command.Options{
		Command: "/crm", CRM: "crm", Policies: e.policies(), Engine: e.engine, Platforms: platforms,
		Planner: e.planner(), Enroller: e.planner(), Resolver: resolver, Finder: e.port().Finder, Clock: e.clock.Now,
		Opener: &reconcile.Opener{Acceptor: e.acceptor(), Resolver: resolver, Recovery: e.recoverer()},
	})
	return h.Run(e.ctx(), command.Request{
		Platform: e.id, Channel: "D1", Actor: connector.MemberID("U:" + email(string(u))), Text: fmt.Sprintf("%s %s %s", word, e.key.Kind, e.key.ID),
	}).Text
}

// profiles tell the address of a Member.
type profiles struct{}

func (profiles) Email(_ context.Context, m connector.MemberID) (string, error) {
	return strings.TrimPrefix(string(m), "U:"), nil
}

func (e *enrolment) join(u connector.UserID) {
	belongs := e.belongs(u)
	told := strings.HasPrefix(e.say(u, "join"), "You ")
	// Of a department what was heard a moment ago may be said again, and also that there
	// is none.
	fresh := e.clock.Now().Sub(e.changedAt) > 10*time.Second && e.clock.Now().Sub(e.unheardAt) > 10*time.Second
	if told && !belongs && fresh {
		e.fail("%s does not belong to %s and joined", u, e.key)
	}
	// That somebody had none is remembered for a while.
	if belongs && !told && fresh && e.clock.Now().Sub(e.arrivedAt) > lookUpAgain {
		e.fail("%s belongs to %s and cannot join", u, e.key)
	}
	if told {
		*e.of(u) = enrolled{asked: true, ever: true, hand: e.of(u).hand, shaken: !belongs}
	}
}

func (e *enrolment) actions() map[string]func(*rapid.T) {
	return map[string]func(*rapid.T){
		"join": e.joins, "join ": e.joins, "leave": e.leaves, "staff": e.changes, "staff ": e.changes, "active": e.activity,
		"by hand": e.walks, "deliver": e.deliver, "lose": e.lose, "sweep": e.someSweep, "run": e.run, "time": e.time,
		"faults": e.someFaults, "faults ": e.someFaults, "account": e.accounts, "refuse removals": e.refuseRemovals,
	}
}

func (e *enrolment) joins(rt *rapid.T) {
	e.join(e.present(rt))
	if rapid.Bool().Draw(rt, "at once") {
		e.pass(time.Second)
	}
}

func (e *enrolment) leaves(rt *rapid.T) {
	u := e.present(rt)
	asked := slices.DeleteFunc(people(), func(u connector.UserID) bool { return !e.of(u).asked || !e.past.fit(e.address(e.past.users[u])) })
	if len(asked) > 0 && rapid.IntRange(0, 2).Draw(rt, "one who joined") > 0 {
		u = rapid.SampledFrom(asked).Draw(rt, "who")
	}
	if by := e.of(u); strings.HasPrefix(e.say(u, "leave"), "You have left") {
		by.asked, by.left = false, true
	} else if by.hand {
		by.shaken = true
	}
	if rapid.Bool().Draw(rt, "at once") {
		e.pass(time.Second)
	}
}

// present draws somebody who has an account to speak by.
func (e *enrolment) present(rt *rapid.T) connector.UserID {
	u := user(rt)
	if !e.past.fit(e.address(e.past.users[u])) {
		rt.Skip("has no account")
	}
	return u
}

// accounts takes somebody's account away, or gives it back.
func (e *enrolment) accounts(rt *rapid.T) {
	u := user(rt)
	m, reason, told := e.address(e.past.users[u]), connector.ReasonNoAccount, connector.ChatPersonLeft
	if !e.past.fit(m) {
		reason, told = "", connector.ChatPersonArrived
		e.arrivedAt = e.clock.Now()
	}
	e.note("chat: the account of %s is now %q", u, reason)
	e.setAccount(email(string(u)), reason)
	e.of(u).shaken = true
	e.chatHint(told, "", m)
}

func (e *enrolment) changes(rt *rapid.T) {
	u := user(rt)
	e.note("CRM: %s comes to or goes from %s", u, e.key)
	e.staff(func(us []connector.UserID) []connector.UserID {
		if i := slices.Index(us, u); i >= 0 && len(us) <= 2 {
			return us // of fewer everybody is invited
		} else if i >= 0 {
			return slices.Delete(us, i, i+1)
		}
		return append(us, u)
	})
	e.tell()
}

func (e *enrolment) activity(rt *rapid.T) {
	e.changeUserTo(user(rt))
}

func (e *enrolment) changeUserTo(u connector.UserID) {
	person := e.past.users[u]
	person.Active = !person.Active
	e.note("CRM: %s is active: %t", u, person.Active)
	e.putUser(person)
	e.of(u).shaken = true
	e.personChanged(u)
}

func (e *enrolment) walks(rt *rapid.T) {
	who := rapid.SampledFrom([]string{"gus", "ann", "bob", "cid", "fay"}).Draw(rt, "who")
	m, ch := connector.MemberID("U:"+email(who)), e.channel(e.key)
	if ch.ID == "" || !e.past.fit(m) {
		rt.Skip("no channel, or no account")
	}
	by := e.member(m)
	by.shaken, by.hand = true, true
	if slices.Contains(ch.Members, m) {
		e.note("chat: %s leaves, or is put out", who)
		e.chat.Leave(ch.ID, m)
		e.chatHint(connector.ChatMemberLeft, ch.ID, m)
		return
	}
	by.left = false
	e.note("chat: %s joins, or is let in", who)
	e.chat.Join(ch.ID, m)
	e.chatHint(connector.ChatMemberJoined, ch.ID, m)
}

// judgeEnrolled checks one run.
func (e *enrolment) judgeEnrolled(before connector.Group, was []connector.MemberID) {
	e.Helper()
	after := e.channel(e.key).Members
	for _, u := range people() {
		m, by := connector.MemberID("U:"+email(string(u))), e.of(u)
		in, wasIn := slices.Contains(after, m), slices.Contains(was, m)
		switch {
		case in && !wasIn && !by.ever:
			e.fail("%s was let into %s and never asked to be", u, before.Record)
		case in && !wasIn && by.left && !by.hand:
			e.fail("%s was let into %s and asked to be out", u, before.Record)
		case !in && wasIn && e.belongs(u) && !by.left && !by.shaken:
			e.fail("%s was put out of %s, asked to be in and belongs", u, before.Record)
		case !in && wasIn && !by.ever && !by.left:
			e.fail("%s was put out of %s and was let in by hand", u, before.Record)
		}
	}
}

// wronglyHeld reports whether anything is held but that most of those in the channel
// vanished at once.
func (e *enrolment) wronglyHeld(g connector.Group, in []connector.MemberID) bool {
	if g.Held == nil {
		return false
	}
	gone := slices.DeleteFunc(slices.Clone(g.Held.People), func(m connector.MemberID) bool { return slices.Contains(in, m) })
	owned := slices.DeleteFunc(slices.Clone(g.Memberships), func(row connector.Membership) bool { return !row.Owned || !row.Seen })
	return g.Held.Reason != connector.HoldMassVanish || !over(len(gone), len(owned))
}

// settled checks that all who asked and belong are in, and nobody who does not.
func (e *enrolment) settled() {
	e.Helper()
	g, ch := e.group(e.key), e.channel(e.key)
	if !g.SelfEnrol && e.kinds[e.key.Kind].SelfEnrol || e.wronglyHeld(g, ch.Members) {
		e.fail("%s: people join by themselves %t, held %+v", g.Record, g.SelfEnrol, g.Held)
	}
	if !g.SelfEnrol {
		return // so few belong now that everybody is invited
	}
	for _, u := range people() {
		by, row := e.of(u), e.rowOf(g, u)
		if waits(g, row.Member) {
			continue // held, and says so
		}
		in := slices.Contains(ch.Members, connector.MemberID("U:"+email(string(u))))
		switch {
		case in && by.left && !by.hand:
			e.fail("%s asked to leave %s and is in", u, g.Record)
		case in && !e.belongs(u) && !by.hand:
			e.fail("%s does not belong to %s and is in", u, g.Record)
		case in && !by.ever && !by.hand:
			e.fail("%s never asked to be in %s and is in", u, g.Record)
		case !in && e.belongs(u) && by.asked && !by.hand && !e.past.fit(e.address(e.past.users[u])) && row.Enrolled &&
			(row.Status != connector.StatusPending || row.Reason == ""):
			e.fail("%s asked to be in %s, belongs, has no account, and no reason is listed: %+v", u, g.Record, row)
		case !in && e.belongs(u) && by.asked && !by.shaken:
			e.fail("%s asked to be in %s, belongs and is not in: %+v", u, g.Record, row)
		case in && e.belongs(u) && by.asked && !by.shaken && !by.hand && (row.Status != connector.StatusJoined || !row.Owned):
			e.fail("%s joined %s and is listed as %s, owned %t", u, g.Record, row.Status, row.Owned)
		case in && !present(row.Status) && !by.hand, !in && present(row.Status):
			e.fail("%s in the channel of %s is %t, and listed as %s", u, g.Record, in, row.Status)
		}
	}
}
