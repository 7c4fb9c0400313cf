package app

import (
	"context"
	"fmt"
	"net/http"

	"roomkeeper/adapters/discord"
	"roomkeeper/config"
	"roomkeeper/connector"
	"roomkeeper/connector/command"
	"roomkeeper/connector/identity"
)

// applyLinksFile takes over the file of known accounts, if there is one. Without
// one, what an earlier one linked stays.
func (a *App) applyLinksFile(ctx context.Context) error {
	if len(a.config.People.Links) == 0 {
		return nil
	}
	lines := make([]identity.Line, len(a.config.People.Links))
	for i, l := range a.config.People.Links {
		lines[i] = identity.Line{User: connector.UserID(l.User), Platform: connector.PlatformID(l.Platform), Member: connector.MemberID(l.Member)}
	}
	if err := a.services.linker.ApplyFile(ctx, lines); err != nil {
		return fmt.Errorf("ROOMKEEPER_LINKS_FILE: %w", err)
	}
	return nil
}

// connectSignIn makes the pages on which people say who they are, where the
// platform and the CRM can do their part.
func (a *App) connectSignIn(o Options) error {
	a.signIns, a.pages = map[connector.PlatformID]command.SignIn{}, map[string]http.Handler{}
	for _, chat := range a.chats {
		if chat.platform.ID != connector.PlatformID(config.PlatformDiscord) || !o.Config.Discord.ClientSecret.IsSet() {
			continue
		}
		if !a.services.linker.Finds() {
			o.Logger.Warn("nobody can sign in: the CRM cannot be asked who has an address; set ROOMKEEPER_CRM_URL or unset ROOMKEEPER_DISCORD_CLIENT_SECRET")
			continue
		}
		signIn, err := a.discordSignIn(o, chat)
		if err != nil {
			return err
		}
		a.signIns[chat.platform.ID] = signIn.Start
		for pattern, page := range signIn.Routes() {
			a.pages[pattern] = page
		}
	}
	return nil
}

func (a *App) discordSignIn(o Options, chat chat) (*discord.SignIn, error) {
	c := o.Config
	options := discord.SignInOptions{
		ApplicationID: c.Discord.ApplicationID, ClientSecret: c.Discord.ClientSecret.Reveal(),
		APIURL: c.Discord.APIURL, URL: c.Discord.URL, PublicURL: c.HTTP.PublicURL, Command: c.Chat.Command,
		Linker: a.services.linker, Claims: a.services.engine.Claims, CallTimeout: c.Chat.Timeout, Clock: o.Clock, Logger: o.Logger,
	}
	if c.Discord.GuildsJoin {
		options.Join = chat.join
	}
	return discord.NewSignIn(options)
}
