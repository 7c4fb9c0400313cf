package slack

import (
	"fmt"
	"net/http"
	"time"

	slackapi "github.com/slack-go/slack"

	"roomkeeper/adapters/internal/inbound"
	"roomkeeper/connector"
)

const (
	headerSignature = "X-Slack-Signature"
	headerTimestamp = "X-Slack-Request-Timestamp"
)

// verified hands on requests that Slack signed.
func (in *Inbound) verified(next func(w http.ResponseWriter, r *http.Request, body []byte)) http.Handler {
	check := func(header http.Header, body []byte) error {
		return verifySignature(header, body, in.secret, in.clock())
	}
	return inbound.Verified(in.log, check, next)
}

// verifySignature returns an error that wraps connector.ErrSignature unless
// body was signed with secret a moment before or after now.
func verifySignature(header http.Header, body []byte, secret string, now time.Time) error {
	if _, _, err := inbound.Sealed(header, headerSignature, headerTimestamp, now); err != nil {
		return err
	}
	verifier, err := slackapi.NewSecretsVerifier(header, secret)
	if err != nil {
		return fmt.Errorf("%w: %w", connector.ErrSignature, err)
	}
	if _, err := verifier.Write(body); err != nil {
		return fmt.Errorf("%w: %w", connector.ErrSignature, err)
	}
	if err := verifier.Ensure(); err != nil {
		return fmt.Errorf("%w: %w", connector.ErrSignature, err)
	}
	return nil
}
