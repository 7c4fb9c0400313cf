// Package command is the slash command, platform-neutral: the grammar, who
// may do what, and the answers. A platform's adapter turns what its vendor
// sends into a Request or a Press and shows the Answer privately.
package command
