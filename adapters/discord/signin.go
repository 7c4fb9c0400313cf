package discord

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"roomkeeper/connector"
)

// signInWithin is how long somebody has for each of the two steps: opening the
// link that a command gave them, and signing in.
const signInWithin = 10 * time.Minute

// signInBy is who stored a Link that came of signing in.
const signInBy = connector.BySignIn

// SignInOptions are what signing in works with. All are required but those said
// to be optional.
type SignInOptions struct {
	// ApplicationID is the id of the OAuth2 client, ClientSecret its secret.
	ApplicationID, ClientSecret string
	// APIURL is the base of the API, with a slash at its end and no version; URL
	// that of the authorize page and PublicURL that of this service, without one.
	APIURL, URL, PublicURL string
	// Command is what people give to begin again, such as "/crm".
	Command string
	Linker  SignInLinker
	// Claims see to it that a sign-in is finished once.
	Claims connector.Claims
	// Join lets somebody into the guild, with the token that they gave us for it;
	// being in already is success. Nil: nobody is let in, nor asked for that.
	Join func(ctx context.Context, member connector.MemberID, token string) error
	// HTTP makes the calls; optional.
	HTTP http.RoundTripper
	// CallTimeout is the deadline of one call.
	CallTimeout time.Duration
	Clock       func() time.Time
	Logger      *slog.Logger
}

// SignInLinker knows Users and stores who they are.
type SignInLinker interface {
	// Find returns the one active User with an address. identity.ErrNobody,
	// identity.ErrSeveral.
	Find(ctx context.Context, email string) (connector.User, error)
	// Set stores that a User is a Member. *identity.AccountError: it cannot be.
	Set(ctx context.Context, user connector.UserID, platform connector.PlatformID, member connector.MemberID, by string) error
}

// SignIn lets people prove by OAuth2 who they are in the CRM: by the verified
// address of the very account that asked. Whatever a sign-in needs travels
// sealed in its link and its cookie, so that any replica can finish it; nothing of
// it is stored but that it was used. Safe for concurrent use.
//
// The token that a person gives us is used at once, revoked, and neither kept
// nor logged.
type SignIn struct {
	o       SignInOptions
	oauth   *oauthClient
	tickets sealer
	cookies sealer
	pages   *signInPages
}

// ticket is what the link from a command carries. ID is its own: one link is
// good for one sign-in.
type ticket struct {
	ID     string             `json:"i"`
	Member connector.MemberID `json:"m"`
	Until  time.Time          `json:"u"`
}

// attempt is what the browser's cookie carries.
type attempt struct {
	Ticket   string             `json:"t"`
	Member   connector.MemberID `json:"m"`
	Until    time.Time          `json:"u"`
	State    string             `json:"s"`
	Verifier string             `json:"v"`
}

// NewSignIn makes a SignIn; it calls nobody.
func NewSignIn(o SignInOptions) (*SignIn, error) {
	tickets, err := newSealer(o.ClientSecret, "ticket")
	if err != nil {
		return nil, err
	}
	cookies, err := newSealer(o.ClientSecret, "cookie")
	if err != nil {
		return nil, err
	}
	pages, err := newSignInPages(o.Command)
	if err != nil {
		return nil, err
	}
	return &SignIn{o: o, oauth: newOAuthClient(o), tickets: tickets, cookies: cookies, pages: pages}, nil
}

// Start returns the link by which a Member signs in. It is of no use to anybody
// else: whoever signs in with it must be that Member.
func (s *SignIn) Start(_ context.Context, member connector.MemberID) (link string, expires time.Time, err error) {
	expires = s.o.Clock().Add(signInWithin)
	sealed, err := s.tickets.seal(ticket{ID: rand.Text(), Member: member, Until: expires})
	if err != nil {
		return "", time.Time{}, err
	}
	return s.o.PublicURL + "/auth/discord/start?ticket=" + sealed, expires, nil
}

// Routes are the pages by their http.ServeMux patterns.
func (s *SignIn) Routes() map[string]http.Handler {
	return map[string]http.Handler{
		"GET /auth/discord/start":    onlyGet(s.start),
		"GET /auth/discord/callback": onlyGet(s.callback),
	}
}

// onlyGet refuses HEAD, which http.ServeMux takes for GET: it would use a
// sign-in up and show nothing.
func onlyGet(page http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet {
			w.Header().Set("Allow", http.MethodGet)
			w.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		page(w, r)
	})
}

// start binds a sign-in to the browser and leads it to Discord, and nowhere else.
func (s *SignIn) start(w http.ResponseWriter, r *http.Request) {
	var t ticket
	if !s.tickets.open(r.URL.Query().Get("ticket"), &t) || !s.o.Clock().Before(t.Until) {
		s.pages.show(w, errSignInStale, connector.User{})
		return
	}
	// A verifier has 43 to 128 characters (RFC 7636, section 4.1); a Text has 26.
	a := attempt{
		Ticket: t.ID, Member: t.Member, Until: s.o.Clock().Add(signInWithin), State: rand.Text(), Verifier: rand.Text() + rand.Text(),
	}
	sealed, err := s.cookies.seal(a)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	http.SetCookie(w, s.cookie(sealed, signInWithin))
	s.pages.headers(w.Header())
	w.Header().Set("Location", s.authorizeURL(a))
	w.WriteHeader(http.StatusSeeOther)
}

func (s *SignIn) authorizeURL(a attempt) string {
	challenge := sha256.Sum256([]byte(a.Verifier))
	scopes := []string{"identify", "email"}
	if s.o.Join != nil {
		scopes = append(scopes, "guilds.join")
	}
	return s.o.URL + "/oauth2/authorize?" + url.Values{
		"response_type": {"code"}, "client_id": {s.o.ApplicationID}, "redirect_uri": {s.redirectURI()},
		"scope": {strings.Join(scopes, " ")}, "state": {a.State},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(challenge[:])}, "code_challenge_method": {"S256"},
	}.Encode()
}

func (s *SignIn) redirectURI() string { return s.o.PublicURL + "/auth/discord/callback" }

// cookie is only ever sent back to this host. Without TLS (a service on loopback)
// no browser takes one of that kind.
func (s *SignIn) cookie(value string, age time.Duration) *http.Cookie {
	secure := strings.HasPrefix(s.o.PublicURL, "https://")
	c := &http.Cookie{
		Name: s.cookieName(), Value: value, Path: "/", MaxAge: int(age / time.Second),
		Secure: secure, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
	if age <= 0 {
		c.MaxAge = -1
	}
	return c
}

func (s *SignIn) cookieName() string {
	if strings.HasPrefix(s.o.PublicURL, "https://") {
		return "__Host-roomkeeper-sign-in"
	}
	return "roomkeeper-sign-in"
}

// callback is where Discord sends the browser back to.
func (s *SignIn) callback(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	a, ok := s.attempt(r, query.Get("state"))
	if !ok {
		s.fail(w, r, errSignInStale)
		return
	}
	// Kept for longer than any cookie of this link is good for, also by another replica's clock.
	first, err := s.o.Claims.Claim(r.Context(), "sign-in/discord/"+a.Ticket, 3*signInWithin)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	http.SetCookie(w, s.cookie("", 0))
	if !first {
		s.fail(w, r, errSignInUsed)
		return
	}
	user, err := s.finish(connector.WithUrgent(r.Context()), a, query)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.pages.show(w, nil, user)
}

// attempt is what this browser began, if the state is its own and not too old.
func (s *SignIn) attempt(r *http.Request, state string) (attempt, bool) {
	var a attempt
	cookie, err := r.Cookie(s.cookieName())
	if err != nil || !s.cookies.open(cookie.Value, &a) || !s.o.Clock().Before(a.Until) {
		return attempt{}, false
	}
	return a, subtle.ConstantTimeCompare([]byte(a.State), []byte(state)) == 1
}

// finish finds out who signed in and links them.
func (s *SignIn) finish(ctx context.Context, a attempt, query url.Values) (user connector.User, err error) {
	switch code := query.Get("error"); {
	case code == "access_denied":
		return user, errSignInDeclined
	case code != "" || query.Get("code") == "":
		return user, errSignInRefused
	}
	token, err := s.oauth.exchange(ctx, query.Get("code"), a.Verifier, s.redirectURI())
	if err != nil {
		return user, err
	}
	defer s.revoke(ctx, token)
	me, err := s.oauth.me(ctx, token)
	switch {
	case err != nil:
		return user, err
	case me.ID != a.Member:
		return user, errSignInOther
	case !me.Verified || me.Email == "":
		return user, errSignInUnverified
	}
	if user, err = s.o.Linker.Find(ctx, me.Email); err != nil {
		return user, err
	}
	// Only who is known to the CRM is let in.
	if s.o.Join != nil {
		if err := s.o.Join(ctx, a.Member, token); err != nil {
			// They may be in already; linking tells.
			s.o.Logger.WarnContext(ctx, "discord sign-in: not let into the guild", "reason", string(connector.ReasonOf(err)), "error", err)
		}
	}
	if err := s.o.Linker.Set(ctx, user.ID, Platform, a.Member, signInBy); err != nil {
		return user, fmt.Errorf("link: %w", err)
	}
	return user, nil
}

// revoke ends the token, whatever became of the sign-in. That it failed changes
// nothing for the person; the token ends by itself.
func (s *SignIn) revoke(ctx context.Context, token string) {
	if err := s.oauth.revoke(context.WithoutCancel(ctx), token); err != nil {
		s.o.Logger.WarnContext(ctx, "discord sign-in: token not revoked", "reason", string(connector.ReasonOf(err)), "error", err)
	}
}

// fail shows why it went wrong. What people can mend themselves is no news.
func (s *SignIn) fail(w http.ResponseWriter, r *http.Request, err error) {
	if status, _ := signInStatus(err); status == http.StatusServiceUnavailable || errors.Is(err, connector.ErrUnsupported) {
		s.o.Logger.WarnContext(r.Context(), "discord sign-in failed", "reason", string(connector.ReasonOf(err)), "error", err)
	}
	s.pages.show(w, err, connector.User{})
}
