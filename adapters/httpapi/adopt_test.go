package httpapi_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"roomkeeper/adapters/httpapi"
	"roomkeeper/connector"
)

// adopter notes what was adopted, and fails with err when that is set.
type adopter struct {
	err   error
	done  []connector.AdoptRequest
	shown connector.Adoption
	pairs []connector.AdoptSuggestion
	// known are the Records that the CRM lists.
	known []connector.RecordKey
}

func (a *adopter) Preview(_ context.Context, req connector.AdoptRequest) (connector.Adoption, error) {
	a.shown.AdoptRequest = req
	return a.shown, a.err
}

func (a *adopter) Adopt(_ context.Context, req connector.AdoptRequest) (connector.Group, error) {
	if a.err != nil {
		return connector.Group{}, a.err
	}
	a.done = append(a.done, req)
	return connector.Group{
		ID: connector.GroupIDOf(req.Platform, req.Record), Platform: req.Platform, Record: req.Record, State: connector.GroupActive,
		Origin: connector.Adopted, Channel: connector.Channel{ID: req.Channel, Name: "deal-room"},
	}, nil
}

func (a *adopter) RecordOf(_ context.Context, id connector.GroupID) (connector.RecordKey, connector.PlatformID, error) {
	for _, key := range a.known {
		for _, on := range []connector.PlatformID{"slack", "discord"} {
			if connector.GroupIDOf(on, key) == id {
				return key, on, nil
			}
		}
	}
	return connector.RecordKey{}, "", fmt.Errorf("group: %w", connector.ErrNotFound)
}

func (a *adopter) Suggest(context.Context) ([]connector.AdoptSuggestion, error) {
	return a.pairs, a.err
}

func adoptRig(t *testing.T) (*rig, *adopter) {
	t.Helper()
	a := &adopter{known: []connector.RecordKey{accountKey("4")}}
	return newRig(t, func(o *httpapi.Options) { o.Adopter = a }), a
}

func adoptPath(id connector.GroupID) string { return "/api/v1/groups/" + string(id) + "/adopt" }

func TestAdopt(t *testing.T) {
	slackID, discordID := connector.GroupIDOf("slack", accountKey("4")), connector.GroupIDOf("discord", accountKey("4"))
	unlisted := connector.GroupIDOf("slack", accountKey("5"))
	for _, c := range []struct {
		id   connector.GroupID
		body string
		want connector.AdoptRequest
	}{
		{slackID, `{"channel":"C7"}`, connector.AdoptRequest{Record: accountKey("4"), Platform: "slack", Channel: "C7"}},
		{discordID, `{"channel":"C7","own":true}`, connector.AdoptRequest{Record: accountKey("4"), Platform: "discord", Channel: "C7", Own: true}},
		{unlisted, `{"channel":"C7","kind":"AccountObj","id":"5"}`, connector.AdoptRequest{Record: accountKey("5"), Platform: "slack", Channel: "C7"}},
		{discordID, `{"channel":"C7","kind":"account","id":"4"}`, connector.AdoptRequest{Record: accountKey("4"), Platform: "discord", Channel: "C7"}},
		{"-", `{"channel":"C7","kind":"account","id":"4","platform":"discord"}`, connector.AdoptRequest{Record: accountKey("4"), Platform: "discord", Channel: "C7"}},
	} {
		s, a := adoptRig(t)
		var view struct {
			ID        connector.GroupID `json:"id"`
			CreatedBy string            `json:"created_by"`
			ChannelID string            `json:"channel_id"`
		}
		s.read(s.call(http.MethodPost, adoptPath(c.id), c.body), http.StatusOK, &view)
		if len(a.done) != 1 || a.done[0] != c.want || view.CreatedBy != "adopted" || view.ChannelID != "C7" || view.ID != connector.GroupIDOf(c.want.Platform, c.want.Record) {
			t.Errorf("%s %s: did %+v, answered %+v", c.id, c.body, a.done, view)
		}
	}
}

func TestAdoptDryRun(t *testing.T) {
	s, a := adoptRig(t)
	a.shown = connector.Adoption{
		RecordName: "Acme", Found: connector.Channel{ID: "C7", Name: "deal-room"}, Public: true, Unresolved: 2,
		Rows: []connector.Membership{{User: "1", Member: "U1", Status: connector.StatusMember, Owned: true}},
		Plan: connector.Plan{ID: "p1"},
	}
	answer := s.call(http.MethodPost, adoptPath("-"), `{"channel":"C7","kind":"account","id":"4","own":true,"dry_run":true}`)
	if answer.status != http.StatusOK || len(a.done) > 0 {
		t.Fatalf("status %d, did %v", answer.status, a.done)
	}
	sameJSON(t, answer.body, `{"id":"`+string(connector.GroupIDOf("slack", accountKey("4")))+`","kind":"account","record_id":"4","record_name":"Acme",
"platform":"slack","channel_id":"C7","channel_name":"deal-room","own":true,"done":false,"enters":false,"unread":false,"public":true,"unresolved":2,
"members":[{"user_id":"1","member_id":"U1","status":"member","reason":"","since":null,"why":[],"owned":true}],
"plan":{"id":"p1","actions":[],"held":null,"calls":{}}}`)
}

func TestAdoptRefused(t *testing.T) {
	s, a := adoptRig(t)
	id := connector.GroupIDOf("slack", accountKey("4"))
	for body, field := range map[string]string{
		`{}`: "channel", `{"channel":""}`: "channel", `{"channel":7}`: "channel", `{"channel":"C7","own":"yes"}`: "own",
		`{"channel":"C7","kind":"lead","id":"4"}`: "kind", `{"channel":"C7","kind":"account"}`: "id", `{"channel":"C7","extra":1}`: "extra",
		`{"channel":"C7","kind":"account","id":"4","platform":"irc"}`: "platform",
	} {
		if p := s.problem(s.call(http.MethodPost, adoptPath(id), body), http.StatusUnprocessableEntity); p.Field != field {
			t.Errorf("%s: field %q", body, p.Field)
		}
	}
	if p := s.problem(s.call(http.MethodPost, adoptPath("-"), `{"channel":"C7"}`), http.StatusUnprocessableEntity); p.Field != "kind" {
		t.Errorf("field %q", p.Field)
	}
	s.problem(s.call(http.MethodPost, adoptPath("gnone"), `{"channel":"C7"}`), http.StatusNotFound)
	s.problem(s.call(http.MethodPost, adoptPath(id), `{"channel":"C7","kind":"account","id":"5"}`), http.StatusNotFound)
	for _, c := range []struct {
		err    error
		status int
		says   string
	}{
		{connector.ErrNotFound, http.StatusNotFound, "no such record"},
		{connector.ErrUntold, http.StatusNotFound, "has not told us"},
		{&connector.AdoptError{Reason: connector.AdoptKindUnused}, http.StatusUnprocessableEntity, "in use are"},
		{&connector.AdoptError{Reason: connector.AdoptPlatform}, http.StatusUnprocessableEntity, "in use are"},
		{&connector.AdoptError{Reason: connector.AdoptNoChannel}, http.StatusUnprocessableEntity, "invite the bot"},
		{&connector.AdoptError{Reason: connector.AdoptUnfit}, http.StatusUnprocessableEntity, "not a channel"},
		{&connector.AdoptError{Reason: connector.AdoptArchived}, http.StatusConflict, "unarchive it"},
		{&connector.AdoptError{Reason: connector.AdoptShared}, http.StatusConflict, "another organisation"},
		{&connector.AdoptError{Reason: connector.AdoptNotAllowed}, http.StatusConflict, "permission"},
		{&connector.AdoptError{Reason: connector.AdoptOtherRecord, Record: accountKey("9")}, http.StatusConflict, "account 9"},
		{&connector.AdoptError{Reason: connector.AdoptChannelMarked, Record: accountKey("9")}, http.StatusConflict, "account 9"},
		{&connector.AdoptError{Reason: connector.AdoptOtherChannel, Channel: connector.Channel{Name: "acme"}}, http.StatusConflict, "#acme"},
		{&connector.AdoptError{Reason: connector.AdoptBeingMade}, http.StatusConflict, "being made"},
		{&connector.AdoptError{Reason: connector.AdoptRecordIsOver}, http.StatusConflict, "deleted"},
		{&connector.RecoverError{Platform: "slack", Channels: 2}, http.StatusConflict, "connector recover"},
		{connector.ErrConflict, http.StatusConflict, "meanwhile"},
		{connector.ErrTemporary, http.StatusServiceUnavailable, "cannot be reached"},
		{connector.ErrStoreAway, http.StatusServiceUnavailable, "store"},
	} {
		a.err = fmt.Errorf("look: %w", c.err)
		for _, body := range []string{`{"channel":"C7"}`, `{"channel":"C7","dry_run":true}`} {
			if p := s.problem(s.call(http.MethodPost, adoptPath(id), body), c.status); !strings.Contains(p.Detail, c.says) {
				t.Errorf("%v: %q", c.err, p.Detail)
			}
		}
	}
	if len(a.done) > 0 {
		t.Errorf("did %v", a.done)
	}
}

func TestSuggestAdoptions(t *testing.T) {
	s, a := adoptRig(t)
	a.pairs = []connector.AdoptSuggestion{{
		Platform: "slack", Record: accountKey("4"), RecordName: "Acme", Channel: connector.Channel{ID: "C7", Name: "acme"}, Likeness: 1, Why: "because",
	}}
	sameJSON(t, s.call(http.MethodGet, "/api/v1/adopt", "").body, `{"next_cursor":"","items":[{"id":"`+string(connector.GroupIDOf("slack", accountKey("4")))+`",
"kind":"account","record_id":"4","record_name":"Acme","platform":"slack","channel_id":"C7","channel_name":"acme","likeness":1,"why":"because"}]}`)
	a.err = fmt.Errorf("list: %w", connector.ErrUnsupported)
	s.problem(s.call(http.MethodGet, "/api/v1/adopt", ""), http.StatusConflict)
	a.err = errors.New("boom")
	s.problem(s.call(http.MethodGet, "/api/v1/adopt", ""), http.StatusInternalServerError)
}
