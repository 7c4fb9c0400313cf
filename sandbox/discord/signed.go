package discord

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

var errNoConnector = errors.New("the app's address is not set")

// received is what the app answered.
type received struct {
	header  http.Header
	content []byte
}

// Signature is the value of X-Signature-Ed25519 for a body and its timestamp in Unix seconds: the hexadecimal
// signature over the timestamp's digits followed by the raw body (docs, interactions/overview: security).
func (g *Guild) Signature(timestamp int64, body []byte) string {
	signed := append([]byte(strconv.FormatInt(timestamp, 10)), body...)
	return hex.EncodeToString(ed25519.Sign(g.cfg.PrivateKey, signed))
}

// Seal says how a request is signed; the zero value is how Discord does it.
type Seal struct {
	Corrupt  bool `json:"corrupt"`  // the signature is of another body
	Unsigned bool `json:"unsigned"` // no signature headers
	Age      int  `json:"age"`      // seconds that the timestamp lies in the past
}

// send posts a signed interaction to the app and waits for its answer until the deadline. It signs with the real
// time, whatever Config.Clock says: verifiers compare with theirs.
func (g *Guild) send(ctx context.Context, body []byte, seal Seal) (int, received, error) {
	settings := g.Settings()
	if settings.Connector == "" {
		return 0, received{}, errNoConnector
	}
	ctx, cancel := context.WithTimeout(ctx, g.cfg.RequestTimeout)
	defer cancel()
	target := strings.TrimRight(settings.Connector, "/") + "/discord/interactions"
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, bytes.NewReader(body))
	if err != nil {
		return 0, received{}, fmt.Errorf("send to the app: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "Discord-Interactions/1.0 (+https://discord.com)")
	if !seal.Unsigned {
		timestamp := time.Now().Unix() + int64(settings.ClockSkewSeconds) - int64(seal.Age)
		signed := body
		if seal.Corrupt {
			signed = append([]byte("x"), body...)
		}
		req.Header.Set("X-Signature-Timestamp", strconv.FormatInt(timestamp, 10))
		req.Header.Set("X-Signature-Ed25519", g.Signature(timestamp, signed))
	}
	res, err := g.cfg.HTTPClient.Do(req)
	if err != nil {
		return 0, received{}, fmt.Errorf("send to the app: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	content, err := io.ReadAll(io.LimitReader(res.Body, maxBody))
	if err != nil {
		return 0, received{}, fmt.Errorf("read the app's answer: %w", err)
	}
	g.cfg.Logger.DebugContext(ctx, "sent to the app", "status", res.StatusCode)
	return res.StatusCode, received{header: res.Header, content: content}, nil
}
