package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/command"
)

// status says how the deployment is, for an admin in the chat.
func (a *App) status(ctx context.Context) string {
	depth, err := a.services.engine.Queue.Depth(ctx)
	if err != nil {
		return "Roomkeeper cannot reach its store just now; try again in a minute."
	}
	lines := []string{fmt.Sprintf("Queue: %d waiting, %d running.", depth.Waiting, depth.Running)}
	if !depth.Oldest.IsZero() {
		lines = append(lines, "The oldest has been due since "+command.When(depth.Oldest)+".")
	}
	for _, c := range a.services.components {
		lines = append(lines, c.Name+": "+reached(c.Status()))
	}
	lines = append(lines, a.adminsStatus())
	lines = append(lines, a.heldStatus(ctx)...)
	for platform, rooms := range a.rooms() {
		for _, room := range rooms {
			lines = append(lines, fmt.Sprintf("%s: %d of %d %s.", platform, room.Used, room.Limit, room.What))
		}
	}
	lines = append(lines, a.observed(ctx)...)
	for _, full := range []bool{false, true} {
		last, err := a.services.resync.sweeper.LastStarted(ctx, full)
		if err != nil || last.IsZero() {
			continue
		}
		what := "of what changed"
		if full {
			what = "of everything"
		}
		lines = append(lines, fmt.Sprintf("Last sweep %s: %s.", what, command.When(last)))
	}
	return strings.Join(lines, "\n")
}

// reached words how the last call to somebody went.
func reached(err error) string {
	switch {
	case err == nil:
		return "reached."
	case errors.Is(err, connector.ErrUnauthorized):
		return "it refuses Roomkeeper's token, and what needs it waits. Put the token right."
	case errors.Is(err, connector.ErrTemporary):
		return "the last call got no answer. Roomkeeper tries again by itself, and nobody is removed meanwhile; if it stays so, see whether it is up and can be reached at its address."
	}
	return err.Error() + "."
}

// maxHeldShown is how many held channels are named.
const maxHeldShown = 5

// heldStatus says how many channels are held, why, and how that ends.
func (a *App) heldStatus(ctx context.Context) []string {
	var held []connector.Group
	for q := (connector.GroupQuery{State: connector.GroupHeld}); ; {
		page, err := a.services.engine.Groups.ListGroups(ctx, q)
		if err != nil {
			return []string{"Which channels are held could not be read just now."}
		}
		held = append(held, page.Groups...)
		if q.Cursor = page.Next; q.Cursor == "" {
			return heldLines(held, a.config.Chat.Command)
		}
	}
}

func heldLines(held []connector.Group, cmd string) []string {
	if len(held) == 0 {
		return []string{"No channel is held."}
	}
	reasons, sweeps := map[string]int{}, map[string]int{}
	var names []string
	for _, g := range held {
		if g.Held == nil {
			continue
		}
		reasons[command.WhyHeld(*g.Held)]++
		if g.Held.Sweep != "" {
			sweeps[g.Held.Sweep]++
		}
		names = append(names, fmt.Sprintf("%s (%s %s, %s)", cmp.Or(command.Line(g.RecordName), "a record"), g.Record.Kind, command.Line(g.Record.ID), g.Platform))
	}
	lines := []string{fmt.Sprintf("%s held, nobody is removed there meanwhile:", command.Count(len(held), "channel is", "channels are"))}
	for _, why := range slices.Sorted(maps.Keys(reasons)) {
		lines = append(lines, fmt.Sprintf("• %d because %s", reasons[why], why))
	}
	if len(names) > maxHeldShown {
		names = append(names[:maxHeldShown:maxHeldShown], fmt.Sprintf("and %d more", len(names)-maxHeldShown))
	}
	lines = append(lines, "They are: "+strings.Join(names, ", ")+". GET /api/v1/groups?state=held lists all.",
		fmt.Sprintf("%s status <kind> <id> says of each how it ends, %s members <kind> <id> whom it concerns.", cmd, cmd))
	for _, sweep := range slices.Sorted(maps.Keys(sweeps)) {
		lines = append(lines, fmt.Sprintf("Sweep %s holds %d of them. All at once are confirmed or dismissed by the buttons in the admins' channel, or by POST /api/v1/sweeps/%s {\"confirm\":true} or {\"dismiss\":true}.",
			sweep, sweeps[sweep], sweep))
	}
	return lines
}

// observed says how old what is known of the channels is.
func (a *App) observed(ctx context.Context) (lines []string) {
	all, err := a.services.resync.drift.Observations(ctx)
	if err != nil {
		return nil
	}
	for _, o := range all {
		if !o.Oldest.IsZero() {
			lines = append(lines, fmt.Sprintf("%s: the oldest reading of a channel is of %s.", o.Platform, command.When(o.Oldest)))
		}
		if o.TooMany() {
			lines = append(lines, fmt.Sprintf("%s: reading the channels of %s takes %s, DRIFT_MAX_AGE is %s.",
				o.Platform, command.Count(o.Groups, "group", "groups"), o.Takes.Round(time.Minute), o.MaxAge))
		}
	}
	return lines
}
