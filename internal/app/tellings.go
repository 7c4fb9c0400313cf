package app

import (
	"context"
	"fmt"
	"strings"
	"time"

	"roomkeeper/adapters/httpapi"
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
	a.services.admins, a.services.refused = admins, &tell.Refusals{}
	a.checkAdmins = func(ctx context.Context) {
		admins.Check(ctx, platforms, a.services.refused, o.Clock(), o.Logger)
	}
	if len(admins) > 0 {
		a.services.components = append(a.services.components, httpapi.Component{Name: "admin_channel", Status: a.adminsRefuse})
	}
	a.services.workers.lanes[connector.LaneTellings] = &tell.Teller{
		Poster: poster, Platforms: platforms, Admins: admins, Command: o.Config.Chat.Command,
		Backoff: reconcile.Backoff, Observe: a.metrics.Telling, Logger: o.Logger, Refused: a.services.refused,
	}
	a.services.resync.daily = &tell.Daily{
		Engine: a.services.engine, Platforms: platforms, Admins: admins, Clock: o.Clock,
	}
	a.services.resync.days = newDays(o.Config.TimeZone)
}

// adminsEvery is how often a channel of the admins that refuses is looked at again.
const adminsEvery = 10 * time.Minute

// watchAdmins looks at the admins' channels at the start, and again as long as one
// refuses: nobody may be told anything for weeks.
func (a *App) watchAdmins() {
	look := func() {
		check, cancel := context.WithTimeout(a.life, askWithin)
		defer cancel()
		a.checkAdmins(check)
	}
	look()
	for len(a.services.admins) > 0 && pause(a.life, adminsEvery) {
		if a.adminsRefuse() != nil {
			look()
		}
	}
}

// adminsRefuse is why a channel of the admins cannot be written to, as far as is known.
func (a *App) adminsRefuse() error {
	for _, at := range a.services.admins {
		if err := a.services.refused.Of(at); err != nil {
			return err
		}
	}
	return nil
}

// adminsStatus says where the admins are told, and what is wrong with that.
func (a *App) adminsStatus() string {
	if len(a.services.admins) == 0 {
		return "Admins are told nothing by themselves, owners are told in their place: ROOMKEEPER_ADMIN_CHANNEL is not set."
	}
	var list []string
	for _, at := range a.services.admins {
		text := fmt.Sprintf("%s %s", at.Platform, at.Channel)
		if err := a.services.refused.Of(at); err != nil {
			text += fmt.Sprintf(" (cannot be written to, %s: %s)", connector.ReasonOf(err), tell.Remedy(err))
		}
		list = append(list, text)
	}
	return "Admins are told in: " + strings.Join(list, ", ") + "."
}
