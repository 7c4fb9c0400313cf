package redistest

import "syscall"

// Kill ends the server with SIGKILL and returns when it is gone. What it had
// acknowledged is kept as far as Options.AppendFsync has it. A server that
// does not run stays so.
func (s *Server) Kill() {
	s.tb.Helper()
	s.end(syscall.SIGKILL)
}

// Stop lets the server end in order and returns when it is gone.
func (s *Server) Stop() {
	s.tb.Helper()
	s.end(syscall.SIGTERM)
}

func (s *Server) end(sig syscall.Signal) {
	s.tb.Helper()
	if err := s.proc.end(sig); err != nil {
		s.tb.Fatalf("redistest: %s: %v", s.addr, err)
	}
}

// Pause stops the server where it stands: its connections stay, and nothing is
// answered until Resume. A paused server can be killed, and not stopped.
func (s *Server) Pause() {
	s.tb.Helper()
	s.signal(syscall.SIGSTOP)
}

// Resume lets a paused server go on.
func (s *Server) Resume() {
	s.tb.Helper()
	s.signal(syscall.SIGCONT)
}

func (s *Server) signal(sig syscall.Signal) {
	s.tb.Helper()
	if err := s.proc.cmd.Process.Signal(sig); err != nil {
		s.tb.Fatalf("redistest: %s: %v", s.addr, err)
	}
}

// Restart starts a server that was killed or stopped, at the same address and
// with the same folder, and returns when it has loaded its data and answers.
func (s *Server) Restart() {
	s.tb.Helper()
	if s.running() {
		s.tb.Fatalf("redistest: %s: restart of a server that runs", s.addr)
	}
	if err := s.run(); err != nil {
		s.tb.Fatalf("redistest: restart %s: %v", s.addr, err)
	}
}

func (s *Server) running() bool { return !s.proc.gone() }
