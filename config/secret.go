package config

import (
	"fmt"
	"io"
	"log/slog"
)

const redacted = "[redacted]"

// Secret is a text that cannot print itself: every fmt verb, JSON and slog show a redaction.
// The zero value is "not set" and prints as nothing. Secrets are not comparable with ==.
type Secret struct {
	_ [0]func()
	// A pointer, so that fmt prints an address even where a Secret sits in an unexported field
	// and fmt cannot call its methods.
	text *string
}

// NewSecret wraps text; the empty text gives the zero value.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{text: &text}
}

// Reveal returns the text itself, "" when not set. Hand it to what needs it and nowhere else.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// IsSet tells whether there is a text.
func (s Secret) IsSet() bool { return s.text != nil }

// String returns the redaction, "" when not set.
func (s Secret) String() string {
	if s.text == nil {
		return ""
	}
	return redacted
}

// GoString returns the redaction, for %#v.
func (s Secret) GoString() string { return s.String() }

// Format writes the redaction for every verb and flag.
func (s Secret) Format(f fmt.State, _ rune) {
	// A fmt.State buffers in memory: there is no failure to report.
	_, _ = io.WriteString(f, s.String())
}

// LogValue returns the redaction, for slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText returns the redaction, for JSON and other encoders.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Decode takes the text; envconfig calls it. It never fails, because envconfig would print the text.
func (s *Secret) Decode(text string) error {
	*s = NewSecret(text)
	return nil
}
