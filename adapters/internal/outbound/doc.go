// Package outbound holds what the chat adapters' transports share: how many
// calls are on the way, what a platform that does not answer is asked, and
// whether a call can have left this machine. Nothing here sleeps or retries.
package outbound
