package world

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"syscall"
	"testing"
	"time"

	"roomkeeper/sandbox/crm"
	"roomkeeper/sandbox/slack"
)

// Secrets of every world; nobody outside loopback sees them.
const (
	SlackToken    = "xoxb-end-to-end"
	SigningSecret = "end-to-end-signing-secret"
	CRMToken      = "end-to-end-crm-token"
	WebhookSecret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"
	APIToken      = "end-to-end-api-token"
)

// Sandbox is the CRM and the Slack workspace, one process.
type Sandbox struct {
	Base  string // URL without a trailing slash
	Slack Slack
	CRM   CRM
	log   *Logbook
}

// StartSandbox starts a generated world: people u1, u2, … with accounts, and
// accounts 1, 2, …, of which the first person of the team is the owner. Zero
// people is the demo's world. It sends its events to the connector's URL.
func StartSandbox(t testing.TB, people, recordCount int, connectorURL string) *Sandbox {
	t.Helper()
	s := &Sandbox{log: newLogbook(t, "sandbox")}
	args := []string{
		"--addr", "127.0.0.1:0", "--connector", connectorURL, "--slack-token", SlackToken,
		"--signing-secret", SigningSecret, "--crm-token", CRMToken, "--webhook-secret", WebhookSecret, "--api-token", APIToken,
		"--people", strconv.Itoa(people), "--records", strconv.Itoa(recordCount),
	}
	out, in := io.Pipe()
	p, err := Launch("sandbox", args, Foreign(), in, s.log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.End(syscall.SIGKILL, 10*time.Second); err != nil {
			t.Error(err)
		}
	})
	go func() {
		<-p.Ended
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
	s.Slack = Slack{NewClient(s.Base+"/slack/control", "")}
	s.CRM = CRM{NewClient(s.Base+"/crm", CRMToken)}
	return s
}

// Slack is the workspace, by its control API.
type Slack struct{ Client }

// State is a copy of everything that people see.
func (c Slack) State(t testing.TB) slack.State {
	t.Helper()
	var s slack.State
	c.Must(t, "GET", "/state", nil, &s)
	return s
}

// Calls are the calls after the one numbered since, of one method or ("") all.
func (c Slack) Calls(t testing.TB, since int, method string) []slack.Call {
	t.Helper()
	var list []slack.Call
	c.Must(t, "GET", "/calls?"+url.Values{"since": {strconv.Itoa(since)}, "method": {method}}.Encode(), nil, &list)
	return list
}

// Counts are how often each method was called, since the start.
func (c Slack) Counts(t testing.TB) map[string]slack.Count {
	t.Helper()
	var counts map[string]slack.Count
	c.Must(t, "GET", "/counts", nil, &counts)
	return counts
}

// Settings changes switches of the workspace, by their JSON names.
func (c Slack) Settings(t testing.TB, change map[string]any) {
	t.Helper()
	c.Must(t, "POST", "/settings", change, nil)
}

// Gate puts a gate in and returns its id.
func (c Slack) Gate(t testing.TB, g slack.Gate) int {
	t.Helper()
	var made struct{ ID int }
	c.Must(t, "POST", "/gates", g, &made)
	return made.ID
}

// Release opens a gate, or all with id 0.
func (c Slack) Release(t testing.TB, id int) {
	t.Helper()
	c.Must(t, "DELETE", "/gates/"+strconv.Itoa(id), nil, nil)
}

// Held waits until a gate holds n calls.
func (c Slack) Held(t testing.TB, id, n int) {
	t.Helper()
	Eventually(t, Patience, fmt.Sprintf("gate %d holds %d", id, n), func() error {
		var gates []slack.Gate
		if _, err := c.Do(t.Context(), "GET", "/gates", nil, &gates); err != nil {
			return err
		}
		for _, g := range gates {
			if g.ID == id && g.Held >= n {
				return nil
			}
		}
		return fmt.Errorf("it does not: %+v", gates)
	})
}

// Fault puts a fault in and returns its id.
func (c Slack) Fault(t testing.TB, f slack.Fault) int {
	t.Helper()
	var made struct{ ID int }
	c.Must(t, "POST", "/faults", f, &made)
	return made.ID
}

// Faults are those that may still strike.
func (c Slack) Faults(t testing.TB) []slack.Fault {
	t.Helper()
	var list []slack.Fault
	c.Must(t, "GET", "/faults", nil, &list)
	return list
}

// ClearFaults removes all faults.
func (c Slack) ClearFaults(t testing.TB) {
	t.Helper()
	c.Must(t, "DELETE", "/faults", nil, nil)
}

// Wait returns once n calls of a method, since the start, reached a phase.
func (c Slack) Wait(t testing.TB, method, phase string, n int) {
	t.Helper()
	q := url.Values{"method": {method}, "phase": {phase}, "n": {strconv.Itoa(n)}, "timeout": {"25"}}
	c.Must(t, "GET", "/wait?"+q.Encode(), nil, nil)
}

// Command types a slash command and returns what the person saw.
func (c Slack) Command(t testing.TB, user, channel, text string) slack.Outcome {
	t.Helper()
	var out slack.Outcome
	c.Must(t, "POST", "/command", slack.Act{User: user, Channel: channel, Text: text}, &out)
	return out
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
