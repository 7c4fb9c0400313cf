package world

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"roomkeeper/sandbox/crm"
)

// Service is the connector: a process that can be killed and started again
// at the same address with the same store.
type Service struct {
	URL     string
	API     Client // the REST API
	Hooks   string // where webhooks are sent; url, unless something is put between
	Env     []string
	Log     *Logbook
	Running *Process
	// Flags follow serve.
	Flags []string
	// gaugesAt is when the gauges were last asked for in this run; zero: never.
	gaugesAt time.Time
}

// StartConnector starts the connector against a sandbox. env win over the
// usual variables.
func StartConnector(t testing.TB, s *Sandbox, addr, dataDir string, env ...string) *Service {
	t.Helper()
	c := &Service{URL: "http://" + addr, Log: newLogbook(t, "connector")}
	c.Hooks, c.API = c.URL, NewClient(c.URL+"/api/v1", APIToken)
	c.Env = append(Foreign(),
		"ROOMKEEPER_HTTP_ADDR="+addr,
		"ROOMKEEPER_DATA_DIR="+dataDir,
		"ROOMKEEPER_LOG_LEVEL=warn",
		"ROOMKEEPER_API_TOKENS=test="+APIToken,
		"ROOMKEEPER_CRM_URL="+s.Base+"/crm",
		"ROOMKEEPER_CRM_TOKEN="+CRMToken,
		"ROOMKEEPER_CRM_WEBHOOK_SECRET="+WebhookSecret,
		"ROOMKEEPER_KIND_ACCOUNT_DETAIL_FIELDS=industry,city,annual_revenue,stage",
		"ROOMKEEPER_CHAT_TIMEOUT=1s",
		"ROOMKEEPER_RATE_FACTOR=10000",
		"ROOMKEEPER_SWEEP_SCHEDULE=@every 1000000h",
	)
	for _, chat := range s.all {
		c.Env = append(c.Env, chat.Env(s.Base)...)
	}
	c.Env = append(c.Env, env...)
	t.Cleanup(func() {
		if c.Running == nil {
			return
		}
		if err := c.Running.End(syscall.SIGKILL, 10*time.Second); err != nil {
			t.Error(err)
		}
	})
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	return c
}

// Start runs the connector; the one before it is gone.
func (c *Service) Start() error {
	p, err := Launch("connector", append([]string{"serve"}, c.Flags...), c.Env, nil, c.Log)
	if err != nil {
		return err
	}
	c.Running, c.gaugesAt = p, time.Time{}
	return nil
}

// Kill ends the connector as a power cut would.
func (c *Service) Kill(t testing.TB) {
	t.Helper()
	if err := c.Running.End(syscall.SIGKILL, 10*time.Second); err != nil {
		t.Fatal(err)
	}
}

// Stop asks the connector to stop and waits until it has; the error is how it
// ended.
func (c *Service) Stop(t testing.TB) error {
	t.Helper()
	if err := c.Running.End(syscall.SIGTERM, 27*time.Second); err != nil {
		t.Fatal(err)
	}
	return c.Running.err
}

// Restart starts the connector after kill9 or term and waits until it is ready.
func (c *Service) Restart(t testing.TB) {
	t.Helper()
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	c.WaitReady(t)
}

// WaitReady waits until /readyz says so.
func (c *Service) WaitReady(t testing.TB) {
	t.Helper()
	Eventually(t, Patience, "connector ready", c.Ready)
}

// Ready is nil when /readyz says so; otherwise the error says why not.
func (c *Service) Ready() error {
	if c.Running.Gone() {
		return fmt.Errorf("the connector ended: %w", errors.Join(c.Running.err, errors.New(c.Log.Tail(500))))
	}
	_, err := NewClient(c.URL, "").Do(context.Background(), "GET", "/readyz", nil, nil)
	return err
}

// Group is what the REST API says of a record's channel.
type Group struct {
	ID          string `json:"id"`
	Platform    string `json:"platform"`
	Kind        string `json:"kind"`
	RecordID    string `json:"record_id"`
	RecordName  string `json:"record_name"`
	ChannelID   string `json:"channel_id"`
	ChannelName string `json:"channel_name"`
	State       string `json:"state"`
	Failure     string `json:"failure"`
	Pending     int    `json:"pending"`
	Unresolved  int    `json:"unresolved"`
	Members     []struct {
		UserID   string `json:"user_id"`
		MemberID string `json:"member_id"`
		Status   string `json:"status"`
		Reason   string `json:"reason"`
		By       string `json:"by"`
	} `json:"members"`
	Held *struct {
		Reason string `json:"reason"`
	} `json:"held"`
	Plan *struct {
		ID string `json:"id"`
	} `json:"plan"`
}

// Open asks for a record's channel by the REST API and returns the status.
func (c *Service) Open(t testing.TB, ref crm.Ref) (Group, int) {
	t.Helper()
	var g Group
	status, err := c.API.Do(t.Context(), "POST", "/groups", ref, &g)
	if err != nil {
		t.Fatalf("open %v: %v", ref, err)
	}
	return g, status
}

// Groups are all Groups of a record, one a platform at most.
func (c *Service) Groups(t testing.TB, ref crm.Ref) []Group {
	t.Helper()
	var list struct{ Items []Group }
	c.API.Must(t, "GET", "/groups?kind="+ref.Kind+"&id="+ref.ID, nil, &list)
	return list.Items
}

// metric is the value of a gauge or counter without labels; an error when it
// is not shown. Gauges may be some seconds old.
func (c *Service) metric(ctx context.Context, name string) (float64, error) {
	var text string
	c.gaugesAt = time.Now()
	if _, err := NewClient(c.URL, "").Do(ctx, "GET", "/metrics", nil, &text); err != nil {
		return 0, err
	}
	for line := range strings.Lines(text) {
		if value, ok := strings.CutPrefix(line, name+" "); ok {
			return strconv.ParseFloat(strings.TrimSpace(value), 64)
		}
	}
	return 0, fmt.Errorf("no metric %s", name)
}

// Send delivers one signed webhook once. nil: it was acknowledged.
func (c *Service) Send(ctx context.Context, id string, event crm.Event) error {
	if event.Timestamp.IsZero() {
		event.Timestamp = time.Now().UTC()
	}
	body, err := json.Marshal(event)
	if err != nil {
		return err
	}
	return c.sendBody(ctx, id, body)
}

func (c *Service) sendBody(ctx context.Context, id string, body []byte) error {
	now := time.Now()
	signature, err := crm.Sign(WebhookSecret, id, now, body)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.Hooks+"/webhooks/crm/crm", bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("webhook-id", id)
	req.Header.Set("webhook-timestamp", strconv.FormatInt(now.Unix(), 10))
	req.Header.Set("webhook-signature", signature)
	resp, err := c.API.HTTP.Do(req)
	if err != nil {
		return err
	}
	_ = resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		return &StatusError{Status: resp.StatusCode}
	}
	return nil
}

// Deliver sends one webhook again and again with the same id, as a CRM does,
// until it is acknowledged.
func (c *Service) Deliver(ctx context.Context, id string, event crm.Event) error {
	if event.Timestamp.IsZero() {
		event.Timestamp = time.Now().UTC()
	}
	return Await(Patience, func() error { return c.Send(ctx, id, event) })
}
