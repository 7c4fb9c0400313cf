// Package demo shows the product on a bare machine: a sandbox CRM and a
// sandbox chat platform on loopback, one page that shows both, and between them
// the connector, as the same program that runs in production.
package demo

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"

	"roomkeeper/sandbox/crm"
	"roomkeeper/sandbox/page"
)

// Options are what the demo needs.
type Options struct {
	// Addr is where the page is served, host:port.
	Addr string
	// Platform is one of Platforms.
	Platform string
	// Connector is the connector's program and the arguments that make it serve.
	Connector []string
	// Out is told the page's URL, Log gets what goes wrong.
	Out, Log io.Writer
}

// grace is how long the connector may take to stop.
const grace = 27 * time.Second

// world is one demo: secrets that live as long as it does.
type world struct {
	Options
	base, connectorURL                      string
	crmToken, webhookSecret, connectorToken string
	log                                     *slog.Logger
	chat                                    chat
}

// Run shows the demo until ctx ends.
func Run(ctx context.Context, o Options) error {
	found := chats()[o.Platform]
	if found == nil {
		return fmt.Errorf("the demo has no platform %q", o.Platform)
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", o.Addr)
	if err != nil {
		return fmt.Errorf("%w; choose another address with --addr", err)
	}
	w, err := newWorld(ctx, o, listener)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	handler, stop, err := w.sandbox(found)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer stop()
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: 5 * time.Second,
		BaseContext: func(net.Listener) context.Context { return ctx }, // streams end with the demo
	}
	failed := make(chan error, 2)
	go func() { failed <- server.Serve(listener) }()
	defer func() { _ = server.Close() }()

	data, err := os.MkdirTemp("", "roomkeeper-demo-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(data) }()
	return w.connect(ctx, data, failed)
}

func newWorld(ctx context.Context, o Options, listener net.Listener) (*world, error) {
	port, err := freePort(ctx)
	if err != nil {
		return nil, err
	}
	return &world{
		Options: o, base: "http://" + listener.Addr().String(), connectorURL: "http://" + port,
		crmToken: rand.Text(), connectorToken: rand.Text(),
		webhookSecret: "whsec_" + base64.StdEncoding.EncodeToString([]byte(rand.Text())),
		log:           slog.New(slog.NewTextHandler(o.Log, &slog.HandlerOptions{Level: slog.LevelError})),
	}, nil
}

// freePort finds a loopback address for the connector. Somebody else may take
// it in between; the connector then says so.
func freePort(ctx context.Context) (string, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// sandbox makes the CRM, the chat platform and the page.
func (w *world) sandbox(found func(*world) chat) (http.Handler, func(), error) {
	records, err := crm.New(crm.Config{
		Token: w.crmToken, WebhookSecret: w.webhookSecret, ConnectorURL: w.connectorURL,
		APIToken: w.connectorToken, BaseURL: w.base, Logger: w.log,
	})
	if err != nil {
		return nil, nil, err
	}
	w.chat = found(w)
	stop := func() {
		w.chat.Close()
		records.Close()
	}
	if err := w.fill(records); err != nil {
		stop()
		return nil, nil, err
	}
	return page.New(records, page.Options{Connector: true, Logger: w.log}, w.chat), stop, nil
}

// fill brings the demo's people and records into the CRM and the chat platform.
func (w *world) fill(records *crm.World) error {
	if err := records.SeedDemo(); err != nil {
		return err
	}
	members := page.AddMembers(w.chat, crm.DemoPeople())
	if w.chat.links == nil {
		return nil
	}
	return records.Link(w.chat.Platform(), w.chat.links(members))
}

// connect runs the connector until ctx ends or it does.
func (w *world) connect(ctx context.Context, data string, failed chan error) error {
	process := exec.Command(w.Connector[0], w.Connector[1:]...) //nolint:gosec,noctx // our own program; it is stopped in order below
	process.Env = append(foreign(os.Environ()), w.environment(data)...)
	process.Stdout, process.Stderr = w.Log, w.Log
	if err := process.Start(); err != nil {
		return fmt.Errorf("start connector: %w", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- process.Wait() }()
	if err := w.ready(ctx, ended); err != nil {
		_ = process.Process.Kill()
		return err
	}
	_, _ = fmt.Fprintf(w.Out, "\nRoomkeeper demo: %s\n\nPress the Account Group button on the left.%s Ctrl-C ends the demo; nothing is kept.\n%s", w.base+"/", w.chat.hint, ignored(os.Environ()))
	select {
	case <-ctx.Done():
	case err := <-failed:
		_ = process.Process.Kill()
		return err
	case err := <-ended:
		return fmt.Errorf("the connector ended: %w", err)
	}
	_ = process.Process.Signal(syscall.SIGTERM)
	select {
	case err := <-ended:
		return err
	case <-time.After(grace):
		_ = process.Process.Kill()
	}
	return nil
}

// ready waits until the connector answers.
func (w *world) ready(ctx context.Context, ended <-chan error) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, w.connectorURL+"/readyz", http.NoBody)
		if err != nil {
			return err
		}
		if answer, err := http.DefaultClient.Do(request); err == nil {
			_ = answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the connector did not get ready: %w", ctx.Err())
		case err := <-ended:
			return fmt.Errorf("the connector ended before it was ready: %w", err)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// environment is the whole configuration of the connector: only base URLs and
// secrets differ from a real one.
func (w *world) environment(data string) []string {
	return append([]string{
		"ROOMKEEPER_HTTP_ADDR=" + strings.TrimPrefix(w.connectorURL, "http://"),
		"ROOMKEEPER_DATA_DIR=" + data,
		"ROOMKEEPER_LOG_LEVEL=warn",
		"ROOMKEEPER_API_TOKENS=crm=" + w.connectorToken,
		"ROOMKEEPER_CRM_URL=" + w.base + "/crm",
		"ROOMKEEPER_CRM_TOKEN=" + w.crmToken,
		"ROOMKEEPER_CRM_WEBHOOK_SECRET=" + w.webhookSecret,
		"ROOMKEEPER_KIND_ACCOUNT_DETAIL_FIELDS=industry,city,annual_revenue,stage",
		"ROOMKEEPER_KIND_OPPORTUNITY_DETAIL_FIELDS=stage,amount,close_date,account",
		"ROOMKEEPER_KIND_ACCOUNT_POOL_DETAIL_FIELDS=region,waiting",
		"ROOMKEEPER_KIND_LEAD_POOL_DETAIL_FIELDS=source,waiting",
		"ROOMKEEPER_RATE_FACTOR=50",
	}, w.chat.environment...)
}

// ignored says which of Roomkeeper's variables the demo does not use, by name only: one
// may be a secret. "": none is set.
func ignored(environ []string) string {
	var names []string
	for _, v := range environ {
		if name, _, _ := strings.Cut(v, "="); strings.HasPrefix(name, prefix) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	slices.Sort(names)
	return fmt.Sprintf("It has settings of its own and ignores %s; docs/membership.md shows how to try a setting.\n", strings.Join(names, ", "))
}

// prefix is what Roomkeeper's variables begin with.
const prefix = "ROOMKEEPER_"

// foreign is the environment without Roomkeeper's own variables.
func foreign(environ []string) []string {
	var out []string
	for _, v := range environ {
		if !strings.HasPrefix(v, prefix) {
			out = append(out, v)
		}
	}
	return out
}
