package tell

import (
	"context"
	"fmt"
	"strings"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/assistant"
	"roomkeeper/connector/command"
)

// TellDaily names the message of the day in metrics and logs.
const TellDaily connector.TellingWhat = "daily"

// tellDaily sends the message of the day that is due to a listener.
func (t *Teller) tellDaily(ctx context.Context, key connector.GroupID, attempt int) error {
	to, ok := parseDailyKey(key)
	if !ok {
		return nil
	}
	message, err := load[due](ctx, t.Engine.Marks, string(key))
	if err != nil {
		return err
	}
	told, err := t.Engine.Marks.Mark(ctx, toldMark(key))
	if err != nil {
		return fmt.Errorf("read mark: %w", err)
	}
	if message.Count == 0 || told == message.Day {
		return nil
	}
	if err := t.sendDaily(ctx, key, to, message, attempt); err != nil {
		return err
	}
	if err := t.Engine.Marks.SetMark(ctx, toldMark(key), message.Day); err != nil {
		return fmt.Errorf("set mark: %w", err)
	}
	return nil
}

func (t *Teller) sendDaily(ctx context.Context, key connector.GroupID, to dailyKey, d due, attempt int) error {
	var list []listener
	if to.Member != "" {
		if l, ok := t.member(to.Platform, to.Member); ok {
			list = append(list, l)
		}
	}
	if len(list) == 0 {
		if l, ok := t.admins(to.Platform); ok {
			list = append(list, l)
		}
	}
	if len(list) == 0 {
		t.Observe(TellDaily, outcomeNobody)
		t.noAdmins(ctx, TellDaily, key)
	}
	m := message{
		what: TellDaily, platform: to.Platform, attempt: attempt, deputies: true,
		key: func(l listener) (connector.GroupID, connector.CardID) {
			return key, assistant.CardIDOf(key, d.Day+"/"+l.name)
		},
		card: func(l listener) connector.Card {
			card := dailyCard(d)
			if l.admin && to.Member != "" {
				card.Footnote = "Told here because the owner takes no private messages."
			}
			return card
		},
	}
	end, err := t.toAll(ctx, m, list)
	if err != nil || !end.refused || end.told {
		return err
	}
	if day, badly := time.Parse(time.DateOnly, d.Day); badly != nil || t.Clock().Sub(day) > keptFor {
		t.Observe(TellDaily, outcomeRefused)
		t.Logger.WarnContext(ctx, "not told for a week; given up", "what", TellDaily, "day", d.Day)
		return nil
	}
	return errAdminsRefuse()
}

// dailyCard words the message of the day: who is missing from what and why, and
// what can be done about each reason.
func dailyCard(d due) connector.Card {
	people, are := "people", "are"
	if d.Count == 1 {
		people, are = "person", "is"
	}
	channels := "channels"
	if d.Groups == 1 {
		channels = "channel"
	}
	lines := []string{fmt.Sprintf("%d %s of %d %s should be in and %s not. This is told again when the list changes.", d.Count, people, d.Groups, channels, are)}
	var reasons []connector.PendingReason
	for i := 0; i < len(d.People); {
		names, first := []string{}, d.People[i]
		for ; i < len(d.People) && d.People[i].Group == first.Group && d.People[i].Reason == first.Reason; i++ {
			names = append(names, d.People[i].Name)
		}
		lines = append(lines, fmt.Sprintf("• %s: %s (%s)", first.Group, strings.Join(names, ", "), command.ReasonWords(first.Reason)))
		reasons = append(reasons, first.Reason)
	}
	if more := d.Count - len(d.People); more > 0 {
		lines = append(lines, fmt.Sprintf("… and %d more", more))
	}
	card := connector.Card{Label: "Not in their channels", Title: fmt.Sprintf("%d %s missing", d.Count, people), Text: strings.Join(lines, "\n")}
	seen := map[connector.PendingReason]bool{}
	for _, r := range reasons {
		if !seen[r] {
			seen[r] = true
			card.Fields = append(card.Fields, connector.Field{Key: string(r), Label: "If " + command.ReasonWords(r), Value: command.ReasonRemedy(r)})
		}
	}
	return card
}
