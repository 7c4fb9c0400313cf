package bolt

import (
	"context"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"roomkeeper/connector"
)

type answers struct{ *store }

type answer struct {
	Answer []byte    `json:"answer"`
	At     time.Time `json:"at"`
}

// Answer reads how a request was answered.
func (s answers) Answer(ctx context.Context, id string) (text []byte, err error) {
	err = s.view(ctx, func(tx *bbolt.Tx) error {
		a, ok, err := get[answer](tx, bucketAnswers, id)
		if err == nil && !ok {
			return fmt.Errorf("answer %q: %w", id, connector.ErrNotFound)
		}
		text = a.Answer
		return err
	})
	return text, err
}

// Remember keeps the first answer to a request; a second one changes nothing.
func (s answers) Remember(ctx context.Context, id string, text []byte, at time.Time) error {
	return s.update(ctx, func(b *batch) error {
		_, ok, err := get[answer](b.tx, bucketAnswers, id)
		if err != nil || ok {
			return err
		}
		return put(b, bucketAnswers, id, answer{Answer: text, At: at})
	})
}
