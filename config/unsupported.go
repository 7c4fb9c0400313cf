package config

import (
	"os"
	"path"
	"slices"
)

// limit is what this version does not do: the variables that would ask for it, and what to do next.
type limit struct {
	// variables is a path.Match pattern over the name without the prefix.
	variables string
	why       string
}

// limits lists variables of the public contract that this version does not act upon. Any value other than the
// default is a mistake, because ignoring it would be worse. A row goes when its feature comes.
func limits() []limit {
	return []limit{
		{"SLACK_APP_TOKEN", "this version takes Slack's requests over HTTP only; unset it and set " + full("SLACK_SIGNING_SECRET")},
		{"CRM_DRIVER", "this version has only the neutral driver; unset it"},
		{"KIND_*_CLOSE_POLICY", "this version leaves channels of closed records open; unset it"},
	}
}

// idle lists variables of the public contract that this version reads and does not act upon yet. Setting one
// is harmless and worth a note. A row goes when its feature comes.
func idle() []string {
	return []string{
		"ENCRYPTION_KEY",
		"SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET",
		"DELETE_CONFIRM", "FREEZE_GRACE",
		"KIND_*_DELETE_POLICY", "KIND_*_AUTO", "KIND_*_TIME_ZONE",
	}
}

// onlyWithRedis lists variables without effect on the embedded store.
func onlyWithRedis() []string { return []string{"REDIS_PREFIX", "ALLOW_VOLATILE", "LEASE"} }

// setAmong returns the full names of the variables that a pattern means and that were set to something else than
// their default, in order.
func setAmong(patterns []string, known []field) []string {
	var names []string
	for _, f := range known {
		value, set := os.LookupEnv(full(f.name))
		file := os.Getenv(full(f.name)+fileSuffix) != ""
		if (!set || value == "" || value == f.def) && !file {
			continue
		}
		if matchesAny(patterns, f.name) {
			names = append(names, full(f.name))
		}
	}
	return names
}

func isIdle(name string) bool { return matchesAny(idle(), name) }

func matchesAny(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		match, err := path.Match(pattern, name)
		return err == nil && match
	})
}

// unsupported returns why the variable must keep its default, "" when it need not.
func unsupported(name string) string {
	for _, l := range limits() {
		if match, err := path.Match(l.variables, name); err == nil && match {
			return l.why
		}
	}
	return ""
}

// served are the platforms that this version has.
func served() []Platform { return []Platform{PlatformSlack, PlatformDiscord} }
