// Package neutral is the driver for any CRM that speaks Roomkeeper's own
// formats: the signed webhook (Standard Webhooks) and, optionally, the pull
// API. A CRM that only sends is read from what its events carried.
package neutral

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"roomkeeper/connector"
	"roomkeeper/crm"
)

// Options say which CRM it is and how to reach it.
type Options struct {
	// Name is the first part of every RecordKey; required.
	Name string
	// Secrets are the webhook's keys, decoded; several while one replaces
	// another. None: no webhook is received.
	Secrets [][]byte
	// URL is where the pull API is, http or https. Empty: the CRM cannot be
	// asked, Facts are the truth.
	URL string
	// Token is sent as a bearer token; empty: none is sent.
	Token string
	// Kinds are the kinds in use, with their aliases; required.
	Kinds connector.Policies
	// Concurrency is how many calls are made at once; less than 1 counts as 1.
	Concurrency int
	// Facts keeps what the events said; required when URL is empty.
	Facts connector.FactStore
	// HTTP makes the calls; nil is a transport of its own.
	HTTP http.RoundTripper
	// Observe is told about each call: "record", "team", "users",
	// "users_by_email", "records" or "principal", and its connector.Reason. May be nil.
	Observe func(call, outcome string)
	// Clock is time.Now when nil.
	Clock func() time.Time
	// Logger is silent when nil.
	Logger *slog.Logger
	// Timeout is the deadline of one call; 0 is the contract's 10 s.
	Timeout time.Duration
}

// New returns the CRM's ports. Receiver is nil without Secrets; Changes, Finder
// and Principals are nil without a URL. The error lists every mistake in o and no secret.
func New(o Options) (connector.CRM, error) {
	if err := o.validate(); err != nil {
		return connector.CRM{}, fmt.Errorf("neutral CRM: %w", err)
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Observe == nil {
		o.Observe = func(string, string) {}
	}
	shapes := decoder{name: o.Name, kinds: o.Kinds}
	ports := connector.CRM{Name: o.Name}
	if len(o.Secrets) > 0 {
		ports.Receiver = &receiver{secrets: o.Secrets, shapes: shapes, facts: o.URL == ""}
	}
	if o.URL == "" {
		known := &factReader{name: o.Name, store: o.Facts}
		ports.Records, ports.Teams, ports.Users = known, known, known
		return ports, nil
	}
	shapes.pulled = true
	pull := newPuller(o, shapes)
	ports.Records, ports.Teams, ports.Users, ports.Finder, ports.Changes = pull, pull, pull, pull, pull
	ports.Principals = pull
	return ports, nil
}

func (o Options) validate() error {
	var wrong []error
	complain := func(bad bool, text string) {
		if bad {
			wrong = append(wrong, errors.New(text))
		}
	}
	complain(o.Name == "", "no name")
	complain(len(o.Kinds) == 0, "no kinds")
	for _, secret := range o.Secrets {
		complain(len(secret) == 0, "an empty webhook secret")
	}
	complain(strings.ContainsAny(o.Token, "\r\n\x00"), "the token holds a line break")
	if o.URL == "" {
		complain(o.Facts == nil, "without a URL the facts of events must be kept")
	} else {
		u, err := url.Parse(o.URL)
		ok := err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
		complain(!ok, "the URL must be http:// or https:// with a host")
		complain(ok && (u.User != nil || u.RawQuery != "" || u.Fragment != ""),
			"the URL must hold no user, query or fragment")
	}
	return errors.Join(wrong...)
}

// newPuller expects valid options with their defaults filled in.
func newPuller(o Options, shapes decoder) *puller {
	quota := crm.NewQuota(o.Concurrency, o.Clock)
	return &puller{
		base: strings.TrimRight(o.URL, "/"), token: o.Token, shapes: shapes, quota: quota,
		client: crm.NewClient(crm.ClientOptions{
			HTTP: o.HTTP, Timeout: o.Timeout, Quota: quota, Secrets: []string{o.Token},
		}),
		observe: o.Observe, clock: o.Clock, log: o.Logger,
	}
}
