package redistest

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/redis/go-redis/v9"
)

// Server is one Redis with an address and a folder of its own, which it keeps
// over restarts.
type Server struct {
	access
	tb    testing.TB
	addr  string
	file  string // redis.conf
	log   *logbook
	admin *redis.Client
	proc  *process
	args  []string // behind the file
}

// Start starts a server and waits until it answers.
func Start(tb testing.TB, o Options) *Server {
	tb.Helper()
	return start(tb, conf{Options: o, ca: newAuthority(tb, o)})
}

// start tries some addresses: another process may be faster at one.
func start(tb testing.TB, c conf) *Server {
	tb.Helper()
	Need(tb)
	s := &Server{access: access{c.RequirePass, c.ca}, tb: tb}
	if c.sentinel {
		s.args = []string{"--sentinel"}
	}
	s.log = newLogbook(tb, s.Addr)
	var err error
	for range 3 {
		s.settle(c)
		if err = s.run(); err == nil || !errors.Is(err, errGone) {
			break
		}
	}
	if err != nil {
		tb.Fatalf("redistest: %s: %v", s.addr, err)
	}
	return s
}

// settle finds a place for the server.
func (s *Server) settle(c conf) {
	s.tb.Helper()
	dir := folder(s.tb)
	s.addr, s.file = freeAddr(s.tb), filepath.Join(dir, "redis.conf")
	text, err := c.text(s.addr, dir)
	if err != nil {
		s.tb.Fatal(err)
	}
	if err := os.WriteFile(s.file, []byte(text), 0o600); err != nil {
		s.tb.Fatal(err)
	}
	o := s.Options()
	o.MaxRetries = -1 // whoever waits asks again
	o.PoolSize = 2
	admin := redis.NewClient(o)
	s.admin = admin
	s.tb.Cleanup(func() { _ = admin.Close() })
}

// run starts the process and waits until it answers.
func (s *Server) run() error {
	p, err := launch(s.log, append([]string{s.file}, s.args...)...)
	if err != nil {
		return err
	}
	s.proc = p
	s.tb.Cleanup(func() {
		if err := p.end(syscall.SIGKILL); err != nil {
			s.tb.Errorf("redistest: %s: %v", s.addr, err)
		}
	})
	return await(s.ready)
}

// ready tells what keeps the process from serving.
func (s *Server) ready() error {
	if s.proc.gone() {
		return errGone
	}
	conn, err := (&net.Dialer{}).DialContext(s.tb.Context(), "tcp", s.addr)
	if err != nil {
		return err // go-redis would log it
	}
	_ = conn.Close()
	info, err := s.info()
	switch {
	case err != nil:
		return err
	case info["process_id"] != strconv.Itoa(s.proc.cmd.Process.Pid):
		return errors.New("another server answers")
	case info["loading"] == "1":
		return errors.New("it loads its data")
	}
	return nil
}

// info is all that the server tells of itself, by name.
func (s *Server) info() (map[string]string, error) {
	sections, err := s.admin.InfoMap(s.tb.Context()).Result()
	if err != nil {
		return nil, fmt.Errorf("info of %s: %w", s.addr, err)
	}
	all := map[string]string{}
	for _, section := range sections {
		for name, value := range section {
			all[name] = value
		}
	}
	return all, nil
}

// Addr is the server's host:port.
func (s *Server) Addr() string { return s.addr }

// URL is the server's URL as REDIS_URL takes it, with password and authority.
func (s *Server) URL() string { return s.location("", []string{s.addr}, "") }

// Options are new options for a client of the server.
func (s *Server) Options() *redis.Options {
	return &redis.Options{Addr: s.addr, Password: s.password, TLSConfig: s.TLSConfig()}
}

// Client returns a new client of the server, which is closed with the test.
func (s *Server) Client() *redis.Client {
	c := redis.NewClient(s.Options())
	s.tb.Cleanup(func() { _ = c.Close() })
	return c
}
