// Package reconcile makes channels agree with Records: it turns events into
// queued keys, reads Record and team, resolves people, plans the difference
// and applies it. Planning is pure; whatever waits, waits in the queue.
package reconcile
