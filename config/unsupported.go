package config

import "path"

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
		{"REDIS_URL", "this version has only the embedded store; unset it"},
		{"DISCORD_*", "this version serves Slack only; unset it"},
		{"SLACK_APP_TOKEN", "this version takes Slack's requests over HTTP only; unset it and set " + full("SLACK_SIGNING_SECRET")},
		{"SLACK_USER_TOKEN", "this version acts with the bot token only; unset it"},
		{"CRM_DRIVER", "this version has only the neutral driver; unset it"},
		{"RESOLVE", "this version resolves employees only; unset it"},
		{"KIND_*_ENROL", "this version has only the kind's default enrolment; unset it"},
		{"KIND_*_MEMBERS", "this version has only the kind's default members; unset it"},
		{"KIND_*_EXTRAS", "this version keeps people who were added by hand; unset it"},
		{"KIND_*_CLOSE_POLICY", "this version leaves channels of closed records open; unset it"},
	}
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
func served() []Platform { return []Platform{PlatformSlack} }
