package slack

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	slackapi "github.com/slack-go/slack"

	"roomkeeper/connector"
)

const (
	headerSignature = "X-Slack-Signature"
	headerTimestamp = "X-Slack-Request-Timestamp"

	// bodyLimit is the largest body that is read.
	bodyLimit = 1 << 20
	// signatureWindow is how far a request's time may be from ours, in either
	// direction (docs.slack.dev/authentication/verifying-requests-from-slack).
	signatureWindow = 5 * time.Minute
)

// verified reads the body once, checks the signature over exactly those bytes
// and only then hands them on. Answers: 413 for a body over the limit, 401 for
// a signature that is missing, wrong, too old or too new.
func (in *Inbound) verified(next func(w http.ResponseWriter, r *http.Request, body []byte)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, bodyLimit))
		var tooLarge *http.MaxBytesError
		switch {
		case errors.As(err, &tooLarge):
			http.Error(w, "the body is larger than 1 MiB", http.StatusRequestEntityTooLarge)
			return
		case err != nil:
			http.Error(w, "the body could not be read", http.StatusBadRequest)
			return
		}
		if err := verifySignature(r.Header, body, in.secret, in.clock()); err != nil {
			in.log.WarnContext(r.Context(), "slack: request refused", "error", err)
			http.Error(w, "the signature is not accepted", http.StatusUnauthorized)
			return
		}
		next(w, r, body)
	})
}

// verifySignature returns an error that wraps connector.ErrSignature unless
// body was signed with secret no more than signatureWindow before or after now.
func verifySignature(header http.Header, body []byte, secret string, now time.Time) error {
	if len(header.Values(headerSignature)) != 1 || len(header.Values(headerTimestamp)) != 1 {
		return fmt.Errorf("%w: wants one %s and one %s", connector.ErrSignature, headerSignature, headerTimestamp)
	}
	seconds, err := strconv.ParseUint(header.Get(headerTimestamp), 10, 62)
	if err != nil {
		return fmt.Errorf("%w: timestamp is not a number of seconds", connector.ErrSignature)
	}
	if now.Sub(time.Unix(int64(seconds), 0)).Abs() > signatureWindow {
		return fmt.Errorf("%w: timestamp is more than %s off", connector.ErrSignature, signatureWindow)
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
