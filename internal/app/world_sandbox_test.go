package app_test

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
	slackToken    = "xoxb-end-to-end"
	signingSecret = "end-to-end-signing-secret"
	crmToken      = "end-to-end-crm-token"
	webhookSecret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"
	apiToken      = "end-to-end-api-token"
)

// sandbox is the CRM and the Slack workspace, one process.
type sandbox struct {
	base  string // URL without a trailing slash
	slack chat
	crm   records
	log   *logbook
}

// startSandbox starts a generated world: people u1, u2, … with accounts, and
// accounts 1, 2, …, of which the first person of the team is the owner. Zero
// people is the demo's world. It sends its events to the connector's URL.
func startSandbox(t *testing.T, people, recordCount int, connectorURL string) *sandbox {
	t.Helper()
	s := &sandbox{log: newLogbook(t, "sandbox")}
	args := []string{
		"--addr", "127.0.0.1:0", "--connector", connectorURL, "--slack-token", slackToken,
		"--signing-secret", signingSecret, "--crm-token", crmToken, "--webhook-secret", webhookSecret, "--api-token", apiToken,
		"--people", strconv.Itoa(people), "--records", strconv.Itoa(recordCount),
	}
	out, in := io.Pipe()
	p, err := launch("sandbox", args, foreign(), in, s.log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.end(syscall.SIGKILL, 10*time.Second); err != nil {
			t.Error(err)
		}
	})
	go func() {
		<-p.ended
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
	s.base = urls["page"][:len(urls["page"])-1]
	s.slack = chat{newClient(s.base+"/slack/control", "")}
	s.crm = records{newClient(s.base+"/crm", crmToken)}
	return s
}

// chat is the workspace, by its control API.
type chat struct{ client }

// state is a copy of everything that people see.
func (c chat) state(t *testing.T) slack.State {
	t.Helper()
	var s slack.State
	c.must(t, "GET", "/state", nil, &s)
	return s
}

// calls are the calls after the one numbered since, of one method or ("") all.
func (c chat) calls(t *testing.T, since int, method string) []slack.Call {
	t.Helper()
	var list []slack.Call
	c.must(t, "GET", "/calls?"+url.Values{"since": {strconv.Itoa(since)}, "method": {method}}.Encode(), nil, &list)
	return list
}

// counts are how often each method was called, since the start.
func (c chat) counts(t *testing.T) map[string]slack.Count {
	t.Helper()
	var counts map[string]slack.Count
	c.must(t, "GET", "/counts", nil, &counts)
	return counts
}

// settings changes switches of the workspace, by their JSON names.
func (c chat) settings(t *testing.T, change map[string]any) {
	t.Helper()
	c.must(t, "POST", "/settings", change, nil)
}

// gate puts a gate in and returns its id.
func (c chat) gate(t *testing.T, g slack.Gate) int {
	t.Helper()
	var made struct{ ID int }
	c.must(t, "POST", "/gates", g, &made)
	return made.ID
}

// release opens a gate, or all with id 0.
func (c chat) release(t *testing.T, id int) {
	t.Helper()
	c.must(t, "DELETE", "/gates/"+strconv.Itoa(id), nil, nil)
}

// held waits until a gate holds n calls.
func (c chat) held(t *testing.T, id, n int) {
	t.Helper()
	eventually(t, patience, fmt.Sprintf("gate %d holds %d", id, n), func() error {
		var gates []slack.Gate
		if _, err := c.do(t.Context(), "GET", "/gates", nil, &gates); err != nil {
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

// fault puts a fault in and returns its id.
func (c chat) fault(t *testing.T, f slack.Fault) int {
	t.Helper()
	var made struct{ ID int }
	c.must(t, "POST", "/faults", f, &made)
	return made.ID
}

// faults are those that may still strike.
func (c chat) faults(t *testing.T) []slack.Fault {
	t.Helper()
	var list []slack.Fault
	c.must(t, "GET", "/faults", nil, &list)
	return list
}

// clearFaults removes all faults.
func (c chat) clearFaults(t *testing.T) {
	t.Helper()
	c.must(t, "DELETE", "/faults", nil, nil)
}

// wait returns once n calls of a method, since the start, reached a phase.
func (c chat) wait(t *testing.T, method, phase string, n int) {
	t.Helper()
	q := url.Values{"method": {method}, "phase": {phase}, "n": {strconv.Itoa(n)}, "timeout": {"25"}}
	c.must(t, "GET", "/wait?"+q.Encode(), nil, nil)
}

// command types a slash command and returns what the person saw.
func (c chat) command(t *testing.T, user, channel, text string) slack.Outcome {
	t.Helper()
	var out slack.Outcome
	c.must(t, "POST", "/command", slack.Act{User: user, Channel: channel, Text: text}, &out)
	return out
}

// records is the CRM: its pull API and its control API.
type records struct{ client }

// order is the body of a call of the CRM's control API.
type order map[string]any

// about begins an order about a record.
func about(ref crm.Ref) order { return order{"kind": ref.Kind, "id": ref.ID} }

// with adds a part to an order.
func (o order) with(name string, value any) order {
	o[name] = value
	return o
}

// act does something in the CRM: "edit", "team-set", "webhooks", … of
// sandbox/crm/control.go.
func (r records) act(t *testing.T, what string, o order) {
	t.Helper()
	r.must(t, "POST", "/control/"+what, o, nil)
}

// state is what the record's page shows.
func (r records) state(t *testing.T, ref crm.Ref) crm.State {
	t.Helper()
	var s crm.State
	r.must(t, "GET", "/control/state?"+url.Values{"kind": {ref.Kind}, "id": {ref.ID}}.Encode(), nil, &s)
	return s
}

// counts is the number of calls by route.
func (r records) counts(t *testing.T) map[string]int {
	t.Helper()
	var c struct{ Counts map[string]int }
	r.must(t, "GET", "/control/counts", nil, &c)
	return c.Counts
}

// account names an account of a generated world.
func account(n int) crm.Ref { return crm.Ref{Kind: "account", ID: strconv.Itoa(n)} }

// employee is a team entry for a person.
func employee(id string) crm.Entry {
	return crm.Entry{Principal: crm.Principal{Type: "user", ID: id}, Role: "member", Access: "read"}
}
