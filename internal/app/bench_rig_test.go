package app_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"roomkeeper/config"
	"roomkeeper/internal/app"
	"roomkeeper/internal/world"
	"roomkeeper/sandbox/slack"
)

// rig is a sandbox in a process of its own and a folder for an App in this
// one, so that what is measured here is the App's.
type rig struct {
	base string
	dir  string
	// slack and crm are the control APIs.
	slack, crm world.Client
	closers    []func() error
}

// close ends what runs; again is no harm.
func (r *rig) close(tb testing.TB) {
	tb.Helper()
	for _, end := range slices.Backward(r.closers) {
		if err := end(); err != nil {
			tb.Error(err)
		}
	}
	r.closers = nil
}

// startRig starts a generated world that sends nothing to anybody.
func startRig(tb testing.TB, people, records int) *rig {
	tb.Helper()
	log := &world.Logbook{}
	args := []string{
		"--addr", "127.0.0.1:0", "--connector", "", "--slack-token", world.SlackToken, "--signing-secret", world.SigningSecret,
		"--crm-token", world.CRMToken, "--webhook-secret", world.WebhookSecret, "--api-token", world.APIToken,
		"--people", strconv.Itoa(people), "--records", strconv.Itoa(records),
	}
	out, in := io.Pipe()
	p, err := world.Launch("sandbox", args, world.Foreign(), in, log)
	if err != nil {
		tb.Fatal(err)
	}
	r := &rig{dir: tb.TempDir(), closers: []func() error{func() error { return p.End(syscall.SIGKILL, 10*time.Second) }}}
	tb.Cleanup(func() { r.close(tb) })
	go func() {
		<-p.Ended
		_ = in.CloseWithError(io.EOF)
	}()
	var urls map[string]string
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &urls)
	}
	if err != nil {
		tb.Fatalf("sandbox: %v\n%s", err, log)
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	r.base = urls["page"][:len(urls["page"])-1]
	r.slack, r.crm = world.NewClient(r.base+"/slack/control", ""), world.NewClient(r.base+"/crm/control", "")
	r.call(tb, r.crm, "POST", "/webhooks", world.Order{"mode": "off"}, nil)
	return r
}

func (r *rig) call(tb testing.TB, c world.Client, method, path string, in, out any) {
	tb.Helper()
	if _, err := c.Do(context.Background(), method, path, in, out); err != nil {
		tb.Fatalf("%s %s: %v", method, path, err)
	}
}

// startApp starts an App over the rig's folder and returns it with a client of
// its REST API. env are more variables, "NAME=value" without the prefix; they
// hold for later Apps of the test too.
func (r *rig) startApp(tb testing.TB, env ...string) (*app.App, world.Client) {
	tb.Helper()
	variables := map[string]string{
		"HTTP_ADDR": "127.0.0.1:0", "DATA_DIR": r.dir, "API_TOKENS": "test=" + world.APIToken, "KINDS": "account",
		"SLACK_BOT_TOKEN": world.SlackToken, "SLACK_SIGNING_SECRET": world.SigningSecret, "SLACK_API_URL": r.base + "/slack/api/",
		"CRM_URL": r.base + "/crm", "CRM_TOKEN": world.CRMToken, "CRM_WEBHOOK_SECRET": world.WebhookSecret,
		"RATE_FACTOR": "100000", "SWEEP_SCHEDULE": "@every 1000000h",
	}
	for _, v := range env {
		name, value, _ := strings.Cut(v, "=")
		variables[name] = value
	}
	for name, value := range variables {
		tb.Setenv("ROOMKEEPER_"+name, value)
	}
	c, err := config.Load()
	if err != nil {
		tb.Fatal(err)
	}
	a, err := app.New(app.Options{Config: c, Clock: time.Now, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		tb.Fatal(err)
	}
	r.closers = append(r.closers, a.Stop)
	if err := a.Start(context.Background()); err != nil {
		tb.Fatal(err)
	}
	return a, world.NewClient("http://"+a.Addr()+"/api/v1", world.APIToken)
}

// chatCalls are the calls of the workspace's API so far, by method.
func (r *rig) chatCalls(tb testing.TB) map[string]int {
	tb.Helper()
	var counts map[string]slack.Count
	r.call(tb, r.slack, "GET", "/counts", nil, &counts)
	calls := map[string]int{}
	for method, c := range counts {
		calls[method] = c.Arrived
	}
	return calls
}

// crmCalls are the calls of the pull API so far, by route.
func (r *rig) crmCalls(tb testing.TB) map[string]int {
	tb.Helper()
	var answer struct{ Counts map[string]int }
	r.call(tb, r.crm, "GET", "/counts", nil, &answer)
	return answer.Counts
}

func (r *rig) resetCalls(tb testing.TB) {
	tb.Helper()
	r.call(tb, r.slack, "POST", "/counts/reset", nil, nil)
	r.call(tb, r.crm, "POST", "/reset-calls", world.Order{}, nil)
}

// until is eventually for benchmarks too.
func until(tb testing.TB, what string, check func() error) {
	tb.Helper()
	if err := world.Await(world.Patience, check); err != nil {
		tb.Fatalf("%s: %v", what, err)
	}
}

// pages is how many pages hold n items.
func pages(n, size int) int { return (n + size - 1) / size }

func sum(counts map[string]int) int {
	n := 0
	for _, c := range counts {
		n += c
	}
	return n
}
