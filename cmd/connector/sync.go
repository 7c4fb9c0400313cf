package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"time"

	"roomkeeper/config"
)

// syncer carries out `connector sync`.
type syncer struct {
	config config.Config
	client *client
	// out gets what was asked for, log what a waiting person wants to see.
	out, log io.Writer
	dryRun   bool
	noWait   bool
	// rename: also name channels by their kind's template as it is now.
	rename bool
}

// runSync makes the channels of one record, or of all, agree with the CRM now.
func runSync(ctx context.Context, args []string, out, log io.Writer) error {
	flags := flag.NewFlagSet("connector sync", flag.ContinueOnError)
	kind := flags.String("kind", "", "the record's kind")
	id := flags.String("id", "", "the record's id")
	all := flags.Bool("all", false, "every record that has a Group")
	dryRun := flags.Bool("dry-run", false, "show what would be done and do nothing")
	noWait := flags.Bool("no-wait", false, "return once the work is queued")
	rename := flags.Bool("rename", false, "name the channels by their kind's NAME_TEMPLATE as it is now")
	if err := parse(flags, args, log); err != nil {
		return err
	}
	switch {
	case *all && (*kind != "" || *id != ""):
		return &usageError{text: "connector sync: say --all, or --kind and --id, not both"}
	case !*all && (*kind == "" || *id == ""):
		return &usageError{text: "connector sync: say --kind K --id ID for one record, or --all"}
	}
	if *rename && *dryRun {
		return &usageError{text: "connector sync: say --rename or --dry-run, not both"}
	}
	c, err := config.LoadTools()
	if err != nil {
		return err
	}
	s := syncer{config: c, client: newClient(c), out: out, log: log, dryRun: *dryRun, noWait: *noWait, rename: *rename}
	switch {
	case *all && *dryRun:
		return s.previewAll(ctx)
	case *all && *rename:
		return s.renameAll(ctx)
	case *all:
		return s.all(ctx)
	}
	return s.record(ctx, *kind, *id)
}

func (s syncer) say(format string, args ...any) {
	_, _ = fmt.Fprintf(s.out, format+"\n", args...) // a closed output ends nothing
}

// note tells a waiting person how it goes.
func (s syncer) note(format string, args ...any) {
	_, _ = fmt.Fprintf(s.log, format+"\n", args...)
}

// pause waits, unless ctx ends first.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
