package cases_test

import (
	"fmt"
	"log/slog"
	"strings"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/reconcile"
)

// here is the Group's channel.
func (w *world) here() connector.ChannelID {
	w.Helper()
	return w.group().Channel.ID
}

// again sends the last event of the CRM once more, under its own id and under
// another one.
func (w *world) again(t connector.EventType) {
	w.Helper()
	w.events--
	w.hook(t)
	w.hook(t)
}

// changes makes an incremental Sweep.
func (w *world) changes() {
	w.Helper()
	s := w.sweeper()
	sweep, err := s.Begin(w.Context(), false)
	w.ok(err)
	w.ok(s.Carry(w.Context(), sweep, func(time.Duration) bool { return false }))
	w.due = append(w.due, w.clock.Now())
}

// age lets the last reading of the channel become too old, and has the drift check
// come by.
func (w *world) age() {
	w.Helper()
	w.pass(driftMaxAge)
	if w.drift == nil {
		w.drift = &reconcile.Drift{
			Engine: w.engine, Platforms: w.platforms(), MaxAge: driftMaxAge, Clock: w.clock.Now, Logger: slog.New(slog.DiscardHandler),
		}
	}
	w.ok(w.drift.Plan(w.Context(), func(time.Duration) bool { return false }))
}

// hear takes what waits to be told of a Group, as whoever tells it does.
func (w *world) hear(id connector.GroupID) {
	w.Helper()
	g, err := w.engine.Groups.Group(w.Context(), id)
	w.ok(err)
	for _, t := range g.Tellings {
		if t.Shared != "" {
			what := string(t.What) + t.Shared
			if w.shared[what] {
				continue
			}
			w.shared[what] = true
		}
		told := string(t.What)
		if t.Member != "" {
			told += " " + w.nameOf(t.Member)
		}
		w.heard = append(w.heard, told+" to "+string(t.To))
	}
	g.Tellings = nil
	_, err = w.engine.Groups.SaveGroup(w.Context(), g)
	w.ok(err)
}

func (w *world) hearing() string {
	if len(w.heard) == 0 {
		return "nothing"
	}
	return strings.Join(w.heard, ", ")
}

// inactive has the CRM call people inactive, or active again, and a full Sweep find
// it.
func (w *world) inactive(inactive bool, who ...string) {
	w.Helper()
	for _, name := range who {
		w.putUser(name, func(u *connector.User) { u.Active = !inactive })
	}
	w.sweep()
}

// evicted has somebody taken out by somebody else.
func (w *world) evicted(who, by string) {
	w.Helper()
	w.evict(w.here(), w.people[who], w.people[by])
	w.told(connector.ChatMemberLeft, who)
}

// app is another app's bot.
func (w *world) app() {
	w.people["app"] = w.machine("app")
}

// restarted changes the configuration; a full Sweep follows.
func (w *world) restarted(change func(*connector.Policy)) {
	w.Helper()
	change(&w.policy)
	w.sweep()
}

// botRemoved has our bot taken out.
func (w *world) botRemoved() {
	w.Helper()
	w.botOut(w.here())
	w.told(connector.ChatBotRemoved, "")
}

func (w *world) botInvited() {
	w.Helper()
	w.botIn(w.here())
	w.people["us"] = w.bot
	w.told(connector.ChatMemberJoined, "us")
}

// robot is our own bot as somebody whom the CRM knows.
func (w *world) robot() {
	w.Helper()
	w.people["robot"] = w.bot
	w.putUser("robot", func(u *connector.User) {
		u.Links = map[connector.PlatformID]connector.MemberID{w.platform.ID: w.bot}
	})
}

// moved has the channel get another id.
func (w *world) moved() {
	w.Helper()
	old := w.here()
	w.events++
	w.ok(w.acceptor().AcceptChat(w.Context(), connector.ChatEvent{
		ID: fmt.Sprint("chat-", w.events), Type: connector.ChatChannelMoved, Platform: w.platform.ID,
		Channel: old, NewChannel: w.rekey(old), At: w.clock.Now(),
	}))
}

// recovered has somebody run `connector recover`.
func (w *world) recovered() {
	w.Helper()
	_, err := w.recoverer().Recover(w.Context(), false)
	w.ok(err)
	w.due = append(w.due, w.clock.Now())
}

func readd(p *connector.Policy) { p.Leavers = connector.LeaversReadd }

func strict(p *connector.Policy) { p.Remove = connector.RemoveStrict }

func never(p *connector.Policy) { p.Remove = connector.RemoveNever }

func public(p *connector.Policy) { p.Private = false }

// danOff takes dan off the team.
func danOff(w *world) {
	w.newTeam("ann", "bob", "cid")
	w.pass(time.Minute)
}

func bobLeft(w *world) {
	w.leaves("bob")
	w.pass(time.Minute)
}

// notAllowed takes dan off the team where nobody may be removed.
func notAllowed(w *world) {
	w.refuseRemovals()
	danOff(w)
}

func (w *world) setup() string { return reconcile.SetupOf(w.policies(), w.types, w.ignore, nil) }

func archived(w *world) {
	w.archive(w.here())
	w.told(connector.ChatChannelArchived, "")
}
