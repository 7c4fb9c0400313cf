// Package tell tells people, outside of a Group's channel, what they should know
// of it: its owner and the admins what needs a decision, a Member what became of
// what they did, and every owner once a day who is missing from their channels.
package tell
