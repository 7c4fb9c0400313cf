package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// redisURL parses
//
//	redis://[[user]:password@]host[:6379][/db]
//	redis+sentinel://[[user]:password@]host[:26379],…/master[/db]
//	redis+cluster://[[user]:password@]host[:6379],…
//
// and the same with rediss for TLS, each with parameters behind "?". net/url knows one host only.
//
// Where one of / ? # @ in a password is not percent-encoded, any piece may be a part of that password. So
// mistakes name a piece by its role and never repeat it.
func redisURL(text string) (*Redis, error) {
	scheme, rest, _ := strings.Cut(text, ":")
	rest, slashes := strings.CutPrefix(rest, "//")
	r, err := redisScheme(strings.ToLower(scheme), slashes)
	if err != nil {
		return nil, err
	}
	if !isWord(rest) {
		return nil, errors.New("has white space or control characters in it; take them out, or percent-encode those of a password")
	}
	if strings.Contains(rest, "#") {
		return nil, errors.New("has a # in it; write %23 in a user name or password, and take it out elsewhere")
	}
	rest, query, hasQuery := strings.Cut(rest, "?")
	authority, path, _ := strings.Cut(rest, "/")
	login, hosts, hasLogin := strings.Cut(authority, "@")
	if !hasLogin {
		login, hosts = "", authority
	}
	if strings.Contains(hosts+path+query, "@") {
		return nil, errors.New("has an @ in the wrong place: one may stand between the password and the first host; in a user name or password write %40 for @, %2F for /, %3F for ?")
	}
	if hasLogin {
		if r.Username, r.Password, err = redisLogin(login); err != nil {
			return nil, err
		}
	}
	if err := r.takeHosts(hosts); err != nil {
		return nil, err
	}
	if err := r.takePath(strings.TrimSuffix(path, "/")); err != nil {
		return nil, err
	}
	if hasQuery {
		if err := r.takeParameters(query); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// redisScheme returns a Redis with Topology and TLS only. complete: "://" followed.
func redisScheme(scheme string, complete bool) (*Redis, error) {
	topology, tls := strings.CutPrefix(scheme, "rediss")
	if !tls {
		topology = strings.TrimPrefix(scheme, "redis")
	}
	switch {
	case scheme == "unix":
		return nil, errors.New("a Unix socket, which replicas on other machines cannot reach; write redis:// and a host")
	case topology == scheme || !complete:
		// Another scheme, or no :// behind it.
	case topology == "":
		return &Redis{Topology: RedisSingle, TLS: tls}, nil
	case topology == "+sentinel":
		return &Redis{Topology: RedisSentinel, TLS: tls}, nil
	case topology == "+cluster":
		return &Redis{Topology: RedisCluster, TLS: tls}, nil
	}
	return nil, errors.New("not a Redis URL; write one that begins with redis://, redis+sentinel:// or redis+cluster://, or with rediss instead of redis for TLS")
}

// redisLogin parses "user:password" or ":password". A name alone may be a password whose colon was forgotten.
func redisLogin(text string) (string, Secret, error) {
	rawUser, rawPassword, _ := strings.Cut(text, ":")
	user, wrongUser := url.PathUnescape(rawUser)
	password, wrongPassword := url.PathUnescape(rawPassword)
	switch {
	case wrongUser != nil || wrongPassword != nil:
		return "", Secret{}, errors.New("has a user name or password that is not percent-encoded; write %25 for %")
	case password == "":
		return "", Secret{}, errors.New("has no password before the @; write user:password@, :password@ for the default user, or take the @ out")
	case !isWord(user):
		return "", Secret{}, errors.New("has white space or control characters in the user name; take them out")
	}
	return user, NewSecret(password), nil
}

// takeHosts reads hosts separated by commas.
func (r *Redis) takeHosts(text string) error {
	list := strings.Split(text, ",")
	if r.Topology == RedisSingle && len(list) > 1 {
		return errors.New("has several hosts; write redis+sentinel:// or redis+cluster:// in front of them, or one host")
	}
	for i, item := range list {
		addr, err := r.hostPort(item)
		if err != nil {
			return fmt.Errorf("host %d %w", i+1, err)
		}
		if slices.Contains(r.Addrs, addr) {
			return fmt.Errorf("host %d is there twice; take one out", i+1)
		}
		r.Addrs = append(r.Addrs, addr)
	}
	return nil
}

// hostPort parses a host, perhaps with a port, and returns both, the host in lower case.
func (r *Redis) hostPort(text string) (string, error) {
	name, port := text, ""
	if inside, ok := strings.CutPrefix(text, "["); ok {
		var closed bool
		name, port, closed = strings.Cut(inside, "]")
		ip, err := netip.ParseAddr(name)
		if !closed || err != nil || !ip.Is6() || ip.Zone() != "" {
			return "", errors.New("is not an IPv6 address in brackets; write one such as [2001:db8::1]")
		}
		name = ip.String()
	} else {
		if colon := strings.IndexByte(text, ':'); colon >= 0 {
			name, port = text[:colon], text[colon:]
		}
		switch {
		case strings.Count(port, ":") > 1:
			return "", errors.New("has more than one colon; write one before the port, and an IPv6 address in brackets")
		case name == "":
			return "", errors.New("is missing; write a name or address")
		case !isPlainName(name):
			return "", errors.New("is not a host; write letters, digits, _ . or -, and an IPv6 address in brackets")
		}
	}
	if port == "" {
		return net.JoinHostPort(strings.ToLower(name), r.defaultPort()), nil
	}
	port, ok := strings.CutPrefix(port, ":")
	if n, err := strconv.ParseUint(port, 10, 16); !ok || err != nil || n == 0 || strconv.FormatUint(n, 10) != port {
		return "", errors.New("has a port that is not a number from 1 to 65535; write one or take it out")
	}
	return net.JoinHostPort(strings.ToLower(name), port), nil
}

func (r *Redis) defaultPort() string {
	if r.Topology == RedisSentinel {
		return "26379"
	}
	return "6379"
}

// takePath reads what stands behind the hosts, without the slashes around it.
func (r *Redis) takePath(path string) error {
	db := path
	switch r.Topology {
	case RedisSingle:
	case RedisCluster:
		if path != "" {
			return errors.New("has a path; a cluster has one database only: take the path out")
		}
	case RedisSentinel:
		r.Master, db, _ = strings.Cut(path, "/")
		if r.Master == "" {
			return errors.New("has no name of the primary; write it behind the hosts, such as /mymaster")
		}
		if !isPlainName(r.Master) {
			return errors.New("has a name of the primary that Sentinels do not take; write letters, digits, _ . or -")
		}
	}
	if db == "" {
		return nil
	}
	n, err := strconv.ParseUint(db, 10, 31)
	if err != nil || strconv.FormatUint(n, 10) != db {
		return errors.New("has a database that is not a whole number from 0 up; write one or take it out")
	}
	r.DB = int(n)
	return nil
}
