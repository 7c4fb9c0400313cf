package spectest

import (
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	reasonHeader = "X-Audit-Log-Reason"
	// maxReason is docs.discord.com/developers/resources/audit-log: 1-512 characters.
	maxReason = 512
)

// userAgent is the form that docs.discord.com/developers/reference asks for;
// more may follow. Cloudflare refuses others (error 40333).
var userAgent = regexp.MustCompile(`^DiscordBot \(https?://[^\s,()]+, [^\s,()]+\)( |$)`)

// canonical copies a header that may come from a record with other spellings.
func canonical(header http.Header) http.Header {
	copied := http.Header{}
	for name, values := range header {
		name = http.CanonicalHeaderKey(name)
		copied[name] = append(copied[name], values...)
	}
	return copied
}

func checkAgent(header http.Header) error {
	if agent := header.Get("User-Agent"); !userAgent.MatchString(agent) {
		return fmt.Errorf("user agent %q, not DiscordBot (url, version)", agent)
	}
	return nil
}

// checkReason: the header is percent-encoded UTF-8 and counts decoded.
func checkReason(header http.Header) error {
	values, ok := header[reasonHeader]
	if !ok {
		return nil
	}
	if len(values) != 1 {
		return fmt.Errorf("%s: %d times", reasonHeader, len(values))
	}
	if strings.ContainsFunc(values[0], func(r rune) bool { return r < ' ' || r > '~' }) {
		return fmt.Errorf("%s: not ASCII on the wire", reasonHeader)
	}
	reason, err := url.PathUnescape(values[0])
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", reasonHeader, err)
	case !utf8.ValidString(reason):
		return fmt.Errorf("%s: no UTF-8", reasonHeader)
	case strings.TrimSpace(reason) == "":
		return fmt.Errorf("%s: empty", reasonHeader)
	case units(reason) > maxReason:
		return fmt.Errorf("%s: %d characters, at most %d", reasonHeader, units(reason), maxReason)
	}
	return nil
}

// checkToken: the bot's token or a person's, whatever the operation takes.
func (op operation) checkToken(header http.Header) error {
	if len(op.security) == 0 {
		return nil
	}
	scheme, _, _ := strings.Cut(header.Get("Authorization"), " ")
	fits := slices.ContainsFunc(op.security, func(way map[string][]string) bool {
		_, bot := way["BotToken"]
		_, person := way["OAuth2"]
		return bot && scheme == "Bot" || person && scheme == "Bearer" || !bot && !person && scheme == ""
	})
	if !fits {
		return fmt.Errorf("authorization by %q, which the operation does not take", scheme)
	}
	return nil
}

func checkType(header http.Header, want string) error {
	kind, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil {
		return fmt.Errorf("content type: %w", err)
	}
	if kind != want {
		return fmt.Errorf("content type %s, not %s", kind, want)
	}
	return nil
}

// The two calls of the sign-in that the description leaves out
// (docs.discord.com/developers/topics/oauth2).
const (
	oauthToken  = "/oauth2/token"
	oauthRevoke = "/oauth2/token/revoke"
)

// checkOAuth: a form, with the client's name and secret in it or in the header.
func checkOAuth(path string, call DiscordCall) error {
	if call.Method != http.MethodPost {
		return errors.New("the path takes POST")
	}
	if len(call.Query) > 0 {
		return errors.New("arguments in the URL, where secrets get logged")
	}
	if err := checkType(call.Header, "application/x-www-form-urlencoded"); err != nil {
		return err
	}
	form, err := url.ParseQuery(string(call.Body))
	if err != nil {
		return errors.New("body: no form")
	}
	required, allowed := []string{"token"}, []string{"token_type_hint"}
	if path == oauthToken {
		required, allowed = []string{"grant_type"}, nil
		switch grant := form.Get("grant_type"); grant {
		case "authorization_code":
			required, allowed = append(required, "code", "redirect_uri"), []string{"code_verifier"}
		case "refresh_token":
			required = append(required, "refresh_token")
		case "client_credentials":
			required = append(required, "scope")
		default:
			return fmt.Errorf("grant_type %q", grant)
		}
	}
	if client := []string{"client_id", "client_secret"}; strings.HasPrefix(call.Header.Get("Authorization"), "Basic ") {
		allowed = append(allowed, client...)
	} else {
		required = append(required, client...)
	}
	return checkForm(form, required, allowed)
}

func checkForm(form url.Values, required, allowed []string) error {
	var wrong []error
	for _, name := range required {
		if form.Get(name) == "" {
			wrong = append(wrong, fmt.Errorf("%s is missing", name))
		}
	}
	for name := range form {
		if !slices.Contains(required, name) && !slices.Contains(allowed, name) {
			wrong = append(wrong, fmt.Errorf("unknown argument %s", name))
		}
	}
	return errors.Join(wrong...)
}
