package spectest_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/bwmarrin/discordgo"

	"roomkeeper/internal/spectest"
)

// sdk sends what discordgo sends to a server that answers everything with nothing.
type sdk struct {
	session   *discordgo.Session
	transport *spectest.DiscordTransport
}

type toServer struct{ url *url.URL }

func (s toServer) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host = s.url.Scheme, s.url.Host
	return http.DefaultTransport.RoundTrip(r)
}

// newSDK's findings go to heard.
func newSDK(t *testing.T, heard testing.TB) sdk {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet || strings.HasSuffix(r.URL.Path, "/commands") {
			_, _ = w.Write([]byte("[]"))
			return
		}
		_, _ = w.Write([]byte("{}"))
	}))
	t.Cleanup(server.Close)
	target, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	session, err := discordgo.New("Bot left-out")
	if err != nil {
		t.Fatal(err)
	}
	transport := spectest.DiscordRoundTripper(heard, toServer{target})
	session.Client = &http.Client{Transport: transport}
	return sdk{session, transport}
}

func nobody() *discordgo.MessageAllowedMentions {
	return &discordgo.MessageAllowedMentions{Parse: []discordgo.AllowedMentionType{}}
}

// TestDiscordSDK: real requests of discordgo are valid, with exactly these extras.
func TestDiscordSDK(t *testing.T) {
	spec := spectest.Discord(t)
	if spec == nil {
		return
	}
	buttons := []discordgo.MessageComponent{
		discordgo.ActionsRow{Components: []discordgo.MessageComponent{
			discordgo.Button{Label: "Open", Style: discordgo.LinkButton, URL: "https://example.org/4"},
			discordgo.Button{Label: "Details", Style: discordgo.PrimaryButton, CustomID: "details.more:4"},
		}},
		discordgo.ActionsRow{Components: []discordgo.MessageComponent{discordgo.SelectMenu{
			CustomID: "topics", Options: []discordgo.SelectMenuOption{{Label: "a", Value: "a", Default: true}, {Label: "b", Value: "b"}}, MaxValues: 2,
		}}},
	}
	embeds := []*discordgo.MessageEmbed{{
		Title: "Acme", URL: "https://example.org/4", Description: "New", Color: 0x2b6cb0, Timestamp: "2026-01-01T00:00:00Z",
		Fields: []*discordgo.MessageEmbedField{{Name: "Amount", Value: "12", Inline: true}},
		Footer: &discordgo.MessageEmbedFooter{Text: "crm"},
	}}
	text, edited := "hello", nobody()
	command := &discordgo.ApplicationCommand{Name: "crm", Type: discordgo.ChatApplicationCommand, Description: "Records", Options: []*discordgo.ApplicationCommandOption{
		{Type: discordgo.ApplicationCommandOptionSubCommand, Name: "open", Description: "x", Options: []*discordgo.ApplicationCommandOption{
			{Type: discordgo.ApplicationCommandOptionString, Name: "record", Description: "x", Required: true, Autocomplete: true},
		}},
		{Type: discordgo.ApplicationCommandOptionSubCommand, Name: "link", Description: "x", Options: []*discordgo.ApplicationCommandOption{
			{Type: discordgo.ApplicationCommandOptionUser, Name: "person", Description: "x"},
		}},
	}}
	respond := func(s *discordgo.Session, kind discordgo.InteractionResponseType, data *discordgo.InteractionResponseData) error {
		return s.InteractionRespond(&discordgo.Interaction{ID: "1", Token: "t"}, &discordgo.InteractionResponse{Type: kind, Data: data})
	}
	for name, c := range map[string]struct {
		send   func(*discordgo.Session) error
		extras []string
	}{
		"channel create": {func(s *discordgo.Session) error {
			_, err := s.GuildChannelCreateComplex("1", discordgo.GuildChannelCreateData{
				Name: "acme", Type: discordgo.ChannelTypeGuildText, Topic: "Acme", ParentID: "2",
				PermissionOverwrites: []*discordgo.PermissionOverwrite{{ID: "1", Type: discordgo.PermissionOverwriteTypeRole, Deny: discordgo.PermissionViewChannel}},
			}, discordgo.WithAuditLogReason(url.PathEscape("Müller: new record")))
			return err
		}, nil},
		"permission set": {func(s *discordgo.Session) error {
			return s.ChannelPermissionSet("1", "2", discordgo.PermissionOverwriteTypeMember, discordgo.PermissionViewChannel, 0)
		}, []string{"/id"}},
		"permission delete": {func(s *discordgo.Session) error { return s.ChannelPermissionDelete("1", "2") }, nil},
		"channel edit": {func(s *discordgo.Session) error {
			_, err := s.ChannelEdit("1", &discordgo.ChannelEdit{Name: "acme-2"})
			return err
		}, nil},
		"thread edit": {func(s *discordgo.Session) error {
			archived := false
			_, err := s.ChannelEdit("1", &discordgo.ChannelEdit{Archived: &archived})
			return err
		}, nil},
		"message": {func(s *discordgo.Session) error {
			_, err := s.ChannelMessageSendComplex("1", &discordgo.MessageSend{Embeds: embeds, Components: buttons, AllowedMentions: nobody()})
			return err
		}, nil},
		"message edit": {func(s *discordgo.Session) error {
			_, err := s.ChannelMessageEditComplex(&discordgo.MessageEdit{ID: "2", Channel: "1", Content: &text, Embeds: &embeds, AllowedMentions: edited})
			return err
		}, []string{"/Channel", "/ID"}},
		"private thread": {func(s *discordgo.Session) error {
			_, err := s.ThreadStartComplex("1", &discordgo.ThreadStart{Name: "acme", Type: discordgo.ChannelTypeGuildPrivateThread, AutoArchiveDuration: 10080})
			return err
		}, nil},
		"forum thread": {func(s *discordgo.Session) error {
			_, err := s.ForumThreadStartComplex("1", &discordgo.ThreadStart{Name: "acme"}, &discordgo.MessageSend{Content: "x", AllowedMentions: nobody()})
			return err
		}, []string{"/invitable", "/message/tts"}},
		"thread under a message": {func(s *discordgo.Session) error {
			_, err := s.MessageThreadStartComplex("1", "2", &discordgo.ThreadStart{Name: "acme"})
			return err
		}, []string{"/invitable"}},
		"thread member":  {func(s *discordgo.Session) error { return s.ThreadMemberAdd("1", "2") }, nil},
		"thread members": {func(s *discordgo.Session) error { _, err := s.ThreadMembers("1", 100, true, ""); return err }, nil},
		"guild members":  {func(s *discordgo.Session) error { _, err := s.GuildMembers("1", "5", 1000); return err }, nil},
		"history":        {func(s *discordgo.Session) error { _, err := s.ChannelMessages("1", 100, "", "2", ""); return err }, nil},
		"answer": {func(s *discordgo.Session) error {
			return respond(s, discordgo.InteractionResponseChannelMessageWithSource, &discordgo.InteractionResponseData{
				Content: "x", Embeds: embeds, Components: buttons, AllowedMentions: nobody(), Flags: discordgo.MessageFlagsEphemeral,
			})
		}, nil},
		"deferred answer": {func(s *discordgo.Session) error {
			return respond(s, discordgo.InteractionResponseDeferredChannelMessageWithSource, &discordgo.InteractionResponseData{Flags: discordgo.MessageFlagsEphemeral})
		}, nil},
		"edit as an answer": {func(s *discordgo.Session) error {
			return respond(s, discordgo.InteractionResponseUpdateMessage, &discordgo.InteractionResponseData{Content: "x", AllowedMentions: nobody()})
		}, []string{"/data/tts"}},
		"autocomplete": {func(s *discordgo.Session) error {
			return respond(s, discordgo.InteractionApplicationCommandAutocompleteResult, &discordgo.InteractionResponseData{
				Choices: []*discordgo.ApplicationCommandOptionChoice{{Name: "Acme", Value: "account 4"}},
			})
		}, []string{"/data/components", "/data/content", "/data/embeds", "/data/tts"}},
		"modal": {func(s *discordgo.Session) error {
			return respond(s, discordgo.InteractionResponseModal, &discordgo.InteractionResponseData{
				CustomID: "m", Title: "x", Components: []discordgo.MessageComponent{discordgo.ActionsRow{Components: []discordgo.MessageComponent{
					discordgo.TextInput{CustomID: "i", Label: "x", Style: discordgo.TextInputShort},
				}}},
			})
		}, []string{"/data/content", "/data/embeds", "/data/tts"}},
		"late answer": {func(s *discordgo.Session) error {
			_, err := s.FollowupMessageCreate(&discordgo.Interaction{AppID: "1", Token: "t"}, true, &discordgo.WebhookParams{Content: "x", AllowedMentions: nobody()})
			return err
		}, nil},
		"late edit": {func(s *discordgo.Session) error {
			_, err := s.InteractionResponseEdit(&discordgo.Interaction{AppID: "1", Token: "t"}, &discordgo.WebhookEdit{Content: &text, AllowedMentions: edited})
			return err
		}, nil},
		"commands": {func(s *discordgo.Session) error {
			_, err := s.ApplicationCommandBulkOverwrite("1", "2", []*discordgo.ApplicationCommand{command})
			return err
		}, []string{
			"/0/options/0/autocomplete", "/0/options/0/channel_types", "/0/options/0/choices",
			"/0/options/0/options/0/channel_types", "/0/options/0/options/0/options",
			"/0/options/1/autocomplete", "/0/options/1/channel_types", "/0/options/1/choices",
			"/0/options/1/options/0/autocomplete", "/0/options/1/options/0/channel_types",
			"/0/options/1/options/0/choices", "/0/options/1/options/0/options",
		}},
		"member add": {func(s *discordgo.Session) error {
			return s.GuildMemberAdd("1", "2", &discordgo.GuildMemberAddParams{AccessToken: "t"})
		}, nil},
		"direct channel": {func(s *discordgo.Session) error { _, err := s.UserChannelCreate("1"); return err }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSDK(t, t)
			if err := c.send(s.session); err != nil {
				t.Fatal(err)
			}
			calls := s.transport.Calls()
			if len(calls) != 1 {
				t.Fatalf("%d calls", len(calls))
			}
			var extras []string
			for _, extra := range spec.Extras(calls[0]) {
				extras = append(extras, strings.Split(extra, ": ")[1])
			}
			if !slices.Equal(extras, c.extras) {
				t.Errorf("extras %q, want %q", extras, c.extras)
			}
		})
	}
}

// TestDiscordSDKTraps: what discordgo does by itself that is wrong is found.
func TestDiscordSDKTraps(t *testing.T) {
	if spectest.Discord(t) == nil {
		return
	}
	for name, send := range map[string]func(*discordgo.Session) error{
		"old route of pins": func(s *discordgo.Session) error { return s.ChannelMessagePin("1", "2") },
		"raw reason": func(s *discordgo.Session) error {
			return s.ChannelPermissionDelete("1", "2", discordgo.WithAuditLogReason("Müller"))
		},
		"no list of mentions": func(s *discordgo.Session) error {
			_, err := s.ChannelMessageSendComplex("1", &discordgo.MessageSend{Content: "x", AllowedMentions: &discordgo.MessageAllowedMentions{}})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			heard := &complaints{TB: t}
			s := newSDK(t, heard)
			if err := send(s.session); err != nil {
				t.Fatal(err)
			}
			if len(heard.list) != 1 {
				t.Errorf("%d complaints", len(heard.list))
			}
		})
	}
}
