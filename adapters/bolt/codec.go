package bolt

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"roomkeeper/connector"
)

// formatVersion is the first byte of every stored value; JSON follows.
const formatVersion = 1

// maxKey is bbolt's limit on a key, in bytes (bbolt.MaxKeySize).
const maxKey = bbolt.MaxKeySize

var errFormat = errors.New("stored value has no format version")

func encode(v any) ([]byte, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", connector.ErrInvalid, err)
	}
	return append([]byte{formatVersion}, text...), nil
}

// readable refuses a value that this program does not understand.
func readable(raw []byte) error {
	switch {
	case len(raw) == 0 || raw[0] == 0:
		return errFormat
	case raw[0] > formatVersion:
		return fmt.Errorf("%w: format %d, this program knows %d", connector.ErrNewerFormat, raw[0], formatVersion)
	}
	return nil
}

func decode[V any](raw []byte) (v V, err error) {
	if err := readable(raw); err != nil {
		return v, err
	}
	if err := json.Unmarshal(raw[1:], &v); err != nil {
		return v, fmt.Errorf("stored value: %w", err)
	}
	return v, nil
}

// keyOf joins the parts of a key so that no two lists of parts give the same
// key, and the parts before any one of them are a prefix.
func keyOf(parts ...string) string {
	var key strings.Builder
	for _, part := range parts {
		key.WriteString(strings.ReplaceAll(part, "\x00", "\x00\xff"))
		key.WriteString("\x00\x01")
	}
	return key.String()
}

// checkKey refuses what bbolt cannot store, before anything is written.
func checkKey(key string) error {
	if key == "" || len(key) > maxKey {
		return fmt.Errorf("%w: a key of %d bytes", connector.ErrInvalid, len(key))
	}
	return nil
}

// timeKey is t as text that sorts by time.
func timeKey(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000000Z") }

// get reads one value; ok is false when there is none.
func get[V any](tx *bbolt.Tx, bucket, key string) (v V, ok bool, err error) {
	raw := tx.Bucket([]byte(bucket)).Get([]byte(key))
	if raw == nil {
		return v, false, nil
	}
	v, err = decode[V](raw)
	if err != nil {
		return v, false, fmt.Errorf("%s %q: %w", bucket, key, err)
	}
	return v, true, nil
}

// getAll reads the values of those keys that have one.
func getAll[K ~string, V any](tx *bbolt.Tx, bucket string, keys []K) (map[K]V, error) {
	found := make(map[K]V, len(keys))
	for _, key := range keys {
		v, ok, err := get[V](tx, bucket, string(key))
		if err != nil {
			return nil, err
		}
		if ok {
			found[key] = v
		}
	}
	return found, nil
}

// put stores one value. A stored value of a newer format is left as it is.
func put(b *batch, bucket, key string, v any) error {
	if err := checkKey(key); err != nil {
		return err
	}
	raw, err := encode(v)
	if err != nil {
		return err
	}
	in := b.tx.Bucket([]byte(bucket))
	if old := in.Get([]byte(key)); old != nil {
		if err := readable(old); errors.Is(err, connector.ErrNewerFormat) {
			return fmt.Errorf("%s %q: %w", bucket, key, err)
		}
	}
	b.wrote = true
	return in.Put([]byte(key), raw)
}

// remove deletes one value; one that is not there is no error.
func remove(b *batch, bucket, key string) error {
	in := b.tx.Bucket([]byte(bucket))
	if in.Get([]byte(key)) == nil {
		return nil
	}
	b.wrote = true
	return in.Delete([]byte(key))
}

// scan calls fn with the values after the key after that begin with prefix,
// in the order of keys, until fn returns false.
func scan[V any](tx *bbolt.Tx, bucket, prefix, after string, fn func(key string, v V) (bool, error)) error {
	c := tx.Bucket([]byte(bucket)).Cursor()
	k, raw := c.Seek([]byte(max(prefix, after)))
	if k != nil && after != "" && string(k) == after {
		k, raw = c.Next()
	}
	for ; k != nil && strings.HasPrefix(string(k), prefix); k, raw = c.Next() {
		v, err := decode[V](raw)
		if err != nil {
			return fmt.Errorf("%s %q: %w", bucket, k, err)
		}
		more, err := fn(string(k), v)
		if err != nil || !more {
			return err
		}
	}
	return nil
}
