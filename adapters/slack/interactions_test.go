package slack_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/command"
)

// click is a block_actions payload with one action.
func click(t *testing.T, action string, change func(payload map[string]any)) url.Values {
	t.Helper()
	payload := map[string]any{
		"type": "block_actions", "trigger_id": "9.9",
		"team":      map[string]any{"id": inTeam},
		"user":      map[string]any{"id": "U1", "team_id": inTeam},
		"channel":   map[string]any{"id": "C1"},
		"container": map[string]any{"type": "message", "message_ts": "1700000000.000100", "channel_id": "C1"},
		// A form that no SDK knows must not matter.
		"message":      map[string]any{"blocks": []any{map[string]any{"type": "hologram", "x": 1}}},
		"response_url": "https://hooks.slack.com/actions/T0ROOM/1/x",
		"actions": []any{map[string]any{
			"type": "button", "action_id": action, "value": "v1", "action_ts": "1700000001.5",
		}},
	}
	if change != nil {
		change(payload)
	}
	raw, err := json.Marshal(payload)
	if err != nil {
		t.Fatal(err)
	}
	return url.Values{"payload": {string(raw)}}
}

func pressing(p *command.Press, a command.Answer) inCommands {
	return inCommands{press: func(_ context.Context, got command.Press) command.Answer {
		*p = got
		return a
	}}
}

// acknowledged checks the empty 200 that Slack wants.
func acknowledged(t *testing.T, w *httptest.ResponseRecorder) {
	t.Helper()
	if w.Code != http.StatusOK || w.Body.Len() != 0 {
		t.Errorf("status %d, body %q; want an empty 200", w.Code, w.Body)
	}
}

func TestPress(t *testing.T) {
	for _, action := range []string{"hold.confirm", "hold.dismiss", "close.keep", "details.more", "adopt.confirm", "group.recreate"} {
		t.Run(action, func(t *testing.T) {
			var got command.Press
			rig := newInRig(t, pressing(&got, command.Answer{Text: "released"}))
			acknowledged(t, rig.form("/slack/interactions", click(t, action, nil)))
			want := command.Press{
				ID: "9.9", Platform: "slack", Channel: "C1", Message: "1700000000.000100", Actor: "U1",
				Action: connector.ActionID(action), Value: "v1",
			}
			if got != want {
				t.Errorf("press\n got %+v\nwant %+v", got, want)
			}
			p := <-rig.responses.posts
			if p.body.Text != "released" || p.body.ResponseType != "ephemeral" || p.body.ReplaceOriginal {
				t.Errorf("answer %+v", p)
			}
		})
	}
}

func TestPressReplacesTheMessage(t *testing.T) {
	var got command.Press
	rig := newInRig(t, pressing(&got, command.Answer{Text: "done", Replace: true}))
	acknowledged(t, rig.form("/slack/interactions", click(t, "hold.confirm", nil)))
	if p := <-rig.responses.posts; !p.body.ReplaceOriginal || p.body.ResponseType != "" {
		t.Errorf("answer %+v, want the original replaced", p)
	}
}

func TestIgnoredInteractions(t *testing.T) {
	tests := map[string]func(map[string]any){
		"view":           func(p map[string]any) { p["type"] = "view_submission" },
		"closed view":    func(p map[string]any) { p["type"] = "view_closed" },
		"shortcut":       func(p map[string]any) { p["type"] = "shortcut" },
		"no action":      func(p map[string]any) { p["actions"] = []any{} },
		"unknown action": func(p map[string]any) { p["actions"].([]any)[0].(map[string]any)["action_id"] = "other" },
		"link button":    func(p map[string]any) { p["actions"].([]any)[0].(map[string]any)["url"] = "https://crm.example" },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			rig := newInRig(t, inCommands{press: func(context.Context, command.Press) command.Answer { panic("must not run") }})
			acknowledged(t, rig.form("/slack/interactions", click(t, "hold.confirm", change)))
			if len(rig.responses.posts) != 0 {
				t.Error("an answer was sent")
			}
		})
	}
}

func TestPressFromAnotherWorkspace(t *testing.T) {
	for name, change := range map[string]func(map[string]any){
		"somebody of another organisation": func(p map[string]any) { p["user"].(map[string]any)["team_id"] = "T0OTHER" },
		"no workspace of the person's": func(p map[string]any) {
			delete(p["user"].(map[string]any), "team_id")
			p["team"] = map[string]any{"id": "T0OTHER"}
		},
	} {
		t.Run(name, func(t *testing.T) {
			rig := newInRig(t, inCommands{press: func(context.Context, command.Press) command.Answer { panic("must not run") }})
			acknowledged(t, rig.form("/slack/interactions", click(t, "hold.confirm", change)))
			if p := <-rig.responses.posts; !strings.Contains(p.body.Text, "does not serve this workspace") {
				t.Errorf("answer %+v", p)
			}
		})
	}
}

func TestPressWithoutTrigger(t *testing.T) {
	var first, second command.Press
	drop := func(p map[string]any) { delete(p, "trigger_id") }
	newInRig(t, pressing(&first, command.Answer{})).form("/slack/interactions", click(t, "hold.confirm", drop))
	newInRig(t, pressing(&second, command.Answer{})).form("/slack/interactions", click(t, "hold.confirm", drop))
	if first.ID == "" || first.ID != second.ID {
		t.Errorf("identities %q and %q, want one and the same", first.ID, second.ID)
	}
}

func TestSlowPressIsAcknowledged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rig := newInRig(t, inCommands{press: func(context.Context, command.Press) command.Answer {
			<-time.After(20 * time.Second)
			return command.Answer{Text: "late"}
		}})
		began := time.Now()
		acknowledged(t, rig.form("/slack/interactions", click(t, "hold.confirm", nil)))
		if waited := time.Since(began); waited != 2*time.Second {
			t.Errorf("acknowledged after %s", waited)
		}
		if p := <-rig.responses.posts; p.body.Text != "late" {
			t.Errorf("answer %+v", p)
		}
	})
}

func TestUnreadablePayload(t *testing.T) {
	rig := newInRig(t, inCommands{})
	for _, form := range []url.Values{{}, {"payload": {"{"}}} {
		if w := rig.form("/slack/interactions", form); w.Code != http.StatusBadRequest {
			t.Errorf("%v: status %d, want 400", form, w.Code)
		}
	}
	// The payload counts in the body only.
	query := "/slack/interactions?" + click(t, "hold.confirm", nil).Encode()
	if w := rig.do(signed(query, "application/x-www-form-urlencoded", "", time.Now())); w.Code != http.StatusBadRequest {
		t.Errorf("payload in the query: status %d, want 400", w.Code)
	}
}
