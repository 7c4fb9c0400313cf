package neutral

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"roomkeeper/connector"
)

// The headers of Standard Webhooks.
const (
	headerID        = "Webhook-Id"
	headerTimestamp = "Webhook-Timestamp"
	headerSignature = "Webhook-Signature"
)

// tolerance is how far a webhook's timestamp may be from now, either way; the
// contract's number (section 3).
const tolerance = 5 * time.Minute

// verify returns the webhook's id and when it was signed, or ErrSignature.
func verify(secrets [][]byte, header http.Header, body []byte, now time.Time) (id string, at time.Time, err error) {
	id, err = single(header, headerID)
	if err != nil {
		return "", at, err
	}
	if detail := connector.BadID(id); detail != "" {
		return "", at, refuse(headerID, detail)
	}
	stamp, err := single(header, headerTimestamp)
	if err != nil {
		return "", at, err
	}
	seconds, err := strconv.ParseUint(stamp, 10, 40) // 40 bits: no overflow below
	if err != nil {
		return "", at, refuse(headerTimestamp, "not unix seconds")
	}
	at = time.Unix(int64(seconds), 0)
	if now.Sub(at).Abs() > tolerance {
		return "", at, refuse(headerTimestamp, "more than 5 minutes off")
	}
	signatures, err := single(header, headerSignature)
	if err != nil {
		return "", at, err
	}
	if !signed(secrets, signatures, id+"."+stamp+".", body) {
		return "", at, refuse(headerSignature, "none fits")
	}
	return id, at, nil
}

// signed compares every signature with every secret, whatever fits first, so
// that the time taken tells nothing.
func signed(secrets [][]byte, signatures, prefix string, body []byte) bool {
	expected := make([][]byte, len(secrets))
	for i, secret := range secrets {
		mac := hmac.New(sha256.New, secret)
		mac.Write([]byte(prefix))
		mac.Write(body)
		expected[i] = mac.Sum(nil)
	}
	fits := false
	for _, signature := range strings.Fields(signatures) {
		text, ok := strings.CutPrefix(signature, "v1,")
		if !ok {
			continue // another version of the scheme, for others
		}
		sum, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			continue
		}
		for _, mac := range expected {
			fits = hmac.Equal(sum, mac) || fits
		}
	}
	return fits
}

// single returns the header's only value: of two, one would not be signed.
func single(header http.Header, name string) (string, error) {
	switch values := header.Values(name); {
	case len(values) == 0 || values[0] == "":
		return "", refuse(name, "missing")
	case len(values) > 1:
		return "", refuse(name, "more than once")
	default:
		return values[0], nil
	}
}

func refuse(header, detail string) error {
	return fmt.Errorf("%w: %s: %s", connector.ErrSignature, header, detail)
}
