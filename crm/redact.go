package crm

import (
	"errors"
	"net/url"
	"strings"
)

// shortest is the length in bytes of a secret that is replaced.
const shortest = 4

// Redact returns err with every secret in its text replaced and without the
// URL that net/http adds, which may hold an e-mail address. errors.Is and
// errors.As still see the causes. A nil err stays nil. A secret of a few characters is
// part of many words, and to replace it would show it: such a one stays.
func Redact(err error, secrets ...string) error {
	if err == nil {
		return nil
	}
	var call *url.Error
	if errors.As(err, &call) {
		err = call.Err
	}
	text := err.Error()
	for _, secret := range secrets {
		if len(secret) >= shortest {
			text = strings.ReplaceAll(text, secret, "[secret]")
		}
	}
	if text == err.Error() {
		return err
	}
	return &redacted{text: text, cause: err}
}

type redacted struct {
	text  string
	cause error
}

func (r *redacted) Error() string { return r.text }

func (r *redacted) Unwrap() error { return r.cause }
