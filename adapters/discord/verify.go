package discord

import (
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"roomkeeper/connector"
)

const (
	headerSignature = "X-Signature-Ed25519"
	headerTimestamp = "X-Signature-Timestamp"

	// bodyLimit is the largest body that is read.
	bodyLimit = 1 << 20
	// signatureWindow is how far a request's time may be from ours, in either
	// direction. Discord asks for no check of it; without one a request that
	// somebody overheard could be sent again for ever.
	signatureWindow = 5 * time.Minute
)

// publicKeyOf reads the application's public key as Discord shows it.
func publicKeyOf(text string) (ed25519.PublicKey, error) {
	key, err := hex.DecodeString(text)
	if err != nil || len(key) != ed25519.PublicKeySize {
		return nil, fmt.Errorf("the public key is not %d hexadecimal digits", 2*ed25519.PublicKeySize)
	}
	return key, nil
}

// verified reads the body once, checks the signature over exactly those bytes
// and only then hands them on. Answers: 413 for a body over the limit, 401 for
// a signature that is missing, wrong, too old or too new. Discord sends wrong
// ones on purpose and takes an endpoint that accepts them out of service
// (docs.discord.com/developers/interactions/overview).
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
		if err := verifySignature(r.Header, body, in.key, in.clock()); err != nil {
			in.log.WarnContext(r.Context(), "discord: request refused", "error", err)
			http.Error(w, "the signature is not accepted", http.StatusUnauthorized)
			return
		}
		next(w, r, body)
	})
}

// verifySignature returns an error that wraps connector.ErrSignature unless
// body was signed for key no more than signatureWindow before or after now.
func verifySignature(header http.Header, body []byte, key ed25519.PublicKey, now time.Time) error {
	if len(header.Values(headerSignature)) != 1 || len(header.Values(headerTimestamp)) != 1 {
		return fmt.Errorf("%w: wants one %s and one %s", connector.ErrSignature, headerSignature, headerTimestamp)
	}
	timestamp := header.Get(headerTimestamp)
	seconds, err := strconv.ParseUint(timestamp, 10, 62)
	if err != nil {
		return fmt.Errorf("%w: timestamp is not a number of seconds", connector.ErrSignature)
	}
	if now.Sub(time.Unix(int64(seconds), 0)).Abs() > signatureWindow {
		return fmt.Errorf("%w: timestamp is more than %s off", connector.ErrSignature, signatureWindow)
	}
	signature, err := hex.DecodeString(header.Get(headerSignature))
	if err != nil || len(signature) != ed25519.SignatureSize {
		return fmt.Errorf("%w: signature is not %d hexadecimal digits", connector.ErrSignature, 2*ed25519.SignatureSize)
	}
	if !ed25519.Verify(key, slices.Concat([]byte(timestamp), body), signature) {
		return fmt.Errorf("%w: signature does not match", connector.ErrSignature)
	}
	return nil
}
