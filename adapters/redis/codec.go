package redis

import (
	"encoding/json"
	"errors"
	"fmt"

	"roomkeeper/connector"
)

// formatVersion is the first byte of every stored value; JSON follows. The
// scripts know it as FORMAT (script.go).
const formatVersion = 1

var errFormat = errors.New("stored value has no format version")

func (p place) encode(v any) (string, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("%w: %w", connector.ErrInvalid, err)
	}
	return string(rune(p.format)) + string(text), nil
}

// decode refuses a value that this program does not understand.
func decode[V any](p place, raw string) (v V, err error) {
	switch {
	case raw == "" || raw[0] == 0:
		return v, errFormat
	case raw[0] > p.format:
		return v, fmt.Errorf("%w: format %d, this program knows %d", connector.ErrNewerFormat, raw[0], p.format)
	}
	if err := json.Unmarshal([]byte(raw[1:]), &v); err != nil {
		return v, fmt.Errorf("stored value: %w", err)
	}
	return v, nil
}
