package redistest

import (
	"crypto/tls"
	"net"
	"strconv"
	"strings"
)

// Options are what the servers of a test have in common. The zero value is a
// server that keeps nothing over a restart, evicts nothing and asks for no
// password.
type Options struct {
	// AppendFsync is when the append-only file is synced, "always" or
	// "everysec"; "" is no such file.
	AppendFsync string
	// MaxmemoryPolicy is what is evicted when memory runs out; "" is
	// Redis's default, noeviction.
	MaxmemoryPolicy string
	// RequirePass is the password of the servers; "" is none.
	RequirePass string
	// SentinelPass is the password of the Sentinels themselves; "" is none.
	SentinelPass string
	// TLS makes the servers listen for TLS only, under an authority that is
	// made for the test.
	TLS bool
	// Extra are more lines of redis.conf for the servers, such as
	// "min-replicas-to-write 1"; they win over the usual ones.
	Extra []string
}

// conf is one process's configuration.
type conf struct {
	Options
	ca       *authority // nil without TLS
	sentinel bool
	own      []string // lines of this process only
}

// text writes redis.conf. It is a file, and not arguments, because Redis
// rewrites it when roles change.
func (c conf) text(addr, dir string) (string, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "", err
	}
	lines := []string{"bind " + host, "dir " + strconv.Quote(dir), "protected-mode no"}
	if c.ca == nil {
		lines = append(lines, "port "+port)
	} else {
		lines = append(lines, "port 0", "tls-port "+port,
			"tls-ca-cert-file "+strconv.Quote(c.ca.caFile),
			"tls-cert-file "+strconv.Quote(c.ca.certFile),
			"tls-key-file "+strconv.Quote(c.ca.keyFile),
			"tls-auth-clients no", "tls-replication yes", "tls-cluster yes")
	}
	if c.RequirePass != "" {
		lines = append(lines, "requirepass "+strconv.Quote(c.RequirePass))
	}
	if !c.sentinel {
		lines = append(lines, c.dataLines()...)
	}
	lines = append(append(lines, c.own...), c.Extra...)
	return strings.Join(lines, "\n") + "\n", nil
}

// dataLines are for processes that hold data, which Sentinels do not.
func (c conf) dataLines() []string {
	// A replica is served at once: the usual wait is for others that come with it.
	lines := []string{`save ""`, "repl-diskless-sync-delay 0"}
	if c.RequirePass != "" {
		lines = append(lines, "masterauth "+strconv.Quote(c.RequirePass))
	}
	if c.AppendFsync != "" {
		lines = append(lines, "appendonly yes", "appendfsync "+c.AppendFsync)
	}
	if c.MaxmemoryPolicy != "" {
		lines = append(lines, "maxmemory-policy "+c.MaxmemoryPolicy)
	}
	return lines
}

// access is what a client needs besides addresses.
type access struct {
	password string
	ca       *authority
}

// CAFile is the path of the authority's certificate, PEM; "" without TLS.
func (a access) CAFile() string {
	if a.ca == nil {
		return ""
	}
	return a.ca.caFile
}

// TLSConfig trusts the test's authority only; nil without TLS.
func (a access) TLSConfig() *tls.Config {
	if a.ca == nil {
		return nil
	}
	return &tls.Config{RootCAs: a.ca.roots, MinVersion: tls.VersionTLS12}
}
