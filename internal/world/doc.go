// Package world is the built programs as processes, and the hands to drive
// them: the connector, alone or as several replicas, the sandbox's CRM and chat
// platform, what stands between them, and what a test looks at. Its functions
// end the test that calls them when a hand slips.
package world
