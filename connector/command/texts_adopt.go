package command

import (
	"fmt"

	"roomkeeper/connector"
)

// The answers of adopt.

func (x texts) adoptOutside() string {
	return fmt.Sprintf("Write %s adopt in the channel that the record is to have. Nothing was done.", x.cmd)
}

func (x texts) notAdopted(e *connector.AdoptError) string {
	return "The channel was not adopted: " + oneLine(e.Error(), 600) + ". Nothing was changed."
}

func (x texts) adoptHeld(held *connector.RecoverError) string {
	return "No channel is adopted for now. To the administrator of Roomkeeper: " + held.Error() + "."
}

func (x texts) adoptedBefore(t target, shown connector.Adoption) string {
	return fmt.Sprintf("%s has this channel already, #%s. Nothing was changed.",
		x.record(shown.RecordName, t.key), oneLine(shown.Found.Name, nameLimit))
}

func (x texts) adoptForgotten() string {
	return fmt.Sprintf("What this button was for is not known any more. Nothing was done; write %s adopt again.", x.cmd)
}

func (x texts) adoptStale() string {
	return "Something changed since that was shown, so nothing was done. This is how it would be now:"
}

func (x texts) adoptButton() string { return "Adopt this channel" }

func (x texts) adoptCard(t target, shown connector.Adoption) connector.Card {
	return connector.Card{
		Label: "Adopt", Title: x.record(shown.RecordName, t.key),
		Text: "#" + oneLine(shown.Found.Name, nameLimit) + " becomes its channel.",
	}
}

func (x texts) adoptHead(t target, shown connector.Adoption, first string) []string {
	head := fmt.Sprintf("If #%s becomes the channel of %s:", oneLine(shown.Found.Name, nameLimit), x.record(shown.RecordName, t.key))
	if t.exists && t.group.Channel.ID == shown.Channel {
		head = fmt.Sprintf("If Roomkeeper owns the team in the channel of %s, #%s:", x.record(shown.RecordName, t.key), oneLine(shown.Found.Name, nameLimit))
	}
	if first == "" {
		return []string{head}
	}
	return []string{first, head}
}

func (x texts) adoptAdded() string { return "Added" }
func (x texts) adoptOwned() string { return "In it, and leave when they are taken off the team" }
func (x texts) adoptKept() string {
	return "In it and on the team, and stay when they are taken off it"
}
func (x texts) adoptStrangers() string { return "In it and not on the team, and stay" }
func (x texts) adoptRemoved() string   { return "Removed, by what is set for this kind" }
func (x texts) adoptMissing() string   { return "On the team, and cannot be added yet" }

func (x texts) adoptee(row connector.Membership) string {
	out := "• " + name(row)
	if row.Reason != "" {
		out += ": " + reasonWords(row.Reason)
	}
	return out
}

func (x texts) morePeople(left int) string {
	return fmt.Sprintf("… and %d more.", left)
}

// adoptFoot says what else follows, and what is left alone.
func (x texts) adoptFoot(t target, shown connector.Adoption, who adoptees) (out []string) {
	if shown.Lost.ID != "" {
		out = append(out, fmt.Sprintf("Its channel #%s is lost: this one takes its place, and who was added to that one or left it counts no more.",
			oneLine(shown.Lost.Name, nameLimit)))
	}
	if shown.Unread {
		out = append(out, "Roomkeeper's bot is not in the channel and joins it; who is in is read then.")
	} else if shown.Enters {
		out = append(out, "Roomkeeper's bot is given a place of its own in the channel.")
	}
	if shown.Plan.Held != "" {
		out = append(out, "Nobody is removed before somebody confirms it: "+holdWords(shown.Plan.Held)+".")
	}
	if shown.SelfEnrol {
		out = append(out, "Nobody is added: people join by command.")
	}
	if shown.Unresolved > 0 {
		out = append(out, x.unresolved(shown.Unresolved))
	}
	for _, a := range shown.Plan.Of(connector.ActionTopic) {
		out = append(out, "The topic becomes: "+oneLine(a.Value, nameLimit))
	}
	if shown.Public {
		out = append(out, "The channel is public: everybody in the workspace can read what is posted there about the record.")
	}
	out = append(out, "The channel keeps its name and what was written in it; a details card is posted.")
	if len(who.kept) > 0 && !shown.Own {
		out = append(out, fmt.Sprintf("%s adopt%s own makes those leave with the team who are in it and on the team.", x.cmd, t.named()))
	}
	return append(out, "Nothing was changed yet; the button does it.")
}

func (x texts) adopted(t target, shown connector.Adoption) string {
	return fmt.Sprintf("#%s is the channel of %s now. People are brought into step in a moment; %s members shows them.",
		oneLine(shown.Found.Name, nameLimit), x.record(shown.RecordName, t.key), x.cmd)
}
