package connector

import "context"

// HoldingsLimit is how many Holdings a chunk has at most.
const HoldingsLimit = 500

// Exporter hands out everything that an engine holds, while nobody uses it.
type Exporter interface {
	// Count is how many Holdings of each kind Export hands out.
	Count(ctx context.Context) (map[HoldingKind]int, error)
	// Export calls take with chunks of up to HoldingsLimit Holdings, always in the
	// same order while the engine stays as it is: jobs in the order in which they
	// are due, a Group's notices in the order of acceptance. An error of take ends
	// it and is returned. It changes nothing.
	Export(ctx context.Context, take func([]Holding) error) error
}

// Importer stores what an Exporter hands out.
type Importer interface {
	// Import stores all of a chunk; when it fails, some of it may be stored.
	// Importing the same again changes nothing and completes what is missing.
	Import(ctx context.Context, chunk []Holding) error
	// Compare fails with ErrConflict unless all of a chunk is stored as it is there.
	Compare(ctx context.Context, chunk []Holding) error
}
