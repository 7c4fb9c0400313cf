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
	"roomkeeper/sandbox/discord"
	"roomkeeper/sandbox/page"
)

// options are the command line. The defaults are for the sandbox only.
type options struct {
	addr, connector         string
	crmToken, webhookSecret string
	apiToken                string
	people, records         int
	fat                     bool
	slack                   workspaceOptions
	discord                 guildOptions
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
	flags.StringVar(&o.crmToken, "crm-token", "sandbox-crm-token", "bearer token of the CRM's pull API")
	flags.StringVar(&o.webhookSecret, "webhook-secret", "whsec_c2FuZGJveC13ZWJob29rLXNlY3JldC0wMA==", "signs the CRM's webhooks")
	flags.StringVar(&o.apiToken, "api-token", "sandbox-api-token", "bearer token of the connector's REST API")
	flags.Func("platforms", "chat platforms, separated by commas: slack, discord (default slack)", listOf(&o.platforms))
	flags.Func("links", "of these, those whose accounts the CRM knows by id, where people have no e-mail", listOf(&o.links))
	flags.IntVar(&o.people, "people", 0, "generate a world with this many people instead of the demo")
	flags.IntVar(&o.records, "records", 0, "records of the generated world")
	o.slack.flags(flags)
	o.discord.flags(flags)
	flags.BoolVar(&o.fat, "fat", false, "send whole records and teams with every event")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if o.records > 0 && o.people == 0 {
		return o, errors.New("--records needs --people")
	}
	for i, name := range o.platforms {
		if name != slackPlatform && name != discordPlatform || slices.Contains(o.platforms[:i], name) {
			return o, fmt.Errorf("no such platform, or named twice: %q", name)
		}
	}
	for _, name := range o.links {
		if !slices.Contains(o.platforms, name) {
			return o, fmt.Errorf("--links names %q, which --platforms does not", name)
		}
	}
	return o, nil
}

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
	world, chats, err := o.world(base, logger)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer world.Close()
	defer chats.close()
	srv := &http.Server{
		Handler:           page.New(world, page.Options{Connector: o.connector != "", Logger: logger}, chats[0], chats.others()...),
		ReadHeaderTimeout: 10 * time.Second,
		BaseContext:       func(net.Listener) context.Context { return ctx }, // open streams end with ctx
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(listener) }()
	if err := json.NewEncoder(stdout).Encode(o.urls(base, chats)); err != nil {
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

func (o options) urls(base string, chats chats) map[string]string {
	urls := map[string]string{"page": base + "/", "crm": base + "/crm", "crm_control": base + "/crm/control/"}
	for _, c := range chats {
		name := c.Platform()
		urls[name+"_api"], urls[name+"_control"] = base+"/"+name+"/api/", base+"/"+name+"/control/"
	}
	if slices.Contains(o.platforms, discordPlatform) {
		urls["discord"], urls["discord_public_key"] = base+"/discord", discord.PublicKeyOf(o.discord.seed)
	}
	return urls
}

// world makes the CRM and the chat platforms, and fills them.
func (o options) world(base string, logger *slog.Logger) (*crm.World, chats, error) {
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
	chats := o.chats(base, logger)
	for _, c := range chats {
		members := page.AddMembers(c, people)
		if !slices.Contains(o.links, c.Platform()) {
			continue
		}
		if err := world.Link(c.Platform(), members); err != nil {
			chats.close()
			world.Close()
			return nil, nil, err
		}
	}
	return world, chats, nil
}
