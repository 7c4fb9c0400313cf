// Package connector is the domain of Roomkeeper: the words of the product as
// types, the ports through which it reaches a CRM, a chat platform and an
// engine, and the errors that cross those ports.
//
// It imports the standard library only. Everything that a vendor's SDK knows
// stays in an adapter; everything that decides stays in the packages below.
package connector
