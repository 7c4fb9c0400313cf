package slack_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf16"

	"roomkeeper/connector"
	"roomkeeper/connector/command"
)

const hook = "https://hooks.slack.com/commands/T0ROOM/1/x"

func slash(text string) url.Values {
	return url.Values{
		"command": {"/crm"}, "team_id": {inTeam}, "channel_id": {"C1"}, "user_id": {"U1"}, "user_name": {"ann"},
		"text": {text}, "trigger_id": {"13345.1"}, "response_url": {hook},
	}
}

func answering(a command.Answer) inCommands {
	return inCommands{run: func(context.Context, command.Request) command.Answer { return a }}
}

func TestCommandReachesHandler(t *testing.T) {
	var got command.Request
	rig := newInRig(t, inCommands{run: func(_ context.Context, r command.Request) command.Answer {
		got = r
		return command.Answer{Text: "done"}
	}})
	form := slash(`why <@U0OTHER|bob> &lt;b&gt; R&amp;D <https://crm.example/a/1|crm.example/a/1> &amp;lt;`)
	a := said(t, rig.do(signed("/slack/commands?text=evil&user_id=U666", "application/x-www-form-urlencoded", form.Encode(), time.Now())))
	want := command.Request{
		ID: "13345.1", Platform: "slack", Channel: "C1", Actor: "U1", ActorName: "ann",
		Text: `why <@U0OTHER> <b> R&D https://crm.example/a/1 &lt;`,
	}
	if got != want {
		t.Errorf("request\n got %+v\nwant %+v", got, want)
	}
	if a.ResponseType != "ephemeral" || a.Text != "done" {
		t.Errorf("answer %+v", a)
	}
}

func TestAnswerMentionsNobody(t *testing.T) {
	const text = "<!here> <@U1> *bold* & <https://evil.example|ok>"
	a := said(t, newInRig(t, answering(command.Answer{Text: text})).form("/slack/commands", slash("status")))
	if want := "&lt;!here&gt; &lt;@U1&gt; *bold* &amp; &lt;https://evil.example|ok&gt;"; a.Text != want {
		t.Errorf("text %q, want %q", a.Text, want)
	}
	if len(a.Blocks) != 1 || a.Blocks[0].Text.Type != "plain_text" {
		t.Fatalf("blocks %+v, want one plain text", a.Blocks)
	}
}

func TestLongAnswerIsSplit(t *testing.T) {
	line := strings.Repeat("ä", 97) + "🙂\n"
	a := said(t, newInRig(t, answering(command.Answer{Text: strings.Repeat(line, 70)})).form("/slack/commands", slash("members")))
	if len(a.Blocks) != 3 {
		t.Fatalf("%d blocks, want 3", len(a.Blocks))
	}
	for i, b := range a.Blocks {
		if n := len(utf16.Encode([]rune(b.Text.Text))); n == 0 || n > 3000 {
			t.Errorf("block %d has %d characters", i, n)
		}
	}
}

func TestCardInAnswer(t *testing.T) {
	card := &connector.Card{Title: "Acme", Text: "A customer"}
	a := said(t, newInRig(t, answering(command.Answer{Text: "Details", Card: card})).form("/slack/commands", slash("details")))
	if len(a.Blocks) < 2 || a.Blocks[0].Text.Text != "Details" || a.Blocks[1].Text.Text != "Acme" {
		t.Errorf("blocks %+v, want the text and the card", a.Blocks)
	}
}

func TestRefusedCommands(t *testing.T) {
	never := inCommands{run: func(context.Context, command.Request) command.Answer { panic("must not run") }}
	tests := map[string]struct {
		key, value, want string
	}{
		"another workspace": {"team_id", "T0OTHER", "does not serve this workspace"},
		"no workspace":      {"team_id", "", "does not serve this workspace"},
		"another command":   {"command", "/other", "answers to /crm"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			form := slash("open account 1")
			form.Set(tt.key, tt.value)
			a := said(t, newInRig(t, never).form("/slack/commands", form))
			if a.ResponseType != "ephemeral" || !strings.Contains(a.Text, tt.want) {
				t.Errorf("answer %+v, want %q", a, tt.want)
			}
		})
	}
}

func TestSSLCheck(t *testing.T) {
	w := newInRig(t, inCommands{}).form("/slack/commands", url.Values{"ssl_check": {"1"}, "token": {"x"}})
	if w.Code != http.StatusOK || w.Body.Len() != 0 {
		t.Errorf("status %d, body %q", w.Code, w.Body)
	}
}

func TestSameBodyHasSameIdentity(t *testing.T) {
	var ids []string
	rig := newInRig(t, inCommands{run: func(_ context.Context, r command.Request) command.Answer {
		ids = append(ids, r.ID)
		return command.Answer{Text: "ok"}
	}})
	form := slash("status")
	form.Del("trigger_id")
	rig.form("/slack/commands", form)
	rig.form("/slack/commands", form)
	if len(ids) != 2 || ids[0] == "" || ids[0] != ids[1] {
		t.Errorf("identities %q, want one and the same", ids)
	}
}

func TestSlowCommandIsAnsweredLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rig := newInRig(t, inCommands{run: func(context.Context, command.Request) command.Answer {
			<-time.After(9 * time.Second)
			return command.Answer{Text: "ready"}
		}})
		began := time.Now()
		a := said(t, rig.form("/slack/commands", slash("sync")))
		if waited := time.Since(began); waited != 2*time.Second || a.Text != "Working on it…" || a.ResponseType != "ephemeral" {
			t.Errorf("after %s: %+v", waited, a)
		}
		p := <-rig.responses.posts
		if waited := time.Since(began); waited != 9*time.Second || p.url != hook || p.body.Text != "ready" || p.body.ResponseType != "ephemeral" {
			t.Errorf("after %s: %+v", waited, p)
		}
	})
}

func TestQuickCommandIsAnsweredOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rig := newInRig(t, inCommands{run: func(context.Context, command.Request) command.Answer {
			<-time.After(1900 * time.Millisecond)
			return command.Answer{Text: "ready"}
		}})
		if a := said(t, rig.form("/slack/commands", slash("sync"))); a.Text != "ready" {
			t.Errorf("answer %+v", a)
		}
		if err := rig.in.Close(t.Context()); err != nil || len(rig.responses.posts) != 0 {
			t.Errorf("close: %v; %d answers came later, want none", err, len(rig.responses.posts))
		}
	})
}

func TestResponseHosts(t *testing.T) {
	tests := map[string]bool{
		hook:                                 true,
		"https://hooks.slack.com:443/x":      true,
		"https://slack.example/x":            true,
		"http://127.0.0.1:4000/response/1":   true,
		"http://hooks.slack.com/x":           false,
		"http://slack.example/x":             false,
		"https://127.0.0.1:4000/x":           false,
		"http://127.0.0.1:4001/x":            false,
		"http://169.254.169.254/latest":      false,
		"https://hooks.slack.com.evil.test/": false,
		"https://me@hooks.slack.com/x":       false,
		"":                                   false,
	}
	for target, allowed := range tests {
		t.Run(target, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				rig := newInRig(t, inCommands{run: func(context.Context, command.Request) command.Answer {
					<-time.After(3 * time.Second)
					return command.Answer{Text: "ready"}
				}})
				form := slash("sync")
				form.Set("response_url", target)
				rig.form("/slack/commands", form)
				if err := rig.in.Close(t.Context()); err != nil {
					t.Fatal(err)
				}
				if got := len(rig.responses.posts) == 1; got != allowed {
					t.Errorf("sent: %v, want %v", got, allowed)
				}
			})
		})
	}
}

func TestNoRedirectIsFollowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rig := newInRig(t, inCommands{run: func(context.Context, command.Request) command.Answer {
			<-time.After(3 * time.Second)
			return command.Answer{Text: "ready"}
		}})
		rig.responses.status = http.StatusTemporaryRedirect
		rig.responses.header.Set("Location", "https://hooks.slack.com/elsewhere")
		rig.form("/slack/commands", slash("sync"))
		if err := rig.in.Close(t.Context()); err != nil || len(rig.responses.posts) != 1 {
			t.Errorf("close: %v; %d posts, want the first only", err, len(rig.responses.posts))
		}
	})
}

func TestPanicIsAnswered(t *testing.T) {
	rig := newInRig(t, inCommands{run: func(context.Context, command.Request) command.Answer { panic("boom") }})
	if a := said(t, rig.form("/slack/commands", slash("status"))); !strings.Contains(a.Text, "went wrong") || strings.Contains(a.Text, "boom") {
		t.Errorf("answer %+v", a)
	}
}

func TestTooManyCommands(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		rig := newInRig(t, inCommands{run: func(context.Context, command.Request) command.Answer {
			<-release
			return command.Answer{}
		}})
		for range 64 {
			if a := said(t, rig.form("/slack/commands", slash("sync"))); a.Text != "Working on it…" {
				t.Fatalf("answer %+v", a)
			}
		}
		if a := said(t, rig.form("/slack/commands", slash("sync"))); !strings.Contains(a.Text, "busy") {
			t.Errorf("answer %+v, want busy", a)
		}
		close(release)
	})
}

func TestCloseGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ended := make(chan error, 1)
		rig := newInRig(t, inCommands{run: func(ctx context.Context, _ command.Request) command.Answer {
			<-ctx.Done()
			ended <- ctx.Err()
			return command.Answer{}
		}})
		rig.form("/slack/commands", slash("sync"))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := rig.in.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("close: %v, want the deadline", err)
		}
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("work ended with %v, want cancelled", err)
		}
		if a := said(t, rig.form("/slack/commands", slash("sync"))); !strings.Contains(a.Text, "busy") {
			t.Errorf("after close: %+v", a)
		}
	})
}
