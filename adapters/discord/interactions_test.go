package discord_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"roomkeeper/adapters/discord"
	"roomkeeper/connector"
	"roomkeeper/connector/command"
)

// Flags and types of the protocol.
const (
	ephemeral        = 64
	typePong         = 1
	typeAnswer       = 4
	typeDeferred     = 5
	typeNothing      = 6
	typeUpdate       = 7
	typeChoices      = 8
	kindCommand      = 2
	kindComponent    = 3
	kindAutocomplete = 4
	kindModal        = 5
)

func answering(got *command.Request, a command.Answer) inCommands {
	return inCommands{run: func(_ context.Context, r command.Request) command.Answer {
		*got = r
		return a
	}}
}

func pressing(got *command.Press, a command.Answer) inCommands {
	return inCommands{press: func(_ context.Context, p command.Press) command.Answer {
		*got = p
		return a
	}}
}

// forbidden fails when anything is run.
func forbidden() inCommands {
	return inCommands{
		run:   func(context.Context, command.Request) command.Answer { panic("must not run") },
		press: func(context.Context, command.Press) command.Answer { panic("must not run") },
	}
}

func mentionsNobody(t *testing.T, d inData) {
	t.Helper()
	if parse, ok := d.Mentions["parse"].([]any); !ok || len(parse) != 0 || len(d.Mentions) != 1 {
		t.Errorf("allowed_mentions %v", d.Mentions)
	}
}

func isPrivate(t *testing.T, r inReply, text string) {
	t.Helper()
	if r.Type != typeAnswer || r.Data.Flags != ephemeral || !strings.Contains(r.Data.Content, text) {
		t.Errorf("answer %+v, want %q in private", r, text)
	}
	mentionsNobody(t, r.Data)
}

func TestCommand(t *testing.T) {
	var got command.Request
	rig := newInRig(t, answering(&got, command.Answer{Text: "opened *here* <@42>"}))
	out := rig.said(t, inInteraction(kindCommand, inCommand("open", inOption("kind", "account"), inOption("id", "A 17"))))
	want := command.Request{
		ID: "1001", Platform: "discord", Channel: "500", Actor: "42", ActorName: "Ann Lee", Text: `open account "A 17"`,
	}
	if got != want {
		t.Errorf("request\n got %+v\nwant %+v", got, want)
	}
	isPrivate(t, out, `opened \*here\*`)
}

func TestNickIsTheName(t *testing.T) {
	var got command.Request
	rig := newInRig(t, answering(&got, command.Answer{Text: "x"}))
	rig.said(t, inInteraction(kindCommand, inCommand("help"), func(i map[string]any) {
		i["member"].(map[string]any)["nick"] = "Annie"
	}))
	if got.ActorName != "Annie" || got.Text != "help" {
		t.Errorf("%+v", got)
	}
}

func TestSlowCommandIsDeferred(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rig := newInRig(t, inCommands{run: func(context.Context, command.Request) command.Answer {
			<-time.After(20 * time.Second)
			return command.Answer{Text: "late"}
		}})
		began := time.Now()
		out := rig.said(t, inInteraction(kindCommand, inCommand("status")))
		if waited := time.Since(began); waited != 2*time.Second {
			t.Errorf("deferred after %s", waited)
		}
		if out.Type != typeDeferred || out.Data.Flags != ephemeral {
			t.Errorf("answer %+v", out)
		}
		sent := <-rig.late.sent
		if sent.method != http.MethodPatch || sent.url != "https://discord.example/api/v10/webhooks/77/secret-token/messages/@original" {
			t.Errorf("sent to %s %s", sent.method, sent.url)
		}
		if sent.body.Content != "late" || sent.body.Flags != 0 || sent.header.Get("Authorization") != "" {
			t.Errorf("sent %+v", sent)
		}
		mentionsNobody(t, sent.body)
	})
}

// TestDeferralComesFirst: an answer that overtook it would find no message.
func TestDeferralComesFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		rig := newInRig(t, inCommands{run: func(context.Context, command.Request) command.Answer {
			<-time.After(2*time.Second + time.Millisecond)
			return command.Answer{Text: "late"}
		}})
		rig.said(t, inInteraction(kindCommand, inCommand("status")))
		<-rig.late.sent
		if waited := time.Since(began); waited < 2400*time.Millisecond || waited > 3*time.Second {
			t.Errorf("sent after %s", waited)
		}
	})
}

// TestTokenIsNeverLogged: whoever has it can answer in our name.
func TestTokenIsNeverLogged(t *testing.T) {
	for name, late := range map[string]lateAnswers{
		"refused":   {status: 404, body: `{"message":"Unknown interaction secret-token","code":10062}`},
		"expired":   {status: 401, body: `{"message":"Invalid Webhook Token","code":50027}`},
		"no answer": {err: errors.New("connection refused")},
		"no JSON":   {status: 502, body: "<html>"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var log bytes.Buffer
				rig := newInRig(t, inCommands{run: func(context.Context, command.Request) command.Answer {
					<-time.After(3 * time.Second)
					return command.Answer{Text: "late"}
				}}, func(o *discord.InboundOptions) { o.Logger = slog.New(slog.NewTextHandler(&log, nil)) })
				rig.late.status, rig.late.body, rig.late.err = late.status, late.body, late.err
				rig.said(t, inInteraction(kindCommand, inCommand("status")))
				if err := rig.in.Close(t.Context()); err != nil {
					t.Error(err)
				}
				if log.Len() == 0 || strings.Contains(log.String(), "secret") || strings.Contains(log.String(), "webhooks") {
					t.Errorf("log %q", log.String())
				}
			})
		})
	}
}

func TestOtherGuildsAreRefused(t *testing.T) {
	for name, change := range map[string]func(map[string]any){
		"another guild": func(i map[string]any) { i["guild_id"] = "1" },
		"a private chat": func(i map[string]any) {
			delete(i, "guild_id")
			delete(i, "member")
			i["user"] = map[string]any{"id": "42"}
		},
	} {
		t.Run(name, func(t *testing.T) {
			rig := newInRig(t, forbidden())
			isPrivate(t, rig.said(t, inInteraction(kindCommand, inCommand("status"), change)), "does not serve this server")
			isPrivate(t, rig.said(t, inInteraction(kindComponent, inButton("hold.confirm:v"), change)), "does not serve this server")
			out := rig.said(t, inInteraction(kindAutocomplete, inCommand("open", map[string]any{"name": "kind", "value": "", "focused": true}), change))
			if out.Type != typeChoices || len(out.Data.Choices) != 0 {
				t.Errorf("suggested %+v", out)
			}
		})
	}
	rig := newInRig(t, forbidden(), func(o *discord.InboundOptions) { o.GuildID = func() string { return "" } })
	isPrivate(t, rig.said(t, inInteraction(kindCommand, inCommand("status"))), "not reached Discord yet")
}

func TestAnotherCommand(t *testing.T) {
	data := inCommand("status")
	data["name"] = "other"
	isPrivate(t, newInRig(t, forbidden()).said(t, inInteraction(kindCommand, data)), "Roomkeeper answers to /crm")
}

func TestPanicIsAnAnswer(t *testing.T) {
	rig := newInRig(t, inCommands{run: func(context.Context, command.Request) command.Answer { panic("secret") }})
	isPrivate(t, rig.said(t, inInteraction(kindCommand, inCommand("status"))), "Something went wrong")
}

func TestClosedInboundIsBusy(t *testing.T) {
	rig := newInRig(t, forbidden())
	if err := rig.in.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	isPrivate(t, rig.said(t, inInteraction(kindCommand, inCommand("status"))), "try again")
	isPrivate(t, rig.said(t, inInteraction(kindComponent, inButton("hold.confirm:v"))), "try again")
}

func inButton(custom string) map[string]any {
	return map[string]any{"custom_id": custom, "component_type": 2, "id": 1}
}

func withMessage(i map[string]any) { i["message"] = map[string]any{"id": "800", "embeds": "hologram"} }

func TestPress(t *testing.T) {
	for _, action := range []string{"hold.confirm", "hold.dismiss", "close.keep", "details.more", "adopt.confirm", "group.recreate"} {
		var got command.Press
		rig := newInRig(t, pressing(&got, command.Answer{Text: "released"}))
		out := rig.said(t, inInteraction(kindComponent, inButton(action+":g1 p:2"), withMessage))
		want := command.Press{
			ID: "1001", Platform: "discord", Channel: "500", Message: "800", Actor: "42",
			Action: connector.ActionID(action), Value: "g1 p:2",
		}
		if got != want {
			t.Errorf("press\n got %+v\nwant %+v", got, want)
		}
		isPrivate(t, out, "released")
	}
}

// A button of ours works in the direct message with our bot, and nothing else does.
func TestPressInADirectMessage(t *testing.T) {
	inDirect := func(i map[string]any) {
		delete(i, "guild_id")
		delete(i, "member")
		i["user"], i["context"] = map[string]any{"id": "42"}, 1
	}
	var got command.Press
	rig := newInRig(t, pressing(&got, command.Answer{Text: "released"}))
	isPrivate(t, rig.said(t, inInteraction(kindComponent, inButton("hold.confirm:g1 p1"), withMessage, inDirect)), "released")
	if got.Actor != "42" || got.Channel != "500" || got.Value != "g1 p1" {
		t.Errorf("press %+v", got)
	}
	refused := newInRig(t, forbidden())
	isPrivate(t, refused.said(t, inInteraction(kindCommand, inCommand("status"), inDirect)), "does not serve this server")
}

func TestPressAnswers(t *testing.T) {
	var got command.Press
	replaced := newInRig(t, pressing(&got, command.Answer{Text: "done", Replace: true})).
		said(t, inInteraction(kindComponent, inButton("hold.confirm:v"), withMessage))
	if replaced.Type != typeUpdate || replaced.Data.Content != "done" || replaced.Data.Embeds == nil || replaced.Data.Components == nil {
		t.Errorf("answer %+v, want the message replaced whole", replaced)
	}
	mentionsNobody(t, replaced.Data)
	nothing := newInRig(t, pressing(&got, command.Answer{})).said(t, inInteraction(kindComponent, inButton("hold.confirm:v")))
	if nothing.Type != typeNothing {
		t.Errorf("answer %+v", nothing)
	}
}

func TestSlowPress(t *testing.T) {
	for name, answer := range map[string]command.Answer{
		"replaces": {Text: "late", Replace: true}, "private": {Text: "late"}, "nothing": {},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				rig := newInRig(t, inCommands{press: func(context.Context, command.Press) command.Answer {
					<-time.After(20 * time.Second)
					return answer
				}})
				if out := rig.said(t, inInteraction(kindComponent, inButton("hold.confirm:v"))); out.Type != typeNothing {
					t.Errorf("answer %+v", out)
				}
				if err := rig.in.Close(t.Context()); err != nil {
					t.Error(err)
				}
				close(rig.late.sent)
				sent, some := <-rig.late.sent
				switch {
				case some != (answer.Text != ""):
					t.Errorf("sent %+v", sent)
				case answer.Replace && (sent.method != http.MethodPatch || !strings.HasSuffix(sent.url, "/messages/@original")):
					t.Errorf("sent %+v", sent)
				case some && !answer.Replace && (sent.method != http.MethodPost || sent.body.Flags != ephemeral ||
					!strings.HasSuffix(sent.url, "/webhooks/77/secret-token")):
					t.Errorf("sent %+v", sent)
				}
			})
		})
	}
}

func TestIgnoredInteractions(t *testing.T) {
	rig := newInRig(t, forbidden())
	for _, data := range []map[string]any{
		inButton("other:v"), inButton(""), inButton("none"), inButton("run:sync"),
		{"custom_id": "hold.confirm:v", "component_type": 3, "values": []string{"x"}},
	} {
		if out := rig.said(t, inInteraction(kindComponent, data)); out.Type != typeNothing {
			t.Errorf("%v: answer %+v", data, out)
		}
	}
	isPrivate(t, rig.said(t, inInteraction(kindModal, map[string]any{"custom_id": "x", "components": []any{}})), "no forms")
	for _, body := range []string{`{"id":"1","type":9}`, `{"id":"1","type":3,"data":[]}`, `{"id":"1","type":2,"data":7}`} {
		if w := rig.do(signed(inKey(), body, time.Now())); w.Code != http.StatusBadRequest {
			t.Errorf("%s: status %d", body, w.Code)
		}
	}
}

func TestSelectMenu(t *testing.T) {
	for want, data := range map[string]map[string]any{
		"subscribe sales_record closed account 4": {"custom_id": "run:subscribe * account 4", "component_type": 3, "values": []string{"sales_record", "closed"}},
		`help "a b"`:  {"custom_id": "run:help", "component_type": 3, "values": []string{"a b"}},
		"why <@42>":   {"custom_id": "run:why *", "component_type": 5, "values": []string{"42"}},
		"subscribe x": {"custom_id": "run:subscribe * x", "component_type": 3},
	} {
		var got command.Request
		out := newInRig(t, answering(&got, command.Answer{Text: "ok"})).said(t, inInteraction(kindComponent, data))
		if got.Text != want || got.ID != "1001" {
			t.Errorf("ran %+v, want %q", got, want)
		}
		isPrivate(t, out, "ok")
	}
}

func TestAutocomplete(t *testing.T) {
	rig := newInRig(t, forbidden())
	for _, c := range []struct {
		sub, option, typed string
		want               string
	}{
		{"open", "kind", "", "account account_pool opportunity"},
		{"open", "kind", "POOL", "account_pool"},
		{"open", "id", "x", ""},
		{"subscribe", "topics", "owner", "owner_changed"},
		{"subscribe", "topics", "closed, pool own", "closed, pool owner_changed"},
		{"help", "word", "sub", "subscriptions subscribe unsubscribe"},
		{"sync", "mode", "", "--dry-run confirm dismiss"},
		{"open", "else", "", ""},
	} {
		out := rig.said(t, inInteraction(kindAutocomplete, inCommand(c.sub,
			inOption("link", "x"), map[string]any{"type": 3, "name": c.option, "value": c.typed, "focused": true})))
		var got []string
		for _, choice := range out.Data.Choices {
			got = append(got, choice.Value)
		}
		if out.Type != typeChoices || strings.Join(got, " ") != c.want {
			t.Errorf("%s %q: %q, want %q", c.option, c.typed, got, c.want)
		}
	}
	many := newInRig(t, forbidden(), func(o *discord.InboundOptions) { o.Kinds = strings.Split(strings.Repeat("kind ", 40), " ") })
	out := many.said(t, inInteraction(kindAutocomplete, inCommand("open", map[string]any{"name": "kind", "value": "k", "focused": true})))
	if len(out.Data.Choices) != 25 {
		t.Errorf("%d choices", len(out.Data.Choices))
	}
}
