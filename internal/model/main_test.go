package model_test

import (
	"flag"
	"os"
	"testing"
)

func TestMain(m *testing.M) {
	flag.Bool("model.pairs", false, "let every pair of calls fail in every way, not a sample")
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
