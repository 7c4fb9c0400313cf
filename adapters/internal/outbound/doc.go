// Package outbound holds what the chat adapters' transports share: how many
// calls are on the way, what a platform that does not answer is asked, whether a
// call can have left this machine, and the errors of calls without an answer.
// Nothing here sleeps or retries.
package outbound
