package config

import (
	"errors"
	"fmt"
)

// Redis is where state lives when several replicas share it.
type Redis struct {
	Topology RedisTopology
	// Addrs are host:port, never empty, no two equal: the one server, the Sentinels, or some nodes of the cluster.
	Addrs []string
	// Master is the name under which the Sentinels know the primary; "" without Sentinels.
	Master string
	// Username and Password are for the servers. Password may be set alone, which means Redis's default user;
	// Username never is.
	Username string
	Password Secret
	// SentinelUsername and SentinelPassword are for the Sentinels themselves, in the same way. They are never
	// taken from Username and Password.
	SentinelUsername string
	SentinelPassword Secret
	// DB is the number of the database; 0 for a cluster.
	DB int
	// TLS is for every connection, those to Sentinels too.
	TLS bool
	// CAFile is a PEM file that held a certificate when it was checked: the only authority to trust. "": the
	// system's. Set with TLS only.
	CAFile string
	// Prefix is the first part of every key: 1 to 64 letters, digits, "_", ".", "-".
	Prefix string
}

// ParseRedis is REDIS_URL and REDIS_PREFIX for a URL that comes from elsewhere, such as the command line.
// [Store.RedisPrefix] is the prefix of the deployment. The error tells every mistake and what to do next; it
// repeats nothing of the URL, which may hold passwords.
func ParseRedis(url, prefix string) (*Redis, error) {
	redis, wrong := redisURL(url)
	name, wrongPrefix := redisPrefix(prefix)
	if wrong != nil || wrongPrefix != nil {
		return nil, errors.Join(about("the Redis URL", wrong), about("the Redis prefix", wrongPrefix))
	}
	redis.Prefix = name
	return redis, nil
}

// about puts what is wrong in front of the error, nil stays nil.
func about(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}

const maxRedisPrefix = 64

// redisPrefix parses the first part of every key. A colon ends it, and braces would make Redis Cluster put
// the keys into one slot.
func redisPrefix(text string) (string, error) {
	if text == "" || len(text) > maxRedisPrefix || !isPlainName(text) {
		return "", fmt.Errorf("not a prefix; write 1 to %d letters, digits, _ . or -", maxRedisPrefix)
	}
	return text, nil
}

// isPlainName tells whether the text has only characters that Redis allows in the name of a primary, and the name
// system in that of a host.
func isPlainName(text string) bool {
	for i := range len(text) {
		c := text[i]
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_' && c != '.' && c != '-' {
			return false
		}
	}
	return true
}
