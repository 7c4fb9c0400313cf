package world

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// programsAt names the variable with the folder of the built programs.
const programsAt = "E2E_PROGRAMS"

// Main is what TestMain of a package of end-to-end tests calls: it builds the
// connector and the sandbox, unless E2E_PROGRAMS names the folder where they
// are, runs the tests, and ends the process.
func Main(m *testing.M) {
	code, err := withPrograms(m.Run)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func withPrograms(run func() int) (code int, err error) {
	if os.Getenv(programsAt) != "" {
		return run(), nil
	}
	dir, err := os.MkdirTemp("", "roomkeeper-e2e-")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	build := exec.CommandContext(context.Background(), "go", "build", "-o", dir+string(filepath.Separator), "roomkeeper/cmd/connector", "roomkeeper/sandbox/cmd/sandbox")
	if out, err := build.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("build: %w\n%s", err, out)
	}
	if err := os.Setenv(programsAt, dir); err != nil {
		return 0, err
	}
	return run(), nil
}
