// Package redis is the engine for several replicas: state, queue and rate
// buckets in Redis, on one server, with Sentinel, or in a Cluster.
//
// Every key is "<prefix>:{<slot>}:<name>". A Group's slot is one of the
// shards, chosen by its id, and holds everything about the Group, so that each
// step on it is one script in one place; what belongs to the deployment has a
// slot of its own (keys.go). Writes are steps: guards and changes that one
// script carries out together (step.go, scripts/commit.lua). A consumer group
// of Redis Streams delivers, leases and claims the jobs of the queue
// (scripts/queue.lua, queue.go). Times in the queue and the buckets are the
// server's, which all replicas share.
package redis
