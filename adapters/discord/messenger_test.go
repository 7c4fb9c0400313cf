package discord

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"roomkeeper/connector"
)

// direct answers the opening of a direct message, and with post what is posted there.
func direct(post answer) func(*http.Request) answer {
	return func(r *http.Request) answer {
		if strings.HasSuffix(r.URL.Path, "/users/@me/channels") {
			return answer{body: `{"id":"900","type":1}`}
		}
		return post
	}
}

func TestTellOpensOnce(t *testing.T) {
	s := newStand(t, direct(answer{body: `{"id":"901"}`}))
	var bodies []string
	for range 2 {
		if err := s.Tell(t.Context(), testID, "c1", connector.Card{Title: "@everyone <@1>"}); err != nil {
			t.Fatal(err)
		}
	}
	for _, r := range s.sent {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		bodies = append(bodies, r.URL.Path+" "+string(body))
	}
	if len(bodies) != 3 || bodies[0] != `/api/v10/users/@me/channels {"recipient_id":"`+testID+`"}` {
		t.Fatalf("sent %q", bodies)
	}
	if bodies[1] != bodies[2] || !strings.Contains(bodies[1], "/channels/900/messages") || !strings.Contains(bodies[1], `"enforce_nonce":true`) ||
		!strings.Contains(bodies[1], `"allowed_mentions":{"parse":[]}`) {
		t.Errorf("posted %q", bodies[1:])
	}
	if s.limiter.rates[directsBucket].Count != 20 {
		t.Errorf("rates %v", s.limiter.rates)
	}
}

func TestTellRefused(t *testing.T) {
	for code, want := range map[string]error{
		"50007": connector.ErrForbidden, "50278": connector.ErrForbidden, "10003": connector.ErrForbidden, "50001": connector.ErrForbidden,
	} {
		s := newStand(t, direct(answer{status: http.StatusForbidden, body: `{"code":` + code + `}`}))
		if err := s.Tell(t.Context(), testID, "c1", connector.Card{}); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", code, err, want)
		}
	}
	s := newStand(t, says(http.StatusForbidden, `{"code":40003}`))
	err := s.Tell(t.Context(), testID, "c1", connector.Card{})
	if wait, ok := errors.AsType[*connector.WaitError](err); !ok || wait.After != directsPause {
		t.Errorf("too fast: %v", err)
	}
	s = newStand(t, says(http.StatusOK, `{}`))
	if err := s.Tell(t.Context(), testID, "c1", connector.Card{}); !errors.Is(err, connector.ErrTemporary) {
		t.Errorf("no channel: %v", err)
	}
}
