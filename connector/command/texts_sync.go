package command

import (
	"fmt"
	"strings"

	"roomkeeper/connector"
)

func (x texts) held(t target) string {
	hold := t.group.Held
	out := fmt.Sprintf("Held since %s: %s. Nobody is removed meanwhile, additions go on.", when(hold.Since), whyHeld(*hold))
	if hold.Plan.ID == "" {
		return out + " It ends with the next whole reading."
	}
	return fmt.Sprintf("%s It concerns %s (plan %s). See: %s sync --dry-run%s. %s",
		out, plural(concerned(*hold), "person", "people"), hold.Plan.ID, x.cmd, t.words(), x.release(t, *hold))
}

// release says by what a hold is confirmed and dismissed, and what either does.
func (x texts) release(t target, hold connector.Hold) string {
	confirm, dismiss := "removes them", "keeps them as added by hand"
	if hold.Reason == connector.HoldMassVanish {
		confirm, dismiss = "takes them as gone", "takes them as added by hand"
	}
	return fmt.Sprintf("Confirm %s: %s sync confirm%s. Dismiss %s: %s sync dismiss%s.", confirm, x.cmd, t.words(), dismiss, x.cmd, t.words())
}

// holdCard has the words of the card that a hold is ended by.
func (x texts) holdCard(t target) connector.Card {
	hold := t.group.Held
	return connector.Card{
		Label: "Held", Title: x.group(t.group),
		Text: fmt.Sprintf("%s: %s.", plural(concerned(*hold), "person waits", "people wait"), whyHeld(*hold)),
	}
}

// concerned counts whom a hold concerns.
func concerned(hold connector.Hold) int {
	return max(len(hold.People), len(hold.Plan.Of(connector.ActionRemove)))
}

func (x texts) queued(t target) string {
	out := fmt.Sprintf("%s is queued: record, team and channel are read again and the channel is made to agree. %s status%s tells when it was done.",
		x.group(t.group), x.cmd, t.words())
	if t.group.Held != nil {
		out += "\n" + x.held(t)
	}
	return out
}

func (x texts) planHead(t target, p connector.Plan) []string {
	switch {
	case p.Empty() && p.Held == "" && len(p.Later) == 0:
		return []string{x.group(t.group) + ": nothing to do, the channel agrees with the record."}
	case p.Empty():
		return []string{x.group(t.group) + ": no step just now."}
	}
	return []string{fmt.Sprintf("%s: %s (plan %s).", x.group(t.group), plural(len(p.Actions), "step", "steps"), p.ID)}
}

func (x texts) planFoot(t target, p connector.Plan) []string {
	var out []string
	if p.Held != "" {
		out = append(out, x.planHeld(t, p))
	}
	if len(p.Calls) > 0 {
		out = append(out, "Calls: "+callWords(p.Calls)+".")
	}
	return append(out, "Nothing was changed.")
}

// planHeld says how to go on with a held plan: the one that is stored can be
// released at once, any other one only after a run.
func (x texts) planHeld(t target, p connector.Plan) string {
	hold := connector.Hold{Reason: p.Held}
	if t.group.Held != nil && t.group.Held.Reason == p.Held {
		hold = *t.group.Held
	}
	out := fmt.Sprintf("Plan %s is held: %s. Its removals wait, except those of people whom the CRM calls inactive; additions go on.", p.ID, whyHeld(hold))
	if t.group.Held != nil && t.group.Held.Plan.ID == p.ID {
		return out + " " + x.release(t, hold)
	}
	return fmt.Sprintf("%s After %s sync%s it can be confirmed or dismissed.", out, x.cmd, t.words())
}

func (x texts) action(a connector.Action, names map[connector.UserID]string) string {
	what := oneLine(a.Value, nameLimit)
	if a.Type == connector.ActionAdd || a.Type == connector.ActionRemove {
		what = personName(names[a.User], a.User, a.Member)
	}
	out := "• " + strings.TrimSpace(actionWord(a.Type)+" "+what)
	if a.Why != "" {
		out += ": " + oneLine(a.Why, 2*nameLimit)
	}
	return out
}

func (x texts) later(l connector.LaterAction, names map[connector.UserID]string) string {
	return fmt.Sprintf("%s; on %s", x.action(l.Action, names), when(l.At))
}

func (x texts) moreActions(left int) string {
	return fmt.Sprintf("… and %d more; POST /api/v1/groups/<id>/sync with dry_run lists all.", left)
}

func (x texts) nothingHeld(t target) string {
	return fmt.Sprintf("Nothing is held for %s, so there is nothing to confirm or dismiss.", x.group(t.group))
}

func (x texts) heldWithoutPlan(t target) string {
	return fmt.Sprintf("%s is held without a plan: %s. There is nothing to confirm or dismiss; it ends with the next whole reading.",
		x.group(t.group), holdWords(t.group.Held.Reason))
}

func (x texts) notCurrent(t target) string {
	return fmt.Sprintf("That plan of %s is not held any more: it was released already, or a later reading replaced it. Nothing was changed now; %s sync --dry-run%s shows what would be done.",
		x.group(t.group), x.cmd, t.words())
}

func (x texts) releasedSweep(mode SyncMode, groups int, on connector.PlatformID) string {
	what := fmt.Sprintf("the held removals of %s on %s", plural(groups, "channel", "channels"), on)
	if mode == SyncDismiss {
		return "Dismissed " + what + ": these people stay and count as added by hand."
	}
	return "Confirmed " + what + ": these people will be removed."
}

func (x texts) nothingHeldBySweep(on connector.PlatformID) string {
	return fmt.Sprintf("Nothing on %s is held by that sweep any more: it was decided, or a later reading needed no decision. Nothing was changed now.", on)
}

func (x texts) released(t target, mode SyncMode) string {
	hold := t.group.Held
	what := fmt.Sprintf("plan %s of %s: %s", hold.Plan.ID, x.group(t.group), plural(concerned(*hold), "person", "people"))
	switch {
	case mode == SyncDismiss:
		return "Dismissed " + what + " will stay and count as added by hand."
	case hold.Reason == connector.HoldMassVanish:
		return "Confirmed " + what + " counted as gone."
	}
	return "Confirmed " + what + " will be removed from the channel."
}
