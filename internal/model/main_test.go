package model_test

import (
	"flag"
	"os"
	"testing"
)

// allPairs tries every pair of calls and mishaps rather than a sample.
var allPairs = flag.Bool("model.pairs", false, "let every pair of calls fail in every way, not a sample")

func TestMain(m *testing.M) {
	flag.Parse()
	if !flagged("rapid.seed") {
		// The same stories each time, so that a failure is of the change at hand.
		if err := flag.Set("rapid.seed", "20260101"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// flagged reports whether a flag was given.
func flagged(name string) bool {
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == name })
	return given
}
