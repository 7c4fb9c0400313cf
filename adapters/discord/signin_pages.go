package discord

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"strconv"

	"roomkeeper/connector"
	"roomkeeper/connector/identity"
)

// Ends of a sign-in that are nobody's failure.
var (
	errSignInStale      = errors.New("no sign-in of this browser, or an old one")
	errSignInUsed       = errors.New("a sign-in that was finished before")
	errSignInDeclined   = errors.New("the person said no")
	errSignInRefused    = errors.New("not confirmed by Discord")
	errSignInOther      = errors.New("another account than the one that asked")
	errSignInUnverified = errors.New("no verified address")
)

// signInStyle is all there is of style: the browser's own colours, light or dark.
const signInStyle = `:root{color-scheme:light dark}body{font:1.1rem/1.5 system-ui,sans-serif;margin:0}` +
	`main{max-width:36rem;margin:0 auto;padding:12vh 1.25rem 2rem}h1{font-size:1.6rem;line-height:1.25;margin:0 0 1rem}p{margin:0 0 1rem;overflow-wrap:anywhere}`

const signInPage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{{.Title}} · Roomkeeper</title>
<style>` + signInStyle + `</style>
</head>
<body>
<main>
<h1>{{.Title}}</h1>
{{range .Text}}<p>{{.}}</p>
{{end}}</main>
</body>
</html>
`

// signInPages shows how a sign-in ended.
type signInPages struct {
	page   *template.Template
	policy string
	texts  signInTexts
}

func newSignInPages(command string) (*signInPages, error) {
	page, err := template.New("sign-in").Parse(signInPage)
	if err != nil {
		return nil, fmt.Errorf("discord sign-in: %w", err)
	}
	style := sha256.Sum256([]byte(signInStyle))
	return &signInPages{
		page: page, texts: signInTexts{command},
		policy: "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(style[:]) +
			"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
	}, nil
}

// headers keep a page out of frames, caches and the next site's log.
func (p *signInPages) headers(h http.Header) {
	h.Set("Content-Security-Policy", p.policy)
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
}

// show says how a sign-in ended: with err, or with the User that somebody is now.
func (p *signInPages) show(w http.ResponseWriter, err error, user connector.User) {
	content := p.texts.of(err, user)
	status, after := signInStatus(err)
	var page bytes.Buffer
	if err := p.page.Execute(&page, content); err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	p.headers(w.Header())
	if after > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(after))
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	// A failed write means that the browser hung up: nobody is left to tell.
	_, _ = w.Write(page.Bytes())
}

// signInStatus is the answer's status, and after how many seconds to come back.
func signInStatus(err error) (status, after int) {
	var account *identity.AccountError
	switch {
	case err == nil:
		return http.StatusOK, 0
	case errors.Is(err, errSignInStale), errors.Is(err, errSignInUsed), errors.Is(err, errSignInRefused):
		return http.StatusBadRequest, 0
	case errors.Is(err, errSignInDeclined), errors.Is(err, errSignInOther), errors.Is(err, errSignInUnverified),
		errors.Is(err, identity.ErrNobody), errors.Is(err, identity.ErrSeveral), errors.As(err, &account),
		errors.Is(err, connector.ErrUnsupported), errors.Is(err, connector.ErrNotFound):
		return http.StatusForbidden, 0
	}
	return http.StatusServiceUnavailable, 60
}
