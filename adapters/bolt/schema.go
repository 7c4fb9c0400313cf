package bolt

import (
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"strconv"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"roomkeeper/connector"
)

// schemaVersion is the layout of buckets and keys that this program writes.
const schemaVersion = 1

// What keeps a file from being opened.
var (
	// ErrLocked: another process has the file open.
	ErrLocked = errors.New("another Roomkeeper uses this database")
	// ErrForeign: the file is a database, or something else, of another program.
	ErrForeign = errors.New("not a Roomkeeper database")
	// ErrDamaged: the file is a database and cannot be read through.
	ErrDamaged = errors.New("database file is damaged")
	// ErrAbsent: there is no file, or nothing in it yet.
	ErrAbsent = errors.New("there is no embedded state")
	// ErrMoved: what the file holds went to another engine.
	ErrMoved = errors.New("this state was moved")
)

// The buckets. Keys that have several parts are built by keyOf.
const (
	bucketMeta          = "meta"          // name → text, without an envelope
	bucketGroups        = "groups"        // group → Group
	bucketGroupIndex    = "group_index"   // what is looked up, group → group
	bucketTouched       = "touched"       // group → time of the last touch
	bucketSeen          = "seen"          // identity → time of acceptance
	bucketOutbox        = "outbox"        // group, seq → Notice
	bucketLedger        = "ledger"        // group, card → LedgerEntry
	bucketFacts         = "facts"         // record → Facts without Users
	bucketFactUsers     = "fact_users"    // user → HeldFactUser
	bucketPeople        = "people"        // user → Person
	bucketMembers       = "members"       // platform, member, user → user
	bucketReadings      = "readings"      // group → Reading
	bucketSubscriptions = "subscriptions" // group → Subscription
	bucketNames         = "names"         // platform, name → group
	bucketAnswers       = "answers"       // request → answer
	bucketMarks         = "marks"         // name → value
	bucketSweeps        = "sweeps"        // sweep → Sweep
	bucketClaims        = "claims"        // name → claim
	bucketJobs          = "jobs"          // lane, group → entry
	bucketDead          = "dead"          // time, letter → DeadLetter
	bucketDeadIndex     = "dead_index"    // letter → its key in dead
)

const (
	metaSchema = "schema"
	metaPing   = "ping"
	metaID     = "id"    // names the file for a move
	metaMoved  = "moved" // moved, as JSON: there once it is over
)

func buckets() []string {
	return []string{
		bucketMeta, bucketGroups, bucketGroupIndex, bucketTouched, bucketSeen, bucketOutbox,
		bucketLedger, bucketFacts, bucketFactUsers, bucketPeople, bucketMembers, bucketReadings,
		bucketSubscriptions, bucketNames, bucketAnswers, bucketMarks, bucketSweeps, bucketClaims,
		bucketJobs, bucketDead, bucketDeadIndex,
	}
}

// inspect reads an existing file through without changing it, so that nothing
// is written into a file that is not ours or cannot be trusted. bbolt itself
// would end the process on some damaged files.
func inspect(path string) (err error) {
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) || (err == nil && info.Size() == 0) {
		return nil
	}
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%w: not a regular file", ErrForeign)
	}
	// A page beyond the end of the file faults when it is read.
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("%w: %v", ErrDamaged, fault)
		}
	}()
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{ReadOnly: true, Timeout: lockTimeout})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return db.View(func(tx *bbolt.Tx) error {
		if tx.Size() > info.Size() {
			return fmt.Errorf("%w: %d bytes of %d are there", ErrDamaged, info.Size(), tx.Size())
		}
		if err := checkSchema(tx); err != nil {
			return err
		}
		return tx.ForEach(func(_ []byte, b *bbolt.Bucket) error {
			return b.ForEach(func(_, _ []byte) error { return nil })
		})
	})
}

// checkSchema accepts our own schema and an empty database.
func checkSchema(tx *bbolt.Tx) error {
	meta := tx.Bucket([]byte(bucketMeta))
	if meta == nil {
		if name, _ := tx.Cursor().First(); name != nil {
			return fmt.Errorf("%w: it has no schema", ErrForeign)
		}
		return nil
	}
	version, err := strconv.Atoi(string(meta.Get([]byte(metaSchema))))
	switch {
	case err != nil || version < 1:
		return fmt.Errorf("%w: its schema is not known", ErrForeign)
	case version > schemaVersion:
		return fmt.Errorf("%w: schema %d, this program knows %d", connector.ErrNewerFormat, version, schemaVersion)
	}
	return nil
}

func openFile(path string) (db *bbolt.DB, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("%w: %v", ErrDamaged, fault)
		}
	}()
	return bbolt.Open(path, 0o600, &bbolt.Options{
		Timeout:        lockTimeout,
		NoFreelistSync: true,
		FreelistType:   bbolt.FreelistMapType,
	})
}

// openError says in the operator's words why a file cannot be used.
func openError(path string, err error) error {
	switch {
	case errors.Is(err, bolterrors.ErrTimeout):
		return fmt.Errorf("%w: %s; stop it or choose another DATA_DIR", ErrLocked, path)
	case errors.Is(err, bolterrors.ErrInvalid), errors.Is(err, bolterrors.ErrVersionMismatch):
		return fmt.Errorf("open %s: %w: %w", path, ErrForeign, err)
	case errors.Is(err, bolterrors.ErrChecksum):
		return fmt.Errorf("open %s: %w: %w", path, ErrDamaged, err)
	}
	return fmt.Errorf("open %s: %w", path, err)
}

// prepare makes what is missing in the file and reads the queue.
func (s *store) prepare() error {
	missing := false
	err := s.db.View(func(tx *bbolt.Tx) error {
		for _, name := range buckets() {
			missing = missing || tx.Bucket([]byte(name)) == nil
		}
		return checkSchema(tx)
	})
	if err != nil {
		return err
	}
	if missing {
		if err := s.db.Update(createBuckets); err != nil {
			return err
		}
	}
	return s.loadJobs()
}

func createBuckets(tx *bbolt.Tx) error {
	for _, name := range buckets() {
		if _, err := tx.CreateBucketIfNotExists([]byte(name)); err != nil {
			return err
		}
	}
	return tx.Bucket([]byte(bucketMeta)).Put([]byte(metaSchema), []byte(strconv.Itoa(schemaVersion)))
}
