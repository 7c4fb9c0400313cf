//go:build !race

package app_test

// sweepSmall and sweepLarge are the numbers of Groups whose Sweeps are compared.
const sweepSmall, sweepLarge = 1000, 10_000
