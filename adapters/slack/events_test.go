package slack_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"roomkeeper/adapters/slack"
	"roomkeeper/connector"
)

func callback(inner string) string {
	return fmt.Sprintf(`{"token":"x","team_id":%q,"api_app_id":"A1","type":"event_callback","event_id":"Ev1","event_time":1700000000,"event":%s}`, inTeam, inner)
}

func TestChallenge(t *testing.T) {
	w := newInRig(t, inCommands{}).event(`{"token":"x","challenge":"3eZbrw1a","type":"url_verification"}`)
	if w.Code != http.StatusOK || w.Body.String() != "3eZbrw1a" {
		t.Errorf("status %d, body %q", w.Code, w.Body)
	}
}

func TestEvents(t *testing.T) {
	at := time.Unix(1700000000, 0).UTC()
	channel := func(kind connector.ChatEventType, member connector.MemberID) connector.ChatEvent {
		return connector.ChatEvent{ID: "Ev1", Type: kind, Platform: "slack", Channel: "C1", Member: member, At: at}
	}
	renamed := channel(connector.ChatChannelRenamed, "")
	renamed.Name = "new"
	moved := channel(connector.ChatChannelMoved, "")
	moved.NewChannel = "C2"
	person := func(kind connector.ChatEventType) connector.ChatEvent {
		return connector.ChatEvent{ID: "Ev1", Type: kind, Platform: "slack", Member: "U1", At: at}
	}
	tests := map[string]connector.ChatEvent{
		`{"type":"member_joined_channel","user":"U1","channel":"C1","channel_type":"G","team":"T0ROOM"}`: channel(connector.ChatMemberJoined, "U1"),
		`{"type":"member_left_channel","user":"U1","channel":"C1","channel_type":"C"}`:                   channel(connector.ChatMemberLeft, "U1"),
		`{"type":"channel_rename","channel":{"id":"C1","name":"new","created":1}}`:                       renamed,
		`{"type":"group_rename","channel":{"id":"C1","name":"new"}}`:                                     renamed,
		`{"type":"channel_archive","channel":"C1","user":"U1"}`:                                          channel(connector.ChatChannelArchived, "U1"),
		`{"type":"group_archive","channel":"C1","user":"U1"}`:                                            channel(connector.ChatChannelArchived, "U1"),
		`{"type":"channel_unarchive","channel":"C1","user":"U1"}`:                                        channel(connector.ChatChannelRestored, "U1"),
		`{"type":"group_unarchive","channel":"C1","user":"U1"}`:                                          channel(connector.ChatChannelRestored, "U1"),
		`{"type":"channel_deleted","channel":"C1"}`:                                                      channel(connector.ChatChannelDeleted, ""),
		`{"type":"group_deleted","channel":"C1"}`:                                                        channel(connector.ChatChannelDeleted, ""),
		`{"type":"channel_left","channel":"C1","actor_id":"U9"}`:                                         channel(connector.ChatBotRemoved, ""),
		`{"type":"group_left","channel":"C1"}`:                                                           channel(connector.ChatBotRemoved, ""),
		`{"type":"channel_id_changed","old_channel_id":"C1","new_channel_id":"C2"}`:                      moved,
		`{"type":"user_change","user":{"id":"U1","deleted":true}}`:                                       person(connector.ChatPersonLeft),
		`{"type":"user_change","user":{"id":"U1","is_restricted":true}}`:                                 person(connector.ChatPersonLeft),
		`{"type":"user_change","user":{"id":"U1","deleted":false,"profile":{"status_text":"x"}}}`:        person(connector.ChatPersonChanged),
		`{"type":"team_join","user":{"id":"U1","name":"u"}}`:                                             person(connector.ChatPersonArrived),
		`{"type":"app_uninstalled"}`:                                                                     {ID: "Ev1", Type: connector.ChatTokenRevoked, Platform: "slack", At: at},
		`{"type":"tokens_revoked","tokens":{"oauth":[],"bot":["UB"]}}`:                                   {ID: "Ev1", Type: connector.ChatTokenRevoked, Platform: "slack", At: at},
		// A part that nobody needs may have any form.
		`{"type":"member_joined_channel","user":"U1","channel":"C1","blocks":[{"type":7}]}`: channel(connector.ChatMemberJoined, "U1"),
	}
	for inner, want := range tests {
		t.Run(inner, func(t *testing.T) {
			rig := newInRig(t, inCommands{})
			if w := rig.event(callback(inner)); w.Code != http.StatusOK {
				t.Fatalf("status %d", w.Code)
			}
			if len(rig.acceptor.events) != 1 || rig.acceptor.events[0] != want {
				t.Errorf("stored %+v\n want %+v", rig.acceptor.events, want)
			}
		})
	}
}

func TestMissedEvents(t *testing.T) {
	rig := newInRig(t, inCommands{})
	rig.event(`{"token":"x","type":"app_rate_limited","team_id":"T0ROOM","minute_rate_limited":1518467820,"api_app_id":"A1"}`)
	want := connector.ChatEvent{
		ID: "app_rate_limited/T0ROOM/1518467820", Type: connector.ChatEventsWereMissed, Platform: "slack",
		At: time.Unix(1518467820, 0).UTC(),
	}
	if len(rig.acceptor.events) != 1 || rig.acceptor.events[0] != want {
		t.Errorf("stored %+v\n want %+v", rig.acceptor.events, want)
	}
}

func TestEventsOfNoUse(t *testing.T) {
	for name, body := range map[string]string{
		"other event":           callback(`{"type":"message","channel":"C1","text":"hello"}`),
		"no event":              callback(`null`),
		"event of another form": callback(`[1]`),
		"no channel":            callback(`{"type":"member_joined_channel","user":"U1"}`),
		"user token":            callback(`{"type":"tokens_revoked","tokens":{"oauth":["U1"]}}`),
		"another workspace":     strings.Replace(callback(`{"type":"channel_left","channel":"C1"}`), inTeam, "T0OTHER", 1),
		"other envelope":        `{"type":"something_new","team_id":"T0ROOM"}`,
	} {
		t.Run(name, func(t *testing.T) {
			rig := newInRig(t, inCommands{})
			if w := rig.event(body); w.Code != http.StatusOK || len(rig.acceptor.events) != 0 {
				t.Errorf("status %d, stored %+v", w.Code, rig.acceptor.events)
			}
		})
	}
}

func TestRepeatedEventKeepsItsIdentity(t *testing.T) {
	rig := newInRig(t, inCommands{})
	body := callback(`{"type":"channel_left","channel":"C1"}`)
	rig.event(body)
	again := signed("/slack/events", "application/json", body, time.Now())
	again.Header.Set("X-Slack-Retry-Num", "1")
	again.Header.Set("X-Slack-Retry-Reason", "http_timeout")
	if w := rig.do(again); w.Code != http.StatusOK {
		t.Errorf("status %d", w.Code)
	}
	if e := rig.acceptor.events; len(e) != 2 || e[0] != e[1] {
		t.Errorf("stored %+v, want the same twice", e)
	}
}

func TestEventNotStored(t *testing.T) {
	for want, err := range map[string]error{
		"5": fmt.Errorf("accept: %w", connector.ErrStoreAway),
		"9": &connector.WaitError{After: 8100 * time.Millisecond, What: "store"},
	} {
		rig := newInRig(t, inCommands{})
		rig.acceptor.err = err
		w := rig.event(callback(`{"type":"channel_left","channel":"C1"}`))
		if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") != want {
			t.Errorf("status %d, Retry-After %q; want 503 and %s", w.Code, w.Header().Get("Retry-After"), want)
		}
	}
}

func TestEventThatIsNoJSON(t *testing.T) {
	if w := newInRig(t, inCommands{}).event(`type=event_callback`); w.Code != http.StatusBadRequest {
		t.Errorf("status %d, want 400", w.Code)
	}
}

// While the workspace is not known, events are kept and people are asked to wait.
func TestUnknownWorkspace(t *testing.T) {
	acceptor := &inAcceptor{}
	in := slack.NewInbound(slack.InboundOptions{
		SigningSecret: inSecret, TeamID: func() string { return "" }, Command: "/crm",
		Handler: inCommands{}, Acceptor: acceptor,
	})
	defer func() { _ = in.Close(context.Background()) }()
	rig := &inRig{in: in, mux: http.NewServeMux()}
	for pattern, handler := range in.Routes() {
		rig.mux.Handle(pattern, handler)
	}
	if w := rig.event(callback(`{"type":"channel_left","channel":"C1"}`)); w.Code != http.StatusOK || len(acceptor.events) != 1 {
		t.Errorf("status %d, stored %+v", w.Code, acceptor.events)
	}
	if a := said(t, rig.form("/slack/commands", slash("status"))); !strings.Contains(a.Text, "has not reached Slack yet") {
		t.Errorf("answer %+v", a)
	}
}
