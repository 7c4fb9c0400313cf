// Command sandbox serves the demo world by itself: a CRM, chat platforms and the
// page that shows them, for a connector that runs elsewhere.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"roomkeeper/sandbox/crm"
	"roomkeeper/sandbox/page"
	"roomkeeper/sandbox/slack"
)

// options are the command line. The defaults are for the sandbox only.
type options struct {
	addr, connector           string
	slackToken, signingSecret string
	crmToken, webhookSecret   string
	apiToken                  string
	people, records           int
	tiers, fat                bool
	// platforms are the chat platforms to serve, links those whose accounts the
	// CRM knows by id.
	platforms, links []string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "sandbox:", err)
		stop()
		os.Exit(1) //nolint:gocritic // stop has been called
	}
}

func parse(args []string, stderr io.Writer) (options, error) {
	o := options{platforms: []string{slackPlatform}}
	flags := flag.NewFlagSet("sandbox", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&o.addr, "addr", "127.0.0.1:8090", "address to listen on; port 0 takes a free one")
	flags.StringVar(&o.connector, "connector", "http://127.0.0.1:8080", "base URL of the connector")
	flags.StringVar(&o.slackToken, "slack-token", "xoxb-sandbox", "the app's bot token")
	flags.StringVar(&o.signingSecret, "signing-secret", "sandbox-signing-secret", "signs what Slack sends to the connector")
	flags.StringVar(&o.crmToken, "crm-token", "sandbox-crm-token", "bearer token of the CRM's pull API")
	flags.StringVar(&o.webhookSecret, "webhook-secret", "whsec_c2FuZGJveC13ZWJob29rLXNlY3JldC0wMA==", "signs the CRM's webhooks")
	flags.StringVar(&o.apiToken, "api-token", "sandbox-api-token", "bearer token of the connector's REST API")
	flags.Func("platforms", "chat platforms, separated by commas: "+slackPlatform+" (default "+slackPlatform+")", listOf(&o.platforms))
	flags.Func("links", "of these, those whose accounts the CRM knows by id, where people have no e-mail", listOf(&o.links))
	flags.IntVar(&o.people, "people", 0, "generate a world with this many people instead of the demo")
	flags.IntVar(&o.records, "records", 0, "records of the generated world")
	flags.BoolVar(&o.tiers, "tiers", false, "enforce Slack's rate tiers")
	flags.BoolVar(&o.fat, "fat", false, "send whole records and teams with every event")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if o.records > 0 && o.people == 0 {
		return o, errors.New("--records needs --people")
	}
	for _, name := range o.platforms {
		if name != slackPlatform {
			return o, fmt.Errorf("no such platform: %q", name)
		}
	}
	for _, name := range o.links {
		if !slices.Contains(o.platforms, name) {
			return o, fmt.Errorf("--links names %q, which --platforms does not", name)
		}
	}
	return o, nil
}

// slackPlatform is the name of a platform, as the connector calls it.
const slackPlatform = "slack"

// listOf takes a list that is separated by commas.
func listOf(to *[]string) func(string) error {
	return func(text string) error {
		*to = strings.Split(text, ",")
		return nil
	}
}

// run serves until the context ends. It prints one line of JSON with the URLs
// once it listens.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", o.addr)
	if err != nil {
		return err
	}
	base := "http://" + listener.Addr().String()
	logger := slog.New(slog.NewTextHandler(stderr, nil))
	chat, world, err := o.world(base, logger)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer chat.Close()
	defer world.Close()
	srv := &http.Server{
		Handler:           page.New(chat, world, page.Options{Connector: o.connector != "", Logger: logger}),
		ReadHeaderTimeout: 10 * time.Second,
		BaseContext:       func(net.Listener) context.Context { return ctx }, // open streams end with ctx
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(listener) }()
	if err := json.NewEncoder(stdout).Encode(urls(base)); err != nil {
		return err
	}
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return srv.Shutdown(grace)
}

func urls(base string) map[string]string {
	return map[string]string{
		"page": base + "/", "slack_api": base + "/slack/api/", "slack_control": base + "/slack/control/",
		"crm": base + "/crm", "crm_control": base + "/crm/control/",
	}
}

// world makes the two sandboxes and fills them.
func (o options) world(base string, logger *slog.Logger) (*slack.Workspace, *crm.World, error) {
	world, err := crm.New(crm.Config{
		Token: o.crmToken, WebhookSecret: o.webhookSecret, ConnectorURL: o.connector, APIToken: o.apiToken,
		BaseURL: base, Fat: o.fat, Logger: logger,
	})
	if err != nil {
		return nil, nil, err
	}
	people := crm.DemoPeople()
	if o.people > 0 {
		people = crm.GeneratedPeople(o.people)
		err = world.SeedGenerated(o.people, o.records)
	} else {
		err = world.SeedDemo()
	}
	if err != nil {
		world.Close()
		return nil, nil, err
	}
	chat := slack.New(slack.Config{
		Team: "Meridian", TeamDomain: "meridian", BotToken: o.slackToken, SigningSecret: o.signingSecret,
		Connector: o.connector, BaseURL: base + "/slack", Tiers: o.tiers, General: true, Logger: logger,
	})
	members := page.AddMembers(chat, people)
	if slices.Contains(o.links, slackPlatform) {
		if err := world.Link(slackPlatform, members); err != nil {
			chat.Close()
			world.Close()
			return nil, nil, err
		}
	}
	return chat, world, nil
}
