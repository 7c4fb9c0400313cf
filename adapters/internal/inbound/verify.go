package inbound

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"roomkeeper/connector"
)

const (
	// bodyLimit is the largest body that is read.
	bodyLimit = 1 << 20
	// window is how far a request's time may be from ours, in either direction: what
	// Slack asks for (docs.slack.dev/authentication/verifying-requests-from-slack).
	// Discord asks for no check of it; without one a request that somebody overheard
	// could be sent again for ever.
	window = 5 * time.Minute
)

// Verified reads the body once, has the signature over exactly those bytes checked
// and only then hands them on. Answers: 413 for a body over the limit, 401 for
// a signature that check does not accept.
func Verified(log *slog.Logger, check func(http.Header, []byte) error, next func(http.ResponseWriter, *http.Request, []byte)) http.Handler {
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
		if err := check(r.Header, body); err != nil {
			log.WarnContext(r.Context(), "request refused", "path", r.URL.Path, "error", err)
			http.Error(w, "the signature is not accepted", http.StatusUnauthorized)
			return
		}
		next(w, r, body)
	})
}

// Sealed returns the one signature and the one time of a request, in Unix seconds
// as it was written. An error wraps connector.ErrSignature: there is another number of
// them, or the time is too far from now.
func Sealed(header http.Header, signatureName, timestampName string, now time.Time) (signature, timestamp string, err error) {
	if len(header.Values(signatureName)) != 1 || len(header.Values(timestampName)) != 1 {
		return "", "", fmt.Errorf("%w: wants one %s and one %s", connector.ErrSignature, signatureName, timestampName)
	}
	timestamp = header.Get(timestampName)
	seconds, err := strconv.ParseUint(timestamp, 10, 62)
	if err != nil {
		return "", "", fmt.Errorf("%w: timestamp is not a number of seconds", connector.ErrSignature)
	}
	if now.Sub(time.Unix(int64(seconds), 0)).Abs() > window {
		return "", "", fmt.Errorf("%w: timestamp is more than %s off", connector.ErrSignature, window)
	}
	return header.Get(signatureName), timestamp, nil
}
