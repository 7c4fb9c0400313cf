package slack_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	slackapi "github.com/slack-go/slack"

	"roomkeeper/adapters/slack"
	"roomkeeper/connector"
	"roomkeeper/connector/command"
	sandbox "roomkeeper/sandbox/slack"
)

// sandboxRig is an Inbound that a sandbox workspace sends to.
type sandboxRig struct {
	world    *sandbox.Workspace
	bot      *slackapi.Client
	in       *slack.Inbound
	acceptor *inAcceptor
	ann      string
	channel  string
}

func newSandboxRig(t *testing.T, c inCommands) *sandboxRig {
	t.Helper()
	rig := &sandboxRig{acceptor: &inAcceptor{}}
	world := sandbox.New(sandbox.Config{})
	t.Cleanup(world.Close)
	slackServer := httptest.NewServer(world.Handler())
	t.Cleanup(slackServer.Close)
	world.SetBaseURL(slackServer.URL)
	rig.world, rig.in = world, slack.NewInbound(slack.InboundOptions{
		SigningSecret: "sandbox-signing-secret", TeamID: world.TeamID, Command: "/crm", Handler: c,
		Acceptor: rig.acceptor, ResponseHosts: []string{slackServer.URL + "/api/"},
	})
	mux := http.NewServeMux()
	for pattern, handler := range rig.in.Routes() {
		mux.Handle(pattern, handler)
	}
	connectorServer := httptest.NewServer(mux)
	t.Cleanup(connectorServer.Close)
	world.SetConnector(connectorServer.URL)
	rig.bot = slackapi.New("xoxb-sandbox", slackapi.OptionAPIURL(slackServer.URL+"/api/"))

	rig.ann = world.AddUser(sandbox.User{Name: "ann"})
	ch, err := rig.bot.CreateConversationContext(t.Context(), slackapi.CreateConversationParams{ChannelName: "acme", IsPrivate: true})
	if err != nil {
		t.Fatal(err)
	}
	rig.channel = ch.ID
	if _, err := world.Do("invite", sandbox.Act{User: "ann", By: world.BotUserID(), Channel: "acme"}); err != nil {
		t.Fatal(err)
	}
	return rig
}

// patience is how long a test waits for what must happen.
const patience = 30 * time.Second

// waitFor returns the first message of the channel that shows text.
func (rig *sandboxRig) waitFor(t *testing.T, text string) sandbox.StateMessage {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		changed := rig.world.Changed()
		ch, _ := rig.world.Channel("acme")
		for _, m := range ch.Messages {
			if strings.Contains(m.Text, text) {
				return m
			}
		}
		select {
		case <-changed:
		case <-ctx.Done():
			t.Fatalf("nobody said %q: %+v", text, ch.Messages)
		}
	}
}

func TestSandboxCommand(t *testing.T) {
	var got command.Request
	rig := newSandboxRig(t, inCommands{run: func(_ context.Context, r command.Request) command.Answer {
		got = r
		return command.Answer{Text: "R&D <3", Card: &connector.Card{Title: "Acme", URL: "https://crm.example/4"}}
	}})
	out, err := rig.world.Command(t.Context(), "ann", "acme", "/crm why @ann https://crm.example/?a=1&b=2")
	if err != nil || out.Status != http.StatusOK || out.Error != "" || out.Message == nil {
		t.Fatalf("outcome %+v, %v", out, err)
	}
	if want := "why <@" + rig.ann + "> https://crm.example/?a=1&b=2"; got.Text != want || string(got.Channel) != rig.channel {
		t.Errorf("request %+v, want text %q", got, want)
	}
	if out.Message.EphemeralTo != rig.ann || !strings.Contains(string(out.Message.Blocks), "plain_text") {
		t.Errorf("shown %+v", out.Message)
	}
}

func TestSandboxSlowCommand(t *testing.T) {
	release := make(chan struct{})
	rig := newSandboxRig(t, inCommands{run: func(context.Context, command.Request) command.Answer {
		<-release
		return command.Answer{Text: "the plan"}
	}})
	out, err := rig.world.Command(t.Context(), "ann", "acme", "/crm sync")
	if err != nil || out.Message == nil || !strings.Contains(out.Message.Text, "Working on it") {
		t.Fatalf("outcome %+v, %v", out, err)
	}
	close(release)
	if m := rig.waitFor(t, "the plan"); m.EphemeralTo != rig.ann {
		t.Errorf("shown to %q, want ann only", m.EphemeralTo)
	}
}

func TestSandboxClick(t *testing.T) {
	var got command.Press
	rig := newSandboxRig(t, inCommands{press: func(_ context.Context, p command.Press) command.Answer {
		got = p
		return command.Answer{Text: "released", Replace: p.Action == connector.ActionHoldDismiss}
	}})
	post := func() string {
		label := slackapi.NewTextBlockObject(slackapi.PlainTextType, "OK", false, false)
		_, ts, err := rig.bot.PostMessageContext(t.Context(), rig.channel, slackapi.MsgOptionText("held", false),
			slackapi.MsgOptionBlocks(slackapi.NewActionBlock("",
				slackapi.NewButtonBlockElement("hold.confirm", "p1", label), slackapi.NewButtonBlockElement("hold.dismiss", "p2", label))))
		if err != nil {
			t.Fatal(err)
		}
		return ts
	}
	ts := post()
	out, err := rig.world.Click(t.Context(), sandbox.Click{User: "ann", Channel: "acme", TS: ts, ActionID: "hold.confirm"})
	if err != nil || out.Status != http.StatusOK || out.Error != "" {
		t.Fatalf("outcome %+v, %v", out, err)
	}
	if m := rig.waitFor(t, "released"); m.EphemeralTo != rig.ann {
		t.Errorf("shown to %q, want ann only", m.EphemeralTo)
	}
	want := command.Press{ID: got.ID, Platform: "slack", Channel: connector.ChannelID(rig.channel), Message: connector.MessageID(ts),
		Actor: connector.MemberID(rig.ann), Action: connector.ActionHoldConfirm, Value: "p1"}
	if got != want || got.ID == "" {
		t.Errorf("press\n got %+v\nwant %+v", got, want)
	}

	ts = post()
	if _, err := rig.world.Click(t.Context(), sandbox.Click{User: "ann", Channel: "acme", TS: ts, ActionID: "hold.dismiss"}); err != nil {
		t.Fatal(err)
	}
	if err := rig.in.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	ch, _ := rig.world.Channel("acme")
	for _, m := range ch.Messages {
		if m.TS == ts && m.Text != "released" {
			t.Errorf("the message still says %q", m.Text)
		}
	}
}

func TestSandboxEvents(t *testing.T) {
	rig := newSandboxRig(t, inCommands{})
	if ok, err := rig.world.VerifyURL(); err != nil || !ok {
		t.Errorf("challenge: %v, %v", ok, err)
	}
	if _, err := rig.world.Do("rename", sandbox.Act{By: "ann", Channel: "acme", Name: "other"}); err != nil {
		t.Fatal(err)
	}
	if _, err := rig.world.Do("remove", sandbox.Act{By: "ann", Channel: rig.channel, User: rig.world.BotUserID()}); err != nil {
		t.Fatal(err)
	}
	rig.world.Raise("tokens_revoked", map[string]any{"tokens": map[string]any{"bot": []string{rig.world.BotUserID()}}})
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := rig.world.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	seen := map[connector.ChatEventType]connector.ChannelID{}
	for _, e := range rig.acceptor.events {
		seen[e.Type] = e.Channel
	}
	want := map[connector.ChatEventType]connector.ChannelID{
		connector.ChatMemberJoined: connector.ChannelID(rig.channel), connector.ChatChannelRenamed: connector.ChannelID(rig.channel),
		connector.ChatBotRemoved: connector.ChannelID(rig.channel), connector.ChatTokenRevoked: "",
	}
	for kind, channel := range want {
		if got, ok := seen[kind]; !ok || got != channel {
			t.Errorf("%s: channel %q (%v), want %q", kind, got, ok, channel)
		}
	}
}
