package cases_test

import (
	"cmp"
	"time"

	"roomkeeper/connector"
)

// row is one case of the product: what was before, what happens, what comes of it.
type row struct {
	name   string
	policy func(*connector.Policy)
	// given is what is otherwise than in the world of before when the channel is asked
	// for.
	given       func(*world)
	before, act func(*world)
	// unopened: the Record has no channel before.
	unopened bool
	// after is how long passes; 0 is a minute.
	after time.Duration
	// plan is what a dry run says after act, state how it ends.
	plan, state string
	// tells is what people are told of it; "" is not looked at, "nothing" is.
	tells string
	// paths are the ways that lead to each, duties who has the owner's; "" is not
	// looked at.
	paths, duties string
	// titled is the channel's name and topic in the end; "" is not looked at.
	titled         string
	slack, discord outcome
	// token: SLACK_USER_TOKEN is set.
	token bool
}

// outcome is what one platform makes of a case: the calls beside the fewest that
// could do it ("": these), and what the others are for.
type outcome struct {
	calls, fewest string
	why           []surplus
	// plan, state and titled are "" where they are the row's.
	plan, state, titled string
	// absent says why the platform has no such case, "" where it has.
	absent string
}

// surplus is what calls beyond the fewest are for, in words.
type surplus string

const (
	added   surplus = "the channel is read whole after an addition: an invitation counts once it is seen"
	fresh   surplus = "the channel is read before anybody is let in, unless it was a moment ago: whether it is archived, and what stands in their overwrite, which a new one replaces"
	list    surplus = "the guild's channels are listed for the archive category, and remembered for an hour: what lies there is left alone"
	guild   surplus = "the guild's roles are read for what the bot may give, and remembered for a while"
	own     surplus = "the bot's own roles are read besides, and remembered for a while"
	twice   surplus = "an account that went is asked for as the link is looked up, and again before its place in the channel is taken away: whoever is looked for may have it by now"
	swapped surplus = "an account goes for another one only after that was asked for in the same run: it may be gone since the link was stored"
	both    surplus = "the channel is read for the name that somebody gave it, and again for its topic"
	title   surplus = "the topic is read each time before it would be written, also where the change then has to wait or it is left: what people wrote stays"
	tried   surplus = "that the workspace lets only admins remove people is learned from the bot's own try, once a day for all channels"
	guest   surplus = "whether the account of SLACK_USER_TOKEN is in the channel is learned from its own try"
	judge   surplus = "what a Sweep or the time found waits until the Sweep is judged over all Groups, and the channel is read again then"
	outside surplus = "Slack tells who is in a public or archived channel also to a bot that is not: why it is not is asked besides"
	rejoin  surplus = "that the bot is out is learned by reading, and the channel read again once it let itself in"
	looks   surplus = "the check sees all channels by one call, and reads singly those that look otherwise or are not told whole"
	places  surplus = "an overwrite outlives its member's stay in the guild, and no reading of a channel tells: each person's account is asked for once in DRIFT_MAX_AGE, however many channels they are in"
	paced   surplus = "whoever had to wait with an invitation reads the channel before they go on: some of it may have been sent"
	meant   surplus = "a removal that is no longer wanted may have been sent: the channel is read again once it cannot take effect any more"
	ascii   surplus = "that the workspace takes only ASCII in names is learned from its own refusal, once"
	learned surplus = "that the platform does not take a name is learned from its own refusal"
	earlier surplus = "a name that is taken may be that of a channel which an earlier try made: it is looked for first"
	rooms   surplus = "the guild's channels are listed for the category that a new one goes to"
	whole   surplus = "whatever the chat tells of a channel has its members read too: other events may have got lost"
	anew    surplus = "what the check saw is read again by the run that follows, as after the event that was lost"
	card    surplus = "whether the details card stands in the channel is learned by editing it: one that does not is posted"
	asked   surplus = "who asks is found by the address that the platform has of them, and then linked as anybody is, by a look-up of that address"
)

// section is a part of the product and its cases.
type section struct {
	name string
	rows []row
}

func sections() []section {
	return []section{
		{"Group types", kindRows()},
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
	o.titled = cmp.Or(o.titled, r.titled)
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
	was, err := w.crm.Record(w.Context(), w.north())
	w.ok(err)
	w.crm.Put(connector.Record{Key: w.north(), Name: was.Name})
	w.newTeam()
}

// resolve switches a dimension on; eve is behind the principal "sales".
func resolve(t connector.PrincipalType) func(*world) {
	return func(w *world) {
		w.types[t] = true
		staff(string(t)+":sales", "eve")(w)
	}
}
