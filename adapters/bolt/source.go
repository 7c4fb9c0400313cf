package bolt

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"time"

	"go.etcd.io/bbolt"

	"roomkeeper/connector"
)

// Source is a database file whose content goes to another engine. It is held
// as an Engine holds it, so that nobody uses it meanwhile, and is changed by Name
// and MarkMoved only.
type Source struct {
	db   *bbolt.DB
	path string
}

var _ connector.Exporter = (*Source)(nil)

// OpenSource opens the file at path. It fails with ErrAbsent, ErrLocked,
// ErrForeign, ErrDamaged or connector.ErrNewerFormat. A file that was moved is
// opened too.
func OpenSource(path string) (*Source, error) {
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) || err == nil && info.Size() == 0 {
		return nil, fmt.Errorf("%w: %s", ErrAbsent, path)
	}
	if err := inspect(path); err != nil {
		return nil, openError(path, err)
	}
	db, err := openFile(path)
	if err != nil {
		return nil, openError(path, err)
	}
	if err := db.View(checkWhole); err != nil {
		return nil, errors.Join(openError(path, err), db.Close())
	}
	return &Source{db: db, path: path}, nil
}

// checkWhole accepts a file of which this program can read everything.
func checkWhole(tx *bbolt.Tx) error {
	if err := checkSchema(tx); err != nil {
		return err
	}
	if tx.Bucket([]byte(bucketMeta)) == nil {
		return ErrAbsent
	}
	return tx.ForEach(func(name []byte, _ *bbolt.Bucket) error {
		if !slices.Contains(buckets(), string(name)) {
			return fmt.Errorf("%w: it holds %q", connector.ErrNewerFormat, name)
		}
		return nil
	})
}

// Close lets go of the file.
func (s *Source) Close() error { return s.db.Close() }

// Standing tells files, and states of one file, apart.
type Standing struct {
	// ID is the file's own; "" until Name gave it one.
	ID string
	// State grows with every change of the file.
	State string
	// MovedTo and MovedAt are what MarkMoved was told; zero when it was not.
	MovedTo string
	MovedAt time.Time
	// CRM is the one whose records the Groups are for; "" without a Group.
	CRM string
}

// Standing reads it.
func (s *Source) Standing() (st Standing, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error {
		st.State = strconv.Itoa(tx.ID())
		m, _, err := readMoved(tx)
		if err != nil {
			return err
		}
		st.MovedTo, st.MovedAt = m.To, m.At
		st.ID = string(tx.Bucket([]byte(bucketMeta)).Get([]byte(metaID)))
		if tx.Bucket([]byte(bucketGroups)) == nil {
			return nil
		}
		return scan(tx, bucketGroups, "", "", func(_ string, g connector.Group) (bool, error) {
			st.CRM = g.Record.CRM
			return false, nil
		})
	})
	return st, err
}

// Name gives the file an id, unless it has one. It is durable when Name returns.
func (s *Source) Name() error {
	return s.setMeta(metaID, rand.Text(), true)
}

// MarkMoved notes where the content went: from then on Open refuses the file.
func (s *Source) MarkMoved(to string, at time.Time) error {
	text, err := json.Marshal(moved{To: to, At: at.UTC()})
	if err != nil {
		return err
	}
	return s.setMeta(metaMoved, string(text), false)
}

func (s *Source) setMeta(name, text string, keep bool) error {
	err := s.db.Update(func(tx *bbolt.Tx) error {
		meta := tx.Bucket([]byte(bucketMeta))
		if keep && meta.Get([]byte(name)) != nil {
			return errRollback
		}
		return meta.Put([]byte(name), []byte(text))
	})
	if errors.Is(err, errRollback) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("write to %s: %w", s.path, err)
	}
	return nil
}

// moved is the mark of a file whose content is elsewhere now.
type moved struct {
	To string    `json:"to"`
	At time.Time `json:"at"`
}

func readMoved(tx *bbolt.Tx) (m moved, ok bool, err error) {
	meta := tx.Bucket([]byte(bucketMeta))
	if meta == nil {
		return m, false, nil
	}
	text := meta.Get([]byte(metaMoved))
	if text == nil {
		return m, false, nil
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return m, false, fmt.Errorf("%w: mark of a move: %w", ErrDamaged, err)
	}
	return m, true, nil
}

// refuseMoved keeps the state from going on in two places.
func refuseMoved(db *bbolt.DB, path string) error {
	return db.View(func(tx *bbolt.Tx) error {
		m, ok, err := readMoved(tx)
		if err != nil {
			return openError(path, err)
		}
		if ok {
			return fmt.Errorf("%s: %w to %s on %s", path, ErrMoved, m.To, m.At.UTC().Format(time.DateTime)+" UTC")
		}
		return nil
	})
}
