package config

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
)

func TestRedisURLs(t *testing.T) {
	ca := writeFile(t, certificate(t))
	single := func(addr string, change func(*Redis)) Redis {
		r := Redis{Topology: RedisSingle, Addrs: []string{addr}, Prefix: "rk"}
		if change != nil {
			change(&r)
		}
		return r
	}
	tests := []struct {
		url  string
		want Redis
	}{
		{"redis://localhost", single("localhost:6379", nil)},
		{"REDIS://Cache.Example.COM:1/", single("cache.example.com:1", nil)},
		{"redis://redis_1:65535/0", single("redis_1:65535", nil)},
		{"redis://10.0.0.1/15", single("10.0.0.1:6379", func(r *Redis) { r.DB = 15 })},
		{"redis://[::1]", single("[::1]:6379", nil)},
		{"redis://[2001:DB8:0::1]:7000/1", single("[2001:db8::1]:7000", func(r *Redis) { r.DB = 1 })},
		{"rediss://h", single("h:6379", func(r *Redis) { r.TLS = true })},
		{"rediss://h?ca=" + strings.ReplaceAll(ca, "/", "%2F"), single("h:6379", func(r *Redis) { r.TLS, r.CAFile = true, ca })},
		{"rediss://h/2?ca=" + ca, single("h:6379", func(r *Redis) { r.TLS, r.DB, r.CAFile = true, 2, ca })},
		{"redis://:secret@h", single("h:6379", func(r *Redis) { r.Password = NewSecret("secret") })},
		{"redis://app:a:b,c+d=;&!@h:1", single("h:1", func(r *Redis) { r.Username, r.Password = "app", NewSecret("a:b,c+d=;&!") })},
		{"redis://a%40b:%2F%3f%23%40%25%00%20%FF@h", single("h:6379", func(r *Redis) { r.Username, r.Password = "a@b", NewSecret("/?#@%\x00 \xff") })},
		{"redis+cluster://a", Redis{Topology: RedisCluster, Addrs: []string{"a:6379"}, Prefix: "rk"}},
		{
			"rediss+cluster://app:pw@a,b:7001,[::2]:7002,[::3]/?ca=" + ca,
			Redis{
				Topology: RedisCluster, Addrs: []string{"a:6379", "b:7001", "[::2]:7002", "[::3]:6379"}, Username: "app",
				Password: NewSecret("pw"), TLS: true, CAFile: ca, Prefix: "rk",
			},
		},
		{"redis+sentinel://a,b:26380/my-Master.1_x", Redis{Topology: RedisSentinel, Addrs: []string{"a:26379", "b:26380"}, Master: "my-Master.1_x", Prefix: "rk"}},
		{"redis+sentinel://a/m/", Redis{Topology: RedisSentinel, Addrs: []string{"a:26379"}, Master: "m", Prefix: "rk"}},
		{
			"rediss+sentinel://:pw@[::1]/m/4?sentinel_password=s%26+p&sentinel_user=u%2Bv",
			Redis{
				Topology: RedisSentinel, Addrs: []string{"[::1]:26379"}, Master: "m", Password: NewSecret("pw"),
				SentinelUsername: "u+v", SentinelPassword: NewSecret("s&+p"), DB: 4, TLS: true, Prefix: "rk",
			},
		},
		{
			"redis+sentinel://a/m?sentinel_password=sp",
			Redis{Topology: RedisSentinel, Addrs: []string{"a:26379"}, Master: "m", SentinelPassword: NewSecret("sp"), Prefix: "rk"},
		},
	}
	for _, test := range tests {
		t.Run(test.url, func(t *testing.T) {
			got, err := ParseRedis(test.url, "rk")
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(*got, test.want) {
				t.Errorf("got  %+v, passwords %q and %q\nwant %+v, passwords %q and %q",
					*got, got.Password.Reveal(), got.SentinelPassword.Reveal(), test.want, test.want.Password.Reveal(), test.want.SentinelPassword.Reveal())
			}
		})
	}
}

func TestWrongRedisURLs(t *testing.T) {
	notOne := "not a Redis URL; write one that begins with redis://"
	ca := writeFile(t, certificate(t))
	tests := []struct {
		want string
		urls []string
	}{
		{notOne, []string{"", "hunter2", "redis", "redis:", "redis:h", "redis:/h", "hunter2:6379", "//h", "://h", "http://h", "redisss://h", "redis+tls://h", "redis-sentinel://h/m", "redis+://h", " redis://h"}},
		{"a Unix socket, which replicas on other machines cannot reach; write redis:// and a host", []string{"unix:///run/redis.sock", "UNIX://user:hunter2@/run/redis.sock?db=1", "unix:/run/redis.sock"}},
		{"has white space or control characters in it", []string{"redis://h ", "redis://u:hunter2 x@h", "redis://h\n", "redis://u:hunter2\x00@h", "redis://u:\xffhunter2@h", "redis+cluster://a, b"}},
		{"has a # in it; write %23", []string{"redis://u:hunter2#x@h", "redis://h/0#", "redis://h#hunter2"}},
		{"has an @ in the wrong place", []string{
			"redis://u:hunter2@x@h", "redis://u:hunter2/x@h", "redis://u:12/hunter2@h", "redis://u:hunter2?x@h", "redis+cluster://u:hunter2@a,u:hunter2@b",
			"redis+sentinel://h/m?sentinel_password=hunter2@", "redis://@@h",
		}},
		{"has no password before the @; write user:password@", []string{"redis://@h", "redis://hunter2@h", "redis://hunter2:@h", "redis://:@h", "redis+cluster://hunter2@a,b"}},
		{"is not percent-encoded; write %25 for %", []string{"redis://u:hunter2%@h", "redis://u:%zzhunter2@h", "redis://hunter2%4:x@h", "redis+sentinel://h/m?sentinel_password=%hunter2"}},
		{"in the user name; take them out", []string{"redis://a%20hunter2:x@h", "redis://a%00:hunter2@h"}},
		{"has several hosts; write redis+sentinel:// or redis+cluster://", []string{"redis://a,b", "rediss://a:1,b:2/0", "redis://a,"}},
		{"host 1 is missing", []string{"redis://", "redis:///0", "redis://:6379", "redis://u:hunter2@", "redis+cluster://,a", "redis+sentinel:///m", "redis://?"}},
		{"host 2 is missing", []string{"redis+cluster://a,", "redis+cluster://a,,b", "redis+sentinel://a,:1/m"}},
		{"host 2 is there twice; take one out", []string{"redis+cluster://a,A:6379", "redis+sentinel://a:26379,a/m", "redis+cluster://[::1],[0::1]:6379"}},
		{"host 1 is not a host", []string{"redis://a%41", "redis://hunter2!", "redis://bücher.example", "redis://a;b", "redis://a]"}},
		{"host 1 has a port that is not a number from 1 to 65535", []string{"redis://h:", "redis://h:0", "redis://h:65536", "redis://h:+1", "redis://h:01", "redis://u:hunter2", "redis://h:-1", "redis://[::1]:", "redis://[::1]6379", "redis+sentinel://u:hunter2/m"}},
		{"host 1 has more than one colon; write one before the port, and an IPv6 address in brackets", []string{"redis://::1", "redis://2001:db8::1", "redis://u:hunter2:6379"}},
		{"host 1 is not an IPv6 address in brackets", []string{"redis://[::1", "redis://[10.0.0.1]", "redis://[hunter2]", "redis://[]", "redis://[", "redis://[fe80::1%25eth0]", "redis://[fe80::1%eth0]"}},
		{"has a database that is not a whole number from 0 up", []string{"redis://h/hunter2", "redis://h/-1", "redis://h/+1", "redis://h/01", "redis://h/1/2", "redis://h/2147483648", "redis+sentinel://h/m/hunter2", "redis+sentinel://h/m/1/2"}},
		{"a cluster has one database only: take the path out", []string{"redis+cluster://a/1", "redis+cluster://a/hunter2", "redis+cluster://a/0"}},
		{"has no name of the primary; write it behind the hosts", []string{"redis+sentinel://a", "redis+sentinel://a/", "redis+sentinel://a//1", "redis+sentinel://a?sentinel_password=hunter2"}},
		{"has a name of the primary that Sentinels do not take", []string{"redis+sentinel://a/hunter2%20", "redis+sentinel://a/m:1"}},
		{"parameter 1 is not known; write ca, sentinel_user or sentinel_password", []string{"redis://h?hunter2", "redis://h?", "redis://h?CA=x", "redis://h?db=hunter2", "redis://h?password=hunter2", "redis://u:1?hunter2"}},
		{"parameter 2 is not known", []string{"redis+sentinel://h/m?sentinel_password=hunter2&", "redis+sentinel://h/m?sentinel_password=a&hunter2"}},
		{"parameter sentinel_user is there twice; take one out", []string{"redis+sentinel://h/m?sentinel_user=a&sentinel_user=a", "redis+sentinel://h/m?sentinel_user=hunter2&sentinel_user="}},
		{"parameter sentinel_password is empty; write a value or take it out", []string{"redis+sentinel://h/m?sentinel_password=", "redis+sentinel://h/m?sentinel_password"}},
		{"has a login for Sentinels without Sentinels", []string{"redis://h?sentinel_password=hunter2", "redis+cluster://h?sentinel_user=u", "redis://h?sentinel_user=u&sentinel_password=hunter2"}},
		{"has sentinel_user without sentinel_password; write both or neither", []string{"redis+sentinel://h/m?sentinel_user=hunter2"}},
		{"control characters in sentinel_user; take them out", []string{"redis+sentinel://h/m?sentinel_password=p&sentinel_user=hunter2%20x"}},
		{"has parameter ca without TLS; write rediss instead of redis", []string{"redis://h?ca=" + ca, "redis+cluster://h?ca=/hunter2"}},
		{"parameter ca: the file cannot be opened (no such file or directory)", []string{"rediss://h?ca=/nowhere/hunter2", "rediss://h?ca=hunter2"}},
		{"parameter ca: not a file; name a readable file", []string{"rediss://h?ca=" + t.TempDir(), "rediss://h?ca=/dev/zero"}},
		{"parameter ca: the file has no certificate in it", []string{"rediss://h?ca=" + writeFile(t, "hunter2"), "rediss://h?ca=" + writeFile(t, strings.ReplaceAll(certificate(t), "CERTIFICATE", "PRIVATE KEY"))}},
		{"parameter ca: the file is larger than 4194304 bytes", []string{"rediss://h?ca=" + writeFile(t, certificate(t)+strings.Repeat("\n", maxCAFile))}},
	}
	for _, test := range tests {
		for _, text := range test.urls {
			t.Run(strconv.Quote(text), func(t *testing.T) {
				got, err := ParseRedis(text, "rk")
				if err == nil {
					t.Fatalf("got %+v, want …%s…", *got, test.want)
				}
				problem := err.Error()
				if got != nil || !strings.Contains(problem, test.want) || !strings.HasPrefix(problem, "the Redis URL: ") || !strings.Contains(problem, ";") && !strings.Contains(problem, ": take") {
					t.Errorf("got %v, %q, want …%s…", got, problem, test.want)
				}
				if strings.Contains(problem, "hunter2") || strings.Contains(problem, ca) {
					t.Errorf("the mistake repeats a piece: %s", problem)
				}
			})
		}
	}
}

// A link to itself can be opened by nobody, whoever runs the test.
func TestRedisURLOfUnreadableCA(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.Symlink(path, path); err != nil {
		t.Fatal(err)
	}
	if _, err := ParseRedis("rediss://h?ca="+path, "rk"); err == nil || !strings.Contains(err.Error(), "symbolic link") || strings.Contains(err.Error(), path) {
		t.Errorf("got %v", err)
	}
}

func TestRedisPrefix(t *testing.T) {
	for _, prefix := range []string{"roomkeeper", "A.b_c-9", strings.Repeat("x", maxRedisPrefix)} {
		if got, err := ParseRedis("redis://h", prefix); err != nil || got.Prefix != prefix {
			t.Errorf("prefix %q: got %+v, %v", prefix, got, err)
		}
	}
	_, err := ParseRedis("redis://hunter2@h", "hunter2:")
	want := "the Redis URL: has no password before the @; write user:password@, :password@ for the default user, or take the @ out\n" +
		"the Redis prefix: not a prefix; write 1 to 64 letters, digits, _ . or -"
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
	for _, prefix := range []string{"", "{a}", "a:b", "a b", "a/b", "ä", strings.Repeat("x", maxRedisPrefix+1)} {
		if got, err := ParseRedis("redis://h", prefix); err == nil {
			t.Errorf("prefix %q: got %+v, want an error", prefix, *got)
		}
	}
}

// Wherever a password ends up, no mistake repeats it, and no result prints it.
func FuzzRedisURL(f *testing.F) {
	for _, seed := range [][3]string{
		{"redis://user:", "", "@host:6379/0"}, {"rediss://:", "/x", "@host?ca=/dev/null"}, {"redis+sentinel://user:", "@x", "@a,b/m/1"},
		{"redis+sentinel://a/m?sentinel_user=u&sentinel_password=", "%41&", ""}, {"redis+cluster://u:", "?", "@[::1]:7000,b"}, {"redis://h/", "", ""},
		{"redis://u:", "#", "@h"}, {"redis://u:", "%", "@h"}, {"", ":", "@h"}, {"unix://", "", ""}, {"redis://[", "", "]"}, {"rediss://h?ca=", "", ""},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	const marker = "hunter2"
	f.Fuzz(func(t *testing.T, before, inside, after string) {
		if strings.Contains(strings.ToLower(before+after), "ca=/proc") {
			t.Skip("files that read differently each time")
		}
		got, err := ParseRedis(before+marker+inside+marker+after, "rk")
		if err != nil {
			if got != nil || strings.Contains(strings.ToLower(err.Error()), marker) {
				t.Errorf("got %v, %v", got, err)
			}
			return
		}
		checkRedis(t, *got)
		// What is left are the secrets.
		got.Addrs, got.Master, got.Username, got.SentinelUsername, got.CAFile = nil, "", "", "", ""
		if printed := fmt.Sprintf("%v %+v %#v", got, *got, *got); strings.Contains(printed, marker) {
			t.Errorf("printed %s", printed)
		}
	})
}

// Every login survives percent-encoding.
func FuzzRedisLogin(f *testing.F) {
	f.Add("app", "secret")
	f.Add("", "/?#@%:,+ \x00\xff")
	f.Fuzz(func(t *testing.T, user, password string) {
		if !isWord(user) || password == "" {
			t.Skip()
		}
		got, err := ParseRedis("redis+cluster://"+url.UserPassword(user, password).String()+"@a,b", "rk")
		if err != nil {
			t.Fatal(err)
		}
		checkRedis(t, *got)
		if got.Username != user || got.Password.Reveal() != password {
			t.Errorf("got %q and %q, want %q and %q", got.Username, got.Password.Reveal(), user, password)
		}
	})
}

// checkRedis checks what holds for every Redis.
func checkRedis(t *testing.T, r Redis) {
	t.Helper()
	if len(r.Addrs) == 0 || (r.Topology == RedisSingle) && len(r.Addrs) != 1 {
		t.Errorf("%s with the addresses %q", r.Topology, r.Addrs)
	}
	for _, addr := range r.Addrs {
		if got, err := address(addr); err != nil || strings.HasPrefix(got, ":") {
			t.Errorf("address %q: %v", addr, err)
		}
	}
	if sentinel := r.Topology == RedisSentinel; sentinel != (r.Master != "") || r.SentinelPassword.IsSet() && !sentinel {
		t.Errorf("%s with the primary %q", r.Topology, r.Master)
	}
	if r.Topology == RedisCluster && r.DB != 0 || r.DB < 0 {
		t.Errorf("%s with database %d", r.Topology, r.DB)
	}
	if r.Username != "" && !r.Password.IsSet() || r.SentinelUsername != "" && !r.SentinelPassword.IsSet() {
		t.Error("a user name without a password")
	}
	if r.CAFile != "" && !r.TLS {
		t.Error("an authority without TLS")
	}
}

// certificate returns a new one in PEM.
func certificate(t *testing.T) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}
