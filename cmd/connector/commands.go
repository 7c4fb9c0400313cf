package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"strings"

	"roomkeeper/config"
	"roomkeeper/internal/app"
	"roomkeeper/internal/demo"
)

// commandList is what help shows.
const commandList = `connector keeps a chat channel for every CRM record.

  connector demo [--addr 127.0.0.1:8080] [--platform slack|discord]
                                           a sandbox world on this machine; nothing to set up
  connector serve [--fresh]                the service; configured by environment variables. --fresh: makes channels
                                           although an empty store lies beside channels of an earlier one
  connector sync [--kind K --id ID | --all] [--dry-run] [--no-wait] [--rename]
                                           makes channels agree with their records now
  connector recover [--dry-run]            ties the channels that Roomkeeper made to their records again, after the
                                           store was lost
  connector adopt --suggest                lists records and channels that people made which may belong together, and
                                           the command that ties them
  connector migrate --to redis://… [--dry-run]
                                           moves the embedded state into a Redis, so that several replicas can share it;
                                           the service must be stopped
  connector manifest slack|discord         prints what to set up at the platform for this deployment: the app manifest
                                           of Slack; the addresses, permissions and commands of Discord
  connector config                         prints every variable, its meaning and default
  connector version
`

// later are commands of the public contract that this version does not have.
const later = " doctor export "

// dispatch runs the sub-command that args name.
func dispatch(ctx context.Context, args []string, out, log io.Writer) error {
	if len(args) == 0 {
		return &usageError{text: commandList}
	}
	name, rest := args[0], args[1:]
	switch name {
	case "demo":
		return runDemo(ctx, rest, out, log)
	case "serve":
		return runServe(ctx, rest, log)
	case "sync":
		return runSync(ctx, rest, out, log)
	case "recover":
		return runRecover(ctx, rest, out, log)
	case "adopt":
		return runAdopt(ctx, rest, out, log)
	case "migrate":
		return runMigrate(ctx, rest, out, log)
	case "manifest":
		return runManifest(rest, out)
	case "config":
		return config.Describe(out)
	case "version":
		_, err := fmt.Fprintln(out, "roomkeeper", version())
		return err
	case "help", "-h", "--help":
		_, err := io.WriteString(out, commandList)
		return err
	}
	if strings.Contains(later, " "+name+" ") {
		return &usageError{text: fmt.Sprintf("connector %s is not part of this version", name)}
	}
	return &usageError{text: fmt.Sprintf("connector: there is no command %q\n\n%s", name, commandList)}
}

// parse reads flags and refuses what is left over.
func parse(flags *flag.FlagSet, args []string, log io.Writer) error {
	flags.SetOutput(log)
	if err := flags.Parse(args); err != nil {
		if err == flag.ErrHelp { //nolint:errorlint // flag returns it bare
			return err
		}
		return &usageError{text: flags.Name() + ": " + err.Error()}
	}
	if flags.NArg() > 0 {
		return &usageError{text: fmt.Sprintf("%s: unexpected %q", flags.Name(), flags.Arg(0))}
	}
	return nil
}

func runDemo(ctx context.Context, args []string, out, log io.Writer) error {
	flags := flag.NewFlagSet("connector demo", flag.ContinueOnError)
	addr := flags.String("addr", "127.0.0.1:8080", "where the page is served")
	platform := flags.String("platform", string(config.PlatformSlack), "the chat platform to show: "+strings.Join(demo.Platforms(), " or "))
	if err := parse(flags, args, log); err != nil {
		return err
	}
	if !slices.Contains(demo.Platforms(), *platform) {
		return &usageError{text: fmt.Sprintf("connector demo: there is no platform %q; write --platform %s", *platform, strings.Join(demo.Platforms(), " or "))}
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	return demo.Run(ctx, demo.Options{Addr: *addr, Platform: *platform, Connector: []string{self, "serve"}, Out: out, Log: log})
}

func runManifest(args []string, out io.Writer) error {
	manifests := map[string]func(config.Config) ([]byte, error){
		string(config.PlatformSlack): app.SlackManifest, string(config.PlatformDiscord): app.DiscordManifest,
	}
	if len(args) != 1 || manifests[args[0]] == nil {
		return &usageError{text: "write connector manifest slack or connector manifest discord; this version knows no other platform"}
	}
	c, err := config.LoadTools()
	if err != nil {
		return err
	}
	if c.HTTP.PublicURL == "" {
		return &usageError{text: "connector manifest: set ROOMKEEPER_PUBLIC_URL to the https URL at which the platform reaches this service"}
	}
	manifest, err := manifests[args[0]](c)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, string(manifest))
	return err
}

// version is what the build says of itself.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(unknown build)"
	}
	return info.Main.Version + " " + info.GoVersion
}
