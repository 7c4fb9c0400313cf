// Package assistant is the Group Assistant: it decides which notices a Group
// wants, makes them into cards, and posts each card once, in order.
package assistant
