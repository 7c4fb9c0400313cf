package config

import (
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// The parsers below say what is wrong and what to write instead. They never repeat what was written.

// duration parses one that is not negative.
func duration(text string) (time.Duration, error) {
	return durationIn(0, math.MaxInt64)(text)
}

// durationIn parses one from low to high.
func durationIn(low, high time.Duration) func(string) (time.Duration, error) {
	return func(text string) (time.Duration, error) {
		d, err := time.ParseDuration(text)
		switch {
		case err != nil:
			return 0, errors.New("not a duration; write one such as 90s, 15m or 24h")
		case d < 0:
			return 0, errors.New("a negative duration; write one such as 90s, 15m or 24h")
		case d < low:
			return 0, fmt.Errorf("too short; write %v or more", low)
		case d > high:
			return 0, fmt.Errorf("too long; write %v or less", high)
		}
		return d, nil
	}
}

// atLeast parses a whole number from low up.
func atLeast(low int) func(string) (int, error) {
	return func(text string) (int, error) {
		n, err := strconv.Atoi(text)
		if err != nil || n < low {
			return 0, fmt.Errorf("not a whole number from %d up; write one", low)
		}
		return n, nil
	}
}

// factor parses a finite number above 0.
func factor(text string) (float64, error) {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) || f <= 0 {
		return 0, errors.New("not a number above 0; write one such as 1 or 2.5")
	}
	return f, nil
}

func boolean(text string) (bool, error) {
	b, err := strconv.ParseBool(text)
	if err != nil {
		return false, errors.New("neither true nor false; write one of them")
	}
	return b, nil
}

// oneOf parses an enum.
func oneOf[T ~string](values ...T) func(string) (T, error) {
	return func(text string) (T, error) {
		if slices.Contains(values, T(text)) {
			return T(text), nil
		}
		return "", fmt.Errorf("not a known value; write one of %s", joinWords(values))
	}
}

func joinWords[T ~string](values []T) string {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = string(v)
	}
	return strings.Join(words, ", ")
}

func logLevel(text string) (slog.Level, error) {
	name, err := oneOf("debug", "info", "warn", "error")(text)
	if err != nil {
		return 0, err
	}
	var level slog.Level
	return level, level.UnmarshalText([]byte(name))
}

// address parses host:port; the host may be empty.
func address(text string) (string, error) {
	wrong := errors.New("not host:port; write an address such as :8080 or 127.0.0.1:8080")
	host, port, err := net.SplitHostPort(text)
	if err != nil || !isWord(host+port) {
		return "", wrong
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || strconv.FormatUint(n, 10) != port {
		return "", wrong
	}
	return text, nil
}

// baseURL parses an absolute http or https URL and returns it without a trailing slash.
func baseURL(text string) (string, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Hostname() == "" || (u.Scheme != "http" && u.Scheme != "https"):
		return "", errors.New("not an absolute URL; write one that begins with https:// or http:// and a host")
	case u.User != nil:
		return "", errors.New("a URL with a name or password in it; take them out")
	case strings.ContainsAny(text, "?#"):
		return "", errors.New("a URL with a query or fragment; take them out")
	}
	return strings.TrimRight(u.String(), "/"), nil
}

// slashURL is baseURL with a slash at the end.
func slashURL(text string) (string, error) {
	u, err := baseURL(text)
	if err != nil {
		return "", err
	}
	return u + "/", nil
}

func timeZone(text string) (*time.Location, error) {
	zone, err := time.LoadLocation(text)
	// "Local" is the machine's zone and differs between replicas.
	if err != nil || text == "Local" {
		return nil, errors.New("not a time zone; write a name such as UTC or Europe/Berlin")
	}
	return zone, nil
}

// command parses a slash command: Slack takes a slash and up to 31 more characters, none of them a space or capital.
func command(text string) (string, error) {
	bad := func(r rune) bool { return unicode.IsUpper(r) || !unicode.IsPrint(r) || unicode.IsSpace(r) }
	name, slash := strings.CutPrefix(text, "/")
	if !slash || name == "" || strings.ContainsAny(name, "/") || utf8.RuneCountInString(text) > 32 || strings.ContainsFunc(name, bad) {
		return "", errors.New("not a command; write a slash and then at most 31 characters without spaces or capitals, such as /crm")
	}
	return text, nil
}

// crmName parses the name that stands in keys and purposes.
func crmName(text string) (string, error) {
	ok := func(r rune) bool { return 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || r == '_' || r == '-' }
	if len(text) > 32 || strings.ContainsFunc(text, func(r rune) bool { return !ok(r) }) {
		return "", errors.New("not a name; write at most 32 lower-case letters, digits, _ or -")
	}
	return text, nil
}

// word parses a text without white space or control characters, such as an id or a token.
func word(text string) (string, error) {
	if !isWord(text) {
		return "", errors.New("has white space or control characters in it; take them out")
	}
	return text, nil
}

func isWord(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) })
}

// readableFile checks that the file can be opened and returns its path.
func readableFile(path string) (string, error) {
	info, err := os.Stat(path)
	if err == nil && info.IsDir() {
		return "", errors.New("a folder; name a readable file")
	}
	file, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("the file cannot be opened (%w); name a readable file", withoutPath(err))
	}
	_ = file.Close() // nothing was written
	return path, nil
}

// items splits at commas, trims, and drops empty items.
func items(text string) []string {
	var list []string
	for item := range strings.SplitSeq(text, ",") {
		if item = strings.TrimSpace(item); item != "" {
			list = append(list, item)
		}
	}
	return list
}

// listOf parses items separated by commas; no two may be equal.
func listOf[T comparable](parse func(string) (T, error)) func(string) ([]T, error) {
	return func(text string) ([]T, error) {
		var list []T
		for i, item := range items(text) {
			value, err := parse(item)
			if err != nil {
				return nil, fmt.Errorf("item %d: %w", i+1, err)
			}
			if slices.Contains(list, value) {
				return nil, fmt.Errorf("item %d is there twice; take one out", i+1)
			}
			list = append(list, value)
		}
		return list, nil
	}
}

// host parses a host, perhaps with a port, and returns it in lower case.
func host(text string) (string, error) {
	u, err := url.Parse("//" + text)
	if err != nil || u.Host != text || u.Hostname() == "" || !isWord(text) {
		return "", errors.New("not a host; write one without scheme and path, such as crm.example.com")
	}
	return strings.ToLower(text), nil
}

// removalLimit parses "share,people".
func removalLimit(text string) (RemovalLimit, error) {
	wrong := errors.New("not share,people; write a share from 0 to 1 and a number of people, such as 0.5,1")
	first, second, two := strings.Cut(text, ",")
	share, err := strconv.ParseFloat(strings.TrimSpace(first), 64)
	if !two || err != nil || math.IsNaN(share) || share < 0 || share > 1 {
		return RemovalLimit{}, wrong
	}
	people, err := atLeast(0)(strings.TrimSpace(second))
	if err != nil {
		return RemovalLimit{}, wrong
	}
	return RemovalLimit{Share: share, People: people}, nil
}

func decodeBase64(text string) ([]byte, bool) {
	for _, encoding := range []*base64.Encoding{base64.StdEncoding.Strict(), base64.RawStdEncoding.Strict()} {
		if key, err := encoding.DecodeString(text); err == nil && !strings.ContainsAny(text, "\r\n") {
			return key, true
		}
	}
	return nil, false
}
