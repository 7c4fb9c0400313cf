package slack

import (
	"errors"
	"testing"
	"time"

	"roomkeeper/connector"
)

// TestFindCardIsOurs: what others write into their metadata does not count.
func TestFindCardIsOurs(t *testing.T) {
	const metadata = `"metadata":{"event_type":"roomkeeper_card","event_payload":{"card":"card-1"}}`
	s := newStand(t, map[string]answerer{"conversations.history": says(`{"ok":true,"has_more":false,"messages":[
		{"ts":"5.000000","user":"UOTHER","bot_id":"B2",` + metadata + `},
		{"ts":"4.000000","user":"UBOT","bot_id":"B1","metadata":{"event_type":"other","event_payload":{"card":"card-1"}}},
		{"ts":"3.000000","user":"UBOT","bot_id":"B1","metadata":{"event_type":"roomkeeper_card","event_payload":{"card":1}}},
		{"ts":"2.000000","user":"UBOT","bot_id":"B1",` + metadata + `}]}`)})
	since := time.Unix(1_700_000_000, 5000)
	got, err := s.FindCard(t.Context(), "C1", "card-1", since)
	if err != nil || got != "2.000000" {
		t.Errorf("%s, %v", got, err)
	}
	form := s.form("conversations.history", 0)
	if form["include_all_metadata"] != "1" || form["oldest"] != "1699999880.000005" {
		t.Errorf("asked for %v", form)
	}
	if _, err := s.FindCard(t.Context(), "C1", "card-2", since); !errors.Is(err, connector.ErrNotFound) {
		t.Errorf("error %v", err)
	}
}

// TestFindCardNeedsAll: a page that says "more" without saying where is no end.
func TestFindCardNeedsAll(t *testing.T) {
	s := newStand(t, map[string]answerer{"conversations.history": says(`{"ok":true,"has_more":true,"messages":[]}`)})
	if _, err := s.FindCard(t.Context(), "C1", "card-1", time.Now()); !errors.Is(err, connector.ErrTemporary) {
		t.Errorf("error %v", err)
	}
}

func TestPin(t *testing.T) {
	for code, want := range map[string]error{
		"already_pinned": nil, "message_not_found": connector.ErrMessageGone, "too_many_pins": connector.ErrForbidden,
		"missing_scope": connector.ErrUnsupported,
	} {
		s := newStand(t, map[string]answerer{"pins.add": refuses(code)})
		if err := s.Pin(t.Context(), "C1", "1.000001"); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", code, err, want)
		}
	}
}
