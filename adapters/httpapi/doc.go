// Package httpapi is Roomkeeper's HTTP side: the CRM's webhooks, the REST API,
// health and metrics, and the server that the chat platforms' handlers are
// mounted on. It decides nothing: it checks what came in, asks a service or
// the engine, and words the answer.
package httpapi
