package slack

import (
	"errors"
	"testing"

	"roomkeeper/connector"
)

func TestTell(t *testing.T) {
	s := newStand(t, map[string]answerer{postMessage: says(`{"ok":true,"channel":"D1","ts":"1.000001"}`)})
	if err := s.Tell(t.Context(), "U1", "c1", connector.Card{Title: "<!channel>"}); err != nil {
		t.Fatal(err)
	}
	if form := s.form(postMessage, 0); form["channel"] != "U1" || form["link_names"] == "true" || form["parse"] == "full" {
		t.Errorf("sent %v", form)
	}
	for code, want := range map[string]error{
		"channel_not_found": connector.ErrForbidden, "messages_tab_disabled": connector.ErrForbidden, "is_archived": connector.ErrForbidden,
		"user_not_found": connector.ErrForbidden, "invalid_blocks": connector.ErrInvalid, "internal_error": connector.ErrUnknownOutcome,
		"missing_scope": connector.ErrUnsupported,
	} {
		s := newStand(t, map[string]answerer{postMessage: refuses(code)})
		if err := s.Tell(t.Context(), "U1", "c1", connector.Card{}); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", code, err, want)
		}
	}
}
