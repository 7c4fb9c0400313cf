package discord_test

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/bwmarrin/discordgo"

	"roomkeeper/sandbox/discord"
)

// homeward sends requests for discord.com to the world.
type homeward struct {
	base *url.URL
	next http.RoundTripper
}

func (h homeward) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host, r.Host = h.base.Scheme, h.base.Host, h.base.Host
	r.URL.Path = "/discord" + r.URL.Path
	if r.URL.RawPath != "" {
		r.URL.RawPath = "/discord" + r.URL.RawPath
	}
	return h.next.RoundTrip(r)
}

func (w *world) session() *discordgo.Session {
	w.t.Helper()
	s, err := discordgo.New("Bot token")
	if err != nil {
		w.t.Fatal(err)
	}
	base, err := url.Parse(w.server.URL)
	if err != nil {
		w.t.Fatal(err)
	}
	s.Client = &http.Client{Transport: homeward{base, w.server.Client().Transport}}
	s.ShouldRetryOnRateLimit = false
	return s
}

// A client of another's making finds the API it knows.
func TestDiscordgo(t *testing.T) {
	w := newWorld(t, nil)
	s := w.session()
	anna := w.people("anna")[0]
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	cat, err := s.GuildChannelCreateComplex(w.GuildID(), discordgo.GuildChannelCreateData{Name: "Accounts", Type: discordgo.ChannelTypeGuildCategory})
	must(err)
	ch, err := s.GuildChannelCreateComplex(w.GuildID(), discordgo.GuildChannelCreateData{Name: "ACME", Topic: "t", ParentID: cat.ID,
		PermissionOverwrites: []*discordgo.PermissionOverwrite{
			{ID: w.GuildID(), Type: discordgo.PermissionOverwriteTypeRole, Deny: discordgo.PermissionViewChannel},
			{ID: w.BotUserID(), Type: discordgo.PermissionOverwriteTypeMember, Allow: discordgo.PermissionViewChannel},
		}}, discordgo.WithAuditLogReason(url.PathEscape("für ACME")))
	must(err)
	if ch.Name != "acme" || ch.ParentID != cat.ID || len(ch.PermissionOverwrites) != 2 {
		t.Errorf("%+v", ch)
	}
	must(s.ChannelPermissionSet(ch.ID, anna, discordgo.PermissionOverwriteTypeMember, discordgo.PermissionViewChannel, 0))
	if state, _ := w.Channel(ch.ID); !slices.Contains(state.Members, anna) {
		t.Errorf("%+v", state)
	}
	must(s.ChannelPermissionDelete(ch.ID, anna))
	m, err := s.ChannelMessageSendComplex(ch.ID, &discordgo.MessageSend{Embeds: []*discordgo.MessageEmbed{{Title: "ACME"}},
		Components: []discordgo.MessageComponent{discordgo.ActionsRow{Components: []discordgo.MessageComponent{
			discordgo.Button{Label: "Open", Style: discordgo.LinkButton, URL: "https://crm.example/1"}}}},
		AllowedMentions: &discordgo.MessageAllowedMentions{}})
	must(err)
	must(s.ChannelMessagePin(ch.ID, m.ID))
	pins, err := s.ChannelMessagesPinned(ch.ID)
	must(err)
	if len(pins) != 1 || pins[0].ID != m.ID || len(pins[0].Components) != 1 || pins[0].Embeds[0].Title != "ACME" {
		t.Errorf("%+v", pins)
	}
	_, err = s.ChannelMessageEdit(ch.ID, m.ID, "new")
	must(err)
	thread, err := s.ThreadStartComplex(ch.ID, &discordgo.ThreadStart{Name: "deal", Type: discordgo.ChannelTypeGuildPrivateThread, AutoArchiveDuration: 1440})
	must(err)
	var refusal *discordgo.RESTError
	if err := s.ThreadMemberAdd(thread.ID, anna); !errors.As(err, &refusal) || refusal.Message == nil || refusal.Message.Code != discordgo.ErrCodeMissingAccess {
		t.Errorf("anna does not see the parent: %v", err)
	}
	active, err := s.GuildThreadsActive(w.GuildID())
	must(err)
	if len(active.Threads) != 1 || len(active.Members) != 1 {
		t.Errorf("%+v", active)
	}
	members, err := s.GuildMembers(w.GuildID(), "", 1000)
	must(err)
	audit, err := s.GuildAuditLog(w.GuildID(), "", "", int(discordgo.AuditLogActionChannelCreate), 1)
	must(err)
	if len(members) != 3 || audit.AuditLogEntries[0].Reason != "für ACME" {
		t.Errorf("%d members, reason %q", len(members), audit.AuditLogEntries[0].Reason)
	}
	w.UpdateSettings(func(s *discord.Settings) { s.RefuseToken = true })
	if _, err := s.User("@me"); err == nil || !strings.Contains(err.Error(), "401") {
		t.Errorf("a token that is refused: %v", err)
	}
}
