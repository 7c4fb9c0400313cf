package world

import "fmt"

// PersonID is the id of the n-th person of a generated world, from 0.
func PersonID(n int) string { return fmt.Sprintf("u%d", n+1) }
