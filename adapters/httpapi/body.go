package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
)

// bodyLimit is the largest body that is read.
const bodyLimit = 1 << 20

// readBody reads the whole body once. Its errors are problems.
func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, bodyLimit))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, problemf(http.StatusRequestEntityTooLarge, "the body is larger than 1 MiB")
	case err != nil:
		return nil, problemf(http.StatusBadRequest, "the body could not be read")
	}
	return body, nil
}

// field is one field that a body may have: where it goes and what it wants.
type field struct {
	into any
	want string
}

// decodeBody reads a JSON object that has no other fields than these; no body
// at all is an empty object. 400: not JSON. 422: another field, or another type.
func decodeBody(w http.ResponseWriter, r *http.Request, fields map[string]field) error {
	body, err := readBody(w, r)
	if err != nil {
		return err
	}
	if len(bytes.TrimSpace(body)) == 0 {
		return nil
	}
	if !json.Valid(body) {
		return problemf(http.StatusBadRequest, "the body is not JSON")
	}
	var object map[string]json.RawMessage
	if json.Unmarshal(body, &object) != nil || object == nil {
		return problemf(http.StatusUnprocessableEntity, "the body wants to be an object")
	}
	for name, raw := range object {
		f, ok := fields[name]
		if !ok {
			return invalid(name, "there is no such field")
		}
		if json.Unmarshal(raw, f.into) != nil {
			return invalid(name, "wants %s", f.want)
		}
	}
	return nil
}

// writeJSON answers with value.
func writeJSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	// A failed write means that the caller hung up: nobody is left to tell.
	_ = json.NewEncoder(w).Encode(value)
}
