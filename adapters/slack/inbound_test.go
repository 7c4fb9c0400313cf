package slack_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"roomkeeper/adapters/slack"
	"roomkeeper/connector"
	"roomkeeper/connector/command"
)

const (
	inSecret = "8f742231b10e8888abcd99yyyzzz85a5"
	inTeam   = "T0ROOM"
)

// commandFunc and pressFunc make a Commands.
type inCommands struct {
	run   func(context.Context, command.Request) command.Answer
	press func(context.Context, command.Press) command.Answer
}

func (c inCommands) Run(ctx context.Context, r command.Request) command.Answer { return c.run(ctx, r) }
func (c inCommands) Press(ctx context.Context, p command.Press) command.Answer {
	return c.press(ctx, p)
}

// inAcceptor keeps events, or fails with err.
type inAcceptor struct {
	mu     sync.Mutex
	events []connector.ChatEvent
	err    error
}

func (a *inAcceptor) AcceptChat(_ context.Context, e connector.ChatEvent) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.err == nil {
		a.events = append(a.events, e)
	}
	return a.err
}

// responses stands for Slack's response URLs: it keeps what was posted.
type responses struct {
	posts  chan post
	status int
	header http.Header
}

type post struct {
	url  string
	body inAnswer
}

// inAnswer is an answer as Slack reads it.
type inAnswer struct {
	ResponseType    string `json:"response_type"`
	ReplaceOriginal bool   `json:"replace_original"`
	Text            string `json:"text"`
	Blocks          []struct {
		Type string `json:"type"`
		Text struct {
			Type string `json:"type"`
			Text string `json:"text"`
		} `json:"text"`
	} `json:"blocks"`
}

func newResponses() *responses {
	return &responses{posts: make(chan post, 8), status: http.StatusOK, header: http.Header{}}
}

func (s *responses) RoundTrip(r *http.Request) (*http.Response, error) {
	p := post{url: r.URL.String()}
	if err := json.NewDecoder(r.Body).Decode(&p.body); err != nil {
		return nil, err
	}
	s.posts <- p
	return &http.Response{StatusCode: s.status, Header: s.header, Body: http.NoBody, Request: r}, nil
}

// inRig is an Inbound and what it talks to.
type inRig struct {
	in        *slack.Inbound
	mux       *http.ServeMux
	acceptor  *inAcceptor
	responses *responses
}

func newInRig(t *testing.T, c inCommands) *inRig {
	t.Helper()
	rig := &inRig{mux: http.NewServeMux(), acceptor: &inAcceptor{}, responses: newResponses()}
	rig.in = slack.NewInbound(slack.InboundOptions{
		SigningSecret: inSecret,
		TeamID:        func() string { return inTeam },
		Command:       "/crm",
		Handler:       c,
		Acceptor:      rig.acceptor,
		ResponseHosts: []string{"http://127.0.0.1:4000/api/", "slack.example"},
		Transport:     rig.responses,
	})
	for pattern, handler := range rig.in.Routes() {
		rig.mux.Handle(pattern, handler)
	}
	t.Cleanup(func() { _ = rig.in.Close(context.Background()) })
	return rig
}

func inSignature(secret, timestamp, body string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = io.WriteString(mac, "v0:"+timestamp+":"+body)
	return "v0=" + hex.EncodeToString(mac.Sum(nil))
}

// signed returns a request that is signed as Slack does.
func signed(path, contentType, body string, at time.Time) *http.Request {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	timestamp := strconv.FormatInt(at.Unix(), 10)
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("X-Slack-Request-Timestamp", timestamp)
	r.Header.Set("X-Slack-Signature", inSignature(inSecret, timestamp, body))
	return r
}

func (rig *inRig) do(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	rig.mux.ServeHTTP(w, r)
	return w
}

func (rig *inRig) form(path string, form url.Values) *httptest.ResponseRecorder {
	return rig.do(signed(path, "application/x-www-form-urlencoded", form.Encode(), time.Now()))
}

func (rig *inRig) event(body string) *httptest.ResponseRecorder {
	return rig.do(signed("/slack/events", "application/json", body, time.Now()))
}

// said decodes the answer in an HTTP response.
func said(t *testing.T, w *httptest.ResponseRecorder) inAnswer {
	t.Helper()
	if w.Code != http.StatusOK {
		t.Fatalf("status %d, want 200: %s", w.Code, w.Body)
	}
	var a inAnswer
	if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil {
		t.Fatalf("answer is not JSON: %v: %q", err, w.Body)
	}
	return a
}
