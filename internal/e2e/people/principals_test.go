package people_test

import (
	"fmt"
	"net/http"
	"testing"

	"roomkeeper/internal/world"
	"roomkeeper/sandbox/crm"
)

// department says who is in a department, as the CRM's administrator does.
func department(t *testing.T, w *world.World, id, parent string, users ...string) {
	t.Helper()
	w.CRM.Act(t, "set-unit", world.Order{"unit": crm.Unit{Type: "department", ID: id, Name: "The " + id, Parent: parent, Users: users}})
}

func team(t *testing.T, w *world.World, entries ...crm.Entry) {
	t.Helper()
	w.CRM.Act(t, "team-set", world.About(world.Account(1)).With("record", world.Order{"team": entries}))
}

func entry(id string, below bool) crm.Entry {
	return crm.Entry{Principal: crm.Principal{Type: "department", ID: id, Name: "The " + id, IncludeSub: below}, Role: "member", Access: "read"}
}

// TestDepartmentOnATeam: people come and go with a department that is on a team,
// by the event, by the sweep when that was lost, and by nothing when the CRM does
// not know the department.
func TestDepartmentOnATeam(t *testing.T) { world.OnEach(t, departmentOnATeam) }

func departmentOnATeam(t *testing.T, p world.Platform) {
	w := world.Start(t, p, 8, 1, "ROOMKEEPER_RESOLVE=departments", "ROOMKEEPER_REMOVAL_LIMIT=1,100")
	department(t, w, "sales", "", "u2", "u3")
	department(t, w, "sales-north", "sales", "u5")
	team(t, w, world.Employee("u1"), entry("sales", false), crm.Entry{Principal: crm.Principal{Type: "role", ID: "x"}})
	w.Open(t, world.Account(1))
	g := w.WaitState(t, world.Account(1), "active")
	w.In(t, 1, "u1", "u2", "u3")
	w.Say(t, "u1", g.ChannelID, "why @u2", "in the department The sales (sales)")
	w.Say(t, "u1", g.ChannelID, "members", "1 team entry is not resolved")

	department(t, w, "sales", "", "u2", "u4")
	w.In(t, 1, "u1", "u2", "u4")

	team(t, w, world.Employee("u1"), world.Employee("u2"), entry("sales", true))
	w.In(t, 1, "u1", "u2", "u4", "u5")
	department(t, w, "sales-north", "sales", "u6")
	w.In(t, 1, "u1", "u2", "u4", "u6")

	w.CRM.Act(t, "webhooks", world.Order{"mode": "off"})
	department(t, w, "sales", "", "u7")
	w.API.Must(t, http.MethodPost, "/sweeps", map[string]bool{"full": true}, nil)
	w.In(t, 1, "u1", "u2", "u6", "u7")

	w.CRM.Act(t, "webhooks", world.Order{"mode": "on"})
	w.CRM.Act(t, "drop-unit", world.Order{"unit": crm.Unit{Type: "department", ID: "sales"}})
	world.Eventually(t, world.Patience, "the department is found unknown", func() error {
		if n := w.Group(t, world.Account(1)).Unresolved; n != 1 {
			return fmt.Errorf("%d entries are not resolved", n)
		}
		return nil
	})
	w.Quiet(t, world.Patience)
	w.In(t, 1, "u1", "u2", "u6", "u7")
	w.Say(t, "u1", g.ChannelID, "members", "1 team entry is not resolved")
	w.Chat.Lawful(t)
}

// TestJoiningADepartment: whom the CRM lists joins by command and leaves by
// command; nobody else does, and nobody is invited.
func TestJoiningADepartment(t *testing.T) { world.OnEach(t, joiningADepartment) }

func joiningADepartment(t *testing.T, p world.Platform) {
	w := world.Start(t, p, 8, 1)
	sales := crm.Ref{Kind: "department", ID: "sales"}
	w.CRM.Act(t, "add-record", world.Order{"record": crm.Record{Kind: "department", ID: "sales", Name: "Sales"}})
	department(t, w, "sales", "", "u1", "u2", "u3")
	w.Say(t, "u4", "general", "join department sales", "no such record, or you may not")
	w.Say(t, "u1", "general", "join department sales", "You have joined")
	g := w.WaitState(t, sales, "active")
	w.InRecord(t, sales, "u1")
	w.Say(t, "u2", "general", "JOIN department sales", "You have joined")
	w.InRecord(t, sales, "u1", "u2")
	w.Say(t, "u1", g.ChannelID, "members", "joined by themselves", "join department sales", "3 people who may")
	w.Say(t, "u1", g.ChannelID, "why @u2", "joined by themselves", "in the department Sales (sales)")
	w.Say(t, "u4", "general", "leave department sales", "no such record, or you may not")
	w.Say(t, "u2", g.ChannelID, "leave", "You have left")
	w.InRecord(t, sales, "u1")
	w.Say(t, "u2", "general", "open department sales", "Sales")
	w.InRecord(t, sales, "u1", "u2")
	department(t, w, "sales", "", "u2", "u3")
	w.InRecord(t, sales, "u2")
	w.Quiet(t, world.Patience)
	w.InRecord(t, sales, "u2")
	w.Chat.Lawful(t)
}
