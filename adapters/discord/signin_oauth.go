package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"roomkeeper/connector"
)

// maxOAuthAnswer is the largest answer that is read, in bytes; they have a few
// hundred.
const maxOAuthAnswer = 1 << 20

// oauthWait is for a rate limit that does not say how long.
const oauthWait = 5 * time.Second

// oauthClient makes the calls of a sign-in. It has nothing of the bot: no token,
// no buckets. No error holds a secret, a code or an address.
type oauthClient struct {
	http          *http.Client
	api           string
	agent         string
	id, secret    string
	tokenEndpoint string
}

func newOAuthClient(o SignInOptions) *oauthClient {
	return &oauthClient{
		http: &http.Client{
			Transport: o.HTTP, Timeout: o.CallTimeout,
			// Secrets are for one host: a redirect is an answer that nobody expects.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		agent: userAgent(o.PublicURL),
		api:   o.APIURL, id: o.ApplicationID, secret: o.ClientSecret,
		// Without a version (docs.discord.com, topics/oauth2, shared resources).
		tokenEndpoint: o.APIURL + "oauth2/token",
	}
}

// discordUser is whom a person's own token stands for.
type discordUser struct {
	ID       connector.MemberID `json:"id"`
	Email    string             `json:"email"`
	Verified bool               `json:"verified"`
}

// exchange trades a code for a person's token. errSignInRefused: Discord does not
// take the code.
func (c *oauthClient) exchange(ctx context.Context, code, verifier, redirect string) (string, error) {
	var answer struct {
		AccessToken string `json:"access_token"`
		TokenType   string `json:"token_type"`
	}
	err := c.post(ctx, "token", c.tokenEndpoint, url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {redirect}, "code_verifier": {verifier},
	}, &answer)
	if err == nil && (answer.AccessToken == "" || !strings.EqualFold(answer.TokenType, "Bearer")) {
		err = fmt.Errorf("discord oauth token: %w: no bearer token in the answer", connector.ErrTemporary)
	}
	return answer.AccessToken, err
}

// revoke ends a token and all that were given with it.
func (c *oauthClient) revoke(ctx context.Context, token string) error {
	return c.post(ctx, "revoke", c.tokenEndpoint+"/revoke", url.Values{"token": {token}, "token_type_hint": {"access_token"}}, nil)
}

// me asks whom a person's token stands for.
func (c *oauthClient) me(ctx context.Context, token string) (discordUser, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.api+"v10/users/@me", nil)
	if err != nil {
		return discordUser{}, c.broken("user", connector.ErrInvalid, "")
	}
	req.Header.Set("Authorization", "Bearer "+token)
	var user discordUser
	if err := c.do(req, "user", &user); err != nil {
		return discordUser{}, err
	}
	if user.ID == "" {
		return discordUser{}, c.broken("user", connector.ErrTemporary, "no id in the answer")
	}
	return user, nil
}

func (c *oauthClient) post(ctx context.Context, what, address string, form url.Values, into any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return c.broken(what, connector.ErrInvalid, "")
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth(url.QueryEscape(c.id), url.QueryEscape(c.secret))
	return c.do(req, what, into)
}

// do makes one call and reads its answer whole; into may be nil.
func (c *oauthClient) do(req *http.Request, what string, into any) error {
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", c.agent)
	res, err := c.http.Do(req)
	if err != nil {
		return c.unreached(req.Context(), what, err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxOAuthAnswer+1))
	switch {
	case err != nil:
		return c.unreached(req.Context(), what, err)
	case len(body) > maxOAuthAnswer:
		return c.broken(what, connector.ErrTemporary, "a very long answer")
	case res.StatusCode != http.StatusOK:
		return c.refused(what, res, body)
	case into != nil && json.Unmarshal(body, into) != nil:
		return c.broken(what, connector.ErrTemporary, "an answer of another shape")
	}
	return nil
}

// unreached is a call without an answer. The cause is named without the URL that
// net/http puts before it.
func (c *oauthClient) unreached(ctx context.Context, what string, err error) error {
	if cause := ctx.Err(); cause != nil {
		return fmt.Errorf("discord oauth %s: %w", what, cause)
	}
	var call *url.Error
	if errors.As(err, &call) {
		err = call.Err
	}
	return fmt.Errorf("discord oauth %s: %w: %w", what, connector.ErrTemporary, err)
}

// refused translates an answer other than 200; the codes are those of RFC 6749,
// section 5.2.
func (c *oauthClient) refused(what string, res *http.Response, body []byte) error {
	var said struct {
		Error string `json:"error"`
	}
	// A body that is no JSON says nothing.
	_ = json.Unmarshal(body, &said)
	status := "status " + strconv.Itoa(res.StatusCode)
	switch {
	case res.StatusCode == http.StatusTooManyRequests:
		return &connector.WaitError{After: c.wait(res.Header.Get("Retry-After")), What: "discord oauth " + what}
	case res.StatusCode >= http.StatusInternalServerError, res.StatusCode < http.StatusBadRequest:
		return c.broken(what, connector.ErrTemporary, status)
	case said.Error == "invalid_client" || res.StatusCode == http.StatusUnauthorized && what != "user":
		return c.broken(what, connector.ErrUnauthorized, status)
	case said.Error == "invalid_grant" || what == "user":
		return fmt.Errorf("discord oauth %s: %w: %s", what, errSignInRefused, status)
	}
	return c.broken(what, connector.ErrInvalid, status)
}

// wait reads Retry-After, in seconds with or without a fraction.
func (c *oauthClient) wait(header string) time.Duration {
	seconds, err := strconv.ParseFloat(header, 64)
	if err != nil || seconds <= 0 || seconds > time.Hour.Seconds() {
		return oauthWait
	}
	return time.Duration(seconds * float64(time.Second))
}

func (c *oauthClient) broken(what string, kind error, detail string) error {
	if detail == "" {
		return fmt.Errorf("discord oauth %s: %w", what, kind)
	}
	return fmt.Errorf("discord oauth %s: %w: %s", what, kind, detail)
}
