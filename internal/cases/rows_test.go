package cases_test

import (
	"time"

	"roomkeeper/connector"
)

// row is one case of the product: what was before, what happens, what comes of it.
type row struct {
	section, name string
	policy        func(*connector.Policy)
	before, act   func(*world)
	// after is how long passes; 0 is a minute.
	after time.Duration
}

// want is what comes of a row on one platform: what a dry run says after act, how
// it ends, and the calls of the run beside the fewest possible.
type want struct {
	plan, state   string
	calls, fewest string
	// why explains the difference; empty where there is none.
	why []surplus
}

// surplus is what calls beyond the fewest are for, in words.
type surplus string

const (
	added surplus = "the channel is read whole after an addition: an invitation counts once it is seen"
	fresh surplus = "the channel is read right before its overwrites change: one replaces what stood there, and who sees it may have changed by hand"
	list  surplus = "the guild's channels are listed for the archive category, and remembered for a while: what lies there is left alone"
	guild surplus = "the guild's roles are read for what the bot may give, and remembered for a while"
	own   surplus = "the bot's own roles are read besides, and remembered for a while"
	twice surplus = "an account that went is asked for when the place in the channel is doubted, and again as the link is looked up anew"
	title surplus = "the channel is read before its name and before its topic change: what people wrote meanwhile stays"
)

func rows() []row {
	return []row{
		{section: "5", name: "added to the team", act: func(w *world) { w.newTeam("ann", "bob", "cid", "dan", "eve") }},
		{section: "5", name: "taken off the team", act: func(w *world) { w.newTeam("ann", "bob", "cid") }},
		{section: "5", name: "taken off, within GRACE", policy: grace, act: func(w *world) { w.newTeam("ann", "bob", "cid") }},
		{section: "5", name: "taken off, after GRACE", policy: grace, act: func(w *world) { w.newTeam("ann", "bob", "cid") }, after: 2 * time.Hour},
		{section: "5", name: "taken off, REMOVE=never", policy: func(p *connector.Policy) { p.Remove = connector.RemoveNever },
			act: func(w *world) { w.newTeam("ann", "bob", "cid") }},
		{section: "5", name: "added by hand", act: func(w *world) { w.joins("gus") }},
		{section: "5", name: "added by hand, then taken off the team", before: handAdded, act: func(w *world) { w.newTeam("ann", "bob", "cid", "dan") }},
		{section: "5", name: "added by hand, then taken off, REMOVE=strict", policy: func(p *connector.Policy) { p.Remove = connector.RemoveStrict },
			before: handAdded, act: func(w *world) { w.newTeam("ann", "bob", "cid", "dan") }},
		{section: "5", name: "in by hand, EXTRAS=kick", policy: kick, act: func(w *world) { w.joins("gus") }},
		{section: "5", name: "in again the same day, EXTRAS=kick", policy: kick,
			before: func(w *world) { w.joins("gus"); w.pass(time.Minute) }, act: func(w *world) { w.joins("gus") }},
		{section: "5", name: "left", act: func(w *world) { w.leaves("bob") }},
		{section: "5", name: "the owner left", act: func(w *world) { w.leaves("ann") }},
		{section: "5", name: "the owner left again", before: func(w *world) { w.leaves("ann"); w.pass(time.Minute) },
			act: func(w *world) { w.leaves("ann") }},
		{section: "5", name: "left, LEAVERS=readd", policy: func(p *connector.Policy) { p.Leavers = connector.LeaversReadd },
			act: func(w *world) { w.leaves("bob") }},
		{section: "5", name: "left, taken off and put back", before: func(w *world) {
			w.leaves("bob")
			w.pass(time.Minute)
			w.newTeam("ann", "cid", "dan")
			w.pass(time.Minute)
		}, act: func(w *world) { w.newTeam("ann", "bob", "cid", "dan") }},
		{section: "5", name: "account deactivated", act: func(w *world) { w.gone("bob") }},
		{section: "5", name: "account comes back", before: func(w *world) { w.gone("bob"); w.pass(time.Minute) }, act: func(w *world) { w.back("bob") }},
		{section: "5", name: "inactive in the CRM", act: func(w *world) {
			w.putUser("bob", func(u *connector.User) { u.Active = false })
			w.sweep()
		}},
		{section: "5", name: "owner changes, the old one on the team", act: func(w *world) { w.newRecord("North", "eve") }},
		{section: "5", name: "the bot never in a diff", policy: kick, act: func(w *world) { w.hook(connector.EventTeamChanged) }},
		{section: "5", name: "hold (b): nobody left", act: func(w *world) { w.emptied() }},
		{section: "5", name: "hold (c): more than half", act: func(w *world) { w.newTeam("ann") }},
		{section: "5", name: "hold (c), confirmed", before: large, act: func(w *world) { w.decide(w.planner().Confirm) }},
		{section: "5", name: "hold (c), dismissed", before: large, act: func(w *world) { w.decide(w.planner().Dismiss) }},
		{section: "5", name: "hold (c), released by a later reading", before: large, act: func(w *world) { w.newTeam("ann", "bob", "cid", "dan") }},
		{section: "5", name: "hold (e): more than half vanished", act: func(w *world) { w.leaves("bob", "cid", "dan") }},
		{section: "2", name: "an external entry wins", act: func(w *world) { w.newTeam("ann", "bob", "cid", "dan", "eve", "external:eve") }},
		{section: "2", name: "an entry that is not resolved", act: func(w *world) { w.newTeam("ann", "bob", "cid", "dan", "role:sales") }},
		{section: "2", name: "RESOLVE=departments", before: resolve(connector.PrincipalDepartment), act: behind("department")},
		{section: "2", name: "RESOLVE=roles", before: resolve(connector.PrincipalRole), act: behind("role")},
		{section: "2", name: "RESOLVE=user_groups", before: resolve(connector.PrincipalUserGroup), act: behind("user_group")},
		{section: "2", name: "RESOLVE=queues", before: resolve(connector.PrincipalQueue), act: behind("queue")},
		{section: "2", name: "RESOLVE=territories", before: resolve(connector.PrincipalTerritory), act: behind("territory")},
		{section: "2", name: "one of two paths goes", before: func(w *world) {
			resolve(connector.PrincipalRole)(w)
			w.newTeam("ann", "bob", "cid", "dan", "eve", "role:sales")
			w.pass(time.Minute)
		}, act: func(w *world) { w.newTeam("ann", "bob", "cid", "dan", "eve") }},
		{section: "4", name: "a rename in the CRM", act: func(w *world) { w.newRecord("North Pole", "ann") }},
		{section: "4", name: "a topic that is not ours", before: func(w *world) {
			w.topic(w.group().Channel.ID, "by hand")
		}, act: func(w *world) { w.newRecord("North Pole", "ann") }},
	}
}

func grace(p *connector.Policy) { p.Grace = time.Hour }

func kick(p *connector.Policy) { p.Extras = connector.ExtrasKick }

// handAdded lets eve in by hand before she comes on the team.
func handAdded(w *world) {
	w.joins("eve")
	w.pass(time.Minute)
	w.newTeam("ann", "bob", "cid", "dan", "eve")
	w.pass(time.Minute)
}

func large(w *world) {
	w.newTeam("ann")
	w.pass(time.Minute)
}

func (w *world) gone(who string) {
	w.Helper()
	w.depart(w.people[who])
	w.told(connector.ChatPersonLeft, who)
}

func (w *world) back(who string) {
	w.Helper()
	w.comeBack(w.people[who])
	w.told(connector.ChatPersonArrived, who)
}

// emptied takes everybody off the Record, its owner included.
func (w *world) emptied() {
	w.Helper()
	w.crm.Put(connector.Record{Key: north(), Name: "North"})
	w.newTeam()
}

// resolve switches a dimension on; eve is behind the principal "sales".
func resolve(t connector.PrincipalType) func(*world) {
	return func(w *world) {
		w.types[t] = true
		w.crm.SetPrincipal(connector.Principal{Type: t, ID: "sales"}, "eve")
	}
}

func behind(kind string) func(*world) {
	return func(w *world) { w.newTeam("ann", "bob", "cid", "dan", kind+":sales") }
}
