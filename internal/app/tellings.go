package app

import (
	"fmt"
	"strings"

	"roomkeeper/connector"
	"roomkeeper/connector/assistant"
	"roomkeeper/connector/reconcile"
	"roomkeeper/connector/tell"
)

// connectTellings makes what tells people outside of their channels.
func (a *App) connectTellings(o Options, platforms map[connector.PlatformID]connector.ChatPlatform, poster *assistant.Poster) {
	var admins tell.Admins
	for _, c := range o.Config.Chat.Admins {
		admins = append(admins, tell.AdminChannel{Platform: connector.PlatformID(c.Platform), Channel: connector.ChannelID(c.Channel)})
	}
	a.services.workers.lanes[connector.LaneTellings] = &tell.Teller{
		Poster: poster, Platforms: platforms, Admins: admins, Command: o.Config.Chat.Command,
		Backoff: reconcile.Backoff, Observe: a.metrics.Telling, Logger: o.Logger,
	}
	a.services.resync.daily = &tell.Daily{
		Engine: a.services.engine, Platforms: platforms, Admins: admins, Clock: o.Clock,
	}
	a.services.resync.days = newDays(o.Config.TimeZone)
}

// adminsStatus says where the admins are told.
func (a *App) adminsStatus() string {
	if len(a.config.Chat.Admins) == 0 {
		return "Admins are told nothing by themselves: ROOMKEEPER_ADMIN_CHANNEL is not set."
	}
	var list []string
	for _, c := range a.config.Chat.Admins {
		list = append(list, fmt.Sprintf("%s %s", c.Platform, c.Channel))
	}
	return "Admins are told in: " + strings.Join(list, ", ") + "."
}
