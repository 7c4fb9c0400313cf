package redistest

import "syscall"

// freeIn is how many bytes are free where a folder is; 0 when nobody knows.
func freeIn(dir string) uint64 {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err != nil {
		return 0
	}
	return fs.Bavail * uint64(fs.Bsize) //nolint:gosec // a size of blocks is positive
}
