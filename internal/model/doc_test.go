// Package model_test drives the whole of membership with random sequences of what
// a CRM, people in a chat, networks and crashes do, and compares what Roomkeeper
// makes of them with a second, naive reading of the product's policy.
//
// The real domain runs over a real engine, beside a CRM and a chat platform in
// memory, on one clock that only the test moves: the test itself takes the jobs.
// The policy (policy_test.go, belief_test.go) shares no code with the domain.
//
// How many sequences are tried, and how long they are, is rapid's to say:
// -rapid.checks, -rapid.steps, -rapid.seed. Without a seed they are the same ones
// each time; give others to find more. -model.pairs lets every pair of calls fail, of
// which one in about two hundred is tried otherwise. make soak does all of it.
package model_test
