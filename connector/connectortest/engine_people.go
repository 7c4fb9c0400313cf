package connectortest

import (
	"sync"

	"roomkeeper/connector"
)

// link stores a Link by hand; an empty member takes it back.
func (t *engineTest) link(id, platform, member string) {
	t.Helper()
	t.ok(t.Engine.People.UpdatePeople(t.ctx(), []connector.UserID{connector.UserID(id)}, func(p *connector.Person) {
		if member == "" {
			delete(p.Links, connector.PlatformID(platform))
			return
		}
		if p.Links == nil {
			p.Links = map[connector.PlatformID]connector.Link{}
		}
		p.Links[connector.PlatformID(platform)] = connector.Link{Member: connector.MemberID(member), Source: connector.LinkStored, By: "file"}
		p.Filed = map[connector.PlatformID]connector.MemberID{connector.PlatformID(platform): connector.MemberID(member)}
	}))
}

// peopleByHand: what was found out of somebody neither replaces what was stored
// by hand, nor brings it back.
func peopleByHand(t *engineTest) {
	person := func() connector.Person {
		known, err := t.Engine.People.People(t.ctx(), []connector.UserID{"u1"})
		t.ok(err)
		return known["u1"]
	}
	t.ok(t.Engine.People.SavePeople(t.ctx(), []connector.Person{enginePerson("u1", "M1")}))
	earlier := person()
	t.link("u1", "slack", "M2")
	linked := person()
	t.ok(t.Engine.People.SavePeople(t.ctx(), []connector.Person{earlier}))
	t.same(person(), linked)
	users, err := t.Engine.People.UsersOf(t.ctx(), "slack", "M1")
	t.ok(err)
	t.same(users, []connector.UserID(nil))
	// Elsewhere, what was found out counts.
	found := linked.Clone()
	found.User.Name = "New"
	found.Links["discord"] = connector.Link{Member: "D1", Source: connector.LinkCRM}
	t.ok(t.Engine.People.SavePeople(t.ctx(), []connector.Person{found}))
	t.same(person(), found)
	// Who looks at one platform does not undo what was found out at another one.
	t.ok(t.Engine.People.SavePeople(t.ctx(), []connector.Person{{User: found.User}}))
	t.same(person(), found)
	t.link("u1", "slack", "")
	t.ok(t.Engine.People.SavePeople(t.ctx(), []connector.Person{found}))
	if link, there := person().Links["slack"]; there {
		t.Errorf("a link that was taken back is there again: %+v", link)
	}
	users, err = t.Engine.People.UsersOf(t.ctx(), "slack", "M2")
	t.ok(err)
	t.same(users, []connector.UserID(nil))
}

// peopleUpdated: each change sees the one before; somebody unknown is made.
func peopleUpdated(t *engineTest) {
	t.ok(t.Engine.People.UpdatePeople(t.ctx(), nil, func(*connector.Person) { t.Errorf("nobody is to be changed") }))
	const hands, times = 4, 5
	var all sync.WaitGroup
	failed := make(chan error, hands*times)
	for range hands {
		all.Go(func() {
			for range times {
				failed <- t.Engine.People.UpdatePeople(t.ctx(), []connector.UserID{"u1", "u2"}, func(p *connector.Person) {
					p.User.Name += "x"
				})
			}
		})
	}
	all.Wait()
	for range hands * times {
		t.ok(<-failed)
	}
	known, err := t.Engine.People.People(t.ctx(), []connector.UserID{"u1", "u2"})
	t.ok(err)
	for _, id := range []connector.UserID{"u1", "u2"} {
		if p := known[id]; p.User.ID != id || len(p.User.Name) != hands*times {
			t.Errorf("%s: %+v, want %d changes", id, p.User, hands*times)
		}
	}
}
