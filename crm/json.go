package crm

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"unicode/utf8"
)

// Parse reads one JSON document: UTF-8, one value and nothing behind it, no
// deeper than encoding/json allows. Objects become map[string]any (of equal
// keys the last counts), numbers stay text (json.Number), so that none loses
// a digit.
func Parse(body []byte) (any, error) {
	if !utf8.Valid(body) {
		return nil, errors.New("not UTF-8")
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var doc any
	if err := dec.Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, errors.New("not JSON: it ends too early")
		}
		return nil, errors.New("not JSON") // the cause would quote the document
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("not JSON: something follows the document")
	}
	return doc, nil
}

// ShapeError is the first thing that is wrong in a document.
type ShapeError struct {
	// Field is the path from the document's root, such as
	// `data.activity.targets[0].kind`.
	Field string
	// Detail says what is wrong; it never quotes the value.
	Detail string
}

func (e *ShapeError) Error() string { return e.Field + ": " + e.Detail }

// Reader collects what is wrong while Objects of one document are read: only
// the first counts, so that the caller looks once, at the end.
type Reader struct{ first *ShapeError }

// Err returns the first thing that was wrong, a *ShapeError, or nil.
func (r *Reader) Err() error {
	if r.first == nil {
		return nil
	}
	return r.first
}

// Fail notes that the field is wrong.
func (r *Reader) Fail(field, detail string) {
	if r.first == nil {
		r.first = &ShapeError{Field: field, Detail: detail}
	}
}

// Root reads doc as an object; name stands for the document in errors.
func (r *Reader) Root(doc any, name string) Object {
	fields, ok := doc.(map[string]any)
	if !ok {
		r.Fail(name, "must be an object")
	}
	return Object{fields: fields, reader: r}
}
