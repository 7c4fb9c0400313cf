package crm_test

import (
	"errors"
	"testing"

	"roomkeeper/crm"
)

func TestRedact(t *testing.T) {
	cause := errors.New("dial tcp: hunter2 refused")
	for secret, want := range map[string]string{
		"hunter2": "dial tcp: [secret] refused",
		"t":       "dial tcp: hunter2 refused", // part of words: replacing it would garble all and show it
		"":        "dial tcp: hunter2 refused",
	} {
		err := crm.Redact(cause, secret)
		if err.Error() != want || !errors.Is(err, cause) {
			t.Errorf("%q: %v", secret, err)
		}
	}
}
