package discord

import (
	"crypto/ed25519"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"time"

	"roomkeeper/adapters/internal/inbound"
	"roomkeeper/connector"
)

const (
	headerSignature = "X-Signature-Ed25519"
	headerTimestamp = "X-Signature-Timestamp"
)

// publicKeyOf reads the application's public key as Discord shows it.
func publicKeyOf(text string) (ed25519.PublicKey, error) {
	key, err := hex.DecodeString(text)
	if err != nil || len(key) != ed25519.PublicKeySize {
		return nil, fmt.Errorf("the public key is not %d hexadecimal digits", 2*ed25519.PublicKeySize)
	}
	return key, nil
}

// verified hands on requests that Discord signed. It sends wrong signatures on
// purpose and takes an endpoint that accepts them out of service
// (docs.discord.com/developers/interactions/overview).
func (in *Inbound) verified(next func(w http.ResponseWriter, r *http.Request, body []byte)) http.Handler {
	check := func(header http.Header, body []byte) error { return verifySignature(header, body, in.key, in.clock()) }
	return inbound.Verified(in.log, check, next)
}

// verifySignature returns an error that wraps connector.ErrSignature unless
// body was signed for key a moment before or after now.
func verifySignature(header http.Header, body []byte, key ed25519.PublicKey, now time.Time) error {
	text, timestamp, err := inbound.Sealed(header, headerSignature, headerTimestamp, now)
	if err != nil {
		return err
	}
	signature, err := hex.DecodeString(text)
	if err != nil || len(signature) != ed25519.SignatureSize {
		return fmt.Errorf("%w: signature is not %d hexadecimal digits", connector.ErrSignature, 2*ed25519.SignatureSize)
	}
	if !ed25519.Verify(key, slices.Concat([]byte(timestamp), body), signature) {
		return fmt.Errorf("%w: signature does not match", connector.ErrSignature)
	}
	return nil
}
