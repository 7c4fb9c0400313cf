package crm

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"roomkeeper/connector"
)

// MaxAnswer is the largest body that is read of an answer, in bytes, after
// decompression.
const MaxAnswer = 32 << 20

// maxRedirects is how many redirects on the same host are followed.
const maxRedirects = 3

// ClientOptions are what a Client needs. Unset fields have a default.
type ClientOptions struct {
	// HTTP makes the calls; nil is a copy of http.DefaultTransport.
	HTTP http.RoundTripper
	// Timeout is the deadline of one call, without the wait for a free place;
	// 0 is 10 s.
	Timeout time.Duration
	// MaxAnswer replaces the constant of that name when it is not 0.
	MaxAnswer int64
	// Quota is shared by all calls to one CRM; nil is one call at a time.
	Quota *Quota
	// Secrets never appear in an error.
	Secrets []string
}

// Client makes HTTP calls to one CRM. It is safe for concurrent use.
type Client struct {
	http    *http.Client
	timeout time.Duration
	limit   int64
	quota   *Quota
	secrets []string
}

// Answer is a whole answer, whatever its status.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// NewClient returns a Client.
func NewClient(o ClientOptions) *Client {
	c := &Client{timeout: o.Timeout, limit: o.MaxAnswer, quota: o.Quota, secrets: o.Secrets}
	if c.timeout <= 0 {
		c.timeout = 10 * time.Second
	}
	if c.limit <= 0 {
		c.limit = MaxAnswer
	}
	if c.quota == nil {
		c.quota = NewQuota(1, nil)
	}
	c.http = &http.Client{Transport: o.HTTP, CheckRedirect: sameHost}
	if base, ok := http.DefaultTransport.(*http.Transport); ok && o.HTTP == nil {
		own := base.Clone()
		own.MaxIdleConnsPerHost = cap(c.quota.slots)
		c.http.Transport = own
	}
	return c
}

// sameHost stops at a redirect that leads elsewhere: the token is for one host.
func sameHost(req *http.Request, via []*http.Request) error {
	first := via[0].URL
	if len(via) > maxRedirects || req.URL.Scheme != first.Scheme || req.URL.Host != first.Host {
		return http.ErrUseLastResponse
	}
	return nil
}

// Do makes one call and reads its answer whole. A redirect to another host is
// not followed, it is the answer. Errors: a *connector.WaitError while the CRM
// is paused, ctx's own error when the caller gave up, else
// connector.ErrTemporary (not reached, cut, too slow, too large), which says
// nothing of whether the call had an effect.
func (c *Client) Do(ctx context.Context, req *http.Request) (Answer, error) {
	answer, err := c.exchange(ctx, req)
	var wait *connector.WaitError
	switch {
	case err == nil:
		return answer, nil
	case errors.As(err, &wait):
		return Answer{}, err
	case errors.Is(ctx.Err(), context.Canceled):
		return Answer{}, context.Canceled
	}
	return Answer{}, fmt.Errorf("%w: %w", connector.ErrTemporary, Redact(err, c.secrets...))
}

func (c *Client) exchange(ctx context.Context, req *http.Request) (answer Answer, err error) {
	leave, err := c.quota.Enter(ctx)
	if err != nil {
		return Answer{}, err
	}
	defer leave()
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	resp, err := c.http.Do(req.WithContext(ctx))
	if err != nil {
		return Answer{}, err
	}
	defer func() { err = errors.Join(err, resp.Body.Close()) }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, c.limit+1))
	if err != nil {
		return Answer{}, fmt.Errorf("reading the answer: %w", err)
	}
	if int64(len(body)) > c.limit {
		return Answer{}, fmt.Errorf("answer larger than %d bytes", c.limit)
	}
	return Answer{Status: resp.StatusCode, Header: resp.Header, Body: body}, nil
}
