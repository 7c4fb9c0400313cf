package discord_test

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"roomkeeper/adapters/discord"
	"roomkeeper/connector"
	"roomkeeper/connector/identity"
)

func TestSignIn(t *testing.T) {
	w := newSignInWorld(t)
	asked := w.begin(w.browser)
	for name, want := range map[string]string{
		"response_type": "code", "client_id": "4711", "scope": "identify email", "code_challenge_method": "S256",
		"redirect_uri": w.pages.URL + "/auth/discord/callback",
	} {
		if asked.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, asked.Get(name), want)
		}
	}
	got := w.get(w.browser, http.MethodGet, w.consent(asked))
	if got.status != http.StatusOK || !strings.Contains(got.body, "In the CRM you are Ann &lt;b&gt;Lee&lt;/b&gt;") {
		t.Errorf("status %d: %s", got.status, got.body)
	}
	if want := []string{"17 discord " + string(asker) + " sign-in"}; !slices.Equal(w.linked, want) || !w.urgentSet {
		t.Errorf("linked %q, urgent %t; want %q at once", w.linked, w.urgentSet, want)
	}
	if !slices.Equal(w.asked, []string{" Ann@example.com"}) || !slices.Equal(w.revoked, []string{accessToken}) || w.log.Len() > 0 {
		t.Errorf("asked %q, revoked %q, logged %q", w.asked, w.revoked, w.log)
	}
}

// A page says what it is in any browser, and lets nothing else in.
func TestSignInPage(t *testing.T) {
	w := newSignInWorld(t)
	got := w.get(w.browser, http.MethodGet, w.consent(w.begin(w.browser)))
	for name, want := range map[string]string{
		"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff", "Content-Type": "text/html; charset=utf-8",
	} {
		if got.header.Get(name) != want {
			t.Errorf("%s: %q", name, got.header.Get(name))
		}
	}
	_, rest, _ := strings.Cut(got.body, "<style>")
	style, _, _ := strings.Cut(rest, "</style>")
	sum := sha256.Sum256([]byte(style))
	policy := got.header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "style-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'") || !strings.HasPrefix(policy, "default-src 'none';") {
		t.Errorf("policy %q does not allow the style", policy)
	}
	for _, want := range []string{`<html lang="en">`, `name="viewport"`, "color-scheme:light dark", "<main>", "<h1>You are linked</h1>", "<title>You are linked"} {
		if !strings.Contains(got.body, want) {
			t.Errorf("missing %q in:\n%s", want, got.body)
		}
	}
	if strings.Contains(got.body, "<script") || strings.Contains(got.body, "http") {
		t.Errorf("a script or a link in:\n%s", got.body)
	}
}

func TestSignInCookie(t *testing.T) {
	w := newSignInWorld(t)
	link, _, err := w.signIn.Start(t.Context(), asker)
	if err != nil || strings.Contains(link, string(asker)) {
		t.Fatalf("%q, %v", link, err)
	}
	got := w.get(w.newBrowser(), http.MethodGet, link)
	cookie := got.header.Get("Set-Cookie")
	for _, want := range []string{"__Host-roomkeeper-sign-in=", "; Path=/", "; Max-Age=600", "; HttpOnly", "; Secure", "; SameSite=Lax"} {
		if !strings.Contains(cookie, want) {
			t.Errorf("missing %q in %q", want, cookie)
		}
	}
	if strings.Contains(cookie, "Domain") || got.header.Get("Referrer-Policy") != "no-referrer" || got.header.Get("Cache-Control") != "no-store" {
		t.Errorf("headers %v", got.header)
	}
	plain := newSignInWorld(t, func(o *discord.SignInOptions) { o.PublicURL = "http://127.0.0.1:8080" })
	link, _, err = plain.signIn.Start(t.Context(), asker)
	if err != nil {
		t.Fatal(err)
	}
	got = plain.get(plain.browser, http.MethodGet, plain.pages.URL+strings.TrimPrefix(link, "http://127.0.0.1:8080"))
	if cookie := got.header.Get("Set-Cookie"); !strings.HasPrefix(cookie, "roomkeeper-sign-in=") || strings.Contains(cookie, "Secure") {
		t.Errorf("on loopback: %q", cookie)
	}
}

// Every way in which what comes back is not what was begun: 400, and nothing is
// asked of anybody.
func TestSignInMixedUp(t *testing.T) {
	tests := map[string]func(w *signInWorld, asked url.Values) page{
		"no cookie": func(w *signInWorld, asked url.Values) page {
			return w.get(w.newBrowser(), http.MethodGet, w.consent(asked))
		},
		"the cookie of another sign-in": func(w *signInWorld, asked url.Values) page {
			other := w.newBrowser()
			w.begin(other)
			return w.get(other, http.MethodGet, w.consent(asked))
		},
		"begun again in the same browser": func(w *signInWorld, asked url.Values) page {
			w.begin(w.browser)
			return w.get(w.browser, http.MethodGet, w.consent(asked))
		},
		"another state": func(w *signInWorld, asked url.Values) page {
			return w.get(w.browser, http.MethodGet, strings.Replace(w.consent(asked), "state="+asked.Get("state"), "state=x", 1))
		},
		"no state": func(w *signInWorld, asked url.Values) page {
			return w.get(w.browser, http.MethodGet, strings.Replace(w.consent(asked), "&state="+asked.Get("state"), "", 1))
		},
		"too late": func(w *signInWorld, asked url.Values) page {
			w.later(10 * time.Minute)
			return w.get(w.browser, http.MethodGet, w.consent(asked))
		},
		"a forged cookie": func(w *signInWorld, asked url.Values) page {
			forged := w.newBrowser()
			home, _ := url.Parse(w.pages.URL)
			cookies := w.browser.Jar.Cookies(home)
			// A ticket is sealed as well, for another purpose.
			link, _, _ := w.signIn.Start(w.Context(), asker)
			_, ticket, _ := strings.Cut(link, "ticket=")
			cookies[0].Value, cookies[0].Path, cookies[0].Secure = ticket, "/", true
			forged.Jar.SetCookies(home, cookies)
			return w.get(forged, http.MethodGet, w.consent(asked))
		},
		"a link that is over": func(w *signInWorld, _ url.Values) page {
			link, _, _ := w.signIn.Start(w.Context(), asker)
			w.later(10 * time.Minute)
			return w.get(w.browser, http.MethodGet, link)
		},
		"a forged link": func(w *signInWorld, _ url.Values) page {
			link, _, _ := w.signIn.Start(w.Context(), asker)
			return w.get(w.browser, http.MethodGet, link[:len(link)-2]+"AA")
		},
		"no ticket": func(w *signInWorld, _ url.Values) page {
			return w.get(w.browser, http.MethodGet, w.pages.URL+"/auth/discord/start")
		},
	}
	for name, run := range tests {
		t.Run(name, func(t *testing.T) {
			w := newSignInWorld(t)
			got := run(w, w.begin(w.browser))
			if got.status != http.StatusBadRequest || !strings.Contains(got.body, "This link is over") || !strings.Contains(got.body, "/crm link") || got.header.Get("Location") != "" {
				t.Errorf("status %d: %s", got.status, got.body)
			}
			if len(w.calls)+len(w.linked)+len(w.asked) > 0 {
				t.Errorf("called %q, asked %q, linked %q", w.calls, w.asked, w.linked)
			}
		})
	}
}

// A secret of another deployment opens nothing.
func TestSignInOfAnotherSecret(t *testing.T) {
	w := newSignInWorld(t)
	other := newSignInWorld(t, func(o *discord.SignInOptions) { o.ClientSecret = "another" })
	link, _, err := other.signIn.Start(t.Context(), asker)
	if err != nil {
		t.Fatal(err)
	}
	got := w.get(w.browser, http.MethodGet, strings.Replace(link, other.pages.URL, w.pages.URL, 1))
	if got.status != http.StatusBadRequest {
		t.Errorf("status %d", got.status)
	}
	if _, err := discord.NewSignIn(discord.SignInOptions{}); err == nil {
		t.Error("there is no secret, and no error")
	}
}

// A link is good for one sign-in, in whichever browser it is opened.
func TestSignInLinkIsGoodOnce(t *testing.T) {
	w := newSignInWorld(t)
	link, _, err := w.signIn.Start(t.Context(), asker)
	if err != nil {
		t.Fatal(err)
	}
	late := w.newBrowser()
	asked := []url.Values{w.beginWith(w.browser, link), w.beginWith(late, link)}
	if got := w.get(w.browser, http.MethodGet, w.consent(asked[0])); got.status != http.StatusOK {
		t.Fatalf("status %d: %s", got.status, got.body)
	}
	calls := len(w.calls)
	for _, again := range []page{
		w.get(late, http.MethodGet, w.consent(asked[1])),
		w.get(w.browser, http.MethodGet, w.consent(w.beginWith(w.browser, link))),
	} {
		if again.status != http.StatusBadRequest || !strings.Contains(again.body, "This link was used") {
			t.Errorf("status %d: %s", again.status, again.body)
		}
	}
	if len(w.calls) != calls || len(w.linked) != 1 {
		t.Errorf("called %q, linked %q", w.calls, w.linked)
	}
}

func TestSignInIsGoodOnce(t *testing.T) {
	w := newSignInWorld(t)
	asked := w.begin(w.browser)
	home, _ := url.Parse(w.pages.URL)
	cookies := w.browser.Jar.Cookies(home)
	// To look at a page is not to open it.
	if got := w.get(w.browser, http.MethodHead, w.consent(asked)); got.status != http.StatusMethodNotAllowed {
		t.Errorf("HEAD: status %d", got.status)
	}
	if got := w.get(w.browser, http.MethodGet, w.consent(asked)); got.status != http.StatusOK {
		t.Fatalf("status %d: %s", got.status, got.body)
	}
	if left := w.browser.Jar.Cookies(home); len(left) != 0 {
		t.Errorf("cookies left: %v", left)
	}
	if got := w.get(w.browser, http.MethodGet, w.consent(asked)); got.status != http.StatusBadRequest {
		t.Errorf("again: status %d", got.status)
	}
	// Whoever kept the cookie and has a new code comes too late as well.
	for _, c := range cookies {
		c.Path, c.Secure = "/", true
	}
	w.browser.Jar.SetCookies(home, cookies)
	calls := len(w.calls)
	got := w.get(w.browser, http.MethodGet, w.consent(asked))
	if got.status != http.StatusBadRequest || !strings.Contains(got.body, "This link was used") || len(w.calls) != calls || len(w.linked) != 1 {
		t.Errorf("status %d, called %q, linked %q", got.status, w.calls, w.linked)
	}
}

func TestSignInRefused(t *testing.T) {
	tests := map[string]struct {
		set    func(w *signInWorld)
		query  string
		status int
		says   string
		// quiet: no token was given, so there is none to revoke.
		quiet, found bool
	}{
		"said no":            {query: "error=access_denied&error_description=%3Cb%3E", status: 403, says: "You said no", quiet: true},
		"another error":      {query: "error=server_error", status: 400, says: "Discord did not confirm", quiet: true},
		"no code":            {query: "x=y", status: 400, says: "Discord did not confirm", quiet: true},
		"a code of others":   {query: "code=stolen", status: 400, says: "Discord did not confirm", quiet: true},
		"another account":    {set: func(w *signInWorld) { w.user["id"] = "1" }, status: 403, says: "somebody else than the account that asked"},
		"address unverified": {set: func(w *signInWorld) { w.user["verified"] = false }, status: 403, says: "no verified e-mail address"},
		"verified not told":  {set: func(w *signInWorld) { delete(w.user, "verified") }, status: 403, says: "no verified e-mail address"},
		"no address":         {set: func(w *signInWorld) { w.user["email"] = nil }, status: 403, says: "no verified e-mail address"},
		"nobody":             {set: func(w *signInWorld) { w.findErr = identity.ErrNobody }, status: 403, says: "Nobody who is active", found: true},
		"several":            {set: func(w *signInWorld) { w.findErr = identity.ErrSeveral }, status: 403, says: "More than one user", found: true},
		"the CRM cannot say": {set: func(w *signInWorld) { w.findErr = connector.ErrUnsupported }, status: 403, says: "cannot be asked", found: true},
		"a guest":            {set: func(w *signInWorld) { w.setErr = accountError(connector.ReasonGuest) }, status: 403, says: "not a full member", found: true},
		"gone from the CRM":  {set: func(w *signInWorld) { w.setErr = connector.ErrNotFound }, status: 403, says: "cannot be asked", found: true},
		"the CRM is away":    {set: func(w *signInWorld) { w.findErr = &connector.WaitError{What: "crm"} }, status: 503, says: "Not just now", found: true},
		"the store is away":  {set: func(w *signInWorld) { w.setErr = connector.ErrStoreAway }, status: 503, says: "Not just now", found: true},
		"nobody can claim":   {set: func(w *signInWorld) { w.claimErr = connector.ErrStoreAway }, status: 503, says: "Not just now", quiet: true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newSignInWorld(t)
			if test.set != nil {
				test.set(w)
			}
			asked := w.begin(w.browser)
			back := w.consent(asked)
			if test.query != "" {
				back = asked.Get("redirect_uri") + "?" + test.query + "&state=" + asked.Get("state")
			}
			got := w.get(w.browser, http.MethodGet, back)
			if got.status != test.status || !strings.Contains(got.body, test.says) || strings.Contains(got.body, "Nothing was changed.") != (test.status != 503) || strings.Contains(got.body, "<b>") {
				t.Errorf("status %d: %s", got.status, got.body)
			}
			if (got.header.Get("Retry-After") != "") != (test.status == 503) {
				t.Errorf("Retry-After %q", got.header.Get("Retry-After"))
			}
			if len(w.linked) > 0 || (len(w.asked) > 0) != test.found || (len(w.revoked) == 1) == test.quiet {
				t.Errorf("asked %q, linked %q, revoked %q", w.asked, w.linked, w.revoked)
			}
			w.silent()
		})
	}
}

// silent checks that nothing of the person or of us is logged.
func (w *signInWorld) silent() {
	w.Helper()
	for _, secret := range []string{accessToken, clientSecret, url.QueryEscape(clientSecret), "code-", "xample.com", string(asker), "stolen"} {
		if strings.Contains(w.log.String(), secret) {
			w.Errorf("%q is in the log: %s", secret, w.log)
		}
	}
}

func TestSignInWithDiscordFailing(t *testing.T) {
	for _, endpoint := range []string{"token", "@me"} {
		for status, want := range map[int]string{
			500: "Not just now", 502: "Not just now", 429: "Not just now", 302: "Not just now",
			401: map[string]string{"token": "is not set up right", "@me": "Discord did not confirm"}[endpoint],
			403: map[string]string{"token": "is not set up right", "@me": "Discord did not confirm"}[endpoint],
		} {
			t.Run(fmt.Sprint(endpoint, status), func(t *testing.T) {
				w := newSignInWorld(t)
				w.fail[endpoint] = status
				got := w.get(w.browser, http.MethodGet, w.consent(w.begin(w.browser)))
				if got.status < 400 || !strings.Contains(got.body, want) || len(w.linked) > 0 {
					t.Errorf("status %d, linked %q: %s", got.status, w.linked, got.body)
				}
				if endpoint == "@me" && !slices.Equal(w.revoked, []string{accessToken}) {
					t.Errorf("revoked %q", w.revoked)
				}
				w.silent()
			})
		}
	}
	t.Run("not revoked", func(t *testing.T) {
		w := newSignInWorld(t)
		w.fail["revoke"] = 500
		if got := w.get(w.browser, http.MethodGet, w.consent(w.begin(w.browser))); got.status != http.StatusOK || len(w.linked) != 1 {
			t.Errorf("status %d, linked %q", got.status, w.linked)
		}
		if !strings.Contains(w.log.String(), "token not revoked") {
			t.Errorf("logged %q", w.log)
		}
		w.silent()
	})
	t.Run("away", func(t *testing.T) {
		w := newSignInWorld(t)
		asked := w.begin(w.browser)
		w.discord.Close()
		got := w.get(w.browser, http.MethodGet, w.consent(asked))
		if got.status != http.StatusServiceUnavailable || len(w.linked) > 0 {
			t.Errorf("status %d, linked %q", got.status, w.linked)
		}
		w.silent()
	})
}

// Only somebody whom the CRM knows is let into the guild, with the right for it,
// before they are linked.
func TestSignInJoins(t *testing.T) {
	var w *signInWorld
	joins := func(o *discord.SignInOptions) { o.Join = o.Linker.(*signInWorld).join }
	w = newSignInWorld(t, joins)
	asked := w.begin(w.browser)
	if asked.Get("scope") != "identify email guilds.join" {
		t.Errorf("scope %q", asked.Get("scope"))
	}
	got := w.get(w.browser, http.MethodGet, w.consent(asked))
	if got.status != http.StatusOK || !slices.Equal(w.joined, []string{string(asker) + " " + accessToken}) || len(w.linked) != 1 {
		t.Errorf("status %d, joined %q, linked %q", got.status, w.joined, w.linked)
	}
	w = newSignInWorld(t, joins)
	w.findErr = identity.ErrNobody
	w.get(w.browser, http.MethodGet, w.consent(w.begin(w.browser)))
	if len(w.joined) != 0 {
		t.Errorf("a stranger joined: %q", w.joined)
	}
	// Whoever is in already need not be let in.
	w = newSignInWorld(t, joins)
	w.joinErr = errors.New("no permission")
	if got := w.get(w.browser, http.MethodGet, w.consent(w.begin(w.browser))); got.status != http.StatusOK || len(w.linked) != 1 {
		t.Errorf("status %d, linked %q", got.status, w.linked)
	}
}
