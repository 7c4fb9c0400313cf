package app_test

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"roomkeeper/config"
	"roomkeeper/internal/app"
	"roomkeeper/internal/world"
)

// rig is a sandbox in a process of its own and a folder for an App in this
// one, so that what is measured here is the App's. It is Slack's.
type rig struct {
	*world.Sandbox
	dir  string
	apps []*app.App
}

// startRig starts a generated world that sends nothing to anybody.
func startRig(tb testing.TB, people, records int) *rig {
	tb.Helper()
	r := &rig{Sandbox: world.StartSandbox(tb, world.Slack(), people, records, ""), dir: tb.TempDir()}
	tb.Cleanup(func() { r.close(tb) })
	r.CRM.Act(tb, "webhooks", world.Order{"mode": "off"})
	return r
}

// close ends what runs; again is no harm.
func (r *rig) close(tb testing.TB) {
	tb.Helper()
	for _, a := range slices.Backward(r.apps) {
		if err := a.Stop(); err != nil {
			tb.Error(err)
		}
	}
	r.apps = nil
	r.End(tb)
}

// startApp starts an App over the rig's folder and returns it with a client of
// its REST API. env are more variables, "NAME=value" without the prefix; they
// hold for later Apps of the test too.
func (r *rig) startApp(tb testing.TB, env ...string) (*app.App, world.Client) {
	tb.Helper()
	variables := map[string]string{
		"HTTP_ADDR": "127.0.0.1:0", "DATA_DIR": r.dir, "API_TOKENS": "test=" + world.APIToken, "KINDS": "account",
		"SLACK_BOT_TOKEN": world.SlackToken, "SLACK_SIGNING_SECRET": world.SigningSecret, "SLACK_API_URL": r.Base + "/slack/api/",
		"CRM_URL": r.Base + "/crm", "CRM_TOKEN": world.CRMToken, "CRM_WEBHOOK_SECRET": world.WebhookSecret,
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
	r.apps = append(r.apps, a)
	if err := a.Start(context.Background()); err != nil {
		tb.Fatal(err)
	}
	return a, world.NewClient("http://"+a.Addr()+"/api/v1", world.APIToken)
}

// chatCalls are the calls of the workspace's API so far, by method.
func (r *rig) chatCalls(tb testing.TB) map[string]int {
	tb.Helper()
	calls := map[string]int{}
	for method, c := range r.Chat.Counts(tb) {
		calls[method] = c.Arrived
	}
	return calls
}

func (r *rig) resetCalls(tb testing.TB) {
	tb.Helper()
	r.Chat.Must(tb, "POST", "/counts/reset", nil, nil)
	r.CRM.Act(tb, "reset-calls", world.Order{})
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
