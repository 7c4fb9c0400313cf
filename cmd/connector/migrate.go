package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"time"

	"roomkeeper/config"
	"roomkeeper/internal/app"
)

// runMigrate moves the embedded state into a Redis.
func runMigrate(ctx context.Context, args []string, out, log io.Writer) error {
	flags := flag.NewFlagSet("connector migrate", flag.ContinueOnError)
	url := flags.String("to", "", "the URL of the Redis, as in ROOMKEEPER_REDIS_URL, which counts without this")
	dryRun := flags.Bool("dry-run", false, "look at both sides and change nothing")
	if err := parse(flags, args, log); err != nil {
		return err
	}
	c, err := config.LoadTools()
	if err != nil {
		return err
	}
	to := c.Store.Redis
	if *url != "" {
		if to, err = config.ParseRedis(*url, c.Store.RedisPrefix); err != nil {
			return &usageError{text: "connector migrate: --to: " + err.Error()}
		}
	}
	if to == nil {
		return &usageError{text: "connector migrate: say --to redis://… or set ROOMKEEPER_REDIS_URL, which keeps a password out of the list of processes"}
	}
	bar := newProgress(log, time.Now)
	done, err := app.Migrate(ctx, app.MigrateOptions{
		Config: c, To: to, DryRun: *dryRun, Clock: time.Now,
		Progress: func(p app.MigrateProgress) {
			label := "Moving"
			if p.Comparing {
				label = "Comparing"
			}
			bar.show(standing{label: label, ended: p.Done, all: p.Total})
		},
	})
	bar.end()
	if err != nil {
		return err
	}
	reportMigration(out, done, *dryRun, *url != "")
	return nil
}

// reportMigration says what was moved and what comes next.
func reportMigration(out io.Writer, m app.Migration, dryRun, byFlag bool) {
	say := func(format string, args ...any) {
		_, _ = fmt.Fprintf(out, format+"\n", args...) // a closed output ends nothing
	}
	for _, c := range m.Counts {
		say("%8d %s", c.N, c.Kind)
	}
	switch {
	case dryRun && m.Already:
		say("Moved from %s to %s already. Nothing was changed.", m.From, m.To)
		return
	case dryRun:
		say("To be moved from %s to %s. Nothing was changed.", m.From, m.To)
		return
	case m.Already:
		say("Moved from %s to %s already; nothing was left to do.", m.From, m.To)
	default:
		say("Moved from %s to %s.", m.From, m.To)
	}
	if byFlag {
		say("Next: set ROOMKEEPER_REDIS_URL to the URL of --to and keep ROOMKEEPER_REDIS_PREFIX as it was here, then start `connector serve`; " +
			"it does not use the file any more.")
		return
	}
	say("Next: start `connector serve` with the same ROOMKEEPER_REDIS_URL and ROOMKEEPER_REDIS_PREFIX; it does not use the file any more.")
}
