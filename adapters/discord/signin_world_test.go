package discord_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"roomkeeper/adapters/discord"
	"roomkeeper/connector"
	"roomkeeper/connector/identity"
)

const (
	clientSecret = "cl13nt-s3cret:+"
	accessToken  = "acc3ss-tok3n"
	asker        = connector.MemberID("80351110224678912")
)

// signInWorld is Roomkeeper's pages, an OAuth2 server that is strict, and a
// person with a browser between them.
type signInWorld struct {
	*testing.T
	signIn  *discord.SignIn
	pages   *httptest.Server
	discord *httptest.Server
	browser *http.Client
	log     *bytes.Buffer

	mu  sync.Mutex
	now time.Time
	// user is what users/@me answers; fail is the status of an endpoint, by the
	// last part of its path.
	user map[string]any
	fail map[string]int
	// codes are those given out, with what was asked for; tokens those in use.
	codes   map[string]url.Values
	revoked []string
	calls   []string

	// The CRM and the links.
	found     connector.User
	findErr   error
	setErr    error
	asked     []string
	linked    []string
	joined    []string
	joinErr   error
	claimed   map[string]bool
	claimErr  error
	urgentSet bool
}

func newSignInWorld(t *testing.T, change ...func(*discord.SignInOptions)) *signInWorld {
	t.Helper()
	w := &signInWorld{
		T: t, log: &bytes.Buffer{}, now: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC),
		user: map[string]any{"id": string(asker), "username": "ann", "email": " Ann@example.com", "verified": true},
		fail: map[string]int{}, codes: map[string]url.Values{}, claimed: map[string]bool{},
		found: connector.User{ID: "17", Name: "Ann <b>Lee</b>", Active: true},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/oauth2/token", w.token)
	mux.HandleFunc("POST /api/oauth2/token/revoke", w.revoke)
	mux.HandleFunc("GET /api/v10/users/@me", w.me)
	w.discord = httptest.NewServer(mux)
	t.Cleanup(w.discord.Close)
	w.pages = httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	w.pages.StartTLS()
	t.Cleanup(w.pages.Close)
	o := discord.SignInOptions{
		ApplicationID: "4711", ClientSecret: clientSecret, APIURL: w.discord.URL + "/api/", URL: "https://discord.example",
		PublicURL: w.pages.URL, Command: "/crm", Linker: w, Claims: w, CallTimeout: 5 * time.Second, Clock: w.clock,
		Logger: slog.New(slog.NewTextHandler(w.log, nil)),
	}
	for _, f := range change {
		f(&o)
	}
	var err error
	if w.signIn, err = discord.NewSignIn(o); err != nil {
		t.Fatal(err)
	}
	routes := http.NewServeMux()
	for pattern, handler := range w.signIn.Routes() {
		routes.Handle(pattern, handler)
	}
	w.pages.Config.Handler = routes
	w.browser = w.newBrowser()
	return w
}

// newBrowser keeps cookies as a browser does, and stays where it is sent from.
func (w *signInWorld) newBrowser() *http.Client {
	w.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.Fatal(err)
	}
	return &http.Client{
		Transport: w.pages.Client().Transport, Jar: jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func (w *signInWorld) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *signInWorld) later(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// Claim implements connector.Claims.
func (w *signInWorld) Claim(_ context.Context, name string, _ time.Duration) (bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	first := !w.claimed[name]
	w.claimed[name] = true
	return first && w.claimErr == nil, w.claimErr
}

// Find implements discord.SignInLinker.
func (w *signInWorld) Find(_ context.Context, email string) (connector.User, error) {
	w.asked = append(w.asked, email)
	return w.found, w.findErr
}

// Set implements discord.SignInLinker.
func (w *signInWorld) Set(ctx context.Context, user connector.UserID, platform connector.PlatformID, member connector.MemberID, by string) error {
	w.urgentSet = connector.Urgent(ctx)
	if w.setErr == nil {
		w.linked = append(w.linked, strings.Join([]string{string(user), string(platform), string(member), by}, " "))
	}
	return w.setErr
}

func (w *signInWorld) join(_ context.Context, member connector.MemberID, token string) error {
	w.joined = append(w.joined, string(member)+" "+token)
	return w.joinErr
}

// failing answers as an endpoint is told to.
func (w *signInWorld) failing(out http.ResponseWriter, r *http.Request) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	name := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
	w.calls = append(w.calls, name)
	status := w.fail[name]
	if status == 0 {
		return false
	}
	if status == http.StatusFound {
		out.Header().Set("Location", "https://elsewhere.example/")
	}
	out.WriteHeader(status)
	return true
}

// client checks that a call is the app's: its id and secret, a form.
func (w *signInWorld) client(out http.ResponseWriter, r *http.Request) bool {
	id, secret, ok := r.BasicAuth()
	if ok {
		// Both are encoded as forms are (RFC 6749, section 2.3.1).
		id, _ = url.QueryUnescape(id)
		secret, _ = url.QueryUnescape(secret)
	}
	if id != "4711" || secret != clientSecret || r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" {
		out.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(out, `{"error":"invalid_client"}`)
		return false
	}
	return true
}

func (w *signInWorld) token(out http.ResponseWriter, r *http.Request) {
	if w.failing(out, r) || !w.client(out, r) {
		return
	}
	_ = r.ParseForm()
	w.mu.Lock()
	defer w.mu.Unlock()
	asked, given := w.codes[r.PostForm.Get("code")]
	delete(w.codes, r.PostForm.Get("code"))
	verifier := r.PostForm.Get("code_verifier")
	sum := sha256.Sum256([]byte(verifier))
	challenge := base64.RawURLEncoding.EncodeToString(sum[:])
	if !given || r.PostForm.Get("grant_type") != "authorization_code" || r.PostForm.Get("redirect_uri") != asked.Get("redirect_uri") ||
		len(verifier) < 43 || len(verifier) > 128 || asked.Get("code_challenge_method") != "S256" || asked.Get("code_challenge") != challenge {
		out.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(out, `{"error":"invalid_grant"}`)
		return
	}
	_ = json.NewEncoder(out).Encode(map[string]any{
		"access_token": accessToken, "token_type": "Bearer", "expires_in": 604800, "refresh_token": "r", "scope": asked.Get("scope"),
	})
}

func (w *signInWorld) revoke(out http.ResponseWriter, r *http.Request) {
	if w.failing(out, r) || !w.client(out, r) {
		return
	}
	_ = r.ParseForm()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.revoked = append(w.revoked, r.PostForm.Get("token"))
	_, _ = io.WriteString(out, `{}`)
}

func (w *signInWorld) me(out http.ResponseWriter, r *http.Request) {
	if w.failing(out, r) {
		return
	}
	if r.Header.Get("Authorization") != "Bearer "+accessToken || !strings.HasPrefix(r.Header.Get("User-Agent"), "DiscordBot (") {
		out.WriteHeader(http.StatusUnauthorized)
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	_ = json.NewEncoder(out).Encode(w.user)
}

// page is what a browser is shown.
type page struct {
	status int
	header http.Header
	body   string
}

func (w *signInWorld) get(browser *http.Client, method, address string) page {
	w.Helper()
	req, err := http.NewRequestWithContext(w.Context(), method, address, nil)
	if err != nil {
		w.Fatal(err)
	}
	res, err := browser.Do(req)
	if err != nil {
		w.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		w.Fatal(err)
	}
	return page{res.StatusCode, res.Header, string(body)}
}

// begin opens a fresh link in a browser and returns what Discord is asked for.
func (w *signInWorld) begin(browser *http.Client) url.Values {
	w.Helper()
	link, expires, err := w.signIn.Start(w.Context(), asker)
	if err != nil || !expires.After(w.clock()) {
		w.Fatalf("start: %v, %v", expires, err)
	}
	return w.beginWith(browser, link)
}

// beginWith is begin with a link from before.
func (w *signInWorld) beginWith(browser *http.Client, link string) url.Values {
	w.Helper()
	got := w.get(browser, http.MethodGet, link)
	target, found := strings.CutPrefix(got.header.Get("Location"), "https://discord.example/oauth2/authorize?")
	if got.status != http.StatusSeeOther || !found {
		w.Fatalf("status %d, sent to %q", got.status, got.header.Get("Location"))
	}
	asked, err := url.ParseQuery(target)
	if err != nil {
		w.Fatal(err)
	}
	return asked
}

// consent is the person's yes at Discord; it returns where the browser is sent.
func (w *signInWorld) consent(asked url.Values) string {
	code := "code-" + asked.Get("state")
	w.mu.Lock()
	defer w.mu.Unlock()
	w.codes[code] = asked
	return asked.Get("redirect_uri") + "?" + url.Values{"code": {code}, "state": {asked.Get("state")}}.Encode()
}

func accountError(reason connector.PendingReason) error {
	return &identity.AccountError{Platform: "discord", Member: asker, Reason: reason}
}
