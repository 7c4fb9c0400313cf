package cases_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
)

// key is the Record of that id beside North.
func key(kind connector.Kind, id string) connector.RecordKey {
	return connector.RecordKey{CRM: "crm", Kind: kind, ID: id}
}

// turnTo has what follows be about another Record of ann's, with ann and bob on its
// team; its channel is asked for.
func (w *world) turnTo(k connector.RecordKey, name string) {
	w.Helper()
	w.subject = k
	w.record(name, "ann")
	w.team("ann", "bob")
	w.hook(connector.EventChannelRequested)
}

func (w *world) south(name string) {
	w.Helper()
	w.turnTo(key(connector.KindAccount, "south"), name)
}

// many makes n further Records with channels and North's team.
func (w *world) many(n int) {
	w.Helper()
	for i := range n {
		w.subject = key(connector.KindAccount, fmt.Sprint("other-", i))
		w.others = append(w.others, w.subject)
		w.record(fmt.Sprint("Other ", i), "ann")
		w.team("ann", "bob", "cid", "dan")
		w.hook(connector.EventChannelRequested)
	}
	w.subject = connector.RecordKey{}
	w.pass(20 * time.Minute)
}

// everywhere sets the team of every Record, without an event.
func (w *world) everywhere(entries ...string) {
	w.Helper()
	for _, k := range append(slices.Clone(w.others), w.north()) {
		w.subject = k
		w.team(entries...)
	}
	w.subject = connector.RecordKey{}
}

// beside is how the other Groups stand, in short: how many of each state, and how many
// people are in their channels.
func (w *world) beside() string {
	w.Helper()
	if len(w.others) == 0 {
		return ""
	}
	states, people := map[string]int{}, 0
	for _, k := range w.others {
		g, err := w.engine.Groups.Group(w.Context(), connector.GroupIDOf(w.platform.ID, k))
		w.ok(err)
		state := string(g.State)
		if g.Held != nil {
			state += ": " + string(g.Held.Reason)
		}
		states[state]++
		_, _, in := w.channel(g.Channel.ID)
		people += len(in) - 1
	}
	out := "; others:"
	for _, state := range slices.Sorted(maps.Keys(states)) {
		out += fmt.Sprintf(" %d %s;", states[state], state)
	}
	return out + fmt.Sprintf(" %d in", people)
}

// titled is the channel's name and what people read as its topic.
func (w *world) titled() string {
	w.Helper()
	name, topic, _ := w.channel(w.here())
	topic, _, _ = strings.Cut(topic, "\n")
	if strings.HasPrefix(topic, "↳ ") {
		topic = ""
	}
	return name + " | " + topic
}

// renamed is a name given by hand, with its event.
func (w *world) renamed(name string) {
	w.Helper()
	w.rename(w.here(), name)
	w.told(connector.ChatChannelRenamed, "")
}

// failing has each call of that name to the CRM fail, err nil none any more.
func (w *world) failing(name string, err error) {
	w.crm.Calls.Each = func(call string) (connectortest.MemoryFault, bool) {
		return connectortest.MemoryFault{Err: err}, err != nil && call == name
	}
}

// failingTwice has the next two readings of a team fail.
func (w *world) failingTwice() {
	for range 2 {
		w.crm.Calls.Spoil(connectortest.CRMTeam, 0, connectortest.MemoryFault{Err: connector.ErrTemporary})
	}
}
