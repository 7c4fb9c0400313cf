package model_test

import (
	"errors"

	"pgregory.net/rapid"

	"roomkeeper/connector"
	"roomkeeper/connector/identity"
)

// What somebody says by hand of whom a user is, in the API's way.

func (w *world) linker() *identity.Linker {
	return &identity.Linker{Engine: w.engine, CRM: w.port(), Platforms: w.platforms(), Clock: w.clock.Now, Logger: w.logger()}
}

// linkByHand says that a user is some Member, whoever else is that too, or takes
// that back.
func (m *machine) linkByHand(rt *rapid.T) {
	u := user(rt)
	before := m.past.byHand[u]
	links := identity.Links{}
	if before == "" || rapid.Bool().Draw(rt, "another") {
		who := rapid.SampledFrom([]string{string(u), "ann", "dan", "fay", "gus", "hal"}).Draw(rt, "whose")
		links[m.id] = connector.MemberID("U:" + email(who))
	}
	do := func() error { return m.linker().Replace(m.ctx(), u, links, "api:test") }
	if len(links) == 0 {
		do = func() error { return m.linker().Clear(m.ctx(), u, "api:test") }
	}
	var err error
	for range 20 { // who gets no answer says it again
		err = connector.ErrTemporary
		m.survive(func() error { err = do(); return err })
		var refused *identity.AccountError
		if err == nil || errors.As(err, &refused) || errors.Is(err, connector.ErrNotFound) {
			break
		}
	}
	m.note("by hand: %s is %v (%v)", u, links, err)
	m.linked(u, links[m.id], err)
	if rapid.Bool().Draw(rt, "at once") {
		m.pass(0)
	}
}

// linked notes what was said by hand, by what is then stored of it.
func (m *machine) linked(u connector.UserID, meant connector.MemberID, err error) {
	before, was := m.address(m.past.users[u]), m.past.byHand[u]
	known, getErr := m.raw.People.People(m.ctx(), []connector.UserID{u})
	m.ok(getErr)
	is := connector.MemberID("")
	if link := known[u].Links[m.id]; link.Source == connector.LinkStored {
		is = link.Member
	}
	if err == nil && is != meant {
		m.fail("%s was linked by hand with %q, and stored is %q", u, meant, is)
	}
	if is != was && err != nil && is != meant {
		m.fail("%s was linked by hand with %q, and stored is %q", u, was, is)
	}
	if m.past.byHand[u] = is; is == was {
		return
	}
	m.past.doubtful[before], m.past.doubtful[m.address(m.past.users[u])] = true, true
	m.past.doubtful[was], m.past.doubtful[is] = true, true
}
