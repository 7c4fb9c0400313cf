package redistest

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
)

// StartReplica starts a replica of primary and waits until it is in sync.
// It connects to via, the address of a [Proxy] to the primary; "" is the
// primary itself. Password and TLS are the primary's.
func StartReplica(tb testing.TB, primary *Server, via string, o Options) *Server {
	tb.Helper()
	if via == "" {
		via = primary.addr
	}
	o.RequirePass = primary.password
	s := start(tb, conf{Options: o, ca: primary.ca, own: []string{replicaOf(via)}})
	s.AwaitSync(primary)
	return s
}

// replicaOf is the line of redis.conf that makes a replica.
func replicaOf(addr string) string {
	host, port := split(addr)
	return "replicaof " + host + " " + port
}

// AwaitSync waits until the server, a replica of primary, has everything that
// primary has at the call.
func (s *Server) AwaitSync(primary *Server) {
	s.tb.Helper()
	var want int64
	eventually(s.tb, "offset of "+primary.addr, func() (err error) {
		want, err = primary.written()
		return err
	})
	eventually(s.tb, s.addr+" in sync with "+primary.addr, func() error { return s.holds(primary, want) })
}

// inSync tells whether the server is a replica with everything that primary
// has.
func (s *Server) inSync(primary *Server) error {
	want, err := primary.written()
	if err != nil {
		return err
	}
	return s.holds(primary, want)
}

// written is how many bytes of history a primary has.
func (s *Server) written() (int64, error) {
	info, err := s.info()
	if err != nil {
		return 0, err
	}
	if info["role"] != "master" {
		return 0, fmt.Errorf("%s is a %s", s.addr, info["role"])
	}
	return strconv.ParseInt(info["master_repl_offset"], 10, 64)
}

// holds tells whether the server has that much of primary's history.
func (s *Server) holds(primary *Server, want int64) error {
	from, err := primary.info()
	if err != nil {
		return err
	}
	info, err := s.info()
	if err != nil {
		return err
	}
	have, err := strconv.ParseInt(info["slave_repl_offset"], 10, 64)
	switch {
	case err != nil:
		return fmt.Errorf("%s is no replica: %w", s.addr, err)
	case info["master_replid"] != from["master_replid"]:
		return fmt.Errorf("%s has the history of another than %s", s.addr, primary.addr)
	case info["master_link_status"] != "up":
		return fmt.Errorf("%s has no link to its primary", s.addr)
	case have < want:
		return fmt.Errorf("%s has %d of %d bytes of history", s.addr, have, want)
	case !s.follows(from):
		return fmt.Errorf("%s says that %s does not follow yet", primary.addr, s.addr)
	}
	return nil
}

// follows tells what a primary says of the server: it takes a moment longer to
// notice that it has sent everything.
func (s *Server) follows(primary map[string]string) bool {
	_, port := split(s.addr)
	for name, value := range primary {
		if strings.HasPrefix(name, "slave") && strings.Contains(value, ",port="+port+",state=online,") {
			return true
		}
	}
	return false
}

// Promote makes a replica a primary, also over restarts. It gets no more of
// what its primary still has.
func (s *Server) Promote() {
	s.tb.Helper()
	ctx := s.tb.Context()
	if err := s.admin.ReplicaOf(ctx, "NO", "ONE").Err(); err != nil {
		s.tb.Fatalf("redistest: promote %s: %v", s.addr, err)
	}
	if err := s.admin.ConfigRewrite(ctx).Err(); err != nil {
		s.tb.Fatalf("redistest: promote %s: %v", s.addr, err)
	}
}

// follow makes a server that does not run start as a replica of addr.
func (s *Server) follow(addr string) {
	s.tb.Helper()
	text, err := os.ReadFile(s.file)
	if err != nil {
		s.tb.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "replicaof ") {
			lines = append(lines, line)
		}
	}
	lines = append(lines, "\n"+replicaOf(addr)+"\n")
	if err := os.WriteFile(s.file, []byte(strings.Join(lines, "")), 0o600); err != nil {
		s.tb.Fatal(err)
	}
}
