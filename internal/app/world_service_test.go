package app_test

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

// service is the connector: a process that can be killed and started again
// at the same address with the same store.
type service struct {
	url     string
	api     client // the REST API
	hooks   string // where webhooks are sent; url, unless something is put between
	env     []string
	log     *logbook
	running *process
	// flags follow serve.
	flags []string
	// gaugesAt is when the gauges were last asked for in this run; zero: never.
	gaugesAt time.Time
}

// startConnector starts the connector against a sandbox. env win over the
// usual variables.
func startConnector(t *testing.T, s *sandbox, addr, dataDir string, env ...string) *service {
	t.Helper()
	c := &service{url: "http://" + addr, log: newLogbook(t, "connector")}
	c.hooks, c.api = c.url, newClient(c.url+"/api/v1", apiToken)
	c.env = append(foreign(),
		"ROOMKEEPER_HTTP_ADDR="+addr,
		"ROOMKEEPER_DATA_DIR="+dataDir,
		"ROOMKEEPER_LOG_LEVEL=warn",
		"ROOMKEEPER_API_TOKENS=test="+apiToken,
		"ROOMKEEPER_SLACK_BOT_TOKEN="+slackToken,
		"ROOMKEEPER_SLACK_SIGNING_SECRET="+signingSecret,
		"ROOMKEEPER_SLACK_API_URL="+s.base+"/slack/api/",
		"ROOMKEEPER_CRM_URL="+s.base+"/crm",
		"ROOMKEEPER_CRM_TOKEN="+crmToken,
		"ROOMKEEPER_CRM_WEBHOOK_SECRET="+webhookSecret,
		"ROOMKEEPER_KIND_ACCOUNT_DETAIL_FIELDS=industry,city,annual_revenue,stage",
		"ROOMKEEPER_CHAT_TIMEOUT=1s",
		"ROOMKEEPER_RATE_FACTOR=10000",
		"ROOMKEEPER_SWEEP_SCHEDULE=@every 1000000h",
	)
	c.env = append(c.env, env...)
	t.Cleanup(func() {
		if c.running == nil {
			return
		}
		if err := c.running.end(syscall.SIGKILL, 10*time.Second); err != nil {
			t.Error(err)
		}
	})
	if err := c.start(); err != nil {
		t.Fatal(err)
	}
	return c
}

// start runs the connector; the one before it is gone.
func (c *service) start() error {
	p, err := launch("connector", append([]string{"serve"}, c.flags...), c.env, nil, c.log)
	if err != nil {
		return err
	}
	c.running, c.gaugesAt = p, time.Time{}
	return nil
}

// kill9 ends the connector as a power cut would.
func (c *service) kill9(t *testing.T) {
	t.Helper()
	if err := c.running.end(syscall.SIGKILL, 10*time.Second); err != nil {
		t.Fatal(err)
	}
}

// term asks the connector to stop and waits until it has; the error is how it
// ended.
func (c *service) term(t *testing.T) error {
	t.Helper()
	if err := c.running.end(syscall.SIGTERM, 27*time.Second); err != nil {
		t.Fatal(err)
	}
	return c.running.err
}

// restart starts the connector after kill9 or term and waits until it is ready.
func (c *service) restart(t *testing.T) {
	t.Helper()
	if err := c.start(); err != nil {
		t.Fatal(err)
	}
	c.waitReady(t)
}

// waitReady waits until /readyz says so.
func (c *service) waitReady(t *testing.T) {
	t.Helper()
	eventually(t, 30*time.Second, "connector ready", c.ready)
}

func (c *service) ready() error {
	if c.running.gone() {
		return fmt.Errorf("the connector ended: %w", errors.Join(c.running.err, errors.New(c.log.tail(500))))
	}
	_, err := newClient(c.url, "").do(context.Background(), "GET", "/readyz", nil, nil)
	return err
}

// group is what the REST API says of a record's channel.
type group struct {
	ID          string `json:"id"`
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
	} `json:"members"`
	Held *struct {
		Reason string `json:"reason"`
	} `json:"held"`
	Plan *struct {
		ID string `json:"id"`
	} `json:"plan"`
}

// open asks for a record's channel by the REST API and returns the status.
func (c *service) open(t *testing.T, ref crm.Ref) (group, int) {
	t.Helper()
	var g group
	status, err := c.api.do(t.Context(), "POST", "/groups", ref, &g)
	if err != nil {
		t.Fatalf("open %v: %v", ref, err)
	}
	return g, status
}

// group is the Group of a record; nil: there is none.
func (c *service) group(t *testing.T, ref crm.Ref) *group {
	t.Helper()
	var list struct{ Items []group }
	c.api.must(t, "GET", "/groups?kind="+ref.Kind+"&id="+ref.ID, nil, &list)
	if len(list.Items) == 0 {
		return nil
	}
	return &list.Items[0]
}

// waitState waits until a record's Group is in a state.
func (c *service) waitState(t *testing.T, ref crm.Ref, state string) group {
	t.Helper()
	var g *group
	eventually(t, patience, fmt.Sprintf("%s/%s %s", ref.Kind, ref.ID, state), func() error {
		if g = c.group(t, ref); g == nil {
			return errors.New("no group")
		}
		if g.State != state {
			return fmt.Errorf("%s %s", g.State, g.Failure)
		}
		return nil
	})
	return *g
}

// metric is the value of a gauge or counter without labels; an error when it
// is not shown. Gauges may be some seconds old.
func (c *service) metric(ctx context.Context, name string) (float64, error) {
	var text string
	c.gaugesAt = time.Now()
	if _, err := newClient(c.url, "").do(ctx, "GET", "/metrics", nil, &text); err != nil {
		return 0, err
	}
	for line := range strings.Lines(text) {
		if value, ok := strings.CutPrefix(line, name+" "); ok {
			return strconv.ParseFloat(strings.TrimSpace(value), 64)
		}
	}
	return 0, fmt.Errorf("no metric %s", name)
}

// send delivers one signed webhook once. nil: it was acknowledged.
func (c *service) send(ctx context.Context, id string, event crm.Event) error {
	if event.Timestamp.IsZero() {
		event.Timestamp = time.Now().UTC()
	}
	body, err := json.Marshal(event)
	if err != nil {
		return err
	}
	return c.sendBody(ctx, id, body)
}

func (c *service) sendBody(ctx context.Context, id string, body []byte) error {
	now := time.Now()
	signature, err := crm.Sign(webhookSecret, id, now, body)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.hooks+"/webhooks/crm/crm", bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("webhook-id", id)
	req.Header.Set("webhook-timestamp", strconv.FormatInt(now.Unix(), 10))
	req.Header.Set("webhook-signature", signature)
	resp, err := c.api.http.Do(req)
	if err != nil {
		return err
	}
	_ = resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		return &statusError{status: resp.StatusCode}
	}
	return nil
}

// deliver sends one webhook again and again with the same id, as a CRM does,
// until it is acknowledged.
func (c *service) deliver(ctx context.Context, id string, event crm.Event) error {
	if event.Timestamp.IsZero() {
		event.Timestamp = time.Now().UTC()
	}
	return await(patience, func() error { return c.send(ctx, id, event) })
}
