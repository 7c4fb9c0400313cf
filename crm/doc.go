// Package crm holds what the CRM drivers share: a bounded HTTP client that
// never lets a token out, a quota, and a reader of JSON documents that says
// which field is wrong.
//
// Nothing here waits for a rate limit: it is returned as a
// *connector.WaitError, and only the queue waits.
package crm
