package cases_test

import (
	"cmp"
	"time"

	"roomkeeper/connector"
)

// row is one case of the product: what was before, what happens, what comes of it.
type row struct {
	name        string
	policy      func(*connector.Policy)
	before, act func(*world)
	// unopened: the Record has no channel before.
	unopened bool
	// after is how long passes; 0 is a minute.
	after time.Duration
	// plan is what a dry run says after act, state how it ends.
	plan, state    string
	slack, discord outcome
}

// outcome is what one platform makes of a case: the calls beside the fewest that
// could do it ("": these), and what the others are for.
type outcome struct {
	calls, fewest string
	why           []surplus
	// plan and state are "" where they are the row's.
	plan, state string
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

// section is a part of the product and its cases.
type section struct {
	name string
	rows []row
}

func sections() []section {
	return []section{
		{"Who should be in", peopleRows()},
		{"Name and topic", nameRows()},
		{"Who comes and goes", memberRows()},
		{"Held", holdRows()},
		{"A channel that was there before", adoptRows()},
	}
}

// on is what a platform makes of the case, in full.
func (r row) on(platform string) outcome {
	o := r.slack
	if platform == "discord" {
		o = r.discord
	}
	o.plan, o.state, o.fewest = cmp.Or(o.plan, r.plan), cmp.Or(o.state, r.state), cmp.Or(o.fewest, o.calls)
	return o
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
