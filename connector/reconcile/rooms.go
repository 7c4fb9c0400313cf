package reconcile

import (
	"context"
	"fmt"
	"time"

	"roomkeeper/connector"
)

// warnFrom is the share of a bound, in hundredths, from which its use is warned
// of; each warnStep more is told too, and all of it again after warnAgain.
const (
	warnFrom  = 80
	warnStep  = 5
	warnAgain = 24 * time.Hour
)

// warnOfRooms logs, once for all replicas, that a bound of the platform comes
// near. A warning that could not be claimed is left to the next creation.
func (n *run) warnOfRooms(ctx context.Context) {
	if n.platform.Rooms == nil {
		return
	}
	for _, room := range n.platform.Rooms.Rooms() {
		share := shareOf(room)
		if share == 0 {
			continue
		}
		name := fmt.Sprintf("room/%s/%s/%d", n.g.Platform, room.What, share)
		if first, err := n.Engine.Claims.Claim(ctx, name, warnAgain); err != nil || !first {
			continue
		}
		n.Logger.WarnContext(ctx, "room on the platform runs out", "platform", n.g.Platform, "what", room.What, "used", room.Used, "limit", room.Limit)
	}
}

// shareOf is how much of a bound is used, in hundredths, rounded down to a step;
// 0 below warnFrom.
func shareOf(room connector.Room) int {
	if room.Limit <= 0 {
		return 0
	}
	share := min(room.Used*100/room.Limit, 100)
	if share < warnFrom {
		return 0
	}
	return share - share%warnStep
}
