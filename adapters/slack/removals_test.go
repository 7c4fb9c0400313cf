package slack_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"roomkeeper/adapters/internal/adaptertest"
	"roomkeeper/adapters/slack"
	"roomkeeper/connector"
	"roomkeeper/internal/spectest"
	sandbox "roomkeeper/sandbox/slack"
)

// desk is a workspace where only admins remove people, with a bot, the account of a
// user token, and a channel.
type desk struct {
	*testing.T
	workspace *sandbox.Workspace
	platform  connector.ChatPlatform
	channel   connector.ChannelID
	service   connector.MemberID
	now       time.Time
	kicked    int
}

const userToken = "xoxp-service"

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{T: t, now: time.Now(), service: "U0SERVICE"}
	d.workspace = sandbox.New(sandbox.Config{
		BotToken: "xoxb-desk", UserTokens: map[string]string{userToken: string(d.service)}, Clock: func() time.Time { return d.now },
	})
	d.workspace.AddUser(sandbox.User{ID: string(d.service), Name: "service", Admin: true})
	server := httptest.NewServer(d.workspace.Handler())
	base := &http.Transport{}
	t.Cleanup(func() {
		base.CloseIdleConnections()
		server.Close()
		d.workspace.Close()
	})
	adapter, err := slack.New(slack.Options{
		Token: "xoxb-desk", UserToken: userToken, APIURL: server.URL + "/api/", URL: server.URL, Limiter: adaptertest.NewLimiter(),
		HTTP: spectest.RoundTripper(t, base), CallTimeout: 10 * time.Second, Clock: func() time.Time { return d.now },
	})
	d.ok(err)
	d.platform = adapter.Platform()
	made, err := d.platform.Channels.Create(t.Context(), connector.ChannelSpec{Name: "room", Private: true})
	d.ok(err)
	d.channel = made.ID
	d.onlyAdmins(true)
	return d
}

func (d *desk) ok(err error) {
	d.Helper()
	if err != nil {
		d.Fatal(err)
	}
}

func (d *desk) onlyAdmins(yes bool) {
	d.workspace.UpdateSettings(func(s *sandbox.Settings) { s.AdminsOnlyRemove = yes })
}

func (d *desk) person(name string) connector.MemberID {
	d.Helper()
	id := connector.MemberID(d.workspace.AddUser(sandbox.User{Name: name, Email: name + "@example.com"}))
	d.ok(d.platform.Members.Add(d.Context(), d.channel, []connector.MemberID{id}))
	return id
}

// kicks counts the calls since the last time.
func (d *desk) kicks() int {
	now := len(d.workspace.Calls(0, "conversations.kick"))
	n := now - d.kicked
	d.kicked = now
	return n
}

func (d *desk) in(want ...connector.MemberID) {
	d.Helper()
	seen, err := d.platform.Channels.Observe(d.Context(), d.channel)
	d.ok(err)
	slices.Sort(seen.Members)
	slices.Sort(want)
	if !slices.Equal(seen.Members, want) {
		d.Errorf("in are %v, want %v", seen.Members, want)
	}
}

// The bot is tried first, then the account of the user token; the refusal is
// remembered for a day.
func TestUserTokenRemoves(t *testing.T) {
	d := newDesk(t)
	a, b, c := d.person("a"), d.person("b"), d.person("c")
	d.ok(d.platform.Members.Add(t.Context(), d.channel, []connector.MemberID{d.service}))
	seen, err := d.platform.Channels.Observe(t.Context(), d.channel)
	d.ok(err)
	if !slices.Equal(seen.Service, []connector.MemberID{d.service}) || slices.Contains(seen.Members, d.service) {
		t.Errorf("seen %+v", seen)
	}
	for i, one := range []struct {
		member connector.MemberID
		calls  int
	}{{a, 2}, {b, 1}, {b, 1}} { // who is out already is success
		d.kicks()
		d.ok(d.platform.Members.Remove(t.Context(), d.channel, one.member))
		if n := d.kicks(); n != one.calls {
			t.Errorf("removal %d: %d calls, want %d", i, n, one.calls)
		}
	}
	d.in(c)
	d.onlyAdmins(false)
	d.now = d.now.Add(25 * time.Hour)
	d.ok(d.platform.Members.Remove(t.Context(), d.channel, c))
	if n := d.kicks(); n != 1 {
		t.Errorf("%d calls a day later", n)
	}
	d.in()
}

// Where its account is no member, or the token is no good any more, the removal is
// refused and nothing else.
func TestUserTokenMayNotRemove(t *testing.T) {
	d := newDesk(t)
	a := d.person("a")
	for range 2 {
		if err := d.platform.Members.Remove(t.Context(), d.channel, a); !errors.Is(err, connector.ErrForbidden) || connector.ReasonOf(err).Passing() {
			t.Errorf("not a member: %v", err)
		}
	}
	d.ok(d.platform.Members.Add(t.Context(), d.channel, []connector.MemberID{d.service}))
	d.workspace.UpdateSettings(func(s *sandbox.Settings) { s.UserScopes = "" })
	if err := d.platform.Members.Remove(t.Context(), d.channel, a); !errors.Is(err, connector.ErrForbidden) || !strings.Contains(err.Error(), "user token") {
		t.Errorf("without the scope: %v", err)
	}
	d.workspace.UpdateUser(string(d.service), func(u *sandbox.User) { u.Deleted = true })
	err := d.platform.Members.Remove(t.Context(), d.channel, a)
	if !errors.Is(err, connector.ErrForbidden) || errors.Is(err, connector.ErrUnauthorized) {
		t.Errorf("deactivated: %v", err)
	}
	if err != nil && strings.Contains(err.Error(), userToken) {
		t.Errorf("the error holds the token: %v", err)
	}
	d.in(a)
}

// The user token is checked at the start: refused, or of another workspace.
func TestUserTokenIsChecked(t *testing.T) {
	for name, answer := range map[string]string{
		"refused":           `{"ok":false,"error":"invalid_auth"}`,
		"another workspace": `{"ok":true,"team_id":"T2","user_id":"U1"}`,
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_ = r.ParseForm()
				body := `{"ok":true,"team_id":"T1","user_id":"UBOT","bot_id":"B1"}`
				if r.Form.Get("token") == userToken || strings.HasSuffix(r.Header.Get("Authorization"), userToken) {
					body = answer
				}
				_, _ = w.Write([]byte(body))
			}))
			defer server.Close()
			adapter, err := slack.New(slack.Options{Token: "xoxb-1", UserToken: userToken, APIURL: server.URL + "/api/", Limiter: adaptertest.NewLimiter()})
			if err != nil {
				t.Fatal(err)
			}
			_, err = adapter.Whoami(t.Context())
			if !errors.Is(err, connector.ErrUnauthorized) || !strings.Contains(err.Error(), "user token") || strings.Contains(err.Error(), userToken) {
				t.Errorf("error %v", err)
			}
		})
	}
}
