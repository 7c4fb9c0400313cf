package redistest

import (
	"net/url"
	"strings"
)

// location writes a URL as REDIS_URL takes it; topology is "", "+sentinel" or
// "+cluster", path starts with a slash or is empty. TLS adds the parameter ca,
// which go-redis's own parsers do not know.
func (a access) location(topology string, addrs []string, path string, parameters ...string) string {
	scheme := "redis"
	if a.ca != nil {
		scheme = "rediss"
		parameters = append(parameters, "ca="+url.PathEscape(a.ca.caFile))
	}
	login := ""
	if a.password != "" {
		login = url.UserPassword("", a.password).String() + "@"
	}
	out := scheme + topology + "://" + login + strings.Join(addrs, ",") + path
	if len(parameters) > 0 {
		out += "?" + strings.Join(parameters, "&")
	}
	return out
}
