package tell

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"roomkeeper/connector"
)

// gatheredShown is how many a message for many names.
const gatheredShown = 10

// trouble is what one Telling says, as a message for many needs it.
type trouble struct {
	group   connector.Group
	telling connector.Telling
	// what is the channel, with the Member in it whom it is about, if any.
	what string
}

func troubleOf(g connector.Group, telling connector.Telling) trouble {
	one := trouble{group: g, telling: telling, what: channelOf(g)}
	if telling.Member != "" {
		one.what = memberName(g, telling.Member) + " in " + one.what
	}
	return one
}

// sharedOf is the sharedKey that all have in common; "": there is none.
func sharedOf(all []trouble, to listener) connector.GroupID {
	key := sharedKey(all[0].group, all[0].telling, to)
	for _, one := range all[1:] {
		if sharedKey(one.group, one.telling, to) != key {
			return ""
		}
	}
	return key
}

// gatheredCard words what is told of many Groups; of one it is what would be told of
// that one alone.
func (t *Teller) gatheredCard(on connector.PlatformID, what connector.TellingWhat, all []trouble, to listener) connector.Card {
	if len(all) == 1 || sharedOf(all, to) != "" {
		return t.card(all[0].group, all[0].telling, to)
	}
	slices.SortStableFunc(all, func(a, b trouble) int {
		return cmp.Or(a.telling.At.Compare(b.telling.At), cmp.Compare(a.what, b.what))
	})
	type whom struct {
		group  connector.GroupID
		member connector.MemberID
	}
	var names []string
	listed, channels := map[whom]bool{}, map[connector.GroupID]bool{}
	for _, one := range all {
		key := whom{one.group.ID, one.telling.Member}
		if !listed[key] {
			names = append(names, one.what)
		}
		listed[key], channels[one.group.ID] = true, true
	}
	card := connector.Card{
		Footnote: fmt.Sprintf("Channels on %s. More of this kind is told in an hour at the earliest.", on),
		Fields:   []connector.Field{{Key: "which", Label: fmt.Sprintf("Which (%d)", len(names)), Value: some(names, gatheredShown, ", ")}},
	}
	n := len(channels)
	state := func(s connector.GroupState) string {
		return fmt.Sprintf("\nGET /api/v1/groups?state=%s lists them.", s)
	}
	members := fmt.Sprintf("\n%s members in each channel, or GET /api/v1/groups, lists everybody with the reason.", t.Command)
	switch what {
	case connector.TellHeld:
		card.Label, card.Title = "Removals held", "Removals held in "+channelsWord(n)
		card.Text = fmt.Sprintf("Roomkeeper removes nobody from these channels for now, and no owner could be told.\n"+
			"Compare the teams in the CRM first; if the CRM is wrong, correct it there and the holds end by themselves. "+
			"To decide for one channel: %s sync confirm or %s sync dismiss in it.", t.Command, t.Command) + state(connector.GroupHeld)
	case connector.TellRemovalNotAllowed:
		card.Label, card.Title = "Removal not allowed", fmt.Sprintf("%d removals not allowed in %s", len(names), channelsWord(n))
		card.Text = "These people should not be in these channels any more, and Roomkeeper may not remove people there.\n" +
			"Remove them by hand, or let Roomkeeper's app remove people; it is tried again every day." + members
	case connector.TellExtra:
		card.Label, card.Title = "In the channel again", fmt.Sprintf("%d people in again in %s", len(names), channelsWord(n))
		card.Text = "These people are on no team of these records, were removed and are in again.\n" +
			"Put them on the team in the CRM if they belong there, or find out who lets them in." + members
	case connector.TellNameContested:
		card.Label, card.Title = "Names contested", "Names contested of "+channelsWord(n)
		card.Text = "These channels were renamed again and again; they stay so and do not follow their records any more.\n" +
			"Give them the records' names by hand to have them follow again." + "\nGET /api/v1/groups lists all channels."
	case connector.TellUnreachable:
		card.Label, card.Title = "Channels out of reach", channelsWord(n)+" out of reach"
		card.Text = "Roomkeeper's bot is not in these channels any more: nobody is added or removed there, and no cards come.\n" +
			"Invite the bot into them again; the next reading goes on by itself." + state(connector.GroupUnreachable)
	case connector.TellArchived:
		card.Label, card.Title = "Channels archived", channelsWord(n)+" archived"
		card.Text = "These channels were archived by hand, and stay so.\n" + t.reopen(on, "one") + state(connector.GroupArchived)
	case connector.TellLost:
		card.Label, card.Title = "Channels deleted", channelsWord(n)+" deleted"
		card.Text = "These channels were deleted by hand, with what was written in them. Roomkeeper makes no new ones by itself: " +
			fmt.Sprintf("%s adopt gives a record another channel. ", t.Command) +
			"Those that are still there have another id: Roomkeeper looks for them, and `connector recover` at once." + state(connector.GroupLost)
	case connector.TellNamePutBack:
		card.Label, card.Title = "Names put back", "Names put back of "+channelsWord(n)
		card.Text = "These channels were renamed by hand; they follow the names of their records.\n" +
			"To change one, rename the record in the CRM."
	default:
		card.Label, card.Title = "For your information", channelsWord(n)
		card.Text = "The same happened in these channels: " + strings.ReplaceAll(string(what), "_", " ") + "."
	}
	return card
}

func channelsWord(n int) string {
	if n == 1 {
		return "1 channel"
	}
	return fmt.Sprintf("%d channels", n)
}
