package slack

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"roomkeeper/sandbox/internal/stage"
)

var errTooManyRedirects = errors.New("too many redirects")

// atMostTwoRedirects is Slack's rule for event deliveries (docs.slack.dev/apis/events-api).
func atMostTwoRedirects(_ *http.Request, via []*http.Request) error {
	if len(via) > 2 {
		return errTooManyRedirects
	}
	return nil
}

// Signature is the value of X-Slack-Signature for a body sent at a time given in Unix seconds
// (docs.slack.dev/authentication/verifying-requests-from-slack).
func Signature(secret string, timestamp int64, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = fmt.Fprintf(mac, "v0:%d:%s", timestamp, body)
	return "v0=" + hex.EncodeToString(mac.Sum(nil))
}

// send posts a signed request to the app and waits for its answer until the deadline. It signs with the real
// time, whatever Config.Clock says: verifiers compare with theirs.
func (w *Workspace) send(ctx context.Context, path, contentType string, body []byte, header map[string]string) (int, stage.Received, error) {
	settings := w.Settings()
	if settings.Connector == "" {
		return 0, stage.Received{}, stage.ErrNoConnector
	}
	ctx, cancel := context.WithTimeout(ctx, w.cfg.RequestTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimRight(settings.Connector, "/")+path, bytes.NewReader(body))
	if err != nil {
		return 0, stage.Received{}, fmt.Errorf("send to the app: %w", err)
	}
	timestamp := time.Now().Unix() + int64(settings.ClockSkewSeconds)
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("User-Agent", "Slackbot 1.0 (+https://api.slack.com/robots)")
	req.Header.Set("X-Slack-Request-Timestamp", strconv.FormatInt(timestamp, 10))
	req.Header.Set("X-Slack-Signature", Signature(w.cfg.SigningSecret, timestamp, body))
	for name, value := range header {
		req.Header.Set(name, value)
	}
	status, answered, err := stage.Send(w.cfg.HTTPClient, req, maxBody)
	w.cfg.Logger.DebugContext(ctx, "sent to the app", "path", path, "status", status)
	return status, answered, err
}
