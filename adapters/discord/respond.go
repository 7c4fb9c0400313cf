package discord

import (
	"bytes"
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

	"github.com/bwmarrin/discordgo"

	"roomkeeper/connector/command"
)

const (
	// sendLimit is the deadline of one late answer.
	sendLimit = 10 * time.Second
	// apiVersion is the one that late answers are sent by.
	apiVersion = "v10"
	// errorLimit is how much of a refusal is read.
	errorLimit = 64 << 10
)

// reply is the answer in the response to an interaction.
type reply struct {
	Type discordgo.InteractionResponseType `json:"type"`
	Data any                               `json:"data,omitempty"`
}

// private is an answer that only the person sees who asked.
func private(a command.Answer) reply {
	data := renderAnswer(a)
	data.Flags = discordgo.MessageFlagsEphemeral
	return reply{Type: discordgo.InteractionResponseChannelMessageWithSource, Data: data}
}

// replyTo is an answer that was found in time. It is private unless it
// replaces the message that was clicked, which stays as visible as it was; an
// empty one to a press says nothing.
func replyTo(a command.Answer, how later) reply {
	switch {
	case how.press && emptyAnswer(a):
		return reply{Type: discordgo.InteractionResponseDeferredMessageUpdate}
	case how.press && a.Replace:
		return reply{Type: discordgo.InteractionResponseUpdateMessage, Data: renderAnswer(a)}
	}
	return private(a)
}

// deferred says that the answer follows.
func deferred(how later) reply {
	if how.first == deferredUpdate {
		return reply{Type: how.first}
	}
	// Of all data only this flag may go with it.
	return reply{Type: how.first, Data: map[string]any{"flags": discordgo.MessageFlagsEphemeral}}
}

func emptyAnswer(a command.Answer) bool { return a.Text == "" && a.Card == nil }

// write answers in the HTTP response.
func (in *Inbound) write(w http.ResponseWriter, r *http.Request, out reply) {
	body, err := json.Marshal(out)
	if err != nil {
		in.log.ErrorContext(r.Context(), "discord: answer cannot be encoded", "error", err)
		http.Error(w, "the answer cannot be encoded", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	// A failed write means that Discord hung up: nobody is left to tell.
	_, _ = w.Write(body)
}

// send gives an answer that was deferred: to a command in the place of
// "thinking", to a press in the place of the message or as a message that only
// the person sees. A failure is logged: there is no other way to reach them.
func (in *Inbound) send(ctx context.Context, i interaction, how later, a command.Answer) {
	method, path, data := http.MethodPatch, "/messages/@original", renderAnswer(a)
	if how.press && !a.Replace {
		if emptyAnswer(a) {
			return
		}
		method, path, data.Flags = http.MethodPost, "", discordgo.MessageFlagsEphemeral
	}
	if err := in.respond.send(ctx, method, i.Token, path, data); err != nil {
		in.log.WarnContext(ctx, "discord: answer not delivered", "interaction", i.ID, "error", err)
	}
}

// responder gives late answers, at the API and nowhere else. They need no
// authorisation but the interaction's token.
type responder struct {
	client *http.Client
	// webhooks is the address that the token follows.
	webhooks string
	agent    string
}

func newResponder(o InboundOptions) *responder {
	return &responder{
		webhooks: strings.TrimRight(o.APIURL, "/") + "/" + apiVersion + "/webhooks/" + url.PathEscape(o.ApplicationID) + "/",
		agent:    userAgent(o.PublicURL),
		client: &http.Client{
			Transport: o.Transport,
			Timeout:   sendLimit,
			CheckRedirect: func(*http.Request, []*http.Request) error {
				return http.ErrUseLastResponse
			},
		},
	}
}

// send sends data as JSON. Errors never hold the address: whoever has the
// token can answer.
func (s *responder) send(ctx context.Context, method, token, path string, data answerData) error {
	if token == "" {
		return errors.New("the interaction has no token")
	}
	raw, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("encode the answer: %w", err)
	}
	request, err := http.NewRequestWithContext(ctx, method, s.webhooks+url.PathEscape(token)+path, bytes.NewReader(raw))
	if err != nil {
		return errors.New("the interaction's token makes no address")
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", s.agent)
	response, err := s.client.Do(request)
	if err != nil {
		return fmt.Errorf("send the answer: %w", withoutURL(err))
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode/100 != 2 {
		return fmt.Errorf("send the answer: status %d, code %d", response.StatusCode, codeOf(response.Body))
	}
	return nil
}

// codeOf reads Discord's own code of a refusal; 0 when it has none.
func codeOf(body io.Reader) int {
	var refusal struct {
		Code int `json:"code"`
	}
	if json.NewDecoder(io.LimitReader(body, errorLimit)).Decode(&refusal) != nil {
		return 0
	}
	return refusal.Code
}

func withoutURL(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}
