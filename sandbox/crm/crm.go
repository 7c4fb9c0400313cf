// Package crm is a small CRM for demos and tests. It keeps records, Related
// Teams, people and sales records in memory, serves the neutral pull API and
// sends the neutral webhook over real HTTP, and can be told to fail.
package crm

import (
	"context"
	"encoding/base64"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Config says how a World talks to the connector. Every field is optional.
type Config struct {
	// Token is the bearer token that the pull API asks for; empty: none.
	Token string
	// WebhookSecret signs webhooks, `whsec_` followed by base64; empty: no
	// webhook is sent.
	WebhookSecret string
	// WebhookURL takes the webhooks. Empty: ConnectorURL + "/webhooks/crm/crm".
	WebhookURL string
	// ConnectorURL is the connector's base URL, asked for the state of a Group.
	ConnectorURL string
	// APIToken is the bearer token for the connector's REST API.
	APIToken string
	// BaseURL is where the record pages are; a record's url is
	// BaseURL + "/records/{kind}/{id}".
	BaseURL string
	// Fat adds record, team and users to every event about a record.
	Fat bool
	// RetryWait is the first pause after a failed webhook, doubled up to a
	// minute; zero: one second. A Retry-After header wins.
	RetryWait time.Duration
	// PollWait is the pause between two looks at the connector after the
	// Account Group button was pressed; zero: 300 ms.
	PollWait time.Duration
	// Clock gives the time of changes and signatures; nil: time.Now.
	Clock func() time.Time
	// Logger takes what goes wrong; nil: discarded.
	Logger *slog.Logger
}

// World is one CRM organisation. It is safe for concurrent use.
type World struct {
	mu       sync.Mutex
	cfg      Config
	key      []byte
	data     *dataset
	groups   map[Ref]GroupStatus
	watching map[Ref]bool
	epoch    int
	// picker is the sorted list of records as of change pickerSeq.
	picker    []RecordSummary
	pickerSeq int64
	faults    faultSet
	calls     callLog
	hooks     outbox
	watchers  map[chan struct{}]struct{}

	client *http.Client
	ctx    context.Context //nolint:containedctx // the life of the sender and the pollers
	stop   context.CancelFunc
	done   sync.WaitGroup
}

// New returns an empty World and starts its webhook sender; Close stops it.
// The error names a secret that is not `whsec_` and base64.
func New(cfg Config) (*World, error) {
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.RetryWait <= 0 {
		cfg.RetryWait = time.Second
	}
	if cfg.PollWait <= 0 {
		cfg.PollWait = 300 * time.Millisecond
	}
	key, err := secretKey(cfg.WebhookSecret)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	w := &World{
		cfg: cfg, key: key, data: newDataset(),
		groups: map[Ref]GroupStatus{}, watching: map[Ref]bool{},
		calls:    newCallLog(),
		hooks:    newOutbox(),
		watchers: map[chan struct{}]struct{}{},
		client:   &http.Client{Timeout: webhookDeadline, Transport: http.DefaultTransport.(*http.Transport).Clone()},
		ctx:      ctx, stop: stop,
	}
	w.done.Go(w.sendLoop)
	return w, nil
}

// Close stops the sender and the pollers and waits for them. Webhooks that are
// still waiting are lost.
func (w *World) Close() {
	w.stop()
	w.done.Wait()
	w.client.CloseIdleConnections()
}

// SetConnector changes the connector's base URL and where webhooks go.
func (w *World) SetConnector(baseURL string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cfg.ConnectorURL = strings.TrimRight(baseURL, "/")
	w.cfg.WebhookURL = ""
}

// SetBaseURL changes where the record pages are.
func (w *World) SetBaseURL(baseURL string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cfg.BaseURL = strings.TrimRight(baseURL, "/")
}

// Subscribe returns a channel that gets a value after something changed;
// several changes may come as one. The function ends the subscription.
func (w *World) Subscribe() (<-chan struct{}, func()) {
	ch := make(chan struct{}, 1)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.watchers[ch] = struct{}{}
	return ch, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.watchers, ch)
	}
}

// changed tells the watchers; the caller holds w.mu.
func (w *World) changed() {
	for ch := range w.watchers {
		select {
		case ch <- struct{}{}:
		default:
		}
	}
}

func secretKey(secret string) ([]byte, error) {
	if secret == "" {
		return nil, nil
	}
	rest, ok := strings.CutPrefix(secret, "whsec_")
	if !ok {
		return nil, fmt.Errorf("crm sandbox: webhook secret does not start with whsec_")
	}
	key, err := base64.StdEncoding.DecodeString(rest)
	if err != nil {
		return nil, fmt.Errorf("crm sandbox: webhook secret is not base64: %w", err)
	}
	return key, nil
}
