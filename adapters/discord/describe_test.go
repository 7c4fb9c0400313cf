package discord

import (
	"net/http"
	"testing"

	"roomkeeper/connector"
)

// titled is one channel of a guild, with a topic and a purpose below it.
func titled(r *http.Request) answer {
	if r.URL.Path == "/api/"+apiVersion+"/users/@me" {
		return answer{body: `{"id":"42"}`}
	}
	return answer{body: `{"id":"` + testID + `","type":0,"name":"acme","topic":"Acme\n↳ crm/account/1"}`}
}

// A title is changed by what Topic read: it costs no reading of its own, and neither
// does a name.
func TestTitleGoesByTheReading(t *testing.T) {
	for name, c := range map[string]struct {
		do    func(*stand) error
		calls string
	}{
		"topic": {func(s *stand) error { return s.SetTopic(s.Context(), testID, "Beta") }, "GET PATCH"},
		"name and topic": {func(s *stand) error {
			_, err := s.Rename(s.Context(), testID, "beta", "Beta")
			return err
		}, "GET PATCH"},
		"name": {func(s *stand) error {
			_, err := s.Rename(s.Context(), testID, "beta", "")
			return err
		}, "GET PATCH"},
		"twice": {func(s *stand) error {
			if err := s.SetTopic(s.Context(), testID, "Beta"); err != nil {
				return err
			}
			return s.SetTopic(s.Context(), testID, "Gamma")
		}, "GET PATCH GET PATCH"},
		"late": {func(s *stand) error {
			s.pass(keepTopic + 1)
			return s.SetTopic(s.Context(), testID, "Beta")
		}, "GET GET PATCH"},
		"after the purpose": {func(s *stand) error {
			if err := s.SetPurpose(s.Context(), testID, "crm/account/1"); err != nil {
				return err
			}
			return s.SetTopic(s.Context(), testID, "Beta")
		}, "GET GET GET PATCH"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStand(t, titled)
			topic, err := s.Topic(t.Context(), testID)
			if err != nil || topic != "Acme" {
				t.Fatalf("topic %q, %v", topic, err)
			}
			if err := c.do(s); err != nil {
				t.Fatal(err)
			}
			if got := s.methods(0); got != c.calls {
				t.Errorf("calls %s, want %s", got, c.calls)
			}
		})
	}
}

// A name changes without a reading only where it is known what the channel is.
func TestUnknownChannelIsReadBeforeItsRename(t *testing.T) {
	s := newStand(t, titled)
	if _, err := s.Rename(t.Context(), connector.ChannelID(testID), "beta", ""); err != nil {
		t.Fatal(err)
	}
	if got := s.methods(0); got != "GET PATCH" {
		t.Errorf("calls %s", got)
	}
}
