// Package identity stores by hand which Member a User is: for the API, the file
// of known accounts, commands, and people who sign in.
package identity
