// Package config reads the environment of one deployment: the variables with the prefix ROOMKEEPER_.
//
// The environment is read once, by [Load]. Every mistake is collected and reported together in one [*Error],
// and no message ever carries a value, because a secret is easily put into the wrong variable.
//
// envconfig names the variables, reads them and fills in the defaults. It stops at the first value that it
// cannot convert and prints that value, so the structs that it fills hold text only (variables.go) and this
// package converts the text itself (convert.go, parse.go).
package config
