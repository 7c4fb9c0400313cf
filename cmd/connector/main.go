// Command connector is Roomkeeper: the service, its demo, and the commands
// that look after it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"roomkeeper/config"
	"roomkeeper/internal/app"
)

// Exit codes: a failure, and a mistake that only the operator can mend.
const (
	exitFailed  = 1
	exitMistake = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is main without the process around it.
func run(ctx context.Context, args []string, out, log io.Writer) int {
	err := dispatch(ctx, args, out, log)
	var mistakes *config.Error
	var mistake *app.ConfigError
	var usage *usageError
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case errors.As(err, &mistakes), errors.As(err, &mistake), errors.As(err, &usage):
		_, _ = fmt.Fprintln(log, err)
		return exitMistake
	}
	_, _ = fmt.Fprintln(log, "connector:", err)
	return exitFailed
}

// usageError is a command line that cannot be meant.
type usageError struct{ text string }

func (e *usageError) Error() string { return e.text }
