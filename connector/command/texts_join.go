package command

import (
	"fmt"

	"roomkeeper/connector"
	"roomkeeper/connector/reconcile"
)

// The answers of join and leave.

func (x texts) joining(t target, already bool) string {
	g := t.group
	switch {
	case g.State == connector.GroupCreating || g.State == connector.GroupFailed:
		return fmt.Sprintf("You have joined %s. Its channel is being created; it will appear in your channel list. %s status%s tells how far it is.",
			x.group(g), x.cmd, t.words())
	case g.State != connector.GroupActive && g.State != connector.GroupHeld:
		return fmt.Sprintf("Noted that you want to be in, but the channel of %s is not open to anybody just now: %s.", x.group(g), stateWords(g.State))
	case already:
		return fmt.Sprintf("You are in the channel of %s: %s", x.group(g), x.channel(g.Channel))
	}
	return fmt.Sprintf("You have joined %s; in a moment you are in its channel: %s", x.group(g), x.channel(g.Channel))
}

func (x texts) leaving(t target) string {
	return fmt.Sprintf("You have left %s; in a moment you are out of its channel. %s join%s lets you in again, as long as the CRM lists you.",
		x.group(t.group), x.cmd, t.named())
}

func (x texts) notIn(t target) string {
	return fmt.Sprintf("You are not in the channel of %s, so there is nothing to leave.", x.group(t.group))
}

func (x texts) readded(t target) string {
	return fmt.Sprintf("Whoever leaves a channel of the kind %s is added again while the CRM lists them, so nothing was changed. Have the CRM's Related Team changed, or ask an admin.",
		kindWord(t.key.Kind))
}

// mayJoin says how people get into a channel that they join by themselves.
func (x texts) mayJoin(t target, listed int) string {
	return fmt.Sprintf("People join this channel by themselves: %s join%s. The CRM lists %s.", x.cmd, t.named(), plural(listed, "person who may", "people who may"))
}

func (x texts) notJoined(t target, w reconcile.Wanted) string {
	out := userName(w.User) + " may be in the channel and has not joined it:"
	for _, p := range w.Why {
		out += "\n• " + pathWords(t.key.Kind, p)
	}
	if w.Member == "" {
		out += "\nThey cannot yet: " + reasonWords(w.Reason) + ". " + reasonRemedy(w.Reason)
	}
	return fmt.Sprintf("%s\n%s join%s lets them in.", out, x.cmd, t.named())
}
