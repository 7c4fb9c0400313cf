package command

import (
	"fmt"
	"strings"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/reconcile"
)

// texts is everything that a person reads, in English: whole answers are in
// this file, help and mistakes in texts_help.go, the words for the domain's
// constants in texts_words.go. Another language is another set of these.
type texts struct {
	cmd      string
	everyone bool
}

const timeForm = "2 Jan 2006 15:04 UTC"

func when(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.UTC().Format(timeForm)
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func joined[T ~string](list []T) string { return strings.Join(wordsOf(list), ", ") }

// Refusals and failures.

func (x texts) refused() string {
	return "There is no such record, or you may not do this with it. Its owner and admins may, and for most commands its team; ask one of them. The command link says whether Roomkeeper knows who you are."
}

func (x texts) storeAway() string {
	return "Roomkeeper cannot reach its store just now. Nothing was changed; try again in a minute."
}

func (x texts) crmAway() string {
	return "Roomkeeper cannot read the CRM just now. Nothing was changed, and nobody is removed meanwhile; try again in a few minutes, and tell an admin if it stays so."
}

func (x texts) chatAway() string {
	return "The chat platform did not say just now what you may do. Nothing was changed; try again in a minute."
}

func (x texts) eitherAway() string {
	return "Roomkeeper cannot read the CRM or the channel just now. Nothing was changed; try again in a few minutes, and tell an admin if it stays so."
}

func (x texts) conflict() string {
	return "Somebody else changed this at the same moment. Look again and repeat the command if it is still needed."
}

func (x texts) broken() string {
	return "Something went wrong inside Roomkeeper and was logged. Try again; if it stays so, tell an admin."
}

func (x texts) otherVersion() string {
	return fmt.Sprintf("This button belongs to another version of Roomkeeper. Nothing was done; %s help lists what this one can do.", x.cmd)
}

// Records and channels.

func (x texts) record(name string, key connector.RecordKey) string {
	name = oneLine(name, nameLimit)
	if name == "" {
		return kindWord(key.Kind) + " " + oneLine(key.ID, nameLimit)
	}
	return fmt.Sprintf("%s (%s %s)", name, kindWord(key.Kind), oneLine(key.ID, nameLimit))
}

func (x texts) group(g connector.Group) string { return x.record(g.RecordName, g.Record) }

func (x texts) channel(c connector.Channel) string {
	if c.ID == "" {
		return "none yet"
	}
	return strings.TrimSpace("#" + oneLine(c.Name, nameLimit) + " " + c.URL)
}

// channelOf is the channel of a Group, without an address that leads nowhere.
func (x texts) channelOf(g connector.Group) string {
	c := g.Channel
	c.URL = urlOf(g)
	return x.channel(c)
}

// urlOf is where a Group's channel is; "" where there is none any more.
func urlOf(g connector.Group) string {
	if g.State == connector.GroupLost {
		return ""
	}
	return g.Channel.URL
}

func (x texts) noChannel(t target) string {
	return fmt.Sprintf("%s has no channel here yet. %s open%s makes one.", x.record("", t.key), x.cmd, t.words())
}

func (x texts) opened(t target, missing []reconcile.Wanted) string {
	g := t.group
	switch g.State {
	case connector.GroupFailed:
		return fmt.Sprintf("No channel for %s: %s\nNothing is tried again by itself; %s open%s does, once that is put right.",
			x.group(g), failure(g), x.cmd, t.words())
	case connector.GroupCreating:
		out := fmt.Sprintf("The channel of %s is being created; it will appear in your channel list. %s status%s tells how far it is.",
			x.group(g), x.cmd, t.words())
		if len(missing) > 0 {
			out += "\nNobody on the team has an account here yet, and until somebody has, no channel is made: " + x.people(missing) + "."
		}
		return out
	case connector.GroupActive, connector.GroupHeld, connector.GroupFrozen, connector.GroupClosing,
		connector.GroupArchived, connector.GroupUnreachable, connector.GroupLost,
		connector.GroupUnmanaged, connector.GroupMoved, connector.GroupTombstone:
	}
	return fmt.Sprintf("%s: %s. Channel: %s", x.group(g), stateWords(g.State), x.channelOf(g))
}

func failure(g connector.Group) string {
	if g.Failure == "" {
		return "it was refused and the reason is not known."
	}
	return oneLine(g.Failure, 600)
}

// people lists who is missing, and why, as far as an answer can hold them.
func (x texts) people(list []reconcile.Wanted) string {
	const most = 20
	var out []string
	for i, w := range list {
		if i == most {
			out = append(out, fmt.Sprintf("and %d more", len(list)-most))
			break
		}
		out = append(out, userName(w.User)+" ("+reasonWords(w.Reason)+")")
	}
	return strings.Join(out, ", ")
}

func (x texts) openDeleted(key connector.RecordKey) string {
	return x.record("", key) + " is deleted in the CRM, so no channel is made. Restore it there first."
}

func (x texts) openHeld(held *connector.RecoverError) string {
	return "No channel is made for now. To the administrator of Roomkeeper: " + held.Error() + "."
}

func (x texts) nothingToRead(t target) string {
	if t.policy.Kind == "" {
		return x.group(t.group) + " is of a kind that is no longer in use. Nothing was changed; the channel stays as it is."
	}
	return fmt.Sprintf("The CRM has no %s any more. Nothing was changed; the channel stays until that is confirmed by a second reading.", x.group(t.group))
}

func (x texts) detailsLabel() string { return "Details" }

func (x texts) detailsFacts(t target, r connector.Record, fresh bool) []connector.Field {
	var out []connector.Field
	if fresh && r.State != "" {
		out = append(out, connector.Field{Key: "record_state", Label: "Record", Value: string(r.State)})
	}
	if !t.exists {
		return append(out, connector.Field{Key: "channel", Label: "Channel", Value: "none yet"})
	}
	who := peopleOf(t.group)
	return append(out,
		connector.Field{Key: "channel", Label: "Channel", Value: x.channelOf(t.group)},
		connector.Field{Key: "state", Label: "State", Value: stateWords(t.group.State)},
		connector.Field{Key: "people", Label: "People", Value: x.counts(who, t.group.Unresolved)},
	)
}

func (x texts) detailsNote(fresh bool, read time.Time) string {
	if fresh {
		return "Read from the CRM just now."
	}
	return "The CRM could not be read for this record just now; what is shown was read " + when(read) + "."
}

func (x texts) counts(who people, unresolved int) string {
	parts := []string{fmt.Sprintf("%d in the channel", who.present())}
	add := func(n int, what string) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, what))
		}
	}
	add(len(who.were), "were in it")
	add(len(who.byHand), "of them added by hand")
	add(len(who.toRemove), "of them to be removed")
	add(len(who.pending), "pending")
	add(len(who.left), "left")
	if unresolved > 0 {
		parts = append(parts, plural(unresolved, "team entry not resolved", "team entries not resolved"))
	}
	return strings.Join(parts, ", ")
}

func (x texts) status(t target, who people, read time.Time) string {
	g := t.group
	lines := []string{
		fmt.Sprintf("%s on %s: %s.", x.group(g), g.Platform, stateWords(g.State)),
		fmt.Sprintf("Channel: %s, %s, since %s.", x.channelOf(g), originWords(g.Origin), when(g.CreatedAt)),
		"People: " + x.counts(who, g.Unresolved) + ".",
	}
	if g.State == connector.GroupFailed {
		lines = append(lines, "Reason: "+failure(g))
	}
	if g.NameContested {
		lines = append(lines, "Name contested: it was given by hand again and again, and stays until the record is renamed.")
	}
	if g.Held != nil {
		lines = append(lines, x.held(t))
	} else {
		lines = append(lines, "Nothing is held.")
	}
	return strings.Join(append(lines, x.readAt(read, g.ChatReadAt)), "\n")
}

func (x texts) readAt(crm, chat time.Time) string {
	return fmt.Sprintf("CRM read: %s. Channel read: %s.", when(crm), when(chat))
}

func (x texts) unresolved(n int) string {
	return plural(n, "team entry is", "team entries are") + " not resolved to people (departments, roles, user groups, queues, territories)."
}

// Subscriptions.

func (x texts) subscriptions(t target, sub connector.Subscription, on, off []connector.Topic, first string) string {
	var lines []string
	if first != "" {
		lines = append(lines, first)
	}
	lines = append(lines, "Cards in the channel of "+x.group(t.group)+":", x.topicLine("On", on, sub.Fields), x.topicLine("Off", off, nil))
	if sub.ChangedAt.IsZero() {
		lines = append(lines, "Nobody has changed this yet; these are the defaults.")
	} else {
		lines = append(lines, fmt.Sprintf("Last changed by %s, %s.", oneLine(sub.ChangedBy, nameLimit), when(sub.ChangedAt)))
	}
	return strings.Join(lines, "\n")
}

func (x texts) topicLine(title string, list []connector.Topic, fields []string) string {
	if len(list) == 0 {
		return title + ": none"
	}
	names := make([]string, len(list))
	for i, t := range list {
		names[i] = oneLine(string(t), nameLimit)
		if t == connector.TopicRecordUpdated && len(fields) > 0 {
			names[i] += " (only " + strings.Join(fields, ", ") + ")"
		}
	}
	return fmt.Sprintf("%s (%d): %s", title, len(list), strings.Join(names, ", "))
}

func (x texts) changed(v Verb, topics []connector.Topic, all bool) string {
	what := joined(topics)
	if all {
		what = "every Topic"
	}
	if v == VerbUnsubscribe {
		return "Unsubscribed from " + what + "."
	}
	return "Subscribed to " + what + "."
}

func (x texts) silenced(t target) string {
	return fmt.Sprintf("#%s gets no more cards. Membership is still kept in step. %s subscribe all%s turns every card on.", t.group.Channel.Name, x.cmd, t.words())
}

// Sync.
