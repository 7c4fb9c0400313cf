package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"roomkeeper/config"
	"roomkeeper/internal/app"
)

// callLimit is how long one answer of the service may take.
const callLimit = 60 * time.Second

// answerLimit is the largest answer that is read, in bytes.
const answerLimit = 64 << 20

// client asks the running service: by the control socket in DATA_DIR, or by
// ROOMKEEPER_API with a token.
type client struct {
	http  *http.Client
	base  string
	token config.Secret
	// command is the slash command, for advice.
	command string
	// away says what to do when nobody answers.
	away string
}

func newClient(c config.Config) *client {
	if c.Client.URL != "" {
		return &client{
			http: &http.Client{Timeout: callLimit}, base: c.Client.URL, token: c.Client.Token, command: c.Chat.Command,
			away: "no service answers at ROOMKEEPER_API; check the URL, and that `connector serve` runs there",
		}
	}
	socket := filepath.Join(c.Store.DataDir, app.ControlSocket)
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	}}
	return &client{
		http: &http.Client{Timeout: callLimit, Transport: transport}, base: "http://control", command: c.Chat.Command,
		away: "no service answers at " + socket + "; start it with `connector serve`, set ROOMKEEPER_DATA_DIR to the folder of the one that runs, " +
			"or set ROOMKEEPER_API and ROOMKEEPER_API_TOKEN to reach it elsewhere",
	}
}

// problem is a refusal of the service (RFC 9457).
type problem struct {
	Status int    `json:"status"`
	Title  string `json:"title"`
	Detail string `json:"detail"`
}

func (p *problem) Error() string {
	text := p.Detail
	if text == "" {
		text = p.Title
	}
	if p.Status == http.StatusUnauthorized {
		text += "; set ROOMKEEPER_API_TOKEN to one of the service's ROOMKEEPER_API_TOKENS"
	}
	return fmt.Sprintf("the service answered %d: %s", p.Status, text)
}

func (c *client) get(ctx context.Context, path string, query url.Values, into any) error {
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return c.do(ctx, http.MethodGet, path, nil, into)
}

func (c *client) post(ctx context.Context, path string, body, into any) error {
	return c.do(ctx, http.MethodPost, path, body, into)
}

// do makes one call of the REST API; path is what follows /api/v1/.
func (c *client) do(ctx context.Context, method, path string, body, into any) error {
	var sent io.Reader = http.NoBody
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return err
		}
		sent = bytes.NewReader(data)
	}
	request, err := http.NewRequestWithContext(ctx, method, c.base+"/api/v1/"+path, sent)
	if err != nil {
		return err
	}
	if c.token.IsSet() {
		request.Header.Set("Authorization", "Bearer "+c.token.Reveal())
	}
	answer, err := c.http.Do(request)
	if err != nil {
		return c.unanswered(ctx, err)
	}
	defer func() { _ = answer.Body.Close() }() // only read
	data, err := io.ReadAll(io.LimitReader(answer.Body, answerLimit))
	if err != nil {
		return c.unanswered(ctx, err)
	}
	if answer.StatusCode >= http.StatusMultipleChoices {
		return refusal(answer, data)
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("what answers there is not Roomkeeper's API: %w", err)
	}
	return nil
}

func (c *client) unanswered(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	// The URL is left out: whoever sets it may have put a password into it.
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
	}
	return fmt.Errorf("%s (%w)", c.away, err)
}

func refusal(answer *http.Response, data []byte) error {
	p := &problem{Status: answer.StatusCode, Title: http.StatusText(answer.StatusCode)}
	if strings.HasPrefix(answer.Header.Get("Content-Type"), "application/problem+json") {
		if err := json.Unmarshal(data, p); err != nil {
			return fmt.Errorf("what answers there is not Roomkeeper's API: %w", err)
		}
	}
	return p
}
