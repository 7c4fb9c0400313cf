package config

import (
	"os"
	"time"
	_ "time/tzdata" // zones by name also where the image has no zone files
)

// Load reads the process environment for running the service. The error is a [*Error] with every mistake,
// or an internal one of envconfig; the Config is then not to be used.
func Load() (Config, error) { return load(true) }

// LoadTools is Load for commands that run before the chat app exists, such as manifest, or that only ask the
// running service: no chat platform is needed, what is set must still be right.
func LoadTools() (Config, error) { return load(false) }

func load(needPlatform bool) (Config, error) {
	bad := mistakes{}
	var vars variables
	known, err := fill("", &vars, nil, bad)
	if err != nil {
		return Config{}, err
	}
	cfg := deployment(vars, bad)
	if needPlatform {
		requirePlatform(cfg, bad)
	}
	checkSignIn(cfg, bad)
	names := take(bad, "KINDS", vars.Kinds, kindNames)
	for _, name := range names {
		kind, fields, err := readKind(name, cfg.TimeZone, bad)
		if err != nil {
			return Config{}, err
		}
		cfg.Kinds = append(cfg.Kinds, kind)
		known = append(known, fields...)
	}
	checkObjects(cfg.Kinds, bad)
	checkUnknown(os.Environ(), known, bad)
	cfg.idle = setAmong(idle(), known)
	if cfg.Store.Redis == nil {
		cfg.idleWithoutRedis = setAmong(onlyWithRedis(), known)
	}
	if err := bad.err(); err != nil {
		return Config{}, err
	}
	return cfg, nil
}

// take converts the text of one variable, the zero value when there is none or it is wrong.
func take[T any](bad mistakes, name, text string, parse func(string) (T, error)) T {
	var zero T
	if text == "" {
		return zero
	}
	value, err := parse(text)
	if err != nil {
		bad.add(name, err.Error())
		return zero
	}
	return value
}

// takeZone is take for a time zone, with another zone for none.
func takeZone(bad mistakes, name, text string, none *time.Location) *time.Location {
	if zone := take(bad, name, text, timeZone); zone != nil {
		return zone
	}
	return none
}

// takeSecret checks the text of a token and keeps it as it is.
func takeSecret(bad mistakes, name string, secret Secret) Secret {
	return NewSecret(take(bad, name, secret.Reveal(), word))
}
