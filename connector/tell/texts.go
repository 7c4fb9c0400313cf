package tell

import (
	"fmt"
	"slices"
	"strings"

	"roomkeeper/connector"
	"roomkeeper/connector/command"
)

// namesShown is how many people a message names.
const namesShown = 20

// holds reports whether what is to be told of a Group is still so.
func holds(g connector.Group, telling connector.Telling) bool {
	switch telling.What {
	case connector.TellHeld:
		return g.Held != nil && string(g.Held.Plan.ID) == telling.About
	case connector.TellRemovalNotAllowed:
		return slices.ContainsFunc(g.Memberships, func(row connector.Membership) bool {
			return row.Member == telling.Member && row.Status == connector.StatusToRemove
		})
	case connector.TellUnreachable:
		return g.State == connector.GroupUnreachable
	case connector.TellArchived:
		return g.State == connector.GroupArchived
	case connector.TellLost:
		return g.State == connector.GroupLost
	case connector.TellExtra, connector.TellNamePutBack, connector.TellNameContested:
	}
	return true
}

// card words a telling for a listener: what happened, and what to do next.
func (t *Teller) card(g connector.Group, telling connector.Telling, to listener) connector.Card {
	card := connector.Card{
		Title: titleOf(g), At: telling.At, URL: g.Channel.URL, LinkLabel: "Open the channel",
		Footnote: fmt.Sprintf("%s %s on %s.", kindWord(g.Record.Kind), command.Line(g.Record.ID), g.Platform),
	}
	channel, who := channelOf(g), memberName(g, telling.Member)
	switch telling.What {
	case connector.TellHeld:
		if sharedKey(g, telling, to) != "" {
			return t.allHeldCard(g.Platform, telling, to)
		}
		t.heldCard(g, to, &card)
		if telling.Shared != "" {
			card.Text += "\nThis decides for this channel alone; other channels of the same sweep have their own owners, and admins decide for all by the API."
		}
	case connector.TellRemovalNotAllowed:
		card.Label = "Removal not allowed"
		card.Text = fmt.Sprintf("%s should not be in %s any more, and Roomkeeper may not remove people there.\n"+
			"Remove them by hand, or let Roomkeeper's app remove people; it is tried again every day.", who, channel)
	case connector.TellExtra:
		card.Label = "In the channel again"
		card.Text = fmt.Sprintf("%s is on no team of this record, was removed from %s and is in it again.\n"+
			"Put them on the team in the CRM if they belong there, or find out who lets them in.", who, channel)
	case connector.TellNamePutBack:
		card.Label = "Name put back"
		card.Text = fmt.Sprintf("The channel was renamed to %s; its name follows the record, so it is %s again.\n"+
			"Rename the record in the CRM to give the channel another name.", command.Line(telling.About), channel)
	case connector.TellNameContested:
		card.Label = "Name contested"
		card.Text = fmt.Sprintf("The channel was renamed to %s again and again; it stays so and does not follow the record any more.\n"+
			"Give it the record's name by hand to have it follow again.", command.Line(telling.About))
	case connector.TellUnreachable:
		card.Label = "Channel out of reach"
		card.Text = fmt.Sprintf("Roomkeeper's bot is not in %s any more: nobody is added or removed, and no cards come.\n"+
			"Invite the bot into the channel again; the next reading goes on by itself.", channel)
	case connector.TellArchived:
		card.Label = "Channel archived"
		card.Text = fmt.Sprintf("%s was archived by hand, and stays so.\n%s", channel, t.reopen(g.Platform, "it"))
	case connector.TellLost:
		card.Label, card.URL, card.LinkLabel = "Channel deleted", g.RecordURL, ""
		card.Text = fmt.Sprintf("%s was deleted by hand, with what was written in it. Roomkeeper makes no new one by itself.\n"+
			"Write %s adopt %s %s in another channel to make that one the record's. "+
			"If it is still there, its id has changed: Roomkeeper looks for it, and `connector recover` at once.", channel, t.Command, g.Record.Kind, command.Line(g.Record.ID))
	default:
		card.Label = "For your information"
		card.Text = fmt.Sprintf("%s: %s %s.", channel, strings.ReplaceAll(string(telling.What), "_", " "), command.Line(telling.About))
	}
	return card
}

// heldCard asks for a decision on removals that are held. The buttons work where
// the Group's platform is.
func (t *Teller) heldCard(g connector.Group, to listener, card *connector.Card) {
	hold := *g.Held
	people := heldPeople(hold)
	card.Label = "Removals held"
	confirm, dismiss := "removes them", "keeps them as added by hand"
	concerned := "Would be removed"
	if hold.Reason == connector.HoldMassVanish {
		confirm, dismiss = "takes them as gone", "takes them as added by hand, and invites again who is on the team and not in"
		concerned = "Not in the channel any more"
	}
	card.Text = fmt.Sprintf("Roomkeeper removes nobody from %s for now: %s.\n"+
		"Confirm %s, Dismiss %s; if the CRM is wrong, correct it there and the hold ends by itself.",
		channelOf(g), command.HoldWords(hold.Reason), confirm, dismiss)
	names := make([]string, 0, namesShown)
	for _, m := range people {
		names = append(names, memberName(g, m))
	}
	card.Fields = []connector.Field{{
		Key: "people", Label: fmt.Sprintf("%s (%d)", concerned, len(people)), Value: some(names, namesShown, ", "),
	}}
	if to.elsewhere {
		card.Footnote += fmt.Sprintf(" Decide there: %s sync confirm, or %s sync dismiss, in the channel.", t.Command, t.Command)
		return
	}
	value := command.HoldValue(g.ID, hold.Plan.ID)
	card.Buttons = []connector.Button{
		{ID: connector.ActionHoldConfirm, Label: "Confirm", Value: value, Danger: true},
		{ID: connector.ActionHoldDismiss, Label: "Dismiss", Value: value},
	}
}

// allHeldCard asks the admins for a decision on what a Sweep holds on a platform. The
// buttons decide for its channels there, where whoever presses is an admin.
func (t *Teller) allHeldCard(on connector.PlatformID, telling connector.Telling, to listener) connector.Card {
	card := connector.Card{
		Label: "Removals held", Title: "Removals held in many channels", At: telling.At,
		Text: fmt.Sprintf("Roomkeeper removes nobody for now: %s.\n"+
			"Compare the teams in the CRM first; if the CRM is wrong, correct it there and the hold ends by itself. "+
			"To decide for one channel: %s sync confirm or %s sync dismiss in it; GET /api/v1/groups?state=held lists them. "+
			"%s",
			command.HoldWords(connector.HoldGlobalRemoval), t.Command, t.Command, decideSweep(telling.Shared)),
		Footnote: fmt.Sprintf("Channels on %s.", on),
	}
	if to.elsewhere {
		return card
	}
	card.Text += fmt.Sprintf("\nConfirm removes these people from every channel on %s, Dismiss keeps them there as added by hand; both are for admins of the workspace.", on)
	value := command.SweepValue(telling.Shared)
	card.Buttons = []connector.Button{
		{ID: connector.ActionHoldConfirm, Label: "Confirm all", Value: value, Danger: true},
		{ID: connector.ActionHoldDismiss, Label: "Dismiss all", Value: value},
	}
	return card
}

// decideSweep says how the API counts what a Sweep holds, and decides for all of it.
func decideSweep(sweep string) string {
	return fmt.Sprintf("GET /api/v1/sweeps/%[1]s counts them, POST /api/v1/sweeps/%[1]s {\"confirm\":true} or {\"dismiss\":true} decides for all of them.", sweep)
}

// heldPeople are whom a hold concerns.
func heldPeople(hold connector.Hold) []connector.MemberID {
	people := slices.Clone(hold.People)
	for _, a := range hold.Plan.Of(connector.ActionRemove) {
		if !slices.Contains(people, a.Member) {
			people = append(people, a.Member)
		}
	}
	return people
}

// reopen says how an archived channel is opened again on a platform.
func (t *Teller) reopen(id connector.PlatformID, what string) string {
	how := "Open " + what + " again by hand when it is needed; Roomkeeper then goes on with it."
	for _, s := range t.Platforms[id].Verbs {
		if s.Verb == connector.VerbUnarchive && s.Note != "" {
			how += " How that is done here: " + s.Note + "."
		}
	}
	return how
}

// some joins the first n of many texts and counts the rest.
func some(list []string, n int, between string) string {
	if len(list) <= n {
		return strings.Join(list, between)
	}
	return strings.Join(list[:n], between) + fmt.Sprintf("%sand %d more", between, len(list)-n)
}

func memberName(g connector.Group, member connector.MemberID) string {
	for _, row := range g.Memberships {
		if row.Member == member && row.Name != "" {
			return command.NameOf(row)
		}
	}
	return command.NameOf(connector.Membership{Member: member})
}

func titleOf(g connector.Group) string {
	if g.RecordName != "" {
		return command.Line(g.RecordName)
	}
	return kindWord(g.Record.Kind) + " " + command.Line(g.Record.ID)
}

func channelOf(g connector.Group) string { return "#" + command.Line(g.Channel.Name) }

func kindWord(k connector.Kind) string { return strings.ReplaceAll(string(k), "_", " ") }
