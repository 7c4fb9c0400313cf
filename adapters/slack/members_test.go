package slack

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"roomkeeper/connector"
)

func ids(n int) []connector.MemberID {
	out := make([]connector.MemberID, n)
	for i := range out {
		out[i] = connector.MemberID(fmt.Sprintf("U%03d", i))
	}
	return out
}

func failures(t *testing.T, err error) map[connector.MemberID]connector.PendingReason {
	t.Helper()
	var failed *connector.MembersError
	if !errors.As(err, &failed) {
		t.Fatalf("error %v, want a MembersError", err)
	}
	out := map[connector.MemberID]connector.PendingReason{}
	for _, f := range failed.Failed {
		out[f.Member] = f.Reason
	}
	return out
}

const inviteOK = `{"ok":true,"channel":{"id":"C1"}}`

func TestAddInBatches(t *testing.T) {
	s := newStand(t, map[string]answerer{"conversations.invite": says(inviteOK)})
	if err := s.Add(t.Context(), "C1", append(ids(250), "UBOT", "U000")); err != nil {
		t.Fatal(err)
	}
	if n := s.count("conversations.invite"); n != 3 {
		t.Fatalf("%d calls, want 3", n)
	}
	for i, want := range []int{100, 100, 50} {
		form := s.form("conversations.invite", i)
		if n := len(strings.Split(form["users"], ",")); n != want || form["force"] != "true" {
			t.Errorf("call %d: %d people, force %q", i, n, form["force"])
		}
		if strings.Contains(form["users"], "UBOT") {
			t.Error("the bot invites itself")
		}
	}
}

func TestAddReasons(t *testing.T) {
	for code, want := range map[string]connector.PendingReason{
		"user_is_restricted": connector.ReasonGuest, "ura_max_channels": connector.ReasonGuest,
		"org_user_not_in_team": connector.ReasonOtherWorkspace, "invitee_cant_see_channel": connector.ReasonOtherWorkspace,
		"user_not_found": connector.ReasonUnknownUser, "cant_invite": connector.ReasonInvitationRefused,
		"app_cannot_join_channel": connector.ReasonInvitationRefused, "no_permission": connector.ReasonInvitationRefused,
		"a_code_of_tomorrow": connector.ReasonInvitationRefused, "already_in_channel": "", "cant_invite_self": "",
	} {
		for _, ok := range []string{`true,"channel":{"id":"C1"}`, `false,"error":"` + code + `"`} {
			list := fmt.Sprintf(`[{"user":"U001","ok":false,"error":%q},{"strange":true},"text",null]`, code)
			s := newStand(t, map[string]answerer{"conversations.invite": says(`{"ok":` + ok + `,"errors":` + list + `}`)})
			err := s.Add(t.Context(), "C1", ids(3))
			if want == "" {
				if err != nil {
					t.Errorf("%s: %v", code, err)
				}
				continue
			}
			if got := failures(t, err); len(got) != 1 || got["U001"] != want {
				t.Errorf("%s: %v, want %s", code, got, want)
			}
		}
	}
}

// TestAddWithoutNames: a refusal that names nobody is narrowed down.
func TestAddWithoutNames(t *testing.T) {
	s := newStand(t, map[string]answerer{"conversations.invite": func(w http.ResponseWriter, r *http.Request, _ int) {
		if strings.Contains(r.Form.Get("users"), "U002") {
			_, _ = fmt.Fprint(w, `{"ok":false,"error":"user_is_restricted"}`)
			return
		}
		_, _ = fmt.Fprint(w, inviteOK)
	}})
	if got := failures(t, s.Add(t.Context(), "C1", ids(5))); len(got) != 1 || got["U002"] != connector.ReasonGuest {
		t.Errorf("failed %v", got)
	}
}

func TestAddRefusedAsAWhole(t *testing.T) {
	for code, want := range map[string]error{
		"not_in_channel": connector.ErrNotInChannel, "is_archived": connector.ErrArchived,
		"channel_not_found": connector.ErrChannelGone, "missing_scope": connector.ErrUnsupported,
		"no_permission": connector.ErrForbidden, "token_revoked": connector.ErrUnauthorized,
	} {
		s := newStand(t, map[string]answerer{"conversations.invite": refuses(code)})
		if err := s.Add(t.Context(), "C1", ids(2)); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", code, err, want)
		}
	}
}

// TestAddGoesOn: batches that were answered are not sent again after a wait,
// and who they refused is still told.
func TestAddGoesOn(t *testing.T) {
	s := newStand(t, map[string]answerer{"conversations.invite": func(w http.ResponseWriter, _ *http.Request, n int) {
		switch n {
		case 1:
			_, _ = fmt.Fprint(w, `{"ok":true,"channel":{"id":"C1"},"errors":[{"user":"U005","ok":false,"error":"cant_invite"}]}`)
		case 2:
			w.WriteHeader(http.StatusTooManyRequests)
		default:
			_, _ = fmt.Fprint(w, inviteOK)
		}
	}})
	var wait *connector.WaitError
	if err := s.Add(t.Context(), "C1", ids(150)); !errors.As(err, &wait) {
		t.Fatalf("error %v, want a wait", err)
	}
	got := failures(t, s.Add(t.Context(), "C1", ids(150)))
	if len(got) != 1 || got["U005"] != connector.ReasonInvitationRefused {
		t.Errorf("failed %v", got)
	}
	if n := s.count("conversations.invite"); n != 3 {
		t.Errorf("%d calls, want 3", n)
	}
}

func TestRemove(t *testing.T) {
	for answer, want := range map[string]error{
		`{"ok":true,"errors":{}}`:                  nil,
		`{"ok":true,"errors":[]}`:                  nil,
		`{"ok":true,"errors":[{"surprise":1}]}`:    nil,
		`{"ok":false,"error":"user_not_found"}`:    nil,
		`{"ok":false,"error":"restricted_action"}`: connector.ErrForbidden,
		`{"ok":false,"error":"channel_not_found"}`: connector.ErrChannelGone,
		`{"ok":false,"error":"internal_error"}`:    connector.ErrTemporary,
	} {
		s := newStand(t, map[string]answerer{"conversations.kick": says(answer)})
		if err := s.Remove(t.Context(), "C1", "U1"); !errors.Is(err, want) || (want == nil) != (err == nil) {
			t.Errorf("%s: %v, want %v", answer, err, want)
		}
	}
}

// TestRemoveOfSomebodyAbsent: the same code speaks of the person and of the bot.
func TestRemoveOfSomebodyAbsent(t *testing.T) {
	for info, want := range map[string]error{
		`"is_member":true`:                     nil,
		`"is_member":false`:                    connector.ErrNotInChannel,
		`"is_member":false,"is_archived":true`: connector.ErrArchived,
	} {
		s := newStand(t, map[string]answerer{
			"conversations.kick": refuses("not_in_channel"),
			"conversations.info": says(`{"ok":true,"channel":{"id":"C1","name":"acme",` + info + `}}`),
		})
		if err := s.Remove(t.Context(), "C1", "U1"); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", info, err, want)
		}
	}
}

// TestRemoveForgets: who was taken out meanwhile is invited again.
func TestRemoveForgets(t *testing.T) {
	s := newStand(t, map[string]answerer{
		"conversations.invite": func(w http.ResponseWriter, _ *http.Request, n int) {
			if n == 2 {
				w.WriteHeader(http.StatusTooManyRequests)
				return
			}
			_, _ = fmt.Fprint(w, inviteOK)
		},
		"conversations.kick": says(`{"ok":true}`),
	})
	if err := s.Add(t.Context(), "C1", ids(150)); err == nil {
		t.Fatal("no error")
	}
	if err := s.Remove(t.Context(), "C1", "U000"); err != nil {
		t.Fatal(err)
	}
	if err := s.Add(t.Context(), "C1", ids(150)); err != nil {
		t.Fatal(err)
	}
	if users := s.form("conversations.invite", 2)["users"]; !strings.HasPrefix(users, "U000,") {
		t.Errorf("invited %.20s…, want U000 too", users)
	}
}
