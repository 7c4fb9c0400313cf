package app_test

import (
	"bufio"
	"context"
	"fmt"
	"maps"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"roomkeeper/internal/app"
	"roomkeeper/internal/world"
)

// commandEvents is how many webhooks are followed, one every commandPause.
const (
	commandEvents = 200
	commandPause  = 10 * time.Millisecond
	idleFor       = 5 * time.Second
)

// BenchmarkRedisCommands counts what two replicas ask of Redis: while nothing
// happens, and for one webhook from its acceptance to the end of its two runs,
// which find nothing to do. "direct" is what the replicas send, the rest is
// what scripts call.
func BenchmarkRedisCommands(b *testing.B) {
	everywhere(b, func(b *testing.B, s servers) {
		r := startRig(b, 100, commandEvents)
		var replicas []*app.App
		var api world.Client
		for range 2 {
			var a *app.App
			a, api = r.startApp(b, "REDIS_URL="+s.url, "DATA_DIR="+b.TempDir())
			replicas = append(replicas, a)
		}
		for n := range commandEvents {
			api.Must(b, "POST", "/groups", world.Account(n+1), nil)
		}
		settle(b, replicas[0])
		r.resetCalls(b)
		for b.Loop() {
			idle := watchCommands(b, s, func() { linger(idleFor) })
			busy := watchCommands(b, s, func() { sendSpaced(b, replicas[0]) })
			idle.per(float64(len(replicas))*idleFor.Seconds()).report(b, "idle-second-and-replica")
			busy.per(commandEvents).report(b, "event")
			b.ReportMetric(fewestDirect, "direct/event(fewest)")
		}
		if n := sum(r.chatCalls(b)); n > 0 {
			b.Fatalf("the runs found something to do: %v", r.chatCalls(b))
		}
	})
}

// fewestDirect is one exchange for each call of a port, which waits for the one
// before it: one that accepts; for the cards Take, the Group, its notices, its
// subscription, one that settles, the notices that are left, and Finish; for
// the record Take, the Group, its reading, the people, the Group stored, the
// owner's name, the reading stored, and Finish. In a cluster WAIT goes with four of
// them, in the same exchange.
const fewestDirect = 1 + 7 + 8

// sendSpaced delivers commandEvents webhooks, each about another record, and
// waits until all that they asked for is done.
func sendSpaced(b *testing.B, a *app.App) {
	sender := &http.Client{Timeout: 10 * time.Second}
	defer sender.CloseIdleConnections()
	run := strconv.FormatInt(time.Now().UnixNano(), 36)
	for i := range commandEvents {
		if err := deliverOne(sender, "http://"+a.Addr(), fmt.Sprintf("%s-%d", run, i), i+1); err != nil {
			b.Fatal(err)
		}
		linger(commandPause)
	}
	linger(time.Second) // debounce and runs; asking for it would be counted
}

// commands are commands by name.
type commands struct{ direct, all map[string]float64 }

func (c commands) per(n float64) commands {
	per := func(counts map[string]float64) map[string]float64 {
		out := map[string]float64{}
		for name, count := range counts {
			out[name] = count / n
		}
		return out
	}
	return commands{per(c.direct), per(c.all)}
}

func (c commands) report(b *testing.B, of string) {
	b.Helper()
	total := func(counts map[string]float64) (sum float64) {
		for _, n := range counts {
			sum += n
		}
		return sum
	}
	b.ReportMetric(total(c.direct), "direct/"+of)
	b.ReportMetric(total(c.all), "all/"+of)
	b.Logf("per %s: direct %s; all %s", of, list(c.direct), list(c.all))
}

func list(counts map[string]float64) string {
	names := slices.SortedFunc(maps.Keys(counts), func(x, y string) int { return int(1000 * (counts[y] - counts[x])) })
	for i, name := range names {
		names[i] = fmt.Sprintf("%s %.2f", name, counts[name])
	}
	return strings.Join(names, ", ")
}

// between are commands of the servers to one another, and ours.
var between = []string{"replconf", "psync", "ping", "monitor"}

// watchCommands counts the commands of all primaries while do runs.
func watchCommands(b *testing.B, s servers, do func()) commands {
	b.Helper()
	c := commands{direct: map[string]float64{}, all: map[string]float64{}}
	clients := primaries(b, s)
	before := statsOf(b, clients)
	var monitors []*monitor
	for _, client := range clients {
		monitors = append(monitors, startMonitor(b, client.Options().Addr))
	}
	do()
	for _, m := range monitors {
		for name, n := range m.stop() {
			c.direct[name] += n
		}
	}
	after := statsOf(b, clients)
	for name, n := range after {
		c.all[name] = n - before[name]
	}
	c.all["info"] -= float64(len(clients)) // the first look counts in the second
	for _, client := range clients {
		_ = client.Close()
	}
	maps.DeleteFunc(c.all, func(name string, n float64) bool { return n == 0 || slices.Contains(between, name) })
	return c
}

// primaries returns a client of each.
func primaries(b *testing.B, s servers) (clients []*goredis.Client) {
	b.Helper()
	for _, addr := range s.options.Addrs {
		client := goredis.NewClient(&goredis.Options{Addr: addr, Protocol: 2, DisableIdentity: true})
		role, err := client.Do(context.Background(), "role").Slice()
		if err != nil {
			b.Fatal(err)
		}
		if role[0] != "master" {
			_ = client.Close()
			continue
		}
		clients = append(clients, client)
	}
	return clients
}

var statLine = regexp.MustCompile(`(?m)^cmdstat_([^:]+):calls=(\d+),`)

// statsOf adds up how often each command was called, in scripts too.
func statsOf(b *testing.B, clients []*goredis.Client) map[string]float64 {
	b.Helper()
	counts := map[string]float64{}
	for _, client := range clients {
		text, err := client.Info(context.Background(), "commandstats").Result()
		if err != nil {
			b.Fatal(err)
		}
		for _, m := range statLine.FindAllStringSubmatch(text, -1) {
			n, err := strconv.ParseFloat(m[2], 64)
			if err != nil {
				b.Fatal(err)
			}
			counts[m[1]] += n
		}
	}
	return counts
}

// monitor hears every command of a server, and which of them scripts call.
type monitor struct {
	conn   net.Conn
	ended  sync.WaitGroup
	direct map[string]float64
}

var monitorLine = regexp.MustCompile(`^\+[\d.]+ \[\d+ ([^\]]+)\] "([^"]+)"`)

func startMonitor(b *testing.B, addr string) *monitor {
	b.Helper()
	conn, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", addr)
	if err == nil {
		_, err = conn.Write([]byte("MONITOR\r\n"))
	}
	if err != nil {
		b.Fatal(err)
	}
	m := &monitor{conn: conn, direct: map[string]float64{}}
	m.ended.Go(func() {
		lines := bufio.NewScanner(conn)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			line := monitorLine.FindStringSubmatch(lines.Text())
			if line != nil && line[1] != "lua" && !slices.Contains(between, strings.ToLower(line[2])) {
				m.direct[strings.ToLower(line[2])]++
			}
		}
	})
	return m
}

func (m *monitor) stop() map[string]float64 {
	_ = m.conn.Close()
	m.ended.Wait()
	return m.direct
}
