package crm

import "time"

// ChatAccount says what account in the chat workspace a demo person has.
type ChatAccount string

// The kinds of chat account.
const (
	ChatMember ChatAccount = "member" // a full member
	ChatAdmin  ChatAccount = "admin"  // a full member who administers the workspace
	ChatGuest  ChatAccount = "guest"  // a guest, never invited by the connector
	ChatNone   ChatAccount = "none"   // nobody of that e-mail
)

// Person is a demo User and the account that the demo chat workspace should
// give them.
type Person struct {
	User
	Title string
	Chat  ChatAccount
}

// DemoPeople returns the people of the demo world: twelve employees, a partner
// of another company, an employee without chat account and one who is a guest.
func DemoPeople() []Person {
	employee := func(id, name, title, mail string, chat ChatAccount) Person {
		return Person{User{ID: id, Name: name, Email: mail + "@meridian.example", Active: true}, title, chat}
	}
	partner := Person{User{ID: "p1", Name: "Felix Brandt", Email: "felix@brandt-partner.example", Active: true, External: true},
		"Partner, Brandt Consulting", ChatMember}
	return []Person{
		employee("1", "Mara Lindqvist", "Account executive", "mara", ChatMember),
		employee("2", "Tom Okafor", "Sales engineer", "tom", ChatMember),
		employee("3", "Priya Raman", "Sales director", "priya", ChatMember),
		employee("4", "陈伟 Chen Wei", "Account executive, APAC", "chen.wei", ChatMember),
		employee("5", "Jonas Weber", "Customer success", "jonas", ChatMember),
		employee("6", "Aiko Tanaka", "Solution architect", "aiko", ChatMember),
		employee("7", "Lucía Fernández", "Legal counsel", "lucia", ChatMember),
		employee("8", "Daniel Moreau", "Finance", "daniel", ChatMember),
		employee("9", "Zoë Campbell", "Marketing", "zoe", ChatMember),
		employee("10", "Samuel Adeyemi", "Support lead", "samuel", ChatMember),
		employee("11", "Hanna Virtanen", "Product manager", "hanna", ChatMember),
		employee("12", "Ines Calder", "IT and CRM administrator", "ines", ChatAdmin),
		partner,
		employee("13", "Oskar Nilsen", "Field sales (no chat account)", "oskar", ChatNone),
		employee("14", "Grace Liu", "Contractor (guest in chat)", "grace", ChatGuest),
	}
}

// SeedDemo fills an empty World with the demo: four accounts, an opportunity,
// one record of every other kind, people and a few sales records. Nothing is
// sent.
func (w *World) SeedDemo() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, p := range DemoPeople() {
		w.data.putUser(p.User)
	}
	for _, u := range demoUnits() {
		w.data.putUnit(u)
	}
	for _, r := range w.demoRecords() {
		team := r.Team
		r.Team = nil
		if _, err := w.insert(r, team); err != nil {
			return err
		}
	}
	w.demoActivities()
	w.changed()
	return nil
}

func demoUnits() []Unit {
	return []Unit{
		{Type: "department", ID: "sales", Name: "Sales", Users: []string{"1", "3"}},
		{Type: "department", ID: "sales-apac", Name: "Sales APAC", Parent: "sales", Users: []string{"4"}},
		{Type: "department", ID: "support", Name: "Support", Users: []string{"5", "10"}},
		{Type: "role", ID: "legal", Name: "Legal reviewers", Users: []string{"7"}},
		{Type: "user_group", ID: "launch", Name: "Launch team", Users: []string{"9", "11"}},
		{Type: "queue", ID: "inbound", Name: "Inbound queue", Users: []string{"5", "10"}},
	}
}

// member returns a team entry for a demo person or unit.
func (w *World) member(typ, id, role string) Entry {
	name := w.data.users[id].Name
	if u, ok := w.data.units[unitKey{typ, id}]; ok {
		name = u.Name
	}
	access := "read"
	if role != "member" {
		access = "write"
	}
	return Entry{Principal{Type: typ, ID: id, Name: name}, role, access}
}

func (w *World) demoRecords() []Record {
	user := func(id string) *Principal { return &Principal{Type: "user", ID: id} }
	member := func(id string) Entry { return w.member("user", id, "member") }
	owner := func(id string) Entry { return w.member("user", id, "owner") }
	return []Record{
		{Kind: "account", ID: "1", Name: "Northwind Traders", Owner: user("1"), State: StateOpen,
			Fields: accountFields("Wholesale", "Rotterdam", "480,000 EUR", "Active customer"),
			Team:   []Entry{owner("1"), member("2"), member("5"), w.member("external", "p1", "member"), w.member("department", "support", "member")}},
		{Kind: "account", ID: "2", Name: "华清科技有限公司", Owner: user("4"), State: StateOpen,
			Fields: accountFields("Electronics", "Shenzhen", "1,250,000 CNY", "Negotiation"),
			Team:   []Entry{owner("4"), member("3"), member("6"), member("13")}},
		{Kind: "account", ID: "3", Name: "Åkerlund & Söner AB", Owner: user("3"), State: StateOpen,
			Fields: accountFields("Forestry", "Umeå", "92,000 EUR", "Onboarding"),
			Team:   []Entry{owner("3"), member("5"), member("14"), member("8")}},
		{Kind: "account", ID: "4", Name: "Blue Harbour Logistics", Owner: user("1"), State: StateOpen,
			Fields: accountFields("Logistics", "Halifax", "310,000 CAD", "Renewal due"),
			Team:   []Entry{owner("1"), member("10"), w.member("role", "legal", "member")}},
		{Kind: "opportunity", ID: "101", Name: "Northwind: fleet renewal 2026", Owner: user("1"), State: StateOpen,
			Fields: []Field{{"stage", "Stage", "Proposal"}, {"amount", "Amount", "140,000 EUR"},
				{"close_date", "Close date", "2026-09-30"}, {"account", "Account", "Northwind Traders"}},
			Team: []Entry{owner("1"), member("2"), member("7"), member("8")}},
		{Kind: "account_pool", ID: "201", Name: "Unclaimed accounts, North", Owner: user("3"), State: StateOpen,
			Fields: []Field{{"region", "Region", "North"}, {"waiting", "Waiting", "17"}},
			Team:   []Entry{w.member("user", "3", "administrator"), member("1"), member("9")}},
		{Kind: "lead_pool", ID: "301", Name: "Trade fair leads", Owner: user("9"), State: StateOpen,
			Fields: []Field{{"source", "Source", "Spring fair"}, {"waiting", "Waiting", "42"}},
			Team:   []Entry{w.member("user", "9", "administrator"), member("1"), member("4")}},
		{Kind: "department", ID: "sales", Name: "Sales", Owner: user("3"), State: StateOpen,
			Fields: []Field{{"site", "Site", "Rotterdam and Singapore"}}},
	}
}

func accountFields(industry, city, revenue, stage string) []Field {
	return []Field{
		{"industry", "Industry", industry}, {"city", "City", city},
		{"annual_revenue", "Annual revenue", revenue}, {"stage", "Stage", stage},
	}
}

func (w *World) demoActivities() {
	now := w.cfg.Clock().UTC()
	for i, a := range []Activity{
		{Subject: "Kick-off call", Text: "Agreed on the roll-out order: Rotterdam first, then Antwerp.", Author: w.actor("1"),
			Targets: []Target{{"account", "1"}}},
		{Subject: "Site visit in Shenzhen", Text: "The line manager wants a pilot before the end of the quarter.", Author: w.actor("4"),
			Targets: []Target{{"account", "2"}}},
	} {
		a.ID, a.Kind, a.At = "seed-"+string(rune('1'+i)), "Call", now.Add(-time.Duration(2-i)*24*time.Hour)
		w.data.seq++
		w.data.activities = append(w.data.activities, sale{a, now, w.data.seq})
	}
}
