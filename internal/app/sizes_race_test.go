//go:build race

package app_test

// sweepSmall and sweepLarge are nearer to each other where the race detector
// makes everything slow. Both are more than the CRM's page.
const sweepSmall, sweepLarge = 1000, 4000
