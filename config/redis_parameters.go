package config

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
)

// The parameters of a Redis URL.
const (
	paramCA               = "ca"
	paramSentinelUser     = "sentinel_user"
	paramSentinelPassword = "sentinel_password"
)

// maxCAFile is well above a system's whole collection of authorities.
const maxCAFile = 4 << 20

// takeParameters reads what stands behind the "?". Values are percent-encoded; a + is a plus, because
// passwords in base64 have some.
func (r *Redis) takeParameters(query string) error {
	values := map[string]string{}
	for i, item := range strings.Split(query, "&") {
		name, raw, _ := strings.Cut(item, "=")
		switch name {
		case paramCA, paramSentinelUser, paramSentinelPassword:
		default: // it may be a part of a password, so its name is not repeated
			return fmt.Errorf("parameter %d is not known; write %s, %s or %s, and %%3F for a ? in a password",
				i+1, paramCA, paramSentinelUser, paramSentinelPassword)
		}
		value, err := url.PathUnescape(raw)
		_, twice := values[name]
		switch {
		case twice:
			return errors.New("parameter " + name + " is there twice; take one out")
		case err != nil:
			return errors.New("parameter " + name + " is not percent-encoded; write %25 for %")
		case value == "":
			return errors.New("parameter " + name + " is empty; write a value or take it out")
		}
		values[name] = value
	}
	if err := r.takeSentinelLogin(values[paramSentinelUser], values[paramSentinelPassword]); err != nil {
		return err
	}
	return r.takeCA(values[paramCA])
}

func (r *Redis) takeSentinelLogin(user, password string) error {
	switch {
	case user == "" && password == "":
		return nil
	case r.Topology != RedisSentinel:
		return errors.New("has a login for Sentinels without Sentinels; write redis+sentinel:// or take " + paramSentinelUser + " and " + paramSentinelPassword + " out")
	case password == "":
		return errors.New("has " + paramSentinelUser + " without " + paramSentinelPassword + "; write both or neither")
	case !isWord(user):
		return errors.New("has white space or control characters in " + paramSentinelUser + "; take them out")
	}
	r.SentinelUsername, r.SentinelPassword = user, NewSecret(password)
	return nil
}

// takeCA checks the authority's file, "" means none. The path is not repeated.
func (r *Redis) takeCA(path string) error {
	if path == "" {
		return nil
	}
	if !r.TLS {
		return errors.New("has parameter " + paramCA + " without TLS; write rediss instead of redis, or take it out")
	}
	if err := certificates(path); err != nil {
		return fmt.Errorf("parameter %s: %w", paramCA, err)
	}
	r.CAFile = path
	return nil
}

// certificates wants at least one certificate in the PEM file.
func certificates(path string) error {
	// A pipe would block, and could be read once only.
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return errors.New("not a file; name a readable file")
	}
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("the file cannot be opened (%w); name a readable file", withoutPath(err))
	}
	defer func() { _ = file.Close() }() // only read
	body, err := io.ReadAll(io.LimitReader(file, maxCAFile+1))
	switch {
	case err != nil:
		return fmt.Errorf("the file cannot be read (%w); name a readable file", withoutPath(err))
	case len(body) > maxCAFile:
		return fmt.Errorf("the file is larger than %d bytes; name one with certificates only", maxCAFile)
	case !x509.NewCertPool().AppendCertsFromPEM(body):
		return errors.New("the file has no certificate in it; name the authority's, in PEM")
	}
	return nil
}
