package reconcile

import (
	"context"
	"strconv"

	"roomkeeper/connector"
)

// warnFrom is the share of a bound, in hundredths, from which its use is warned
// of; each warnStep more is told again.
const (
	warnFrom = 80
	warnStep = 5
)

// warnOfRooms logs, once for all replicas and each step, that a bound of the
// platform comes near. That it could not be remembered only makes it heard twice.
func (n *run) warnOfRooms(ctx context.Context) {
	if n.platform.Rooms == nil {
		return
	}
	for _, room := range n.platform.Rooms.Rooms() {
		share := shareOf(room)
		mark := "room/" + string(n.g.Platform) + "/" + room.What
		told, err := n.Engine.Marks.Mark(ctx, mark)
		if err != nil || told == strconv.Itoa(share) || told == "" && share < warnFrom {
			continue
		}
		if before, _ := strconv.Atoi(told); share > before {
			n.Logger.WarnContext(ctx, "room on the platform runs out", "platform", n.g.Platform, "what", room.What, "used", room.Used, "limit", room.Limit)
		}
		if err := n.Engine.Marks.SetMark(ctx, mark, strconv.Itoa(share)); err != nil {
			n.Logger.WarnContext(ctx, "warning not remembered", "mark", mark, "error", err)
		}
	}
}

// shareOf is how much of a bound is used, in hundredths, rounded down to a step;
// 0 below warnFrom.
func shareOf(room connector.Room) int {
	if room.Limit <= 0 {
		return 0
	}
	share := room.Used * 100 / room.Limit
	if share < warnFrom {
		return 0
	}
	return share - share%warnStep
}
