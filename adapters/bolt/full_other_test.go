//go:build !linux

package bolt_test

import "errors"

// fillUpToLimit is tested on Linux only.
func fillUpToLimit(string) error { return errors.ErrUnsupported }
