package world

import "syscall"

// ownGroup puts a process into a group of its own. It dies with the test,
// however the test ends.
func ownGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
