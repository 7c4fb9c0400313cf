package discord

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"roomkeeper/sandbox/internal/stage"
)

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
func (g *Guild) send(ctx context.Context, body []byte, seal Seal) (int, stage.Received, error) {
	settings := g.Settings()
	if settings.Connector == "" {
		return 0, stage.Received{}, stage.ErrNoConnector
	}
	ctx, cancel := context.WithTimeout(ctx, g.cfg.RequestTimeout)
	defer cancel()
	target := strings.TrimRight(settings.Connector, "/") + "/discord/interactions"
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, bytes.NewReader(body))
	if err != nil {
		return 0, stage.Received{}, fmt.Errorf("send to the app: %w", err)
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
	status, answered, err := stage.Send(g.cfg.HTTPClient, req, maxBody)
	g.cfg.Logger.DebugContext(ctx, "sent to the app", "status", status)
	return status, answered, err
}
