package slack

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"path"
	"time"

	"roomkeeper/adapters/internal/outbound"
	"roomkeeper/connector"
)

// transport is what all calls share. Its errors are a *connector.WaitError,
// an *apiError or a call without an answer; an answer that it returns has "ok": true.
type transport struct {
	base    http.RoundTripper
	limiter connector.Limiter
	factor  float64
	timeout time.Duration
	observe func(method, outcome string)
	now     func() time.Time
	log     *slog.Logger
	// tokens are kept out of errors.
	tokens []string
	guard  *outbound.Guard
}

func newTransport(o Options) *transport {
	return &transport{
		base: o.HTTP, limiter: o.Limiter, factor: o.RateFactor, timeout: o.CallTimeout,
		observe: o.Observe, now: o.Clock, log: o.Logger, tokens: []string{o.Token, o.UserToken},
		guard: outbound.NewGuard(Platform, o.Clock),
	}
}

// RoundTrip makes one call of one method.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	method := path.Base(req.URL.Path)
	leave, err := t.guard.Enter(connector.Urgent(req.Context()))
	if err != nil {
		outbound.CloseBody(req)
		return nil, err
	}
	if err := t.admit(req, method); err != nil {
		leave(outbound.Unsaid)
		outbound.CloseBody(req)
		return nil, err
	}
	start := t.now()
	res, err := t.call(req, method, leave)
	outcome := outcomeOf(err)
	t.observe(method, string(outcome))
	t.log.DebugContext(req.Context(), "slack call", "method", method, "outcome", string(outcome), "took", t.now().Sub(start))
	return res, err
}

// admit takes the call out of its buckets. An error means that nothing was sent.
func (t *transport) admit(req *http.Request, method string) error {
	priority := classOf(method)
	if connector.Urgent(req.Context()) {
		priority = priority.Urgent()
	}
	if connector.Drift(req.Context()) {
		priority = connector.PriorityDrift
		if err := t.take(req.Context(), driftBucket(method), rateOf(method).times(t.factor).Half(), priority); err != nil {
			return err
		}
	}
	for _, b := range buckets(method, channelOf(req, method)) {
		if err := t.take(req.Context(), b.name, b.rate.times(t.factor), priority); err != nil {
			return err
		}
	}
	return nil
}

func (t *transport) take(ctx context.Context, bucket string, rate connector.Rate, p connector.Priority) error {
	wait, err := t.limiter.Allow(ctx, bucket, rate, p)
	if err != nil {
		return outbound.Unanswered("rate limiter: "+err.Error(), err)
	}
	if wait > 0 {
		return &connector.WaitError{After: wait, What: bucket}
	}
	return nil
}

// call sends the request and reads the whole answer before its deadline.
func (t *transport) call(req *http.Request, method string, leave func(outbound.Outcome)) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(req.Context(), t.timeout)
	defer cancel()
	var sent outbound.Delivery
	res, err := t.base.RoundTrip(req.WithContext(sent.Watch(ctx)))
	if err != nil {
		leave(outbound.OutcomeOf(0, errors.Is(req.Context().Err(), context.Canceled)))
		return nil, outbound.Failure(req.Context(), err, t.tokens, broken(method), sent.Never(err))
	}
	defer leave(outbound.OutcomeOf(res.StatusCode, false))
	defer func() { _ = res.Body.Close() }()
	body, err := outbound.ReadReply(res.Body)
	if err != nil && res.StatusCode == http.StatusOK {
		return nil, outbound.Failure(req.Context(), err, t.tokens, broken(method), false)
	}
	body, err = t.judge(req.Context(), method, res, body)
	if err != nil {
		return nil, err
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	res.ContentLength = int64(len(body))
	return res, nil
}

// judge reads the answer's envelope; a rate limit also closes the method for
// everybody.
func (t *transport) judge(ctx context.Context, method string, res *http.Response, body []byte) ([]byte, error) {
	r := readReply(method, res, body, t.now())
	if c, ok := ctx.Value(captureKey{}).(*capture); ok {
		c.errors = r.errors
	}
	if r.wait > 0 {
		bucket := methodBucket(method)
		if err := t.limiter.Pause(context.WithoutCancel(ctx), bucket, r.wait); err != nil {
			t.log.WarnContext(ctx, "slack pause not stored", "bucket", bucket, "error", err)
		}
		return nil, &connector.WaitError{After: r.wait, What: bucket}
	}
	if r.err != nil {
		return nil, r.err
	}
	return r.body, nil
}

// channelOf is the channel that a message goes to; other calls have no bucket
// of their own per channel.
func channelOf(req *http.Request, method string) string {
	if method != postMessage || req.GetBody == nil {
		return ""
	}
	body, err := req.GetBody()
	if err != nil {
		return ""
	}
	defer func() { _ = body.Close() }()
	text, err := io.ReadAll(io.LimitReader(body, outbound.MaxReply))
	if err != nil {
		return ""
	}
	form, err := url.ParseQuery(string(text))
	if err != nil {
		return ""
	}
	return form.Get("channel")
}

// capture receives the "errors" list of one call's answer.
type capture struct{ errors []byte }

type captureKey struct{}

// captured returns a context whose one call leaves its "errors" list in the capture.
func captured(ctx context.Context) (context.Context, *capture) {
	c := &capture{}
	return context.WithValue(ctx, captureKey{}, c), c
}
