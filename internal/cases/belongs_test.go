package cases_test

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"roomkeeper/connector"
	"roomkeeper/connector/command"
	"roomkeeper/connector/connectortest"
	"roomkeeper/connector/identity"
	"roomkeeper/connector/reconcile"
)

// ofKind makes the Record one of a kind, as the configuration has it by default.
func ofKind(k connector.Kind) func(*connector.Policy) {
	return func(p *connector.Policy) {
		p.Kind = k
		if k == connector.KindDepartment {
			p.MembersOf, p.SelfEnrol = connector.PrincipalDepartment, true
		}
	}
}

// with is several changes of a policy.
func with(changes ...func(*connector.Policy)) func(*connector.Policy) {
	return func(p *connector.Policy) {
		for _, change := range changes {
			change(p)
		}
	}
}

// staff says who is behind a principal, "type:id", also "type:id+".
func staff(named string, who ...connector.UserID) func(*world) {
	return func(w *world) { w.crm.SetPrincipal(principal(named), who...) }
}

// newStaff is staff, with its event.
func (w *world) newStaff(named string, who ...connector.UserID) {
	w.Helper()
	staff(named, who...)(w)
	w.changed(named)
}

// changed sends principal.changed.
func (w *world) changed(named string) {
	w.Helper()
	p := principal(named)
	p.IncludeSub = false
	w.events++
	w.ok(w.acceptor().Accept(w.Context(), []connector.Event{{
		ID: fmt.Sprint("event-", w.events), Type: connector.EventPrincipalChanged, Principal: &p, At: w.clock.Now(),
	}}))
}

// handler answers commands.
func (w *world) handler() *command.Handler {
	return command.New(command.Options{
		Command: "/crm", CRM: "crm", Policies: w.policies(), Engine: w.engine, Platforms: w.platforms(),
		Opener:  &reconcile.Opener{Acceptor: w.acceptor(), Resolver: w.resolver(), Recovery: w.recoverer()},
		Planner: w.planner(), Resolver: w.resolver(), Linker: w.linker(), Enroller: w.planner(), Finder: w.crm.Port().Finder,
		Clock: w.clock.Now,
	})
}

// says gives a command in the Record's channel.
func (w *world) says(who, text string) string {
	w.Helper()
	w.events++
	return w.handler().Run(w.Context(), command.Request{
		ID: fmt.Sprint("event-", w.events), Platform: w.platform.ID, Channel: w.group().Channel.ID, Actor: w.people[who], Text: text,
	}).Text
}

// joins by command.
func (w *world) enrols(who ...string) {
	w.Helper()
	for _, name := range who {
		if text := w.says(name, w.joining()); !strings.Contains(text, "You have joined") && !strings.Contains(text, "You are in") {
			w.Fatalf("%s is answered %q", name, text)
		}
	}
}

func (w *world) joining() string { return "join " + string(w.policy.Kind) + " north" }

// refused is answered as if there were no such Record.
func (w *world) refused(who string) {
	w.Helper()
	if text := w.says(who, w.joining()); !strings.Contains(text, "no such record") {
		w.Fatalf("%s is answered %q", who, text)
	}
}

func (w *world) linker() *identity.Linker {
	return &identity.Linker{
		Engine: w.engine, CRM: w.crm.Port(), Platforms: w.platforms(), Clock: w.clock.Now, Logger: slog.New(slog.DiscardHandler),
	}
}

// link ties somebody by hand to an account, as the API and the command do; unlink
// takes it back.
func (w *world) link(who, account string) {
	w.Helper()
	w.ok(w.linker().Set(w.Context(), connector.UserID(who), w.platform.ID, w.people[account], "api:cases"))
}

// file makes it the only line of LINKS_FILE.
func (w *world) file(who, account string) {
	w.Helper()
	line := identity.Line{User: connector.UserID(who), Platform: w.platform.ID, Member: w.people[account]}
	w.ok(w.linker().ApplyFile(w.Context(), []identity.Line{line}))
}

func (w *world) unlink(who string) {
	w.Helper()
	w.ok(w.linker().Delete(w.Context(), connector.UserID(who), w.platform.ID, "api:cases"))
}

// paths are the ways that lead to each person, in a line.
func (w *world) paths() string {
	w.Helper()
	var out []string
	for _, m := range w.group().Memberships {
		var ways []string
		for _, p := range m.Why {
			way := string(p.Via)
			if p.ID != string(m.User) {
				way += " " + p.ID
			}
			ways = append(ways, way)
		}
		if len(ways) > 0 {
			out = append(out, string(m.User)+" "+strings.Join(ways, " + "))
		}
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

// duties says who has the owner's duties.
func (w *world) duties() string {
	w.Helper()
	var who []string
	for _, id := range w.group().Owners {
		who = append(who, string(id))
	}
	if len(who) == 0 {
		return "ADMIN_CHANNEL"
	}
	return strings.Join(who, " ")
}

// asks has somebody ask the CRM for the channel.
func (w *world) asks(who string) {
	w.Helper()
	w.events++
	w.ok(w.acceptor().Accept(w.Context(), []connector.Event{{
		ID: fmt.Sprint("event-", w.events), Type: connector.EventChannelRequested, Record: w.north(), Actor: principal(who), At: w.clock.Now(),
	}}))
}

// unreadable has every reading of principals fail from now on, with an event about one.
func (w *world) unreadable(named string) {
	w.Helper()
	w.crm.Calls.Each = func(call string) (connectortest.MemoryFault, bool) {
		return connectortest.MemoryFault{Err: connector.ErrTemporary}, call == connectortest.CRMExpand
	}
	w.changed(named)
}

// unknown has the CRM not know a principal any more, with an event about it.
func (w *world) unknown(named string) {
	w.Helper()
	w.crm.DropPrincipal(principal(named))
	w.changed(named)
}
