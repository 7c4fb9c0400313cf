// Package stage is what the sandboxes of chat platforms share: the way of a call from its arrival to its answer, with
// gates that hold it, faults that spoil it and a log of how far it came, and the control API for these.
package stage
