package world

import "fmt"

// Person is the id of the n-th person of a generated world, from 0.
func Person(n int) string { return fmt.Sprintf("u%d", n+1) }
