package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	slackapi "github.com/slack-go/slack"

	"roomkeeper/connector/command"
)

const (
	// responseHost is where Slack's response URLs lead.
	responseHost = "hooks.slack.com"
	// sendLimit is the deadline of one answer to a response URL.
	sendLimit = 10 * time.Second
)

// errResponseURL: an answer may not be sent there.
var errResponseURL = errors.New("response URL not accepted")

// answerBody is the body of an answer, in the HTTP response or to a response URL
// (docs.slack.dev/interactivity/handling-user-interaction).
type answerBody struct {
	ResponseType    string           `json:"response_type,omitempty"`
	ReplaceOriginal bool             `json:"replace_original"`
	Text            string           `json:"text"`
	Blocks          []slackapi.Block `json:"blocks,omitempty"`
}

// bodyOf renders an answer. It is private unless it replaces the message that
// was clicked, which stays as visible as it was.
func bodyOf(answer command.Answer) answerBody {
	text, blocks := renderAnswer(answer)
	out := answerBody{ResponseType: slackapi.ResponseTypeEphemeral, Text: text, Blocks: blocks}
	if answer.Replace {
		out.ResponseType, out.ReplaceOriginal = "", true
	}
	return out
}

// writeAnswer answers a command in its HTTP response. An empty answer says
// nothing to the person.
func (in *Inbound) writeAnswer(w http.ResponseWriter, r *http.Request, answer command.Answer) {
	if emptyAnswer(answer) {
		w.WriteHeader(http.StatusOK)
		return
	}
	body, err := json.Marshal(bodyOf(answer))
	if err != nil {
		in.log.ErrorContext(r.Context(), "slack: answer cannot be encoded", "error", err)
		w.WriteHeader(http.StatusOK)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	// A failed write means that Slack hung up: nobody is left to tell.
	_, _ = w.Write(body)
}

// send answers by a response URL. A failure is logged: there is no other way
// to reach the person.
func (in *Inbound) send(ctx context.Context, responseURL string, answer command.Answer) {
	if emptyAnswer(answer) {
		return
	}
	if err := in.respond.send(ctx, responseURL, bodyOf(answer)); err != nil {
		in.log.WarnContext(ctx, "slack: answer not delivered", "error", err)
	}
}

func emptyAnswer(a command.Answer) bool { return a.Text == "" && a.Card == nil }

// responder posts to response URLs of known hosts only.
type responder struct {
	client *http.Client
	// origins are "scheme://host".
	origins map[string]bool
}

func newResponder(hosts []string, transport http.RoundTripper) *responder {
	origins := map[string]bool{"https://" + responseHost: true}
	for _, host := range hosts {
		if !strings.Contains(host, "://") {
			host = "https://" + host
		}
		if u, err := url.Parse(host); err == nil && u.Host != "" {
			origins[origin(u)] = true
		}
	}
	return &responder{
		origins: origins,
		client: &http.Client{
			Transport: transport,
			Timeout:   sendLimit,
			CheckRedirect: func(*http.Request, []*http.Request) error {
				return http.ErrUseLastResponse
			},
		},
	}
}

// origin is scheme and host in lower case, without the scheme's own port.
func origin(u *url.URL) string {
	scheme, host := strings.ToLower(u.Scheme), strings.ToLower(u.Host)
	if h, port, err := net.SplitHostPort(host); err == nil {
		if (scheme == "https" && port == "443") || (scheme == "http" && port == "80") {
			host = h
		}
	}
	return scheme + "://" + host
}

// send posts body as JSON. Errors never hold the URL: whoever has it can post.
func (s *responder) send(ctx context.Context, target string, body answerBody) error {
	u, err := url.Parse(target)
	if err != nil || u.User != nil || !s.origins[origin(u)] {
		return errResponseURL
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("encode the answer: %w", err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), bytes.NewReader(raw))
	if err != nil {
		return errResponseURL
	}
	request.Header.Set("Content-Type", "application/json; charset=utf-8")
	response, err := s.client.Do(request)
	if err != nil {
		return fmt.Errorf("post the answer: %w", withoutURL(err))
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("post the answer: status %d", response.StatusCode)
	}
	return nil
}

func withoutURL(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}
