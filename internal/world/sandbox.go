package world

import (
	"bufio"
	"encoding/json"
	"io"
	"net/url"
	"strconv"
	"syscall"
	"testing"
	"time"

	"roomkeeper/sandbox/crm"
)

// Secrets of every world; nobody outside loopback sees them.
const (
	SlackToken    = "xoxb-end-to-end"
	DiscordToken  = "end-to-end-bot-token"
	SigningSecret = "end-to-end-signing-secret"
	CRMToken      = "end-to-end-crm-token"
	WebhookSecret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"
	APIToken      = "end-to-end-api-token"
)

// Sandbox is the CRM and the chat platforms, one process.
type Sandbox struct {
	Base string // URL without a trailing slash
	Chat Chat   // what is meant where only one can be: the first, or see World.On
	CRM  CRM
	all  []Chat
	log  *Logbook
	runs *Process
}

// End ends the sandbox before the test does; again is no harm.
func (s *Sandbox) End(t testing.TB) {
	t.Helper()
	if s.runs.Gone() {
		return
	}
	if err := s.runs.End(syscall.SIGKILL, 10*time.Second); err != nil {
		t.Error(err)
	}
}

// StartSandbox starts a generated world: people u1, u2, … with accounts, and
// accounts 1, 2, …, of which the first person of the team is the owner. Zero
// people is the demo's world. It sends its events to the connector's URL.
func StartSandbox(t testing.TB, p Platform, people, recordCount int, connectorURL string) *Sandbox {
	t.Helper()
	return startSandbox(t, []Platform{p}, people, recordCount, connectorURL)
}

func startSandbox(t testing.TB, on []Platform, people, recordCount int, connectorURL string) *Sandbox {
	t.Helper()
	s := &Sandbox{log: newLogbook(t, "sandbox")}
	args := append([]string{
		"--addr", "127.0.0.1:0", "--connector", connectorURL, "--crm-token", CRMToken, "--webhook-secret", WebhookSecret, "--api-token", APIToken,
		"--people", strconv.Itoa(people), "--records", strconv.Itoa(recordCount),
	}, platformFlags(on)...)
	out, in := io.Pipe()
	program, err := Launch("sandbox", args, Foreign(), in, s.log)
	if err != nil {
		t.Fatal(err)
	}
	s.runs = program
	t.Cleanup(func() { s.End(t) })
	go func() {
		<-program.Ended
		_ = in.CloseWithError(io.EOF)
	}()
	reader := bufio.NewReader(out)
	line, err := reader.ReadBytes('\n')
	if err != nil {
		t.Fatalf("sandbox: %v", err)
	}
	go func() { _, _ = io.Copy(io.Discard, reader) }()
	var urls map[string]string
	if err := json.Unmarshal(line, &urls); err != nil {
		t.Fatalf("sandbox said %s: %v", line, err)
	}
	s.Base = urls["page"][:len(urls["page"])-1]
	for _, p := range on {
		s.all = append(s.all, Chat{NewClient(s.Base+p.Control, ""), p})
	}
	s.Chat = s.all[0]
	s.CRM = CRM{NewClient(s.Base+"/crm", CRMToken)}
	return s
}

// CRM is the CRM: its pull API and its control API.
type CRM struct{ Client }

// Order is the body of a call of the CRM's control API.
type Order map[string]any

// About begins an order about a record.
func About(ref crm.Ref) Order { return Order{"kind": ref.Kind, "id": ref.ID} }

// With adds a part to an order.
func (o Order) With(name string, value any) Order {
	o[name] = value
	return o
}

// Act does something in the CRM: "edit", "team-set", "webhooks", … of
// sandbox/crm/control.go.
func (r CRM) Act(t testing.TB, what string, o Order) {
	t.Helper()
	r.Must(t, "POST", "/control/"+what, o, nil)
}

// state is what the record's page shows.
func (r CRM) state(t testing.TB, ref crm.Ref) crm.State {
	t.Helper()
	var s crm.State
	r.Must(t, "GET", "/control/state?"+url.Values{"kind": {ref.Kind}, "id": {ref.ID}}.Encode(), nil, &s)
	return s
}

// Counts is the number of calls by route.
func (r CRM) Counts(t testing.TB) map[string]int {
	t.Helper()
	var c struct{ Counts map[string]int }
	r.Must(t, "GET", "/control/counts", nil, &c)
	return c.Counts
}

// Account names an account of a generated world.
func Account(n int) crm.Ref { return crm.Ref{Kind: "account", ID: strconv.Itoa(n)} }

// Employee is a team entry for a person.
func Employee(id string) crm.Entry {
	return crm.Entry{Principal: crm.Principal{Type: "user", ID: id}, Role: "member", Access: "read"}
}
