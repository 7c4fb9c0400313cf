package discord

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/bwmarrin/discordgo"

	"roomkeeper/adapters/internal/outbound"
	"roomkeeper/connector"
)

const (
	// warnEvery is how often it is said that the budget of refused calls is used up.
	warnEvery = time.Minute
)

// transport is what all calls share. Its errors are a *connector.WaitError, an
// *apiError or a call without an answer; an answer that it returns is a success.
type transport struct {
	base    http.RoundTripper
	api     string
	limiter connector.Limiter
	factor  float64
	timeout time.Duration
	observe func(method, outcome string)
	now     func() time.Time
	log     *slog.Logger
	token   string
	agent   string
	guard   *outbound.Guard
	windows *windows

	mu     sync.Mutex
	shut   time.Time // until then nothing is sent
	warned time.Time
}

func newTransport(o Options) *transport {
	return &transport{
		base: o.HTTP, api: o.APIURL + apiVersion + "/", limiter: o.Limiter, factor: o.RateFactor, timeout: o.CallTimeout,
		observe: o.Observe, now: o.Clock, log: o.Logger, token: o.Token, agent: userAgent(o.PublicURL),
		guard: outbound.NewGuard(Platform, o.Clock), windows: newWindows(o.Clock),
	}
}

// RoundTrip makes one call. The SDK's address and version are replaced by ours.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	req, r, err := t.address(req)
	if err != nil {
		outbound.CloseBody(req)
		return nil, err
	}
	leave, err := t.guard.Enter(connector.Urgent(req.Context()))
	if err != nil {
		outbound.CloseBody(req)
		return nil, err
	}
	p, err := t.admit(req.Context(), r)
	if err != nil {
		leave(outbound.Unsaid)
		outbound.CloseBody(req)
		return nil, err
	}
	start := t.now()
	res, err := t.call(req, p, leave)
	outcome := connector.ReasonOf(outbound.Done(err))
	t.observe(r.name, string(outcome))
	t.log.DebugContext(req.Context(), "discord call", "method", r.name, "outcome", string(outcome), "took", t.now().Sub(start))
	return res, err
}

// address sends a request of the SDK's to our base and version.
func (t *transport) address(req *http.Request) (*http.Request, route, error) {
	path, ok := strings.CutPrefix(req.URL.String(), discordgo.EndpointAPI)
	if !ok {
		return req, route{}, outbound.Unanswered("a request that is not for the API", connector.ErrInvalid)
	}
	u, err := url.Parse(t.api + path)
	if err != nil {
		return req, route{}, outbound.Unanswered("no such address", connector.ErrInvalid)
	}
	req = req.Clone(req.Context())
	req.URL, req.Host = u, u.Host
	req.Header.Set("User-Agent", t.agent)
	path, _, _ = strings.Cut(path, "?")
	return req, routeOf(req.Method, path), nil
}

// admit takes the call out of its buckets. An error means that nothing was sent.
// What was refused last is the rarest: a bucket that a call was taken out of for
// nothing is back soon.
func (t *transport) admit(ctx context.Context, r route) (place, error) {
	if wait := t.closed(); wait > 0 {
		return place{}, &connector.WaitError{After: wait, What: string(Platform)}
	}
	p, wait := t.windows.enter(r)
	if wait > 0 {
		return place{}, &connector.WaitError{After: wait, What: r.name}
	}
	priority := r.class()
	if connector.Urgent(ctx) {
		priority = priority.Urgent()
	}
	if connector.Drift(ctx) {
		priority = connector.PriorityDrift
	}
	for _, b := range t.buckets(ctx, p) {
		wait, err := t.limiter.Allow(ctx, b.name, b.rate, priority)
		switch {
		case err != nil:
			err = outbound.Unanswered("rate limiter: "+err.Error(), err)
		case wait > 0:
			err = &connector.WaitError{After: wait, What: b.name}
		default:
			continue
		}
		t.windows.leave(p, false, nil)
		return place{}, err
	}
	return p, nil
}

// bucket is what a call is taken out of.
type bucket struct {
	name string
	rate connector.Rate
}

func (t *transport) buckets(ctx context.Context, p place) []bucket {
	var list []bucket
	if p.bucket != "" {
		list = append(list, bucket{sharedBucket(p.bucket, p.major), p.rate})
	}
	if connector.Drift(ctx) {
		list = append(list, bucket{driftBucket, globalRate(t.factor).Half()})
		if p.bucket != "" && p.rate.Count > 1 {
			list = append(list, bucket{sharedBucket(p.bucket, p.major) + "/drift", p.rate.Half()})
		}
	}
	if !p.interaction {
		list = append(list, bucket{globalBucket, globalRate(t.factor)})
	}
	if p.name == postDirect {
		list = append(list, bucket{directsBucket, directsRate(t.factor)})
	}
	if channel := mannersOf(ctx).title; channel != "" {
		list = append(list, bucket{titleBucket(channel), titleRate(t.factor)})
	}
	return list
}

// call sends the request and reads the whole answer before its deadline.
func (t *transport) call(req *http.Request, p place, leave func(outbound.Outcome)) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(req.Context(), t.timeout)
	defer cancel()
	var sent outbound.Delivery
	res, err := t.base.RoundTrip(req.WithContext(sent.Watch(ctx)))
	if err != nil {
		leave(outbound.OutcomeOf(0, errors.Is(req.Context().Err(), context.Canceled)))
		never := sent.Never(err)
		t.windows.leave(p, !never, nil)
		return nil, outbound.Failure(req.Context(), err, []string{t.token}, broken(req.Context()), never)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := outbound.ReadReply(res.Body)
	said := judge(req.Context(), p.route, res, body)
	t.settle(req.Context(), p, res, said)
	leave(outcomeOf(res.StatusCode))
	if err != nil && res.StatusCode < http.StatusMultipleChoices {
		return nil, outbound.Failure(req.Context(), err, []string{t.token}, broken(req.Context()), false)
	}
	if said.err != nil {
		return nil, said.err
	}
	for name := range res.Header {
		if strings.HasPrefix(name, "X-Ratelimit-") { // not for the SDK
			res.Header.Del(name)
		}
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	res.ContentLength = int64(len(body))
	return res, nil
}

// outcomeOf counts a refused token as silence: asking on with it does no good.
func outcomeOf(status int) outbound.Outcome {
	if status == http.StatusUnauthorized {
		return outbound.Silent
	}
	return outbound.OutcomeOf(status, false)
}

// settle learns from an answer what may be sent, and tells the other replicas.
func (t *transport) settle(ctx context.Context, p place, res *http.Response, said verdict) {
	header := res.Header
	if !said.fromAPI {
		header = nil
	}
	name, exhausted := t.windows.leave(p, true, header)
	if exhausted > 0 {
		t.pause(ctx, sharedBucket(name, p.major), exhausted)
	}
	if said.wait > 0 {
		t.limited(ctx, p.route, name, said)
	}
	if invalid(res) && !p.interaction {
		t.spend(ctx)
	}
}

// limited closes what a refusal for its rate speaks of.
func (t *transport) limited(ctx context.Context, r route, name string, said verdict) {
	title := mannersOf(ctx).title
	switch {
	case said.global:
		t.pause(ctx, globalBucket, said.wait)
	case title != "" && said.left:
		t.pause(ctx, titleBucket(title), said.wait)
	case name != "":
		t.windows.shut(name, r.major, said.wait)
		t.pause(ctx, sharedBucket(name, r.major), said.wait)
	}
}

// invalid reports whether an answer counts towards a ban of the address (docs,
// topics/rate-limits: invalid request limit).
func invalid(res *http.Response) bool {
	switch res.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden:
		return true
	case http.StatusTooManyRequests:
		return res.Header.Get("X-RateLimit-Scope") != "shared"
	}
	return false
}

// spend takes one refused call out of the budget. When it is used up, nothing is
// sent until there is some again.
func (t *transport) spend(ctx context.Context) {
	wait, err := t.limiter.Allow(context.WithoutCancel(ctx), invalidBucket, invalidRate(), connector.PriorityOther)
	if err != nil {
		t.log.WarnContext(ctx, "refused call not counted", "platform", Platform, "error", err)
	}
	if wait <= 0 {
		return
	}
	t.pause(ctx, globalBucket, wait)
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	t.shut = now.Add(wait)
	if now.Sub(t.warned) >= warnEvery {
		t.warned = now
		t.log.WarnContext(ctx, "too many calls were refused; Discord is left alone for a while", "platform", Platform, "wait", wait)
	}
}

func (t *transport) closed() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.shut.Sub(t.now())
}

func (t *transport) pause(ctx context.Context, bucket string, d time.Duration) {
	if err := t.limiter.Pause(context.WithoutCancel(ctx), bucket, d); err != nil {
		t.log.WarnContext(ctx, "discord pause not stored", "bucket", bucket, "error", err)
	}
}
