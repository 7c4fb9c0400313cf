package both_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"roomkeeper/internal/world"
	"roomkeeper/sandbox/discord"
)

// signInSecret is the sandbox's OAuth2 secret, unless it is told another one.
const signInSecret = "sandbox-client-secret"

// signsIn is unlinked, with OAuth2 at the sandbox.
func signsIn() world.Platform {
	p := unlinked()
	plain := p.Env
	p.Env = func(base string) []string {
		return append(plain(base), "ROOMKEEPER_DISCORD_URL="+base+"/discord", "ROOMKEEPER_DISCORD_CLIENT_SECRET="+signInSecret)
	}
	p.Secrets = append(p.Secrets, signInSecret)
	return p
}

// browser keeps cookies and goes where it is sent. Its user is signed in to
// Discord as somebody who allows what they are asked for.
type browser struct {
	http.Client
	guild *world.World
}

func newBrowser(t *testing.T, guild *world.World) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{http.Client{Jar: jar, Timeout: 30 * time.Second}, guild}
}

// signIn opens a link as somebody, wants the page at its end to have a status and
// to say all of this, and returns that page's address.
func (b *browser) signIn(t *testing.T, as, link string, status int, says ...string) string {
	t.Helper()
	settings(t, b.guild, world.Order{"login_as": as})
	return b.shows(t, link, status, says...)
}

func (b *browser) shows(t *testing.T, address string, status int, says ...string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := b.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	page, err := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	if err != nil {
		t.Fatal(err)
	}
	if answer.StatusCode != status {
		t.Errorf("%s: %d, want %d: %s", answer.Request.URL.Path, answer.StatusCode, status, page)
	}
	for _, part := range says {
		if !strings.Contains(string(page), part) {
			t.Errorf("the page does not say %q: %s", part, page)
		}
	}
	return answer.Request.URL.String()
}

// signInLink types /crm link and returns the link of its answer, which nobody
// else sees.
func signInLink(t *testing.T, guild *world.World, user string) string {
	t.Helper()
	var out discord.Outcome
	guild.Chat.Must(t, "POST", "/command", discord.Act{User: user, Channel: "general", Text: "link"}, &out)
	if out.Message == nil || out.Message.EphemeralTo == "" {
		t.Fatalf("link: %+v", out)
	}
	var rows []struct{ Components []struct{ URL string } }
	if err := json.Unmarshal(out.Message.Components, &rows); err != nil {
		t.Fatalf("%s: %v", out.Message.Components, err)
	}
	for _, row := range rows {
		for _, c := range row.Components {
			if at, err := url.Parse(c.URL); err == nil && strings.HasPrefix(c.URL, guild.URL+"/auth/discord/") && at.RawQuery != "" {
				return c.URL
			}
		}
	}
	t.Fatalf("no link to sign in: %s", out.Message.Components)
	return ""
}
