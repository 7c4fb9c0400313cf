package main

import (
	"context"
	"errors"
	"flag"
	"io"
	"log/slog"
	"time"

	"roomkeeper/config"
	"roomkeeper/internal/app"
)

// runServe runs the service until ctx ends or it cannot go on.
func runServe(ctx context.Context, args []string, log io.Writer) error {
	flags := flag.NewFlagSet("connector serve", flag.ContinueOnError)
	fresh := flags.Bool("fresh", false, "make channels although an empty store lies beside channels of an earlier one")
	if err := parse(flags, args, log); err != nil {
		return err
	}
	c, err := config.Load()
	if err != nil {
		return err
	}
	logger := slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: c.LogLevel, ReplaceAttr: readable}))
	service, err := app.New(app.Options{Config: c, Clock: time.Now, Logger: logger, Fresh: *fresh})
	if err != nil {
		return err
	}
	if err := service.Start(ctx); err != nil {
		return errors.Join(err, service.Stop())
	}
	var fatal error
	select {
	case <-ctx.Done():
	case fatal = <-service.Fatal():
	}
	return errors.Join(fatal, service.Stop())
}

// readable writes durations as people do: "1.5s", not nanoseconds.
func readable(_ []string, a slog.Attr) slog.Attr {
	if a.Value.Kind() == slog.KindDuration {
		return slog.String(a.Key, a.Value.Duration().Round(time.Microsecond).String())
	}
	return a
}
