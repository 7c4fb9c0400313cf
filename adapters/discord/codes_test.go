package discord

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"roomkeeper/adapters/internal/outbound"
	"roomkeeper/connector"
)

func TestTranslate(t *testing.T) {
	const plain = "GET /channels/{channel}"
	for _, c := range []struct {
		route string
		code  int
		paths []string
		want  error
	}{
		{plain, 10003, nil, connector.ErrChannelGone},
		{"GET /guilds/{guild}", 10004, nil, connector.ErrUnauthorized},
		{plain, 10007, nil, connector.ErrNotFound},
		{deleteThreadMember, 10007, nil, outbound.ErrDone},
		{putThreadMember, 10007, nil, connector.ErrNotFound},
		{patchMessage, 10008, nil, connector.ErrMessageGone},
		{deleteOverwrite, 10009, nil, outbound.ErrDone},
		{putOverwrite, 10009, nil, connector.ErrNotFound},
		{plain, 10011, nil, connector.ErrNotFound},
		{plain, 10013, nil, connector.ErrNotFound},
		{plain, 20028, nil, connector.ErrTemporary},
		{plain, 20029, nil, connector.ErrTemporary},
		{putPin, 30003, nil, connector.ErrForbidden},
		{plain, 30005, nil, connector.ErrFull},
		{postChannel, 30013, nil, connector.ErrFull},
		{putThreadMember, 30033, nil, connector.ErrFull},
		{patchMessage, 30046, nil, connector.ErrMessageGone},
		{putOverwrite, 30060, nil, connector.ErrFull},
		{postChannel, 30061, nil, connector.ErrFull},
		{plain, 40001, nil, connector.ErrUnauthorized},
		{plain, 40333, nil, connector.ErrTemporary},
		{plain, 50001, nil, connector.ErrNotInChannel},
		{postChannel, 50001, nil, connector.ErrUnauthorized},
		{plain, 50013, nil, connector.ErrForbidden},
		{postMessage, 50007, nil, connector.ErrForbidden},
		{postMessage, 50278, nil, connector.ErrForbidden},
		{plain, 50024, nil, connector.ErrForbidden},
		{postChannel, 50035, []string{"name BASE_TYPE_BAD_LENGTH"}, connector.ErrInvalidName},
		{patchChannel, 50035, []string{"name BASE_TYPE_BAD_LENGTH"}, connector.ErrInvalidName},
		{postChannel, 50035, []string{"parent_id CHANNEL_PARENT_MAX_CHANNELS"}, errCategoryFull},
		{postMessage, 50035, []string{"embeds.0.author.name BASE_TYPE_MAX_LENGTH"}, connector.ErrInvalid},
		{plain, 50083, nil, connector.ErrArchived},
		{plain, 50109, nil, connector.ErrInvalid},
		{plain, 160005, nil, connector.ErrArchived},
		{postThread, 160006, nil, connector.ErrFull},
		{postThread, 160007, nil, connector.ErrFull},
		{plain, 1, nil, nil},
	} {
		if got := translate(c.route, c.code, c.paths); !errors.Is(got, c.want) {
			t.Errorf("%d by %s: %v, want %v", c.code, c.route, got, c.want)
		}
	}
}

// TestRefusal: an error names the code and the fields, and nothing that was sent.
func TestRefusal(t *testing.T) {
	body := `{"code":50035,"message":"SECRET","errors":{"embeds":{"0":{"title":{"_errors":[{"code":"BASE_TYPE_MAX_LENGTH","message":"SECRET"}]}}}}}`
	s := newStand(t, says(http.StatusBadRequest, body))
	_, err := s.Post(t.Context(), testID, "c1", connector.Card{Title: "SECRET"})
	if !errors.Is(err, connector.ErrInvalid) || !strings.Contains(err.Error(), "50035 (embeds.0.title BASE_TYPE_MAX_LENGTH)") || strings.Contains(err.Error(), "SECRET") {
		t.Errorf("%v", err)
	}
	s = newStand(t, says(http.StatusTooManyRequests, `{"code":30046,"retry_after":1000}`))
	if err := s.Edit(t.Context(), testID, testID, "c1", connector.Card{}); !errors.Is(err, connector.ErrMessageGone) {
		t.Errorf("edited too often: %v", err)
	}
}

func TestTopic(t *testing.T) {
	long := strings.Repeat("🙂", 900)
	for _, c := range [][2]string{
		{"", ""}, {"Acme", ""}, {"", "crm/account/1"}, {"Acme & Sons", "crm/account/1"},
	} {
		if topic, purpose := splitTopic(joinTopic(c[0], c[1])); topic != c[0] || purpose != c[1] {
			t.Errorf("%q became %q, %q", c, topic, purpose)
		}
	}
	text := joinTopic(long, "crm/account/"+long)
	if topic, purpose := splitTopic(text); units(text) > maxBoth || purpose == "" || topic == "" {
		t.Errorf("%d units: %q, %q", units(text), topic, purpose)
	}
	if topic, purpose := splitTopic("by hand\n\n" + purposeMark + "crm/account/1"); topic != "by hand" || purpose != "crm/account/1" {
		t.Errorf("%q, %q", topic, purpose)
	}
	if joinTopic("a", "b\nc") != "a\n"+purposeMark+"b c" {
		t.Errorf("%q", joinTopic("a", "b\nc"))
	}
}

// A topic is text of the CRM's: it comes back as it was, and does nothing where
// it is shown.
func TestTopicIsInert(t *testing.T) {
	long := strings.Repeat("<@1> ", 80)
	for _, topic := range []string{
		"", "Acme & Sons (GmbH)", `A\B\\ *C*`, "@everyone <@1> <#2> [x](https://evil.example)", "1. discord.gg/abc", "↳ crm/account/2", long,
	} {
		text, purpose := splitTopic(joinTopic(topicText(topic), "crm/account/1"))
		if got, want := readTopic(text), connector.Cut(topic, maxTopic); got != want || purpose != "crm/account/1" {
			t.Errorf("%q came back as %q, purpose %q", want, got, purpose)
		}
		assertInert(t, text)
	}
	if got := readTopic(`by hand \`); got != "by hand " {
		t.Errorf("a lone backslash: %q", got)
	}
}

func TestOrdinal(t *testing.T) {
	for name, want := range map[string]int{
		"CRM": 1, "crm": 1, "CRM 2": 2, "CRM 12": 12, "CRM archive": 0, "CRM 1": 0, "CRM x": 0, "C": 0, "": 0, "Other": 0,
	} {
		if got := ordinal(name, "CRM"); got != want {
			t.Errorf("%q is number %d, want %d", name, got, want)
		}
	}
}
